// OpenAI's client in front of vendors with dialects of their own, through a running gateway: Cohere's chat and embeddings, Mistral, Voyage.
// Promises: text, thoughts, calls and vectors arrive as OpenAI's; rows and costs are what the vendor bills. Leaves alone: every field (test/gateway/translate).

import { readFileSync } from 'node:fs'
import path from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const prices = 'input_cost_per_token: 0.000002, output_cost_per_token: 0.00001'
const config = (origin: string): string => `
model_list:
  - model_name: command
    litellm_params: { model: cohere_chat/command-a-03-2025, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, ${prices} }
  - model_name: cohere-vectors
    litellm_params: { model: cohere/embed-v4.0, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, ${prices} }
  - model_name: magistral
    litellm_params: { model: mistral/magistral-medium-latest, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, ${prices} }
  - model_name: voyage-vectors
    litellm_params: { model: voyage/voyage-3.5, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, ${prices} }
router_settings: { num_retries: 0 }
`
const recorded = (name: string): string => readFileSync(path.join(import.meta.dirname, '../fixtures/wire', name), 'utf8')
const events = { 'content-type': 'text/event-stream' }
const messages = [{ role: 'user' as const, content: 'What is the weather?' }]

describe('OpenAI’s client', () => {
  let vendor: Vendor
  let house: House
  let client: OpenAI
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'vendor-key' } })
    const { key } = await house.key({})
    client = new OpenAI({ apiKey: key, baseURL: house.baseUrl, maxRetries: 0 })
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const rowOf = async (response: Response): Promise<Awaited<ReturnType<House['closedRow']>>> =>
    await house.closedRow(response.headers.get('x-request-id') ?? '')

  it('chats with Cohere, whole: billed tokens are the ones that count', async () => {
    vendor.behave(() => ({ body: recorded('cohere/cohere-chat.text.whole.json') }))
    const { data, response } = await client.chat.completions.create({ model: 'command', messages, max_completion_tokens: 50 }).withResponse()
    expect(data.choices[0]?.message).toMatchObject({ content: 'LLMs stand for Large Language Models.', reasoning_content: 'An abbreviation.' })
    expect([vendor.received.at(-1)?.path, vendor.received.at(-1)?.json]).toEqual(['/v2/chat', { model: 'command-a-03-2025', messages, max_tokens: 50 }])
    // 5 × 2,000 + 26 × 10,000 nano-dollars.
    expect(await rowOf(response)).toMatchObject({ promptTokens: 5, completionTokens: 26, provenance: 'reported', costUsd: '0.000270000' })
  })

  it('streams calls from Cohere', async () => {
    vendor.behave(() => ({ body: recorded('cohere/cohere-chat.tools.stream.txt'), headers: events }))
    const stream = client.chat.completions.stream({ model: 'command', messages, stream_options: { include_usage: true } })
    const { choices, usage } = await stream.finalChatCompletion()
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    expect(choices[0]?.message.tool_calls?.map((call) => (call.type === 'function' ? [call.id, JSON.parse(call.function.arguments)] : []))).toEqual([
      ['get_weather_nsz5zm3w56q3', { location: 'Toronto' }],
      ['get_weather_ffw3awfkhtmw', { location: 'New York' }],
    ])
    expect(usage).toMatchObject({ prompt_tokens: 37, completion_tokens: 39 })
  })

  it('hears Cohere’s own words when it refuses', async () => {
    vendor.behave(() => ({ status: 400, body: recorded('cohere/cohere-chat.empty.error.json') }))
    await expect(client.chat.completions.create({ model: 'command', messages })).rejects.toThrow('message must be at least 1 token long')
  })

  it('gets vectors from Cohere in the encoding it asks for', async () => {
    vendor.behave(() => ({ body: recorded('cohere/cohere-embed.two.whole.json') }))
    const { data, response } = await client.embeddings.create({ model: 'cohere-vectors', input: ['hello', 'goodbye'] }).withResponse()
    expect(data.data.map((row) => row.embedding[0])).toEqual([expect.closeTo(0.016296387), expect.closeTo(0.04663086)])
    expect(vendor.received.at(-1)?.json).toMatchObject({ texts: ['hello', 'goodbye'], input_type: 'search_document' })
    expect(await rowOf(response)).toMatchObject({ promptTokens: 2, costUsd: '0.000004000' })
  })

  it('streams thoughts and a call from Mistral, which is not asked what it would refuse', async () => {
    vendor.behave(() => ({ body: recorded('mistral/mistral-chat.thinking.stream.txt'), headers: events }))
    const { data, response } = await client.chat.completions
      .create({ model: 'magistral', messages, stream: true, stream_options: { include_usage: true }, logit_bias: {} })
      .withResponse()
    const deltas: Record<string, unknown>[] = []
    for await (const chunk of data) deltas.push({ ...chunk.choices[0]?.delta })
    const said = (name: string): string => deltas.map((delta) => (typeof delta[name] === 'string' ? delta[name] : '')).join('')
    expect([said('reasoning_content'), said('content')]).toEqual(['Which is larger?', 'I ask for the weather.'])
    expect(vendor.received.at(-1)?.json).toEqual({ model: 'magistral-medium-latest', messages, stream: true })
    expect(await rowOf(response)).toMatchObject({ promptTokens: 94, completionTokens: 26, provenance: 'reported' })
  })

  it('hears what Mistral found wrong', async () => {
    vendor.behave(() => ({ status: 422, body: recorded('mistral/mistral-chat.extra.error.json') }))
    const failed = client.chat.completions.create({ model: 'magistral', messages })
    await expect(failed).rejects.toMatchObject({ status: 422, message: expect.stringContaining('Extra inputs are not permitted') as string })
  })

  it('asks Voyage in Voyage’s names where they differ, and passes where they do not', async () => {
    vendor.behave(() => ({}))
    await client.embeddings.create({ model: 'voyage-vectors', input: 'a', dimensions: 256, encoding_format: 'float' })
    expect(vendor.received.at(-1)?.json).toEqual({ model: 'voyage-3.5', input: ['a'], output_dimension: 256 })
    await client.embeddings.create({ model: 'voyage-vectors', input: 'a' })
    expect(vendor.received.at(-1)?.json).toEqual({ model: 'voyage-3.5', input: 'a', encoding_format: 'base64' })
  })
})
