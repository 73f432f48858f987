// Paths of the administrator's own (`general_settings.pass_through_endpoints`): a key of ours in, the entry's headers out, one row for each call, at the
// entry's price; and every entry that cannot work stops the start in a sentence.
// Leaves alone: vendors' prefixes (pass-through.test.ts).

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runBriefly } from '../kit/brief-start.ts'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'

interface Heard {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}
const heard: Heard[] = []
const target = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const { method = '', url = '', headers } = request
    heard.push({ method, url, headers, body: Buffer.concat(pieces) })
    if (url.includes('wrong')) return response.writeHead(422, { 'content-type': 'text/plain' }).end(`no ${String(headers['authorization'])}`)
    if (url.includes('slow')) return
    response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b' }).end('{"done":true}')
  })
})

let house: House
let key = ''
let folder = ''
let origin = ''
const last = (): Heard => heard.at(-1) ?? { method: '', url: '', headers: {}, body: Buffer.alloc(0) }
async function ask(path: string, init: RequestInit = {}, bearer = key): Promise<Response> {
  return await fetch(`${house.gateway.origin}${path}`, { ...init, headers: { authorization: `Bearer ${bearer}`, ...init.headers } })
}
const entry = (fields: string): string => `    - { ${fields} }`
const configOf = (entries: readonly string[]): string => ['general_settings:', '  pass_through_endpoints:', ...entries].join('\n')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-entries-'))
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(target.address() as AddressInfo).port}`
  const headers = '{ Authorization: "Bearer os.environ/TARGET_KEY", X-Team: blue, x-api-key: sk-that-stands-in-the-file, anthropic-beta: theirs }'
  const config = configOf([
    entry(`path: /pictures/v1, target: "${origin}/api/v2", include_subpath: true, headers: ${headers}, default_query_params: { page: 1, size: big }`),
    entry(`path: /search, target: "${origin}", cost_per_request: 0.0125, methods: [POST], timeout: 1`),
    entry(`path: /free, target: "${origin}/free", cost_per_request: 0, forward_headers: true`),
    entry(`path: /v1/rank-it, target: "${origin}/rank"`),
  ])
  house = await startHouse({ config, env: { TARGET_KEY: 'sk-of-the-target' } })
  ;({ key } = await house.key({}))
})
afterAll(async () => {
  await house.stop()
  await rm(folder, { recursive: true, force: true })
  target.closeAllConnections()
  target.close()
})

describe('a path of one’s own', () => {
  it('goes to its target with the entry’s headers and query, and leaves a row', async () => {
    const reply = await ask('/pictures/v1/make/one?size=small', { method: 'POST', body: Buffer.from([0, 255, 7]), headers: { 'content-type': 'image/png' } })
    expect([reply.status, await reply.json(), reply.headers.get('set-cookie')]).toEqual([200, { done: true }, null])
    expect(last()).toMatchObject({ method: 'POST', url: '/api/v2/make/one?size=small&page=1' })
    const headers = { authorization: 'Bearer sk-of-the-target', 'x-team': 'blue', 'x-api-key': 'sk-that-stands-in-the-file', 'content-type': 'image/png' }
    expect(last().headers).toMatchObject(headers)
    expect(last().body.equals(Buffer.from([0, 255, 7]))).toBe(true)
    expect(await house.lastRow()).toMatchObject({ operation: 'pass-through', model: 'pictures/v1', status: 200, unpriced: true })
  })
  it('answers at the path itself, below it only where it says so, and with its methods alone', async () => {
    expect((await ask('/pictures/v1')).status).toBe(200)
    expect(last().url).toBe('/api/v2?page=1&size=big')
    expect((await ask('/search', { method: 'POST' })).status).toBe(200)
    expect(last().url).toBe('/')
    expect((await ask('/v1/rank-it', { method: 'PATCH' })).status).toBe(200)
    expect(last().url).toBe('/rank')
    const before = heard.length
    expect((await ask('/search/deeper', { method: 'POST' })).status).toBe(404)
    expect((await ask('/search')).status).toBe(405)
    expect((await ask('/pictures')).status).toBe(404)
    expect(heard).toHaveLength(before)
  })
  it('takes no stranger and sends no credential of a caller', async () => {
    const before = heard.length
    expect((await ask('/search', { method: 'POST' }, 'sk-nobody')).status).toBe(401)
    expect((await fetch(`${house.gateway.origin}/search`, { method: 'POST' })).status).toBe(401)
    expect(heard).toHaveLength(before)
    const headers = { 'x-api-key': key, 'x-team': 'planted', 'x-else': 'planted', cookie: 'planted' }
    expect((await ask(`/pictures/v1/x?api_key=${key}`, { headers })).status).toBe(200)
    const sent = JSON.stringify(last().headers) + last().url
    expect(sent).not.toContain(key)
    expect(sent).not.toContain('planted')
  })
  it('gives the target’s refusal back without our credential, and ends at its own time limit', async () => {
    const wrong = await ask('/pictures/v1/wrong')
    expect([wrong.status, await wrong.text()]).toEqual([422, 'no Bearer [redacted]'])
    const slow = await ask('/search?slow=1', { method: 'POST' })
    expect(slow.status).toBe(504)
    expect(await house.lastRow()).toMatchObject({ operation: 'pass-through', model: 'search' })
  })
})

describe('what it costs', () => {
  it('is what the entry says, exactly, and a hard budget covers just so many calls', async () => {
    const rich = await house.key({ max_budget: 0.03 })
    const statuses: number[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      statuses.push((await ask('/search', { method: 'POST' }, rich.key)).status)
      if (statuses.at(-1) === 200) expect((await house.lastRow()).costUsd).toBe('0.012500000')
    }
    expect(statuses).toEqual([200, 200, 429])
    const { info } = (await house.get(`/key/info?key=${rich.token}`)).json as { info: { spend: number } }
    expect(info.spend).toBe(0.025)
  })
  it('is nothing where the entry says so, and unbounded where it does not say', async () => {
    const poor = (await house.key({ max_budget: 0.000_001 })).key
    expect((await ask('/free', { method: 'POST' }, poor)).status).toBe(200)
    expect((await house.lastRow()).costUsd).toBe('0.000000000')
    const before = heard.length
    const refused = await ask('/v1/rank-it', { method: 'POST' }, poor)
    expect([refused.status, (await refused.text()).includes('has no upper bound')]).toEqual([403, true])
    expect(heard).toHaveLength(before)
  })
  it('is for keys that may use the path; a model in the body opens none', async () => {
    const narrow = (await house.key({ models: ['gpt-4o-mini'] })).key
    const body = JSON.stringify({ model: 'gpt-4o-mini' })
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    expect((await ask('/search', init, narrow)).status).toBe(403)
    expect((await ask('/pictures/v1/x', {}, narrow)).status).toBe(403)
    const given = (await house.key({ models: ['search'] })).key
    expect((await ask('/search', init, given)).status).toBe(200)
  })
})

describe('entries made through the API', () => {
  const at = '/config/pass_through_endpoint'
  const endpointsOf = (answer: Answer): Record<string, unknown>[] => answer.json['endpoints'] as Record<string, unknown>[]
  const remove = async (id: string): Promise<number> => (await ask(`${at}?endpoint_id=${id}`, { method: 'DELETE' }, house.gateway.adminKey)).status

  it('work at once, change, and are gone', async () => {
    const fields = {
      path: '/made',
      target: `${origin}/made`,
      headers: { Authorization: 'Bearer os.environ/TARGET_KEY', 'X-Team': 'red' },
      cost_per_request: 0.5,
    }
    expect((await ask('/made')).status).toBe(404)
    const [made] = endpointsOf(await house.post(at, fields))
    expect(made).toMatchObject({
      path: '/made',
      headers: { authorization: 'Bearer os.environ/TARGET_KEY', 'x-team': 'red' },
      is_from_config: false,
      auth: true,
    })
    expect((await ask('/made')).status).toBe(200)
    expect(last()).toMatchObject({ url: '/made', headers: { authorization: 'Bearer sk-of-the-target', 'x-team': 'red' } })
    expect((await house.lastRow()).costUsd).toBe('0.500000000')
    const id = String(made?.['id'])
    const [changed] = endpointsOf(await house.post(`${at}/${id}`, { include_subpath: true, cost_per_request: 0.25 }))
    expect(changed).toMatchObject({ id, path: '/made', include_subpath: true, headers: made?.['headers'] })
    expect((await ask('/made/below')).status).toBe(200)
    expect(last()).toMatchObject({ url: '/made/below', headers: { authorization: 'Bearer sk-of-the-target' } })
    expect((await house.lastRow()).costUsd).toBe('0.250000000')
    expect(endpointsOf(await house.get(`${at}?endpoint_id=${id}`))).toEqual([changed])
    expect(await remove(id)).toBe(200)
    expect((await ask('/made')).status).toBe(404)
    expect((await house.get(`${at}?endpoint_id=${id}`)).status).toBe(404)
  })
  it('are refused by the same sentences, and the file’s stay the file’s', async () => {
    const refusal = async (fields: Record<string, unknown>): Promise<unknown[]> => {
      const answer = await house.post(at, { path: '/other', target: origin, ...fields })
      return [answer.status, errorOf(answer).message]
    }
    expect(await refusal({ auth: false })).toEqual([400, expect.stringContaining('auth is false, which would let anybody call without a key')])
    expect(await refusal({ path: '/v1/messages' })).toEqual([400, expect.stringContaining("/v1/messages is one of the gateway's own paths")])
    expect(await refusal({ path: at, include_subpath: true })).toEqual([400, expect.stringContaining('own path')])
    expect(await refusal({ guardrails: ['pii'] })).toEqual([400, expect.stringContaining('sets guardrails')])
    expect(await refusal({ path: '/search' })).toEqual([409, expect.stringContaining('/search has an entry already')])
    const file = endpointsOf(await house.get(at)).find(({ path }) => path === '/search')
    expect(file).toMatchObject({ is_from_config: true, cost_per_request: 0.0125, methods: ['POST'], timeout: 1 })
    expect(await remove(String(file?.['id']))).toBe(409)
    expect((await ask(at)).status).toBe(403)
    expect(JSON.stringify((await house.get(at)).json)).not.toContain('sk-that-stands-in-the-file')
  })
})

describe('an entry that cannot work stops the start in a sentence', () => {
  const elsewhere = 'target: "https://example.com"'
  /** What the start says of these entries: each line is of the entry it names. */
  async function refusalOf(entries: readonly string[]): Promise<string> {
    const file = join(folder, 'wrong.yaml')
    await writeFile(file, configOf(entries.map(entry)))
    const run = await runBriefly(['--port', '0', '--data-dir', join(folder, 'data'), '--config', file], {})
    expect(run).toMatchObject({ code: 1, stdout: '' })
    return run.stderr
  }
  const at = (index: number, key: string): string => `general_settings.pass_through_endpoints[${String(index)}].${key}`

  it('whose values mean nothing, each by its line', async () => {
    const wrong = [
      [`path: /a, ${elsewhere}, auth: false`, 'auth is false, which would let anybody call without a key'],
      ['path: /b', 'target cannot be used: it must be a text'],
      [elsewhere, 'path is needed'],
      [`path: /a/../b, ${elsewhere}`, 'path must be a path such as'],
      [`path: "/a/{b}", ${elsewhere}`, 'path must be a path such as'],
      ['path: /c, target: "ftp://example.com"', 'target cannot be used: The base URL must start with http'],
      [
        'path: /d, target: "https://example.com/?x=1"',
        'target cannot be used: The base URL must not have a query or a fragment (default_query_params takes one)',
      ],
      [`path: /e, ${elsewhere}, methods: [TRACE]`, 'methods must be a list of GET, POST'],
      [`path: /f, ${elsewhere}, cost_per_request: -1`, 'cost_per_request must be an amount in dollars'],
      [`path: /g, ${elsewhere}, timeout: soon`, 'timeout must be a number of seconds'],
      [`path: /h, ${elsewhere}, headers: { Host: other }`, 'headers.Host is set by the gateway itself'],
      [`path: /i, ${elsewhere}, headers: { X-A: "os.environ/B c" }`, 'headers.X-A must end with os.environ/NAME'],
      [`path: /j, ${elsewhere}, default_query_params: { api_key: x }`, 'default_query_params.api_key would hold a credential'],
      [`path: /k, ${elsewhere}`, ''],
      [`path: /k, ${elsewhere}`, 'path /k stands twice'],
    ] as const
    const said = await refusalOf(wrong.map(([fields]) => fields))
    for (const [index, [, says]] of wrong.entries()) if (says !== '') expect(said).toContain(`line ${String(index + 3)}: ${at(index, says)}`)
    expect(said.match(/^ +line/gm)).toHaveLength(wrong.length - 1)
  })
  it('whose path something else answers, by the name of the path', async () => {
    const taken = [
      ['/v1/chat/completions', "/v1/chat/completions is one of the gateway's own paths"],
      ['/chat/completions', "/chat/completions is one of the gateway's own paths"],
      ['/key/generate', "/key/generate is one of the gateway's own paths"],
      ['/key', "/key has the gateway's own path /key/"],
      ['/anthropic/mine', '/anthropic/mine begins with /anthropic'],
      ['/ui', "/ui is the control panel's"],
    ] as const
    const said = await refusalOf(taken.map(([path]) => `path: ${path}, ${elsewhere}, include_subpath: true`))
    for (const [index, [, why]] of taken.entries()) expect(said).toContain(`${at(index, 'path')} cannot be used: ${why}`)
  })
  it('that asks for guardrails, which would be missing', async () => {
    expect(await refusalOf([`path: /a, ${elsewhere}, guardrails: [pii]`])).toContain(`${at(0, 'guardrails')} sets guardrails, which this version does not do`)
  })
  it('but a key in the file is named and works', () => {
    const warnings = house.gateway.output()
    expect(warnings).toContain(`${at(0, 'headers.x-api-key')} holds the key itself`)
    expect(warnings).toContain(`${at(2, 'forward_headers')} has no effect`)
    expect(warnings).not.toContain('sk-that-stands-in-the-file')
  })
})
