// A key that is blocked or deleted while its call runs: the call is cut within seconds, at the vendor too, and settles; others run on.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: slow
    litellm_params: { model: anthropic/slow, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`

describe.concurrent('a key that is revoked while its call runs', () => {
  let vendor: Vendor
  let house: House
  beforeAll(async () => {
    vendor = await startVendor()
    // 400 pieces take 40 seconds.
    vendor.behave(() => ({ pieceDelayMs: 100 }))
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const write = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${house.gateway.adminKey}` }
    const answer = await fetch(`${house.gateway.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(answer.status).toBe(200)
    return (await answer.json()) as Record<string, unknown>
  }
  const begin = async (key: string): Promise<Response> => {
    const body = JSON.stringify({ model: 'slow', stream: true, max_tokens: 400, messages: [{ role: 'user', content: 'hello there' }] })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    return await fetch(`${house.baseUrl}/chat/completions`, { method: 'POST', headers, body })
  }

  it.each<[string, (key: string, team: string) => Promise<unknown>]>([
    ['blocked', (key) => write('/key/block', { key })],
    ['deleted', (key) => write('/key/delete', { keys: [key] })],
    ['its team blocked', (_key, team_id) => write('/team/update', { team_id, blocked: true })],
  ])('%s: it is cut and settles', async (what, revoke) => {
    const team = String((await write('/team/new', { team_alias: what }))['team_id'])
    const { key } = await house.key({ team_id: team })
    const [other, heard] = await Promise.all([begin((await house.key({})).key), begin(key)])
    const startedMs = performance.now()
    await revoke(key, team)
    await expect(heard.text()).rejects.toThrow()
    expect(performance.now() - startedMs).toBeLessThan(5000)
    const row = await house.closedRow(heard.headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ end: 'cut', status: 499, provenance: 'counted' })
    const reader = other.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    await reader?.cancel()
  })
})
