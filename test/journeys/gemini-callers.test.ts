// Google's API in front and behind: same bytes to a Gemini upstream, its forms of a stream, counting, models, embeddings, errors, and what it costs.
// Promises: requests and replies are compared with a direct call, byte for byte; nothing that needs no vendor reaches one.
// Leaves alone: what SDKs make of it (real-clients-chat).

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Behaviour, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: gemini-2.5-pro
    litellm_params: { model: gemini/gemini-2.5-pro, api_base: ${origin}/v1beta, api_key: os.environ/VENDOR_KEY }
  - model_name: team/thinker
    litellm_params: { model: gemini/gemini-3-pro-preview, api_base: ${origin}/v1beta, api_key: os.environ/VENDOR_KEY }
  - model_name: embedder
    model_info: { mode: embedding }
    litellm_params: { model: gemini/gemini-embedding-001, api_base: ${origin}/v1beta, api_key: os.environ/VENDOR_KEY }
router_settings: { num_retries: 0 }
`
const recorded = (name: string): string => readFileSync(path.join(import.meta.dirname, '../fixtures/wire/gemini', `gemini-${name}`), 'utf8')
const events: Behaviour['headers'] = { 'content-type': 'text/event-stream' }

interface Got {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}
type Json = Record<string, unknown>

describe('a caller who speaks Gemini', () => {
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
  beforeEach(() => vendor.behave(() => ({ body: recorded('generate.text.whole.json') })))

  async function send(origin: string, target: string, order: { body?: string; credential: string }): Promise<Got> {
    const response = await fetch(`${origin}${target}`, {
      method: order.body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': order.credential },
      ...(order.body === undefined ? {} : { body: order.body }),
    })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const ask = async (target: string, body?: string, credential = key): Promise<Got> =>
    await send(house.gateway.origin, target, { credential, ...(body === undefined ? {} : { body }) })
  const rowOf = async (got: Got): Promise<Awaited<ReturnType<House['closedRow']>>> => await house.closedRow(got.headers.get('x-request-id') ?? '')

  /** The same call made at the vendor directly and through the gateway: what each side received. */
  async function twice(target: string, body: string): Promise<{ sent: [string, string]; got: [Got, Got] }> {
    const direct = await send(vendor.origin, target, { body, credential: 'vendor-key' })
    const first = vendor.received.at(-1)
    const through = await ask(target, body)
    const second = vendor.received.at(-1)
    expect([second?.path, second?.headers['x-goog-api-key']]).toEqual([first?.path, 'vendor-key'])
    return { sent: [first?.raw.toString() ?? '', second?.raw.toString() ?? '-'], got: [direct, through] }
  }

  // Odd spacing, both spellings, unknown fields, escapes, big numbers and key order are the caller's own and must survive.
  const odd =
    '{ "generation_config":{"temperature":1.0, "maxOutputTokens" : 3},\n "unknown_field": {"z":1,"a":[1e400, 12345678901234567890]},"contents":[{"role":"user","parts":[{"text":"h\\u00e9 \\ud83d\\ude00 \\/ é","thoughtSignature":"c2ln"}]}]}'

  it('gets the same bytes in both directions, and its row the vendor’s own count', async () => {
    const { sent, got } = await twice('/v1beta/models/gemini-2.5-pro:generateContent', odd)
    expect(sent[1]).toBe(sent[0])
    expect([got[1].text, got[1].status]).toEqual([got[0].text, 200])
    // 64 × 1,250 + 2,000 × 125 + 15 × 10,000 nano-dollars.
    expect(await rowOf(got[1])).toMatchObject({ promptTokens: 2064, cachedTokens: 2000, completionTokens: 15, provenance: 'reported', costUsd: '0.000480000' })
  })

  it('gets the same events, thoughts billed as output', async () => {
    vendor.behave(() => ({ body: recorded('generate.thinking.stream.txt'), headers: events }))
    const { sent, got } = await twice('/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse', odd)
    expect(sent[1]).toBe(sent[0])
    expect([got[1].text, got[1].headers.get('content-type')]).toEqual([got[0].text, 'text/event-stream'])
    // 28 × 1,250 + (15 + 789) × 10,000.
    expect(await rowOf(got[1])).toMatchObject({ promptTokens: 28, completionTokens: 804, reasoningTokens: 789, costUsd: '0.008075000' })
  })

  it('gets one JSON array when it does not ask for events', async () => {
    vendor.behave(() => ({ body: recorded('generate.thinking.stream.txt'), headers: events }))
    const got = await ask('/v1beta/models/gemini-2.5-pro:streamGenerateContent', odd)
    expect(vendor.received.at(-1)?.path).toBe('/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse')
    expect(got.headers.get('content-type')).toBe('application/json')
    const responses = recorded('generate.thinking.stream.txt')
      .split('\n\n')
      .filter((event) => event !== '')
    expect(JSON.parse(got.text)).toEqual(responses.map((event) => JSON.parse(event.slice('data: '.length)) as unknown))
    expect(await rowOf(got)).toMatchObject({ completionTokens: 804, provenance: 'reported' })
  })

  it('learns in its stream that the vendor broke off', async () => {
    // The fake vendor streams pieces to those who say so in the body.
    const wanted = '{"stream":true,"contents":[{"parts":[{"text":"hi"}]}]}'
    const pieces = recorded('generate.overloaded.stream.txt').split(/(?<=\n\n)/)
    vendor.behave(() => ({ pieces, pieceDelayMs: 100 }))
    const sse = await ask('/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse', wanted)
    expect(sse.text).toBe(pieces.join(''))
    expect(await rowOf(sse)).toMatchObject({ end: 'failed' })
    const array = await ask('/v1beta/models/gemini-2.5-pro:streamGenerateContent', wanted)
    expect((JSON.parse(array.text) as Json[])[1]).toMatchObject({ error: { code: 503, status: 'UNAVAILABLE' } })
    vendor.behave(() => ({ pieces, pieceDelayMs: 100, cutAfterPieces: 1 }))
    const cut = await ask('/v1beta/models/gemini-2.5-pro:streamGenerateContent', wanted)
    expect((JSON.parse(cut.text) as Json[])[1]).toMatchObject({ error: { code: 502, status: 'UNAVAILABLE', details: [{ reason: 'UPSTREAM_CUT' }] } })
    // Before anything was sent, the status still says it.
    vendor.behave(() => ({ body: pieces.join(''), headers: events }))
    expect((await ask('/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse', wanted)).status).toBe(502)
  })

  it.each<[string, Behaviour]>([
    ['its connection is reset', { cutAfterPieces: 4, pieceDelayMs: 50 }],
    ['it never ends', { keepOpen: true }],
  ])('gets the whole of a stream that has finished, although %s', async (_how, behaviour) => {
    const pieces = recorded('generate.thinking.stream.txt').split(/(?<=\n\n)/)
    vendor.behave(() => ({ pieces: behaviour.keepOpen === true ? pieces : [...pieces, ''], ...behaviour }))
    const startedMs = performance.now()
    const got = await ask('/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse', '{"stream":true,"contents":[{"parts":[{"text":"hi"}]}]}')
    expect(performance.now() - startedMs).toBeLessThan(5000)
    expect(got.text).toBe(pieces.join(''))
    expect(await rowOf(got)).toMatchObject({ end: 'answered', completionTokens: 804, provenance: 'reported' })
  })

  it('may leave: the vendor bills the call to its end, so its usage is read on for', async () => {
    const pieces = recorded('generate.thinking.stream.txt').split(/(?<=\n\n)/)
    vendor.behave(() => ({ pieces, pieceDelayMs: 150 }))
    const controller = new AbortController()
    const response = await fetch(`${house.gateway.origin}/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
      body: '{"stream":true,"contents":[{"parts":[{"text":"hi"}]}]}',
      signal: controller.signal,
    })
    await response.body?.getReader().read()
    controller.abort()
    expect(await house.closedRow(response.headers.get('x-request-id') ?? '')).toMatchObject({
      end: 'cut',
      status: 499,
      completionTokens: 804,
      provenance: 'reported',
      costUsd: '0.008075000',
    })
    expect(vendor.received.at(-1)?.aborted).toBe(false)
  })

  it('has its output capped where a budget needs it, and nothing else changed', async () => {
    // Room for 1,000 output tokens and a little more than the prompt.
    const { key: poor } = await house.key({ max_budget: 0.012 })
    const body = '{"contents":[{"parts":[{"text":"hi"}]}], "generationConfig": {"topK":1 ,"maxOutputTokens":60000}}'
    expect((await ask('/v1beta/models/gemini-2.5-pro:generateContent', body, poor)).status).toBe(200)
    const sent = vendor.received.at(-1)?.raw.toString() ?? ''
    const cap = Number(/"maxOutputTokens":(\d+)/.exec(sent)?.[1])
    expect(cap).toBeGreaterThan(900)
    expect(cap).toBeLessThan(1200)
    expect(sent.replace(`"maxOutputTokens":${cap}`, '"maxOutputTokens":60000')).toBe(body)
    const hosted = await ask('/v1beta/models/gemini-2.5-pro:generateContent', '{"contents":[{"parts":[{"text":"hi"}]}],"tools":[{"googleSearch":{}}]}', poor)
    expect(JSON.parse(hosted.text)).toMatchObject({ error: { code: 403, status: 'PERMISSION_DENIED', details: [{ reason: 'REQUEST_UNBOUNDED' }] } })
  })

  it('counts tokens and lists models without asking anybody', async () => {
    const before = vendor.received.length
    const contents = [{ role: 'user', parts: [{ text: 'The quick brown fox jumps over the lazy dog.' }] }]
    const counted = async (body: object): Promise<number> =>
      (JSON.parse((await ask('/v1beta/models/gemini-2.5-pro:countTokens', JSON.stringify(body))).text) as { totalTokens: number }).totalTokens
    const few = await counted({ contents })
    expect(few).toBeGreaterThan(8)
    expect(few).toBeLessThan(25)
    expect(await counted({ generateContentRequest: { model: 'models/gemini-2.5-pro', contents } })).toBe(few)
    expect(await counted({ contents: [...contents, ...contents, ...contents] })).toBeGreaterThan(2 * few)
    const { models } = JSON.parse((await ask('/v1beta/models')).text) as { models: readonly Json[] }
    expect(models.map((model) => model['name'])).toEqual(['models/embedder', 'models/gemini-2.5-pro', 'models/team/thinker'])
    expect(models[1]).toMatchObject({ inputTokenLimit: 1048576, outputTokenLimit: 65536 })
    expect(models[0]?.['supportedGenerationMethods']).toContain('embedContent')
    expect(JSON.parse((await ask('/v1beta/models/team%2Fthinker')).text)).toEqual(models[2])
    const { key: narrow } = await house.key({ models: ['embedder'] })
    expect(JSON.parse((await ask('/v1beta/models', undefined, narrow)).text)).toEqual({ models: [models[0]] })
    expect((await ask('/v1beta/models/gemini-2.5-pro:countTokens', '{"contents":[]}', narrow)).status).toBe(404)
    expect(vendor.received).toHaveLength(before)
  })

  it('may bring its key in the address, as to Google, and opens no administration with it', async () => {
    const status = async (target: string, body?: string): Promise<number> => {
      const sent = body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } }
      return (await fetch(`${house.gateway.origin}${target}`, sent)).status
    }
    for (const [wanted, expected] of [
      [key, 200],
      ['sk-tg-nobody', 401],
    ] as const) {
      expect(await status(`/v1beta/models?key=${wanted}`)).toBe(expected)
      expect(await status(`/v1beta/models/gemini-2.5-pro?key=${wanted}`)).toBe(expected)
      expect(await status(`/v1beta/models/gemini-2.5-pro:countTokens?key=${wanted}`, '{"contents":[]}')).toBe(expected)
    }
    const { adminKey } = house.gateway
    for (const path of ['/panel/home', '/key/info', '/key/list', '/model/info', '/spend/logs']) expect(await status(`${path}?key=${adminKey}`)).toBe(401)
  })

  it('may be Google’s own SDK, under the version it asks for by itself', async () => {
    const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: house.gateway.origin } })
    const names: unknown[] = []
    for await (const model of await models.list()) names.push(model.name)
    expect(names).toEqual(['models/embedder', 'models/gemini-2.5-pro', 'models/team/thinker'])
    expect(await models.get({ model: 'gemini-2.5-pro' })).toMatchObject({ name: 'models/gemini-2.5-pro', inputTokenLimit: 1048576 })
    await expect(models.get({ model: 'nobody' })).rejects.toMatchObject({ status: 404 })
    expect((await models.countTokens({ model: 'gemini-2.5-pro', contents: 'Hello there' })).totalTokens).toBeGreaterThan(1)
    vendor.behave(() => ({ body: recorded('embed.two.whole.json') }))
    const { embeddings } = await models.embedContent({ model: 'embedder', contents: ['a', 'b'], config: { taskType: 'RETRIEVAL_QUERY' } })
    expect(embeddings?.map(({ values }) => values)).toEqual([
      [0.0125, -0.5, 0.25],
      [-0.03125, 0.75, 0.00001],
    ])
    // Everybody else is still answered in OpenAI's form.
    expect((await house.get('/v1/models')).json).toMatchObject({ object: 'list' })
  })

  it('embeds one text and several', async () => {
    vendor.behave(() => ({ body: recorded('embed.two.whole.json') }))
    const request = (text: string): Json => ({ model: 'models/embedder', content: { parts: [{ text }] }, taskType: 'RETRIEVAL_QUERY' })
    const several = await ask('/v1beta/models/embedder:batchEmbedContents', JSON.stringify({ requests: [request('a'), request('b')] }))
    expect(several.text).toBe(recorded('embed.two.whole.json'))
    const named = (text: string): Json => ({ ...request(text), model: 'models/gemini-embedding-001' })
    expect(vendor.received.at(-1)).toMatchObject({
      path: '/v1beta/models/gemini-embedding-001:batchEmbedContents',
      json: { requests: [named('a'), named('b')] },
    })
    const one = await ask('/v1beta/models/embedder:embedContent', JSON.stringify(request('a')))
    expect(JSON.parse(one.text)).toEqual({ embedding: { values: [0.0125, -0.5, 0.25] }, usageMetadata: { promptTokenCount: 11 } })
    expect(vendor.received.at(-1)?.json).toEqual({ requests: [named('a')] })
    // 11 × 150 nano-dollars (https://ai.google.dev/gemini-api/docs/pricing, as known 2026-11-21).
    expect(await rowOf(one)).toMatchObject({ operation: 'embedding', promptTokens: 11, costUsd: '0.000001650' })
  })

  it('is refused in Google’s words', async () => {
    const target = '/v1beta/models/gemini-2.5-pro:generateContent'
    const refusal = async (got: Promise<Got>): Promise<unknown> => {
      const { status, text } = await got
      const { error } = JSON.parse(text) as { error: { code: number; status: string; details: readonly Json[] } }
      expect(error.code).toBe(status)
      return [error.status, error.details[0]?.['reason']]
    }
    expect(await refusal(ask(target, odd, 'sk-tg-nobody'))).toEqual(['UNAUTHENTICATED', 'INVALID_API_KEY'])
    expect(await refusal(ask('/v1beta/models/nobody:generateContent', odd))).toEqual(['NOT_FOUND', 'MODEL_NOT_FOUND'])
    expect(await refusal(ask('/v1beta/models/nobody'))).toEqual(['NOT_FOUND', 'MODEL_NOT_FOUND'])
    expect(await refusal(ask('/v1beta/nothing'))).toEqual(['NOT_FOUND', 'NOT_FOUND'])
    expect(await refusal(ask('/v1/models/nobody:generateContent', odd))).toEqual(['NOT_FOUND', 'MODEL_NOT_FOUND'])
    expect(await refusal(ask(target, '{"contents":'))).toEqual(['INVALID_ARGUMENT', 'INVALID_JSON'])
    const inQuery = await fetch(`${house.gateway.origin}${target}?key=${key}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: odd })
    expect(inQuery.status).toBe(200)
  })

  it('reads a vendor’s refusal as it was worded, unless it is about our key', async () => {
    vendor.behave(() => ({ status: 400, body: '{"error": {"code":400, "message":"contents is not specified","status":"INVALID_ARGUMENT"} }' }))
    const { got } = await twice('/v1beta/models/gemini-2.5-pro:generateContent', odd)
    expect(got[1].text).toBe(got[0].text)
    vendor.behave(() => ({ status: 400, body: recorded('generate.key.error.json') }))
    const ours = await ask('/v1beta/models/gemini-2.5-pro:generateContent', odd)
    expect(JSON.parse(ours.text)).toMatchObject({ error: { code: 502, status: 'UNAVAILABLE', details: [{ reason: 'UPSTREAM_CREDENTIAL' }] } })
    expect(ours.text).not.toContain('API key not valid')
  })

  it('is not given another model’s answer under the same Idempotency-Key, although both bodies are the same', async () => {
    const keyed = async (model: string): Promise<Response> =>
      await fetch(`${house.gateway.origin}/v1beta/models/${model}:generateContent`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-api-key': key, 'idempotency-key': 'once' },
        body: odd,
      })
    const [first, again, other] = [await keyed('gemini-2.5-pro'), await keyed('gemini-2.5-pro'), await keyed('team%2Fthinker')]
    expect([first.status, again.status, other.status]).toEqual([200, 200, 409])
    expect(again.headers.get('x-tollgate-idempotent-replay')).toBe(first.headers.get('x-request-id'))
  })

  it('may speak OpenAI instead, and gives a call back with the signature it came with', async () => {
    vendor.behave(() => ({ body: recorded('generate.tools.stream.txt'), headers: events }))
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }]
    const question = { role: 'user', content: 'weather?' }
    const streamed = await house.chat(key, { model: 'team/thinker', tools, messages: [question], stream: true })
    const deltas = streamed.text
      .split('\n\n')
      .flatMap((event) => (event.startsWith('data: {') ? [JSON.parse(event.slice(6)) as { choices: [{ delta: Json }] }] : []))
    const calls = deltas.flatMap(({ choices: [choice] }) => (choice.delta['tool_calls'] ?? []) as readonly Json[]).filter((call) => call['id'] !== undefined)
    expect(calls.map((call) => call['extra_content'])).toEqual([{ google: { thought_signature: 'CiQB0e2Kb5Yq+7h/w==' } }, undefined])
    vendor.behave(() => ({ body: recorded('generate.text.whole.json') }))
    const answers = calls.map((call) => ({ role: 'tool', tool_call_id: call['id'], content: '17' }))
    await house.chat(key, { model: 'team/thinker', tools, messages: [question, { role: 'assistant', content: null, tool_calls: calls }, ...answers] })
    const [, model] = vendor.received.at(-1)?.json['contents'] as readonly { parts: readonly Json[] }[]
    expect(model?.parts.map((part) => part['thoughtSignature'])).toEqual(['CiQB0e2Kb5Yq+7h/w==', undefined])
  })
})
