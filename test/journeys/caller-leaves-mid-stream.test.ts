// A caller who leaves stops the upstream; the row settles with what had passed, flagged, and nothing stays held.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PanelKey } from '../../gateway/contract/panel.ts'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, vendorInputTokens, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: via-openai
    litellm_params: { model: openai/slow, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
  - model_name: via-anthropic
    litellm_params: { model: anthropic/slow, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
  - model_name: via-ollama
    litellm_params: { model: ollama_chat/slow, api_base: ${origin} }
`

describe('a caller who leaves', () => {
  let vendor: Vendor
  let house: House
  let key: string
  beforeAll(async () => {
    vendor = await startVendor()
    vendor.behave(() => ({ pieceDelayMs: 15 }))
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    ;({ key } = await house.key({ max_budget: 100 }))
  })
  afterEach(() => vendor.behave(() => ({ pieceDelayMs: 15 })))
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })

  async function leaveAfter(model: string, pieces: number): Promise<string> {
    const controller = new AbortController()
    const response = await fetch(`${house.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, stream: true, max_tokens: 400, messages: [{ role: 'user', content: 'hello there' }] }),
      signal: controller.signal,
    })
    const reader = response.body?.getReader()
    for (let count = 0; count < pieces; count += 1) await reader?.read()
    controller.abort()
    return response.headers.get('x-request-id') ?? ''
  }

  it.each(['via-openai', 'via-anthropic', 'via-ollama'])('%s: the upstream is aborted and the row settles as cut', async (model) => {
    const before = vendor.received.length
    const row = await house.closedRow(await leaveAfter(model, 4))
    expect(row).toMatchObject({ end: 'cut', status: 499, state: 'closed' })
    expect(row.provenance).not.toBe('reported')
    expect(row.completionTokens).toBeGreaterThan(0)
    expect(row.completionTokens).toBeLessThan(200)
    await expect.poll(() => vendor.received[before]?.aborted).toBe(true)
  })
  it('settles a caller who leaves before the head', async () => {
    vendor.behave(() => ({ hang: true }))
    const before = vendor.received.length
    const controller = new AbortController()
    const call = fetch(`${house.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'via-openai', messages: [{ role: 'user', content: 'hi' }] }),
      signal: controller.signal,
    }).catch(() => null)
    await expect.poll(() => vendor.received.length).toBe(before + 1)
    controller.abort()
    await call
    await expect.poll(async () => (await house.rows('limit=1'))[0]?.end).toBe('cut')
    expect((await house.rows('limit=1'))[0]?.state).toBe('closed')
    await expect.poll(() => vendor.received.at(-1)?.aborted).toBe(true)
  })
  it('leaves the budget with nothing reserved', async () => {
    const answer = await house.chat(key, { model: 'via-openai', max_tokens: 5 })
    const row = await house.closedRow(answer.headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ end: 'answered', provenance: 'reported', promptTokens: vendorInputTokens, completionTokens: 5, costUsd: '0.000020000' })
    const keys = (await house.get('/panel/keys')).json as unknown as readonly PanelKey[]
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.every((one) => one.budget.heldUsd === '0.000000000')).toBe(true)
  })
})
