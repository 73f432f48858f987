// The life of keys and teams over HTTP, in LiteLLM's words: each change counts for the very next call, each limit is exact.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

// A call of ten output tokens costs a dollar.
const config = (origin: string): string => `
model_list:
  - model_name: exact
    litellm_params: { model: openai/exact, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0.1 }
  - model_name: other
    litellm_params: { model: openai/other, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0.1 }
`
const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('administration over HTTP', () => {
  let vendor: Vendor
  let house: House
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
  })
  beforeEach(() => vendor.behave(() => ({})))
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const call = async (key: string, fields: Record<string, unknown> = {}): Promise<Answer> => house.chat(key, { model: 'exact', max_tokens: 10, ...fields })
  const infoOf = async (key: string): Promise<Record<string, unknown>> => (await house.get(`/key/info?key=${key}`)).json['info'] as Record<string, unknown>

  it('a key is made, used, changed, blocked, unblocked and deleted, and every call meets the newest state', async () => {
    const made = await house.post('/key/generate', { key_alias: 'ci', max_budget: 2, models: ['exact'], metadata: { owner: 'build' }, tags: ['nightly'] })
    expect(made.status).toBe(200)
    const key = String(made.json['key'])
    const token = String(made.json['token'])
    expect(key).toMatch(/^sk-tg-[0-9A-Za-z]{49}$/)
    expect(made.json).toMatchObject({
      key_name: `sk-...${key.slice(-4)}`,
      key_alias: 'ci',
      max_budget: 2,
      spend: 0,
      models: ['exact'],
      metadata: { owner: 'build', tags: ['nightly'] },
      token_id: token,
      blocked: false,
      expires: null,
    })
    expect((await call(key)).status).toBe(200)
    expect(await infoOf(key)).toMatchObject({ spend: 1, max_budget: 2, token, last_active: expect.stringMatching(/^20/) as string })
    expect(await infoOf(token)).toEqual(await infoOf(key))

    const changed = await house.post('/key/update', { key, models: ['exact', 'other'], max_budget: 3, metadata: { owner: 'release' } })
    expect(changed.json).toMatchObject({ key: token, max_budget: 3, models: ['exact', 'other'], metadata: { owner: 'release' }, key_alias: 'ci', spend: 1 })
    expect((await call(key, { model: 'other' })).status).toBe(200)
    expect((await call(key)).status).toBe(200)
    expect(errorOf(await call(key)).code).toBe('insufficient_quota')

    expect((await house.post('/key/update', { key: token, max_budget: null })).json['max_budget']).toBeNull()
    expect((await house.post('/key/block', { key })).json['blocked']).toBe(true)
    const blocked = await call(key)
    expect(blocked.status).toBe(401)
    expect(errorOf(blocked)).toMatchObject({ code: 'invalid_api_key', type: 'authentication_error', message: expect.stringContaining('blocked') as string })
    expect((await house.post('/key/unblock', { key: token })).json['blocked']).toBe(false)
    expect((await call(key)).status).toBe(200)

    expect((await house.post('/key/delete', { keys: [key] })).json).toEqual({ deleted_keys: [token] })
    expect((await call(key)).status).toBe(401)
    expect((await house.get(`/key/info?key=${key}`)).status).toBe(404)
    expect((await house.post('/key/update', { key, max_budget: 1 })).status).toBe(404)
    // Its spend keeps its name, and so does the call it was refused while it was blocked.
    expect((await house.rows('limit=1'))[0]?.keyName).toMatch(/^(?:ci|sk-…)/)
    expect((await house.rows('limit=20')).filter((row) => row.keyName === 'ci')).toHaveLength(6)
  })

  it('an alias belongs to one key at a time, and twenty at once make one', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => house.post('/key/generate', { key_alias: 'unique' })))
    expect(all.map((answer) => answer.status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 400)])
    expect(errorOf(all.find((answer) => answer.status === 400) ?? all[0] ?? (await house.get('/')))).toMatchObject({
      message: expect.stringContaining('unique') as string,
      code: '400',
    })
    const { token } = await house.key({ key_alias: 'second' })
    expect((await house.post('/key/update', { key: token, key_alias: 'unique' })).status).toBe(400)
    expect((await house.post('/key/update', { key: token, key_alias: 'second' })).status).toBe(200)
    expect((await house.post('/key/delete', { key_aliases: ['unique'] })).json).toEqual({ deleted_keys: ['unique'] })
    expect((await house.post('/key/update', { key: token, key_alias: 'unique' })).json['key_alias']).toBe('unique')
    // One that is not there stops the deletion of the others.
    expect((await house.post('/key/delete', { key_aliases: ['unique', 'nobody'] })).status).toBe(404)
    expect((await house.get(`/key/info?key=${token}`)).status).toBe(200)
  })

  it('a chosen key works, is hashed like any other, and belongs to one', async () => {
    const chosen = 'sk-chosen-by-the-administrator'
    expect((await house.post('/key/generate', { key: chosen })).json['key']).toBe(chosen)
    expect((await call(chosen)).status).toBe(200)
    expect((await house.post('/key/generate', { key: chosen })).status).toBe(400)
    expect((await house.post('/key/generate', { key: 'chosen-without-prefix' })).status).toBe(400)
    expect((await house.post('/key/generate', { key: house.gateway.adminKey })).status).toBe(400)
  })

  it('fields that would protect somebody and are not kept are refused by name, and so are unknown ones', async () => {
    for (const [field, value] of Object.entries({
      tpm_limit: 5,
      guardrails: ['pii'],
      allowed_routes: ['/v1'],
      budget_id: 'b',
      max_bugdet: 1,
    })) {
      const answer = await house.post('/key/generate', { [field]: value })
      expect(answer.status, field).toBe(400)
      expect(errorOf(answer).message, field).toContain(field)
    }
    expect((await house.post('/key/generate', { tpm_limit: null, guardrails: [], permissions: {} })).status).toBe(200)
    for (const wrong of [{ max_budget: -1 }, { rpm_limit: 1.5 }, { budget_duration: 'soon' }, { duration: '5' }, { models: ['gpt-4', 5] }])
      expect((await house.post('/key/generate', wrong)).status, JSON.stringify(wrong)).toBe(400)
  })

  it('a key expires to the second, and an update gives it time again', async () => {
    const made = await house.post('/key/generate', { duration: '1s' })
    const key = String(made.json['key'])
    const expiresAtMs = Date.parse(String(made.json['expires']))
    expect(Math.abs(expiresAtMs - Date.now() - 1000)).toBeLessThan(500)
    expect((await call(key)).status).toBe(200)
    await pause(expiresAtMs - Date.now() + 20)
    const late = await call(key)
    expect(late.status).toBe(401)
    expect(errorOf(late).message).toContain('expired')
    expect((await house.post('/key/update', { key, duration: '1h' })).status).toBe(200)
    expect((await call(key)).status).toBe(200)
    expect((await house.post('/key/update', { key, duration: '-1' })).json['expires']).toBeNull()
  })

  it('rpm_limit lets exactly that many through in a minute, however they come', async () => {
    const { key, token } = await house.key({ rpm_limit: 7 })
    const answers = await Promise.all(Array.from({ length: 30 }, () => call(key)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(7)
    const next = await call(key)
    expect(next.status).toBe(429)
    expect(errorOf(next)).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' })
    expect(Number(next.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(Number(next.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(next.headers.get('x-should-retry')).toBeNull()
    // A higher limit counts at once, and what was let through before still counts.
    await house.post('/key/update', { key: token, rpm_limit: 9 })
    expect((await Promise.all(Array.from({ length: 5 }, () => call(key)))).filter((answer) => answer.status === 200)).toHaveLength(2)
  })
  it('max_parallel_requests lets exactly that many run at once, and a refusal uses up nothing', async () => {
    vendor.behave(() => ({ headDelayMs: 400 }))
    const { key } = await house.key({ max_parallel_requests: 3, rpm_limit: 7 })
    const slow = async (): Promise<Answer[]> => Promise.all(Array.from({ length: 20 }, (_, index) => call(key, { stream: index % 2 === 0 })))
    const first = await slow()
    expect(first.filter((answer) => answer.status === 200)).toHaveLength(3)
    for (const answer of first.filter((one) => one.status !== 200))
      expect([answer.status, errorOf(answer).code, answer.headers.get('retry-after')]).toEqual([429, 'concurrency_limit', '1'])
    // The seventeen refused ones took nothing from the minute: four calls are left of seven.
    expect((await slow()).filter((answer) => answer.status === 200)).toHaveLength(3)
    const last = await slow()
    expect(last.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(errorOf(await call(key)).code).toBe('rate_limit_exceeded')
  })

  it('a key may call and see its models only', async () => {
    const { key } = await house.key({ models: ['other'] })
    const answer = await call(key)
    expect(answer.status).toBe(403)
    expect(errorOf(answer)).toMatchObject({ code: 'model_not_allowed', param: 'model' })
    expect((await call(key, { model: 'other' })).status).toBe(200)
    const response = await fetch(`${house.baseUrl}/models`, { headers: { authorization: `Bearer ${key}` } })
    expect(((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(['other'])
    const { key: none } = await house.key({ models: ['no-default-models'] })
    expect((await call(none)).status).toBe(403)
  })

  it('a budget with a short period is whole again in the next one', async () => {
    const periodMs = 3000
    const { key } = await house.key({ max_budget: 1, budget_duration: '3s' })
    // Periods follow the clock: begin right after one has begun.
    await pause(periodMs - (Date.now() % periodMs) + 30)
    expect((await call(key)).status).toBe(200)
    const refused = await call(key)
    expect(refused.status).toBe(429)
    expect(errorOf(refused).message).toMatch(/It resets at 20\d\d-/)
    const resetsAtMs = Date.parse(String((await infoOf(key))['budget_reset_at']))
    expect(resetsAtMs % periodMs).toBe(0)
    await pause(resetsAtMs - Date.now() + 30)
    expect(await infoOf(key)).toMatchObject({ spend: 0 })
    expect((await call(key)).status).toBe(200)
    expect((await call(key)).status).toBe(429)
  })

  it('a team’s budget, models, block and limits bind all its keys', async () => {
    const made = await house.post('/team/new', { team_id: 'web', team_alias: 'Web', max_budget: 3, models: ['exact'], metadata: { cost_centre: 7 } })
    expect(made.json).toMatchObject({ team_id: 'web', team_alias: 'Web', max_budget: 3, spend: 0, models: ['exact'] })
    expect((await house.post('/team/new', { team_id: 'web' })).status).toBe(400)
    const [one, two] = [await house.key({ team_id: 'web', max_budget: 2 }), await house.key({ team_id: 'web', key_alias: 'two' })]
    expect((await call(one.key, { model: 'other' })).status).toBe(403)
    expect([(await call(one.key)).status, (await call(one.key)).status]).toEqual([200, 200])
    expect(errorOf(await call(one.key)).message).toContain('of this key')
    expect((await call(two.key)).status).toBe(200)
    expect(errorOf(await call(two.key)).message).toContain('of the team')
    const info = (await house.get('/team/info?team_id=web')).json as { team_info: Record<string, unknown>; keys: readonly Record<string, unknown>[] }
    expect(info.team_info).toMatchObject({ spend: 3, max_budget: 3 })
    expect(info.keys.map((key) => key['token'])).toEqual([one.token, two.token])

    expect((await house.post('/team/update', { team_id: 'web', max_budget: 10, rpm_limit: 3 })).json).toMatchObject({ data: { max_budget: 10, rpm_limit: 3 } })
    const answers = await Promise.all(Array.from({ length: 6 }, () => call(two.key)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(3)
    expect(errorOf(await call(two.key)).message).toContain('team Web')
    await house.post('/team/update', { team_id: 'web', blocked: true })
    expect((await call(two.key)).status).toBe(401)
    await house.post('/team/update', { team_id: 'web', blocked: false, rpm_limit: null })
    expect((await call(two.key)).status).toBe(200)
    expect(((await house.get('/team/list')).json as unknown as readonly { team_id: string }[]).map(({ team_id }) => team_id)).toEqual(['web'])
    await house.key({ team_id: 'web' })
    expect((await house.post('/key/generate', { team_id: 'nowhere' })).status).toBe(404)
  })

  it('lists keys by page, order and filter', async () => {
    const page = (await house.get('/key/list?size=3&page=2&sort_by=created_at&sort_order=asc')).json as {
      keys: string[]
      total_count: number
      total_pages: number
      current_page: number
    }
    expect(page).toMatchObject({ current_page: 2, total_pages: Math.ceil(page.total_count / 3) })
    expect(page.keys).toHaveLength(3)
    expect(page.keys.every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true)
    const { keys } = (await house.get('/key/list?team_id=web&return_full_object=true')).json as unknown as { keys: readonly { key_alias: string | null }[] }
    expect(keys).toHaveLength(3)
    const found = (await house.get('/key/list?key_alias=tw&substring_matching=true&return_full_object=true')).json as unknown as {
      keys: readonly { key_alias: string | null }[]
    }
    expect(found.keys.map((key) => key.key_alias)).toEqual(['two'])
  })
})
