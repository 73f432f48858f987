// Models, credentials, logs and health over HTTP: a change takes effect with the next call, a log row is found by either id, health is free.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, type Question, type Reply } from '../kit/ask.ts'
import { errorOf, startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: from-file
    litellm_params: { model: openai/file, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`
describe('models, credentials, logs and health', () => {
  let vendor: Vendor
  let house: House
  let key: string
  let token: string
  beforeAll(async () => {
    vendor = await startVendor()
    // No keychain of this machine may be written to by a test.
    house = await startHouse({
      config: config(vendor.origin),
      env: { VENDOR_KEY: 'sk-vendor', OTHER_KEY: 'sk-other', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
    })
    ;({ key, token } = await house.key({ key_alias: 'reader' }))
  })
  beforeEach(() => vendor.behave(() => ({})))
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const send = async (method: string, path: string, more: Pick<Question, 'key' | 'body'> = {}): Promise<Reply> =>
    ask(house.gateway.origin, { method, path, ...more })
  const params = (model: string): Record<string, unknown> => ({
    model,
    api_base: `${vendor.origin}/v1`,
    api_key: 'os.environ/VENDOR_KEY',
    input_cost_per_token: 0.000001,
    output_cost_per_token: 0.000002,
  })

  it('a model made through the API serves the next call, one deleted does not', async () => {
    expect((await house.chat(key, { model: 'fresh' })).status).toBe(404)
    const made = await house.post('/model/new', {
      model_name: 'fresh',
      litellm_params: params('openai/fresh-vendor'),
      model_info: { id: 'fresh-1', mode: 'chat' },
    })
    expect(made.json).toMatchObject({ model_id: 'fresh-1', model_name: 'fresh', model_info: { db_model: true } })
    expect((await house.chat(key, { model: 'fresh' })).status).toBe(200)
    expect(vendor.received.at(-1)?.json['model']).toBe('fresh-vendor')
    expect((await house.post('/model/new', { model_name: 'fresh', litellm_params: params('openai/x'), model_info: { id: 'fresh-1' } })).status).toBe(400)
    // The same name joins the file's group.
    await house.post('/model/new', { model_name: 'from-file', litellm_params: { ...params('openai/second'), weight: 1_000_000 }, model_info: { id: 'second' } })
    await house.chat(key, { model: 'from-file' })
    expect(vendor.received.at(-1)?.json['model']).toBe('second')
    for (const id of ['fresh-1', 'second']) expect((await house.post('/model/delete', { id })).status).toBe(200)
    expect((await house.chat(key, { model: 'fresh' })).status).toBe(404)
    expect((await house.chat(key, { model: 'from-file' })).status).toBe(200)
    expect(vendor.received.at(-1)?.json['model']).toBe('file')
    expect((await house.post('/model/delete', { id: 'fresh-1' })).status).toBe(404)
    for (const wrong of ['nobody/x', 'nameless', 'openai/']) {
      const answer = await house.post('/model/new', { model_name: 'wrong', litellm_params: { model: wrong } })
      expect(answer.status, wrong).toBe(400)
      expect(errorOf(answer).message.length).toBeGreaterThan(20)
    }
    expect((await house.chat(key, { model: 'wrong' })).status).toBe(404)
  })
  it('twenty models made at once are all there, and all gone when deleted at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `swarm-${index}`)
    // Vendors whose price lists differ in size, so that the changes finish in another order than they began.
    const made = await Promise.all(
      names.map((name, index) =>
        house.post('/model/new', {
          model_name: name,
          litellm_params: params(index % 2 === 0 ? 'openai/gpt-4o' : 'anthropic/claude-sonnet-4-5'),
          model_info: { id: name },
        }),
      ),
    )
    expect(made.map((answer) => answer.status)).toEqual(names.map(() => 200))
    const listed = async (): Promise<string[]> =>
      ((await house.get('/v1/models')).json as unknown as { data: { id: string }[] }).data.map(({ id }) => id).filter((id) => id.startsWith('swarm-'))
    expect((await listed()).sort()).toEqual(names.toSorted())
    await Promise.all(names.map((id) => house.post('/model/delete', { id })))
    expect(await listed()).toEqual([])
  })
  it('a credential by reference is used by name, renewed in place, and kept while it is needed', async () => {
    expect(
      (
        await house.post('/credentials', {
          credential_name: 'main',
          credential_values: { api_key: 'os.environ/VENDOR_KEY', api_base: `${vendor.origin}/v1` },
          credential_info: { custom_llm_provider: 'openai' },
        })
      ).status,
    ).toBe(200)
    expect((await house.post('/credentials', { credential_name: 'main', credential_values: { api_key: 'os.environ/X' } })).status).toBe(409)
    await house.post('/model/new', {
      model_name: 'named',
      litellm_params: { model: 'openai/named', litellm_credential_name: 'main' },
      model_info: { id: 'named' },
    })
    const usedKey = async (): Promise<unknown> => {
      await house.chat(key, { model: 'named' })
      return vendor.received.at(-1)?.headers.authorization
    }
    expect(await usedKey()).toBe('Bearer sk-vendor')
    expect(
      (await send('PATCH', '/credentials/main', { key: house.gateway.adminKey, body: { credential_values: { api_key: 'os.environ/OTHER_KEY' } } })).status,
    ).toBe(200)
    expect(await usedKey()).toBe('Bearer sk-other')
    expect((await house.get('/credentials')).json['credentials']).toEqual([
      {
        credential_name: 'main',
        credential_values: { api_key: 'os.environ/OTHER_KEY', api_base: `${vendor.origin}/v1` },
        credential_info: { custom_llm_provider: 'openai', description: null, created_at: expect.any(String), saved_at: null },
      },
    ])
    const inUse = await send('DELETE', '/credentials/main', { key: house.gateway.adminKey })
    expect([inUse.status, inUse.text.includes('named')]).toEqual([409, true])
    await house.post('/model/delete', { id: 'named' })
    expect((await send('DELETE', '/credentials/main', { key: house.gateway.adminKey })).status).toBe(200)
    expect((await send('DELETE', '/credentials/main', { key: house.gateway.adminKey })).status).toBe(404)
  })
  it('a key that cannot be saved is refused with a sentence saying what to do', async () => {
    const session = (await house.get('/panel/session')).json as { vault: { canSave: boolean; sentence: string } }
    expect(session.vault.canSave).toBe(process.platform !== 'linux')
    if (session.vault.canSave) return
    const answer = await house.post('/credentials', { credential_name: 'literal', credential_values: { api_key: 'sk-typed-in' } })
    expect(answer.status).toBe(503)
    expect(errorOf(answer).message).toMatch(/cannot be saved.*os\.environ\/NAME/)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect((await house.get('/credentials')).json['credentials']).toEqual([])
  })

  it('a log row is found by our id and by the vendor’s, in both shapes, by its own key or an administrator', async () => {
    const upstreamId = 'chatcmpl-only-once'
    vendor.behave(() => ({
      body: JSON.stringify({
        id: upstreamId,
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
      }),
    }))
    const answer = await house.chat(key, { model: 'from-file', user: 'end-user-1', metadata: { session_id: 'session-1' } })
    const ourId = answer.headers.get('x-request-id') ?? ''
    await house.closedRow(ourId)
    const byOurs = (await house.get(`/spend/logs?request_id=${ourId}`)).json as unknown as readonly Record<string, unknown>[]
    expect(byOurs).toHaveLength(1)
    expect(byOurs[0]).toMatchObject({
      request_id: ourId,
      spend: 0.000025,
      prompt_tokens: 11,
      completion_tokens: 7,
      total_tokens: 18,
      api_key: token,
      model_group: 'from-file',
      model: 'file',
      status: 'success',
      end_user: 'end-user-1',
      session_id: 'session-1',
      messages: {},
      response: {},
    })
    expect((await house.get(`/spend/logs?request_id=${upstreamId}`)).json).toEqual(byOurs)
    expect(JSON.parse((await send('GET', `/spend/logs?request_id=${ourId}`, { key })).text)).toHaveLength(1)
    const { key: stranger } = await house.key({})
    expect(JSON.parse((await send('GET', `/spend/logs?request_id=${ourId}`, { key: stranger })).text)).toEqual([])
    expect((await send('GET', `/spend/logs?api_key=${token}`, { key: stranger })).status).toBe(403)
    const rows = (await house.get(`/spend/logs?api_key=${key}`)).json as unknown as readonly { spend: number }[]
    expect(rows.length).toBeGreaterThan(3)
    const today = new Date(Date.now() - 3_600_000 * 24).toISOString().slice(0, 10)
    const tomorrow = new Date(Date.now() + 3_600_000 * 24).toISOString().slice(0, 10)
    const days = (await house.get(`/spend/logs?start_date=${today}&end_date=${tomorrow}`)).json as unknown as readonly Record<string, unknown>[]
    expect(days).toHaveLength(3)
    const own = days.reduce((sum, day) => sum + Number(day[token] ?? 0), 0)
    expect(own).toBeCloseTo(
      rows.reduce((sum, row) => sum + row.spend, 0),
      9,
    )
    expect(days.every((day) => Object.keys(day).includes('models') && Object.keys(day).includes('startTime'))).toBe(true)
  })
  it('health calls no model, tells what traffic showed, and spends only when asked', async () => {
    const before = vendor.received.length
    const healthy = (await house.get('/health')).json as { healthy_endpoints: readonly Record<string, unknown>[]; unhealthy_count: number }
    expect(healthy.healthy_endpoints[0]).toMatchObject({ model: 'from-file', status: 'ok' })
    expect(vendor.received).toHaveLength(before)
    vendor.behave(() => ({ status: 500 }))
    await house.chat(key, { model: 'from-file' })
    const failing = (await house.get('/health')).json as { unhealthy_endpoints: readonly Record<string, unknown>[] }
    expect(failing.unhealthy_endpoints[0]).toMatchObject({ model: 'from-file', status: 'failing' })
    vendor.behave(() => ({}))
    const calls = vendor.received.length
    const test = await house.post('/health/test_connection', { model_info: { id: failing.unhealthy_endpoints[0]?.['model_id'] } })
    expect(test.json).toMatchObject({ status: 'success' })
    expect(vendor.received).toHaveLength(calls + 1)
    expect(((await house.get('/health')).json as { unhealthy_count: number }).unhealthy_count).toBe(0)
    expect((await send('GET', '/health/liveliness')).text).toBe('"I\'m alive!"')
    expect((await send('GET', '/health/readiness')).status).toBe(200)
  })
})
