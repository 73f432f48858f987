// Clients that speak to nothing but Ollama: they find the gateway's models, chat with any of them, and read its refusals; bytes pass to a real engine.

import { Ollama } from 'ollama'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: engine
    litellm_params: { model: ollama_chat/engine, api_base: "${origin}" }
  - model_name: hosted/model:tag
    litellm_params: { model: openai/hosted, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
    model_info: { max_input_tokens: 32000 }
`

describe('Ollama’s own API', () => {
  let vendor: Vendor
  let house: House
  let key: string
  let client: Ollama
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    ;({ key } = await house.key({ models: ['engine', 'hosted/model:tag'] }))
    client = new Ollama({ host: house.gateway.origin, headers: { authorization: `Bearer ${key}` } })
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const post = async (path: string, body: unknown, credential = key): Promise<Response> =>
    await fetch(`${house.gateway.origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
      body: JSON.stringify(body),
    })

  it('lists what the key may use, says what it can do, and which version it speaks', async () => {
    expect((await client.list()).models.map(({ name, model }) => [name, model])).toEqual([
      ['engine', 'engine'],
      ['hosted/model:tag', 'hosted/model:tag'],
    ])
    const shown = await client.show({ model: 'hosted/model:tag' })
    expect(shown.capabilities).toContain('tools')
    expect(shown.model_info).toMatchObject({ 'general.architecture': 'tollgate', 'tollgate.context_length': 32000 })
    expect((await client.show({ model: 'engine:latest' })).model_info).toMatchObject({ 'general.basename': 'engine' })
    expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/)
    expect((await client.ps()).models).toEqual([])
    const { key: narrow } = await house.key({ models: ['engine'] })
    const seen = new Ollama({ host: house.gateway.origin, headers: { authorization: `Bearer ${narrow}` } })
    expect((await seen.list()).models.map(({ name }) => name)).toEqual(['engine'])
    await expect(seen.show({ model: 'hosted/model:tag' })).rejects.toThrow('There is no model named')
  })

  it('answers a chat and a prompt from any provider, streamed unless told otherwise, and books them', async () => {
    const reply = await client.chat({ model: 'hosted/model:tag', messages: [{ role: 'user', content: 'hello' }], options: { num_predict: 4 } })
    expect(reply.message.content).not.toBe('')
    expect(reply).toMatchObject({ done: true, model: 'hosted/model:tag', eval_count: 4 })
    const response = await post('/api/generate', { model: 'hosted/model:tag', prompt: 'hello', options: { num_predict: 4 } })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await response.text()).trim().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ done: true, eval_count: 4 })
    const row = await house.closedRow(response.headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ end: 'answered', provenance: 'reported', completionTokens: 4, operation: 'completion' })
    expect(row.costUsd).not.toBe('0.000000000')
  })

  it.each([
    ['/api/generate', { keep_alive: '10m' }, { response: '', done_reason: 'load' }],
    ['/api/generate', { prompt: '', keep_alive: 0 }, { response: '', done_reason: 'unload' }],
    ['/api/chat', {}, { message: { role: 'assistant', content: '' }, done_reason: 'load' }],
    ['/api/chat', { messages: [], keep_alive: '0h0.0s', stream: false }, { message: { role: 'assistant', content: '' }, done_reason: 'unload' }],
    ['/api/chat', { messages: [], keep_alive: '10m' }, { message: { role: 'assistant', content: '' }, done_reason: 'load' }],
    ['/api/chat', { messages: null, keep_alive: { a: 0 } }, { message: { role: 'assistant', content: '' }, done_reason: 'load' }],
  ])('answers itself what only has an engine load a model, or let it go: %s %j', async (path, asked, expected) => {
    const before = vendor.received.length
    const response = await post(path, { model: 'hosted/model:tag', ...asked })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({ model: 'hosted/model:tag', done: true, ...expected })
    expect(vendor.received.length).toBe(before)
    const row = await house.closedRow(response.headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ end: 'answered', status: 200, costUsd: '0.000000000', completionTokens: 0 })
  })

  it('hands them to an engine, and refuses them where nothing is left to spend', async () => {
    const before = vendor.received.length
    await post('/api/generate', { model: 'engine', keep_alive: '10m' })
    expect(vendor.received.slice(before).map(({ path }) => path)).toContain('/api/generate')
    const { key: spent } = await house.key({ models: ['hosted/model:tag'], max_budget: 0 })
    expect((await post('/api/generate', { model: 'hosted/model:tag' }, spent)).status).toBe(429)
  })

  it('pays nobody for them where an engine does not answer and another would', async () => {
    const closed = await startVendor()
    await closed.close()
    const other = await startHouse({
      config: `
model_list:
  - model_name: gone
    litellm_params: { model: ollama_chat/engine, api_base: "${closed.origin}" }
  - model_name: hosted
    litellm_params: { model: openai/hosted, api_base: "${vendor.origin}/v1", api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
router_settings: { fallbacks: [{ gone: [hosted] }] }
`,
      env: { VENDOR_KEY: 'sk-vendor' },
    })
    try {
      const before = vendor.received.length
      const response = await fetch(`${other.gateway.origin}/api/generate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${(await other.key({})).key}` },
        body: JSON.stringify({ model: 'gone', keep_alive: '5m' }),
      })
      expect([response.status, ((await response.json()) as { done_reason: string }).done_reason]).toEqual([200, 'load'])
      expect(vendor.received.length).toBe(before)
      const row = await other.closedRow(response.headers.get('x-request-id') ?? '')
      expect(row).toMatchObject({ end: 'answered', costUsd: '0.000000000' })
    } finally {
      await other.stop()
    }
  })

  it('names in a header what only an engine could have done', async () => {
    const response = await post('/api/generate', {
      model: 'hosted/model:tag',
      prompt: 'a',
      suffix: 'b',
      stream: false,
      options: { num_ctx: 9, num_predict: 2 },
    })
    expect(response.headers.get('x-tollgate-dropped-params')).toBe('suffix,options.num_ctx')
  })

  it('hands an engine the caller’s own bytes, and its bytes back', async () => {
    // Odd spacing, unknown fields, escapes, big numbers and key order are the caller's own and must survive.
    const odd =
      '{ "messages":[{"role":"user","content":"h\\u00e9 \\/ é"}],"unknown": [1e400, 12345678901234567890],\n "model" :"engine","options":{"num_predict":3.0} }'
    for (const body of [odd, odd.replace('"model"', '"stream":false,"model"')]) {
      const direct = await (await fetch(`${vendor.origin}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text()
      const { key: free } = await house.key({})
      const through = await fetch(`${house.gateway.origin}/api/chat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${free}` },
        body,
      })
      const stamps = /"created_at":"[^"]*"/g
      expect((await through.text()).replace(stamps, '')).toBe(direct.replace(stamps, ''))
      expect(vendor.received.at(-1)?.raw.toString()).toBe(body)
    }
  })

  it('refuses in one sentence under `error`', async () => {
    const { key: poor } = await house.key({ max_budget: 0.000001 })
    const asked = { model: 'hosted/model:tag', messages: [{ role: 'user', content: 'x' }] }
    for (const [answer, status] of [
      [await post('/api/chat', asked, 'sk-nobody'), 401],
      [await post('/api/chat', asked, poor), 429],
      [await post('/api/chat', { ...asked, model: 'nobody' }), 404],
      [await post('/api/chat', { ...asked, messages: 'x' }), 400],
      [await post('/api/pull', { model: 'x' }), 404],
      [await post('/api/show', { model: 'nobody' }), 404],
    ] as const) {
      expect(answer.status).toBe(status)
      const body = (await answer.json()) as Record<string, unknown>
      expect(Object.keys(body)).toEqual(['error'])
      expect(typeof body['error']).toBe('string')
    }
    expect((await fetch(house.gateway.origin, { method: 'HEAD' })).status).toBe(200)
  })
})
