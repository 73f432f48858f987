// A hard budget holds under any concurrency: exactly as many calls pass as it affords, whichever scope it belongs to.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf, startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

// Ten cents per output token and nothing per input token make the sums readable: a call of 10 tokens is one dollar.
const config = (origin: string): string => `
model_list:
  - model_name: exact
    litellm_params: { model: openai/exact, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0.1 }
  - model_name: unpriced
    litellm_params: { model: openai/nobody-knows-its-price, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY }
router_settings: { num_retries: 0, fallbacks: [{ exact: [unpriced] }] }
`
const affordable = 10
const callers = 200

describe('a budget for ten calls, asked for two hundred at once', () => {
  let vendor: Vendor
  let house: House
  beforeAll(async () => {
    vendor = await startVendor()
    vendor.behave(() => ({ headDelayMs: 20 }))
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })

  async function storm(key: string): Promise<{ answered: number; refused: number }> {
    const before = vendor.received.length
    const answers = await Promise.all(Array.from({ length: callers }, () => house.chat(key, { model: 'exact', max_tokens: 10 })))
    const refused = answers.filter((answer) => answer.status === 429)
    for (const answer of refused) {
      expect(errorOf(answer)).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota', param: null })
      expect(answer.headers.get('x-should-retry')).toBe('false')
      expect(answer.headers.get('retry-after')).toBeNull()
    }
    expect(vendor.received.length - before).toBe(answers.filter((answer) => answer.status === 200).length)
    return { answered: answers.filter((answer) => answer.status === 200).length, refused: refused.length }
  }

  it('answers exactly ten on a key, and its spend is its budget', async () => {
    const { key } = await house.key({ max_budget: affordable })
    expect(await storm(key)).toEqual({ answered: affordable, refused: callers - affordable })
    const info = (await house.get(`/key/info?key=${key}`)).json['info'] as { spend: number; max_budget: number }
    expect(info.spend).toBe(affordable)
  })

  it('answers exactly ten on a team, across its keys', async () => {
    const team = (await house.post('/team/new', { team_alias: 'ten', max_budget: affordable })).json
    const keys = await Promise.all([1, 2, 3, 4].map(() => house.key({ team_id: team['team_id'] })))
    const before = vendor.received.length
    const answers = await Promise.all(Array.from({ length: callers }, (_, index) => house.chat(keys[index % 4]?.key ?? '', { model: 'exact', max_tokens: 10 })))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(affordable)
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(callers - affordable)
    expect(vendor.received.length - before).toBe(affordable)
  })

  it('streams under the same rule', async () => {
    const { key } = await house.key({ max_budget: affordable })
    const answers = await Promise.all(Array.from({ length: 50 }, () => house.chat(key, { model: 'exact', max_tokens: 10, stream: true })))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(affordable)
    expect(answers.filter((answer) => answer.status === 200).every((answer) => answer.text.endsWith('data: [DONE]\n\n'))).toBe(true)
  })

  it('caps the output to what is left, when that is worth a call', async () => {
    const { key } = await house.key({ max_budget: 2.5 })
    expect((await house.chat(key, { model: 'exact', max_tokens: 100 })).status).toBe(200)
    expect(vendor.received.at(-1)?.json['max_tokens']).toBe(25)
    expect((await house.chat(key, { model: 'exact', max_tokens: 100 })).status).toBe(429)
  })

  it('takes the asked cap as it is when the budget affords it, and sets one when none was asked', async () => {
    const { key } = await house.key({ max_budget: 10_000 })
    await house.chat(key, { model: 'exact', max_tokens: 7 })
    expect(vendor.received.at(-1)?.json['max_tokens']).toBe(7)
    await house.chat(key, { model: 'exact' })
    expect(vendor.received.at(-1)?.json).toHaveProperty('max_tokens', 4096)
    const { key: free } = await house.key({})
    await house.chat(free, { model: 'exact' })
    expect(vendor.received.at(-1)?.json).not.toHaveProperty('max_tokens')
  })

  it('refuses what it cannot price or bound, and says which', async () => {
    const { key } = await house.key({ max_budget: 5 })
    const unbounded = await house.chat(key, { model: 'exact', messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] })
    expect(unbounded.status).toBe(403)
    expect(errorOf(unbounded).message).toContain('file')
    await house.post('/model/new', {
      model_name: 'mystery',
      litellm_params: { model: 'openai/some-unknown-model', api_base: `${vendor.origin}/v1`, api_key: 'os.environ/VENDOR_KEY' },
      model_info: {},
    })
    const unpriced = await house.chat(key, { model: 'mystery' })
    expect(unpriced.status).toBe(403)
    expect(errorOf(unpriced).code).toBe('model_unpriced')
    const { key: free } = await house.key({})
    const allowed = await house.chat(free, { model: 'mystery' })
    expect(allowed.status).toBe(200)
    const row = await house.closedRow(allowed.headers.get('x-request-id') ?? '')
    expect(row.unpriced).toBe(true)
    expect(row.costUsd).toBe('0.000000000')
  })

  it('leaves out a fallback that it cannot price, and refuses nothing for its sake', async () => {
    const { key } = await house.key({ max_budget: 5 })
    const before = vendor.received.length
    vendor.behave(() => ({ status: 500 }))
    expect((await house.chat(key, { model: 'exact', max_tokens: 10 })).status).toBe(500)
    expect(vendor.received.slice(before).map((request) => request.json['model'])).toEqual(['exact'])
    vendor.behave(() => ({}))
    expect((await house.chat(key, { model: 'exact', max_tokens: 10 })).status).toBe(200)
  })

  it('leaves balanced books', async () => {
    const rows = await house.rows()
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter((row) => row.state === 'open')).toEqual([])
  })
})
