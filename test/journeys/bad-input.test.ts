// Whatever is sent, the answer is a clear error in the caller's dialect; nothing crashes and nothing is lost.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'
import { sendRaw } from '../kit/raw-http.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: good
    litellm_params: { model: openai/good, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`

describe('bad input', () => {
  let vendor: Vendor
  let house: House
  let key: string
  let host: string
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    ;({ key } = await house.key({}))
    host = new URL(house.gateway.origin).host
  })
  afterAll(async () => {
    // Nothing above may have brought the process down or left a request open.
    expect((await house.chat(key, { model: 'good' })).status).toBe(200)
    expect((await house.rows()).filter((row) => row.state === 'open')).toEqual([])
    expect(await house.stop()).toBe(0)
    await vendor.close()
  })

  async function send(body: string | Uint8Array, headers: Record<string, string> = {}, path = '/v1/chat/completions'): Promise<Answer> {
    const response = await fetch(`${house.gateway.origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body,
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Record<string, unknown> }
  }
  function expectError(answer: Answer, status: number, code: string): void {
    expect({ status: answer.status, code: errorOf(answer).code }).toEqual({ status, code })
    expect(Object.keys(errorOf(answer)).sort()).toEqual(['code', 'message', 'param', 'type'])
    expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9A-Z]{26}$/)
  }
  const good = { model: 'good', messages: [{ role: 'user', content: 'hi' }] }

  it.each([
    ['{', 'ends early'],
    ['', 'is empty'],
    ['[1]', 'is a list'],
    ['nul', 'is no JSON'],
  ])('refuses %j: it %s', async (body) => {
    expectError(await send(body), 400, 'invalid_json')
  })
  it('refuses __proto__ and a field named twice', async () => {
    expectError(await send('{"__proto__":{"a":1},"model":"good"}'), 400, 'invalid_json')
    expectError(await send('{"model":"good","model":"better","messages":[]}'), 400, 'invalid_json')
  })
  it('refuses a 50 MB body without holding it', async () => {
    expectError(await send(Buffer.alloc(50 * 1024 * 1024, 0x20)), 413, 'body_too_large')
  })
  it('refuses wrong content types and encodings', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expectError(await send(JSON.stringify(good), { 'content-type': type }), 415, 'unsupported_media_type')
    expectError(await send(JSON.stringify(good), { 'content-encoding': 'br' }), 415, 'unsupported_media_type')
  })
  it('names a model that is not there, and a field that is not right', async () => {
    const answer = await send(JSON.stringify({ ...good, model: 'nope' }))
    expectError(answer, 404, 'model_not_found')
    expect(errorOf(answer).param).toBe('model')
    expectError(await send(JSON.stringify({ messages: [] })), 400, 'invalid_request')
    expectError(await send(JSON.stringify({ ...good, stream: 'yes' })), 400, 'invalid_request')
    expectError(await send(JSON.stringify({ ...good, model: 'half a sign \ud800' })), 400, 'invalid_request')
  })

  it('answers unknown, blocked and expired keys with one type', async () => {
    const blocked = await house.key({})
    await house.post('/key/block', { key: blocked.key })
    const expired = await house.key({ duration: '1s' })
    await new Promise((resolve) => setTimeout(resolve, 1100))
    for (const [name, credential] of [
      ['unknown', 'sk-tg-unknown'],
      ['blocked', blocked.key],
      ['expired', expired.key],
    ] as const) {
      const answer = await send(JSON.stringify(good), { authorization: `Bearer ${credential}` })
      expectError(answer, 401, 'invalid_api_key')
      expect(errorOf(answer).type, name).toBe('authentication_error')
      expect(answer.text).not.toContain(credential)
    }
    const none = await send(JSON.stringify(good), { authorization: '' })
    expectError(none, 401, 'missing_key')
  })
  it('accepts the key in every header clients use, and refuses two that differ', async () => {
    for (const name of ['x-api-key', 'api-key', 'x-goog-api-key', 'x-litellm-api-key']) {
      expect((await send(JSON.stringify(good), { authorization: '', [name]: key })).status, name).toBe(200)
    }
    expect((await send(JSON.stringify(good), { authorization: '' }, `/v1/chat/completions?key=${key}`)).status).toBe(200)
    expectError(await send(JSON.stringify(good), { 'x-api-key': 'sk-other' }), 400, 'credentials_conflict')
    expect((await send(JSON.stringify(good), { authorization: 'Bearer something-else', 'x-litellm-api-key': key })).status).toBe(200)
  })
  it('answers a key without access to the model with 403', async () => {
    const narrow = await house.key({ models: ['another'] })
    expectError(await send(JSON.stringify(good), { authorization: `Bearer ${narrow.key}` }), 403, 'model_not_allowed')
  })
  it('keeps administration for the administrator', async () => {
    const answer = await send(JSON.stringify({}), {}, '/key/generate')
    expect(answer.status).toBe(403)
  })

  it.each([
    ['/key/generate', { key_alias: 'a\ud800' }, 'key_alias'],
    ['/key/generate', { user_id: 'u\ud800' }, 'user_id'],
    ['/team/new', { team_id: 't\ud800' }, 'team_id'],
    ['/budgets', { kind: 'user', id: 'u\ud800', max_budget: 1 }, 'id'],
    ['/credentials', { credential_name: 'c\ud800', credential_values: { api_key: 'os.environ/X' } }, 'credential_name'],
    ['/model/new', { model_name: 'm\ud800', litellm_params: { model: 'ollama/x' } }, 'model_name'],
  ])('takes no name with half a character at %s', async (path, body, param) => {
    const answer = await send(JSON.stringify(body), { authorization: `Bearer ${house.gateway.adminKey}` }, path)
    expect([answer.status, errorOf(answer).param]).toEqual([400, param])
  })

  it('serves every spelling of the base URL', async () => {
    for (const path of ['/v1/v1/chat/completions', '//v1//chat/completions', '/chat/completions', '/v1/chat/completions?beta=true']) {
      expect((await send(JSON.stringify(good), {}, path)).status, path).toBe(200)
    }
  })

  const request = (line: string, headers: readonly string[], body = ''): string =>
    [line, ...headers, `content-length: ${Buffer.byteLength(body)}`, 'connection: close', '', body].join('\r\n')
  it('refuses a foreign Host, two Hosts, none, and an absolute target', async () => {
    const { origin } = house.gateway
    const auth = `authorization: Bearer ${key}`
    const cases: readonly (readonly [string, string, number])[] = [
      ['own', request('GET /v1/models HTTP/1.1', [`host: ${host}`, auth]), 200],
      ['foreign', request('GET /v1/models HTTP/1.1', ['host: evil.example', auth]), 421],
      ['twice', request('GET /v1/models HTTP/1.1', [`host: ${host}`, `host: ${host}`, auth]), 421],
      ['foreign second', request('GET /v1/models HTTP/1.1', [`host: ${host}`, 'host: evil.example', auth]), 421],
      ['with a path', request('GET /v1/models HTTP/1.1', [`host: ${host}/admin`, auth]), 421],
      ['with a user', request('GET /v1/models HTTP/1.1', [`host: ${host}@evil.example`, auth]), 421],
      ['absolute', request(`GET http://${host}/v1/models HTTP/1.1`, [`host: ${host}`, auth]), 400],
      ['absolute elsewhere', request('GET http://evil.example/v1/models HTTP/1.1', [`host: ${host}`, auth]), 400],
      ['dot segments', request('GET /ui/../key/list HTTP/1.1', [`host: ${host}`, auth]), 400],
      ['encoded dots', request('GET /ui/%2e%2e/key/list HTTP/1.1', [`host: ${host}`, auth]), 400],
      ['double slash', request('GET //key//list HTTP/1.1', [`host: ${host}`, auth]), 400],
      ['page of another origin', request('GET /v1/models HTTP/1.1', [`host: ${host}`, auth, 'origin: http://evil.example']), 403],
    ]
    for (const [name, text, status] of cases) expect((await sendRaw(origin, text)).status, name).toBe(status)
    expect((await sendRaw(origin, `GET /v1/models HTTP/1.1\r\n${auth}\r\n\r\n`)).status).toBe(400)
  })
  it('survives garbage on the socket', async () => {
    for (const text of [
      '\0\0\0\0\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `POST / HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n`,
      'A'.repeat(70_000),
    ]) {
      const answer = await sendRaw(house.gateway.origin, text).catch(() => ({ status: 0, body: '' }))
      expect([0, 400, 431]).toContain(answer.status)
    }
  })
  it('keeps every field of every error free of what was asked', async () => {
    const answer = await send(JSON.stringify({ ...good, model: 'nope', messages: [{ role: 'user', content: 'a very secret prompt' }] }))
    expect(answer.text).not.toContain('secret prompt')
    expect(house.gateway.output()).not.toContain('secret prompt')
  })
})
