// A caller who leaves: its side ends at once, the row settles by the vendor's own rule for such calls, and nothing stays held.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PanelKey } from '../../gateway/contract/panel.ts'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, vendorInputTokens, type Vendor } from '../kit/vendor.ts'

// Anthropic bills a stream for what it wrote, the second server is said to bill it to its end, and an engine here bills nothing.
const config = (origin: string): string => `
model_list:
  - model_name: stops
    litellm_params: { model: anthropic/slow, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
  - model_name: runs-on
    litellm_params: { model: openai/slow, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, aborted_calls: whole, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
  - model_name: free
    litellm_params: { model: ollama_chat/slow, api_base: ${origin} }
`
const idOf = (response: Response): string => response.headers.get('x-request-id') ?? ''

/** Reads so many pieces, if any, and goes. */
async function leave(house: House, call: { key: string; body: Record<string, unknown>; after: number | 'unheard' }): Promise<string> {
  const controller = new AbortController()
  const response = fetch(`${house.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${call.key}` },
    body: JSON.stringify({ max_tokens: 400, messages: [{ role: 'user', content: 'hello there' }], ...call.body }),
    signal: controller.signal,
  })
  if (call.after === 'unheard') {
    setTimeout(() => controller.abort(), 150)
    await response.catch(() => undefined)
    return ''
  }
  const heard = await response
  const reader = heard.body?.getReader()
  for (let count = 0; count < call.after; count += 1) await reader?.read()
  controller.abort()
  return idOf(heard)
}

describe('a caller who leaves', () => {
  let vendor: Vendor
  let house: House
  let key: string
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    ;({ key } = await house.key({ max_budget: 100 }))
  })
  afterEach(() => vendor.behave(() => ({ pieceDelayMs: 15 })))
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const newest = async (): Promise<string> => (await house.rows('limit=1'))[0]?.requestId ?? ''

  it.each(['stops', 'free'])('%s: the upstream is aborted and the row settles with what had passed', async (model) => {
    vendor.behave(() => ({ pieceDelayMs: 15 }))
    const before = vendor.received.length
    const row = await house.closedRow(await leave(house, { key, body: { model, stream: true }, after: 4 }))
    expect(row).toMatchObject({ end: 'cut', status: 499, state: 'closed', provenance: 'counted' })
    expect(row.completionTokens).toBeGreaterThan(0)
    expect(row.completionTokens).toBeLessThan(200)
    expect(row.costUsd === '0.000000000').toBe(model === 'free')
    await expect.poll(() => vendor.received[before]?.aborted).toBe(true)
  })

  it('of a vendor that bills to the end is billed what the end says, and waits for none of it', async () => {
    vendor.behave(() => ({ pieceDelayMs: 15 }))
    const { key: narrow } = await house.key({ max_budget: 1, max_parallel_requests: 1 })
    const before = vendor.received.length
    const id = await leave(house, { key: narrow, body: { model: 'runs-on', stream: true, max_tokens: 60 }, after: 3 })
    // Its place is free although the call is still read.
    await expect.poll(async () => (await house.chat(narrow, { model: 'free', max_tokens: 1 })).status).toBe(200)
    expect((await house.row(id)).state).toBe('open')
    const row = await house.closedRow(id)
    expect(row).toMatchObject({
      end: 'cut',
      status: 499,
      provenance: 'reported',
      promptTokens: vendorInputTokens,
      completionTokens: 60,
      costUsd: '0.000130000',
    })
    expect(vendor.received[before]?.aborted).toBe(false)
  })

  it('of a call that does not stream is billed its whole reply where it runs on', async () => {
    for (const model of ['stops', 'runs-on']) {
      vendor.behave(() => ({ headDelayMs: 600 }))
      await leave(house, { key, body: { model, max_tokens: 9 }, after: 'unheard' })
      const row = await house.closedRow(await newest())
      expect(row).toMatchObject({ end: 'cut', status: 499, provenance: 'reported', completionTokens: 9 })
    }
  })

  it('before the head of a stream owes the prompt to a vendor, and nothing to an engine here', async () => {
    for (const model of ['stops', 'free']) {
      vendor.behave(() => ({ hang: true }))
      await leave(house, { key, body: { model, stream: true }, after: 'unheard' })
      const row = await house.closedRow(await newest())
      expect(row).toMatchObject({ end: 'cut', state: 'closed', completionTokens: 0 })
      expect(row.promptTokens > 0).toBe(model === 'stops')
      await expect.poll(() => vendor.received.at(-1)?.aborted).toBe(true)
    }
  })

  it('leaves the budget with nothing reserved', async () => {
    vendor.behave(() => ({}))
    const answer = await house.chat(key, { model: 'runs-on', max_tokens: 5 })
    const row = await house.closedRow(answer.headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ end: 'answered', provenance: 'reported', promptTokens: vendorInputTokens, completionTokens: 5, costUsd: '0.000020000' })
    const keys = (await house.get('/panel/keys')).json as unknown as readonly PanelKey[]
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.every((one) => one.budget.heldUsd === '0.000000000')).toBe(true)
  })
})

describe('a gateway that stops while it reads for nobody', () => {
  it('stops at once and settles with what had passed', async () => {
    const vendor = await startVendor()
    const dataDir = await mkdtemp(join(tmpdir(), 'tollgate-leave-'))
    const options = { config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' }, dataDir }
    try {
      vendor.behave(() => ({ pieceDelayMs: 50 }))
      const first = await startHouse(options)
      const { key } = await first.key({ max_budget: 1 })
      const id = await leave(first, { key, body: { model: 'runs-on', stream: true }, after: 3 })
      expect((await first.row(id)).state).toBe('open')
      const startedMs = performance.now()
      expect(await first.stop()).toBe(0)
      expect(performance.now() - startedMs).toBeLessThan(5000)
      const second = await startHouse(options)
      const row = await second.row(id)
      expect(row).toMatchObject({ end: 'cut', state: 'closed', provenance: 'counted' })
      expect(row.completionTokens).toBeGreaterThan(0)
      expect(row.completionTokens).toBeLessThan(200)
      await second.stop()
    } finally {
      await vendor.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
