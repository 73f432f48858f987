// Ranking documents, through a running gateway: Cohere's SDK and LiteLLM's callers in front, vendors of four dialects behind, and what each call costs.
// Promises: same bytes to Cohere; rows and costs are the vendor's own count, or say that they were counted; a hard budget holds.
// Leaves alone: each field's mapping (test/gateway/translate/rerank.test.ts).

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CohereClient, CohereClientV2, CohereError } from 'cohere-ai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: units
    model_info: { mode: rerank }
    litellm_params: { model: cohere/rerank-v3.5, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, input_cost_per_query: 0.002 }
  - model_name: tokens
    litellm_params: { model: jina_ai/jina-reranker-v3, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.00000002, output_cost_per_token: 0 }
  - model_name: voyage
    litellm_params: { model: voyage/rerank-2.5, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.00000005, output_cost_per_token: 0 }
  - model_name: engine
    litellm_params: { model: tei/bge-reranker, api_base: ${origin} }
  - model_name: chat-only
    litellm_params: { model: anthropic/claude-x, api_base: ${origin}, api_key: os.environ/VENDOR_KEY }
router_settings: { num_retries: 0 }
`
const recorded = (name: string): string => readFileSync(path.join(import.meta.dirname, '../fixtures/wire', name), 'utf8')
const documents = ['zero', 'one', 'two', 'three', 'four']

describe('documents are ranked', () => {
  let vendor: Vendor
  let house: House
  let key: string
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'vendor-key' } })
    ;({ key } = await house.key({}))
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const send = async (target: string, body: string, credential = key): Promise<{ status: number; text: string; headers: Headers }> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` }
    const response = await fetch(`${house.gateway.origin}${target}`, { method: 'POST', headers, body })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const rowOf = async ({ headers }: { headers: Headers }): Promise<Awaited<ReturnType<House['closedRow']>>> =>
    await house.closedRow(headers.get('x-request-id') ?? '')

  it('for Cohere’s own client, at Cohere: what it sent passes, and is billed by search units', async () => {
    vendor.behave(() => ({ body: recorded('cohere/cohere-rerank.three.whole.json') }))
    const client = new CohereClientV2({ token: key, environment: house.gateway.origin })
    const { data, rawResponse } = await client.rerank({ model: 'units', query: 'where?', documents, topN: 3 }).withRawResponse()
    expect(data.results.map(({ index }) => index)).toEqual([3, 4, 0])
    expect(data.meta?.billedUnits?.searchUnits).toBe(1)
    const heard = vendor.received.at(-1)
    expect([heard?.path, heard?.headers.authorization]).toEqual(['/v2/rerank', 'Bearer vendor-key'])
    expect(heard?.json).toEqual({ model: 'rerank-v3.5', query: 'where?', documents, top_n: 3 })
    expect(await house.closedRow(rawResponse.headers.get('x-request-id') ?? '')).toMatchObject({
      operation: 'rerank',
      wire: 'cohere-rerank',
      end: 'answered',
      provenance: 'reported',
      unpriced: false,
      promptTokens: 0,
      completionTokens: 0,
      costUsd: '0.002000000',
    })
  })

  it('with the same bytes in both directions', async () => {
    const reply = recorded('cohere/cohere-rerank.three.whole.json').replace('"search_units": 1', '"search_units": 1.0e0')
    vendor.behave(() => ({ body: reply }))
    const odd = '{ "top_n" : 3,"model":"units","unknown":[1e400, 12345678901234567890], "query":"\\u00e9","documents":["a","b"] }'
    const got = await send('/v2/rerank', odd)
    expect(vendor.received.at(-1)?.raw.toString()).toBe(odd.replace('"units"', '"rerank-v3.5"'))
    expect([got.status, got.text]).toEqual([200, reply])
    expect(await rowOf(got)).toMatchObject({ costUsd: '0.002000000', provenance: 'reported' })
  })

  it('for Cohere’s older client: documents with fields go as texts and come back as they were', async () => {
    vendor.behave(() => ({ body: recorded('cohere/cohere-rerank.three.whole.json') }))
    const client = new CohereClient({ token: key, environment: house.gateway.origin })
    const fields = documents.map((text, index) => ({ text, place: String(index) }))
    const { results } = await client.rerank({ model: 'units', query: 'where?', documents: fields, topN: 2, returnDocuments: true })
    expect(vendor.received.at(-1)?.json).toEqual({ model: 'rerank-v3.5', query: 'where?', documents, top_n: 2 })
    expect(results.map(({ index, document }) => [index, document])).toEqual([
      [3, fields[3]],
      [4, fields[4]],
    ])
  })

  it.each([
    ['Jina', 'tokens', 'jina/jina-rerank.two.whole.json', '/v1/rerank', { promptTokens: 815, costUsd: '0.000016300', provenance: 'reported' }, [0, 2]],
    ['Voyage', 'voyage', 'voyage/voyage-rerank.two.whole.json', '/v1/rerank', { promptTokens: 26, costUsd: '0.000001300', provenance: 'reported' }, [0, 1]],
    ['an engine', 'engine', 'text_embeddings_inference/tei-rerank.two.whole.json', '/rerank', { costUsd: '0.000000000', provenance: 'counted' }, [1, 0]],
  ] as const)('by %s, in LiteLLM’s shape', async (_, model, recording, address, row, places) => {
    vendor.behave(() => ({ body: recorded(recording) }))
    const got = await send('/rerank', JSON.stringify({ model, query: 'where?', documents, return_documents: true }))
    expect(vendor.received.at(-1)?.path).toBe(address)
    const { id, results, meta } = JSON.parse(got.text) as { id: string; results: { index: number; document: object }[]; meta: object }
    expect(id).not.toBe('')
    expect(results.map(({ index, document }) => [index, document])).toEqual(places.map((place) => [place, { text: documents[place] }]))
    expect(meta).toHaveProperty('billed_units')
    expect(await rowOf(got)).toMatchObject({ operation: 'rerank', unpriced: false, ...row })
  })

  it('and counted where the vendor says nothing: each document with the query', async () => {
    vendor.behave(() => ({ body: JSON.stringify({ results: [{ index: 0, relevance_score: 1 }] }) }))
    const one = await rowOf(await send('/v1/rerank', JSON.stringify({ model: 'tokens', query: 'a query of five words', documents: ['word'] })))
    const five = await rowOf(await send('/v1/rerank', JSON.stringify({ model: 'tokens', query: 'a query of five words', documents: Array(5).fill('word') })))
    expect(one.provenance).toBe('counted')
    expect(five.promptTokens).toBeGreaterThan(one.promptTokens * 4)
    const units = await rowOf(await send('/v1/rerank', JSON.stringify({ model: 'units', query: 'q', documents: Array(101).fill('word') })))
    expect(units).toMatchObject({ provenance: 'counted', unpriced: false, costUsd: '0.004000000' })
  })

  it('within a hard budget, which holds the units it may come to', async () => {
    vendor.behave(() => ({ body: recorded('cohere/cohere-rerank.three.whole.json') }))
    const poor = await house.key({ max_budget: 0.005 })
    const before = vendor.received.length
    // 250 documents are three units: 0.006.
    const refused = await send('/v2/rerank', JSON.stringify({ model: 'units', query: 'q', documents: Array(250).fill('word') }), poor.key)
    expect([refused.status, vendor.received.length]).toEqual([429, before])
    const two = await send('/v2/rerank', JSON.stringify({ model: 'units', query: 'q', documents: Array(200).fill('word') }), poor.key)
    expect(two.status).toBe(200)
    expect(await rowOf(two)).toMatchObject({ costUsd: '0.002000000' })
  })

  it('and never for more units than there can be, whatever the vendor says', async () => {
    vendor.behave(() => ({ body: recorded('cohere/cohere-rerank.three.whole.json').replace('"search_units": 1', '"search_units": 1000000') }))
    const got = await send('/v2/rerank', JSON.stringify({ model: 'units', query: 'q', documents: ['a', 'b', 'c'] }))
    expect(await rowOf(got)).toMatchObject({ costUsd: '0.002000000', provenance: 'counted' })
  })

  it('or the client is told why not, in a form that Cohere’s and OpenAI’s readers find', async () => {
    const client = new CohereClientV2({ token: key, environment: house.gateway.origin, maxRetries: 0 })
    const failed = async (call: PromiseLike<unknown>): Promise<CohereError> => {
      try {
        await call
      } catch (error) {
        if (error instanceof CohereError) return error
        throw error
      }
      throw new Error('it was answered')
    }
    const unknown = await failed(client.rerank({ model: 'nothing', query: 'q', documents }))
    expect(unknown.statusCode).toBe(404)
    expect(unknown.body).toMatchObject({ message: expect.stringContaining('nothing') as string, error: { code: 'model_not_found' } })
    const wrong = await failed(client.rerank({ model: 'tokens', query: 'q', documents: [] }))
    expect([wrong.statusCode, wrong.body]).toEqual([400, expect.objectContaining({ message: 'documents must not be empty.' })])
    const other = await failed(client.rerank({ model: 'chat-only', query: 'q', documents }))
    expect(other.body).toMatchObject({ message: 'The model chat-only does not serve rerank requests.' })
    vendor.behave(() => ({ status: 400, body: recorded('cohere/cohere-rerank.empty.error.json') }))
    const vendors = await failed(client.rerank({ model: 'units', query: 'q', documents }))
    expect(vendors.body).toEqual(JSON.parse(recorded('cohere/cohere-rerank.empty.error.json')))
    const unread = await send('/v2/rerank', '{', key)
    expect([unread.status, (JSON.parse(unread.text) as { message: string }).message]).toEqual([400, expect.stringContaining('not valid JSON')])
  })
})
