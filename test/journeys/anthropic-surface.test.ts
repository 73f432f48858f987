// Anthropic's own SDKs at everything beside a message: models, counting, refusals, addresses; and what a budget makes of a message.
// Promises: what the application sees is what it would see at Anthropic. Leaves alone: messages themselves (real-clients-chat), bytes (same-bytes).

import AnthropicNow from '@anthropic-ai/sdk'
import AnthropicBefore from 'anthropic-sdk-0137'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWatchedFetch } from '../kit/clients/watched-fetch.ts'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const priced = 'input_cost_per_token: 0.000001, output_cost_per_token: 0.000002'
const config = (origin: string): string => `
model_list:
  - model_name: claude-here
    litellm_params: { model: anthropic/claude-sonnet-4-5, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, ${priced} }
  - model_name: local
    litellm_params: { model: openai/local, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, ${priced} }
router_settings: { num_retries: 0 }
`
const question = { max_tokens: 50, messages: [{ role: 'user' as const, content: 'hi' }] }
const versions = [
  ['1.12', (options: object) => new AnthropicNow(options)],
  ['0.137', (options: object) => new AnthropicBefore(options) as unknown as AnthropicNow],
] as const

describe.each(versions)('the Anthropic SDK %s', (_, make) => {
  let vendor: Vendor
  let house: House
  const keys = { open: '', budgeted: '', poor: '', narrow: '' }
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    keys.open = (await house.key({})).key
    keys.budgeted = (await house.key({ max_budget: 0.01 })).key
    keys.poor = (await house.key({ max_budget: 0.000001 })).key
    keys.narrow = (await house.key({ models: ['local'] })).key
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const clientFor = (apiKey: string): { client: AnthropicNow; watched: ReturnType<typeof createWatchedFetch> } => {
    const watched = createWatchedFetch()
    return { client: make({ baseURL: house.gateway.origin, apiKey, fetch: watched.fetch }), watched }
  }
  interface Failure {
    readonly status: number
    readonly requestID: string | null
    readonly error: { readonly type: string; readonly error: { readonly type: string; readonly message: string }; readonly request_id: string }
  }
  const failureOf = async (call: Promise<unknown>): Promise<Failure> =>
    await call.then(
      () => Promise.reject(new Error('the call succeeded')),
      (error: unknown) => error as Failure,
    )

  it('lists the models a key may use, and finds one of them', async () => {
    const listed: string[] = []
    for await (const model of clientFor(keys.open).client.models.list({ limit: 1000 })) listed.push(model.id)
    expect(listed).toEqual(['claude-here', 'local'])
    for await (const model of clientFor(keys.narrow).client.models.list()) expect(model.id).toBe('local')
    const model = await clientFor(keys.open).client.models.retrieve('claude-here')
    expect(model).toMatchObject({ id: 'claude-here', type: 'model', display_name: 'claude-here', max_tokens: 64_000, capabilities: null, lifecycle: 'active' })
    expect(Date.parse(model.created_at)).not.toBeNaN()
  })

  it('reads a refusal in its own words at an address that others share', async () => {
    const failure = await failureOf(clientFor(keys.narrow).client.models.retrieve('claude-here'))
    expect(failure).toMatchObject({ status: 404, error: { type: 'error', error: { type: 'not_found_error' } } })
    expect(failure.requestID).toBe(failure.error.request_id)
  })

  it('counts tokens without a vendor and without cost', async () => {
    const before = vendor.received.length
    const { client } = clientFor(keys.poor)
    const count = async (content: string): Promise<number> =>
      (await client.messages.countTokens({ model: 'claude-here', messages: [{ role: 'user', content }], system: 'be brief' })).input_tokens
    const [short, long] = [await count('one two three'), await count('one two three '.repeat(100))]
    expect(short).toBeGreaterThan(4)
    expect(short).toBeLessThan(20)
    expect(long - short).toBeGreaterThan(280)
    expect(long - short).toBeLessThan(330)
    expect(vendor.received).toHaveLength(before)
  })

  it('does not take a picture for text', async () => {
    const { client } = clientFor(keys.open)
    const source = { type: 'base64' as const, media_type: 'image/png' as const, data: 'iVBOR'.repeat(20_000) }
    const content = [{ type: 'image' as const, source }]
    expect((await client.messages.countTokens({ model: 'local', messages: [{ role: 'user', content }] })).input_tokens).toBeLessThan(5000)
  })

  it('is refused a count where it would be refused the call', async () => {
    const count = async (key: string, model: string, messages = question.messages): Promise<Failure> =>
      await failureOf(clientFor(key).client.messages.countTokens({ model, messages }))
    expect(await count('sk-tg-nobody', 'local')).toMatchObject({ status: 401, error: { error: { type: 'authentication_error' } } })
    expect(await count(keys.narrow, 'claude-here')).toMatchObject({ status: 403, error: { error: { type: 'permission_error' } } })
    expect(await count(keys.open, 'nobody')).toMatchObject({ status: 404, error: { error: { type: 'not_found_error' } } })
    expect(await count(keys.open, 'local', [])).toMatchObject({ status: 400, error: { error: { type: 'invalid_request_error' } } })
  })

  it('stops after one try when the budget is used up, and says why', async () => {
    const { client, watched } = clientFor(keys.poor)
    for (const stream of [false, true]) {
      const failure = await failureOf(client.messages.create({ ...question, model: 'claude-here', stream }))
      expect(failure).toMatchObject({ status: 429, error: { type: 'error', error: { type: 'billing_error' } } })
      expect(failure.error.error.message).toContain('budget of this key')
      const seen = watched.take()
      expect(seen.map(({ headers }) => [headers.get('x-should-retry'), headers.get('retry-after')])).toEqual([['false', null]])
      expect(failure.requestID).toBe(seen[0]?.requestId)
    }
  })

  it('is answered under every spelling of the address', async () => {
    for (const path of ['/v1/messages?beta=true', '/v1/v1/messages', '/messages', '//v1/messages']) {
      const response = await fetch(`${house.gateway.origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': keys.open },
        body: JSON.stringify({ ...question, model: 'local' }),
      })
      expect([path, response.status, response.headers.get('request-id')]).toEqual([path, 200, response.headers.get('x-request-id')])
    }
  })

  it('gets as much as the budget affords, and a tool that nobody can bound is refused by name', async () => {
    const { client } = clientFor(keys.budgeted)
    const reply = await client.messages.create({ ...question, max_tokens: 5000, model: 'claude-here' })
    const sent = Number(vendor.received.at(-1)?.json['max_tokens'])
    expect(sent).toBeGreaterThan(100)
    expect(sent).toBeLessThan(5000)
    expect(reply.usage.output_tokens).toBe(sent)
    const tools = [{ type: 'web_search_20250305' as const, name: 'web_search' as const }]
    const failure = await failureOf(client.messages.create({ ...question, model: 'claude-here', tools }))
    expect(failure).toMatchObject({ status: 403, error: { error: { type: 'permission_error' } } })
    expect(failure.error.error.message).toContain('tools[0] (web_search_20250305)')
  })

  it('is told what another vendor’s model could not be asked', async () => {
    const { client, watched } = clientFor(keys.open)
    const tools = [{ type: 'web_search_20250305' as const, name: 'web_search' as const }]
    await client.messages.create({ ...question, model: 'local', tools, thinking: { type: 'adaptive' } })
    expect(watched.take()[0]?.headers.get('x-tollgate-dropped-params')).toBe('tools[0] (web_search_20250305)')
    expect(Object.keys(vendor.received.at(-1)?.json ?? {}).sort()).toEqual(['max_tokens', 'messages', 'model'])
  })

  it('reads an error that comes in mid-stream', async () => {
    const chunk = (content: string): string => `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
    vendor.behave(() => ({ pieces: [chunk('so'), chunk(' far'), 'data: {"error":{"message":"the engine died","code":"engine_dead"}}\n\n'], pieceDelayMs: 30 }))
    const { client } = clientFor(keys.open)
    const texts: string[] = []
    const stream = client.messages.stream({ ...question, model: 'local' }).on('text', (text) => void texts.push(text))
    await expect(stream.finalMessage()).rejects.toThrow('the engine died')
    expect(texts.join('')).toBe('so far')
    vendor.behave(() => ({}))
  })
})
