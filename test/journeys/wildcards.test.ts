// `model_name: openai/*`: names nobody listed are served, priced, limited and booked as what they are.
// Promises: rows, prices and budgets go by the concrete name; keys may hold patterns. Leaves alone: which pattern counts (test/gateway/intake/wildcards.test.ts).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf, startHouse, type House } from '../kit/house.ts'
import { startVendor, vendorInputTokens, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: "openai/*"
    litellm_params: { model: "openai/*", api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY }
    model_info: { id: the-pattern }
  - model_name: "local-*"
    litellm_params: { model: "ollama/*", api_base: ${origin} }
  - model_name: plain
    litellm_params: { model: openai/gpt-4o-mini, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY }
router_settings: { num_retries: 0 }
`

describe('a pattern', () => {
  let vendor: Vendor
  let house: House
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'vendor-key' } })
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const idsFor = async (key: string, query = ''): Promise<unknown> => {
    const response = await fetch(`${house.gateway.origin}/v1/models${query}`, { headers: { authorization: `Bearer ${key}` } })
    return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  }

  it('serves a name it stands for, at that model’s price and under its name', async () => {
    const { key } = await house.key({})
    const answer = await house.chat(key, { model: 'openai/gpt-4o', max_tokens: 7 })
    expect([answer.status, vendor.received.at(-1)?.json['model'], answer.json['model']]).toEqual([200, 'gpt-4o', 'gpt-4o'])
    const row = await house.closedRow(answer.headers.get('x-request-id') ?? '')
    // 10 × 2,500 + 7 × 10,000 nano-dollars, gpt-4o's list price.
    expect(row).toMatchObject({ model: 'openai/gpt-4o', promptTokens: vendorInputTokens, completionTokens: 7, unpriced: false, costUsd: '0.000095000' })
    expect(answer.headers.get('x-litellm-model-group')).toBe('openai/gpt-4o')
    expect(answer.headers.get('x-litellm-model-id')).toBe('the-pattern')
    const local = await house.chat(key, { model: 'local-llama3' })
    expect([local.status, vendor.received.at(-1)?.path, vendor.received.at(-1)?.json['model']]).toEqual([200, '/api/chat', 'llama3'])
  })

  it('holds a hard budget by the concrete price, and refuses what has none', async () => {
    const { key } = await house.key({ max_budget: 0.001 })
    const refused = await house.chat(key, { model: 'openai/gpt-4o', max_tokens: 4000, messages: [{ role: 'user', content: 'x'.repeat(4000) }] })
    expect([refused.status, errorOf(refused).code]).toEqual([429, 'insufficient_quota'])
    expect(errorOf(await house.chat(key, { model: 'openai/no-such-model-at-all' })).code).toBe('model_unpriced')
    expect((await house.chat(key, { model: 'openai/gpt-4o-mini', max_tokens: 10 })).status).toBe(200)
  })

  it('is open to a key whose list has it, or has a pattern of its own', async () => {
    const { key } = await house.key({ models: ['openai/gpt-4*', 'plain'] })
    expect((await house.chat(key, { model: 'openai/gpt-4o' })).status).toBe(200)
    expect(errorOf(await house.chat(key, { model: 'openai/o3' })).code).toBe('model_not_allowed')
    expect(errorOf(await house.chat(key, { model: 'local-x' })).code).toBe('model_not_allowed')
    expect(errorOf(await house.chat(key, { model: 'nothing' })).code).toBe('model_not_found')
    expect(errorOf(await house.chat(key, { model: 'openai/*' })).code).toBe('model_not_found')
  })

  it('has a budget per model by the concrete name', async () => {
    const { key } = await house.key({ model_max_budget: { 'openai/gpt-4o': { budget_limit: 0.0001, time_period: '1d' } } })
    expect((await house.chat(key, { model: 'openai/gpt-4o', max_tokens: 500 })).status).toBe(429)
    expect((await house.chat(key, { model: 'openai/gpt-4o-mini', max_tokens: 50 })).status).toBe(200)
  })

  it('is not listed, except to those who ask for patterns; a name it stands for can be looked up', async () => {
    const { key } = await house.key({ models: ['openai/*', 'plain'] })
    expect(await idsFor(key)).toEqual(['plain'])
    expect(await idsFor(key, '?return_wildcard_routes=true')).toEqual(['plain', 'openai/*'])
    const one = await fetch(`${house.gateway.origin}/v1/models/openai/gpt-4o`, { headers: { authorization: `Bearer ${key}` } })
    expect(await one.json()).toMatchObject({ id: 'openai/gpt-4o', context_length: 128000, owned_by: 'openai' })
  })

  it('lists what its provider lists where the configuration wants that', async () => {
    const asking = await startHouse({
      config: `${config(vendor.origin)}litellm_settings: { check_provider_endpoint: true }\n`,
      env: { VENDOR_KEY: 'vendor-key' },
    })
    try {
      const { key } = await asking.key({ models: ['openai/*', 'plain'] })
      const response = await fetch(`${asking.gateway.origin}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
      const { data } = (await response.json()) as { data: { id: string }[] }
      expect(data.map(({ id }) => id)).toEqual(['plain', 'openai/vendor-model'])
    } finally {
      await asking.stop()
    }
  })

  it('is made through the API too, and gone when it is deleted', async () => {
    const { key } = await house.key({})
    const params = { model: 'openai/*', api_base: `${vendor.origin}/v1`, api_key: 'os.environ/VENDOR_KEY' }
    const made = await house.post('/model/new', { model_name: 'extra/*', litellm_params: params })
    expect(made.status).toBe(200)
    expect((await house.chat(key, { model: 'extra/gpt-4o-mini' })).status).toBe(200)
    expect((await house.post('/model/delete', { id: made.json['model_id'] })).status).toBe(200)
    expect(errorOf(await house.chat(key, { model: 'extra/gpt-4o-mini' })).code).toBe('model_not_found')
  })
})
