// More than fifty planted secrets (provider keys, virtual keys, the admin key, the way into the panel, prompts, replies) and two hundred
// mixed requests: none is in any file of the data folder, in anything printed, in any refusal, or in any answer of the administration.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createCanaries } from '../kit/canaries.ts'
import { startHouse, type Answer, type House } from '../kit/house.ts'
import { createTelltale, textChunk, wholeReply } from '../kit/telltale.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const canaries = createCanaries()
const plantMany = (what: string, count: number, start = ''): string[] => Array.from({ length: count }, () => canaries.plant(what, start))
const secrets = {
  admin: canaries.plant('admin key', 'sk-'),
  environment: plantMany('provider key from the environment', 4, 'sk-'),
  literal: plantMany('literal provider key', 4, 'sk-'),
  headers: plantMany('extra header', 6),
  file: plantMany('other secret in the file', 6),
  prompts: plantMany('prompt', 10),
  replies: plantMany('reply', 8),
  typed: plantMany('key typed into the administration', 4, 'sk-'),
  unknown: plantMany('key nobody has', 3, 'sk-'),
}
const at = (list: readonly string[], index: number): string => list[index % list.length] ?? ''

const model = (name: string, params: string): string =>
  `  - model_name: ${name}\n    litellm_params: { ${params}, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }\n`
const config = (origin: string): string => `model_list:
${model('env', `model: openai/a, api_base: "${origin}/v1", api_key: os.environ/KEY_0, extra_headers: { x-tenant: ${at(secrets.headers, 0)}, x-note: ${at(secrets.headers, 1)} }`)}
${model('messages', `model: anthropic/b, api_base: "${origin}", api_key: os.environ/KEY_1, headers: { x-tenant: ${at(secrets.headers, 2)}, helicone-auth: "Bearer ${at(secrets.headers, 3)}", x-api-key: ${at(secrets.headers, 4)} }`)}
${model('literal', `model: openai/c, api_base: "${origin}/v1", api_key: ${at(secrets.literal, 0)}, cf-secret: ${at(secrets.file, 0)}`)}
${model('literal-messages', `model: anthropic/d, api_base: "${origin}", api_key: ${at(secrets.literal, 1)}, aws_secret_access_key: ${at(secrets.file, 1)}`)}
${model('own-variable', `model: openai/e, api_base: "${origin}/v1", api_key: os.environ/KEY_OF_THE_FILE`)}
${model('broken', `model: openai/f, api_base: "http://user:${at(secrets.file, 2)}@127.0.0.1/v1", api_key: ${at(secrets.literal, 2)}`)}
${model('engine', `model: ollama_chat/g, api_base: "${origin}"`)}
router_settings: { num_retries: 0, redis_password: ${at(secrets.file, 3)} }
litellm_settings: { default_team_settings: [{ team_id: x, langfuse_secret: ${at(secrets.file, 4)} }] }
general_settings: { database_url: "postgresql://u:${at(secrets.file, 5)}@h/d" }
environment_variables: { KEY_OF_THE_FILE: ${at(secrets.literal, 3)} }
`

describe('planted secrets', () => {
  let vendor: Vendor
  let house: House
  let folder: string
  /** Answers that must hold no secret. */
  const answers: { readonly place: string; readonly text: string }[] = []
  const shown: string[] = []
  const replies: string[] = []
  let requests = 0

  beforeAll(async () => {
    vendor = await startVendor()
    vendor.behave(createTelltale(secrets.replies))
    folder = await mkdtemp(join(tmpdir(), 'tollgate-secrets-'))
    const environment = Object.fromEntries(secrets.environment.map((value, index) => [`KEY_${index}`, value]))
    // No keychain of this machine may be written to by a test.
    const env = { ...environment, TOLLGATE_ADMIN_KEY: secrets.admin, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
    // With LAN mode, whose answers and files are read like all others.
    house = await startHouse({ config: config(vendor.origin), dataDir: join(folder, 'data'), env, args: ['--lan', '0.0.0.0:0'] })
    await useKeys()
    await callAdministration()
  }, 60_000)
  afterAll(async () => {
    await vendor.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function send(path: string, init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: unknown }): Promise<Answer> {
    const response = await fetch(`${house.gateway.origin}${path}`, {
      method: init.method ?? (init.body === undefined ? 'GET' : 'POST'),
      headers: { ...(init.body === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers },
      ...(init.body === undefined ? {} : { body: typeof init.body === 'string' ? init.body : JSON.stringify(init.body) }),
    })
    const text = await response.text()
    requests += 1
    const headers = JSON.stringify([...response.headers].filter(([name]) => name !== 'set-cookie'))
    // A reply may hold what a model said; a refusal, and the headers of either, may not. Streams carry refusals in events.
    const refused =
      response.status >= 400
        ? text
        : text
            .split('\n\n')
            .filter((event) => event.includes('"error"'))
            .join('\n\n')
    replies.push(text)
    answers.push({ place: `${init.method ?? ''} ${path} ${response.status}`, text: headers + refused })
    return { status: response.status, headers: response.headers, text, json: {} }
  }

  async function useKeys(): Promise<void> {
    const made = await Promise.all(
      [{}, { max_budget: 5 }, { rpm_limit: 30 }, { max_budget: 0 }, { key: canaries.plant('chosen virtual key', 'sk-') }].map((fields) => house.key(fields)),
    )
    for (const { key } of made.slice(0, 4)) canaries.adopt('virtual key', key)
    const names = ['env', 'messages', 'literal', 'literal-messages', 'own-variable', 'broken', 'engine']
    const calls = Array.from({ length: 180 }, (_, index) => async () => {
      const prompt = at(secrets.prompts, Math.floor(index / 3))
      const key = made[index % made.length]?.key ?? ''
      const name = at(names, index)
      const headers = index % 4 === 0 ? { 'x-api-key': key } : index % 4 === 1 ? { 'api-key': key } : { authorization: `Bearer ${key}` }
      if (index % 10 === 7) return send('/v1/embeddings', { headers, body: { model: name, input: [prompt] } })
      if (index % 10 === 8) return send('/v1/completions', { headers, body: { model: name, prompt, suffix: prompt, stream: index % 4 === 0 } })
      if (index % 10 === 9)
        return send(`/v1/chat/completions?key=${key}`, {
          headers: { cookie: `session=${prompt}`, 'x-note': prompt },
          body: { model: name, messages: [{ role: 'user', content: prompt }], metadata: { note: prompt } },
        })
      const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.from(prompt).toString('base64')}` } }
      const content = index % 10 === 6 ? [{ type: 'text', text: prompt }, image] : prompt
      const tools =
        index % 3 === 0 ? { tools: [{ type: 'function', function: { name: 'f', description: prompt, parameters: { type: 'object', properties: {} } } }] } : {}
      return send('/v1/chat/completions', {
        headers,
        body: {
          model: name,
          stream: index % 2 === 0,
          max_tokens: 9,
          messages: [
            { role: 'system', content: prompt },
            { role: 'user', content },
          ],
          ...tools,
        },
      })
    })
    for (let from = 0; from < calls.length; from += 20) await Promise.all(calls.slice(from, from + 20).map(async (call) => call()))
    await hearReplies(made[0]?.key ?? '')
    const good = { authorization: `Bearer ${made[0]?.key ?? ''}` }
    const prompt = at(secrets.prompts, 0)
    // What is refused before it is understood.
    for (const key of secrets.unknown) await send('/v1/chat/completions', { headers: { authorization: `Bearer ${key}` }, body: { model: 'env', messages: [] } })
    await send('/v1/chat/completions', { headers: { ...good, 'x-api-key': at(secrets.unknown, 0) }, body: {} })
    await send('/v1/chat/completions', { headers: good, body: `{"model":"env","messages":[{"content":"${prompt}` })
    await send('/v1/chat/completions', { headers: good, body: { model: 'env', stream: prompt, messages: prompt } })
    await send('/v1/chat/completions', { headers: good, body: { model: 'messages', messages: [{ role: prompt, content: { deep: prompt } }] } })
    await send('/v1/chat/completions', {
      headers: good,
      body: { model: 'messages', messages: [{ role: 'user', content: [{ type: prompt, text: prompt }] }], tools: [{ type: prompt }] },
    })
  }

  /** Each reply once, streamed or whole. */
  async function hearReplies(key: string): Promise<void> {
    for (const [index, reply] of secrets.replies.entries()) {
      const stream = index % 2 === 0
      vendor.behave(() => (stream ? { pieces: [textChunk(reply), 'data: [DONE]\n\n'] } : { body: wholeReply(reply) }))
      await send('/v1/chat/completions', {
        headers: { authorization: `Bearer ${key}` },
        body: { model: at(['env', 'literal'], index), stream, messages: [{ role: 'user', content: 'speak' }] },
      })
    }
    vendor.behave(createTelltale(secrets.replies))
  }

  async function callAdministration(): Promise<void> {
    const admin = { authorization: `Bearer ${secrets.admin}` }
    const typed = (index: number): string => at(secrets.typed, index)
    const params = { model: 'openai/typed', api_base: `${vendor.origin}/v1` }
    // Refused without a keychain; nothing of them may stay anywhere.
    expect((await send('/credentials', { headers: admin, body: { credential_name: 'typed', credential_values: { api_key: typed(0) } } })).status).toBe(503)
    expect((await send('/model/new', { headers: admin, body: { model_name: 'typed', litellm_params: { ...params, api_key: typed(1) } } })).status).toBe(503)
    const extra_headers = {
      authorization: `Bearer ${typed(2)}`,
      'x-access-key': typed(2),
      'helicone-auth': `Bearer ${typed(2)}`,
      'ocp-apim-subscription-key': typed(2),
      'cf-aig-authorization': typed(2),
      cookie: typed(2),
      'x-plain-name': `Bearer ${typed(2)}`,
    }
    expect(
      (await send('/model/new', { headers: admin, body: { model_name: 'headers', litellm_params: { ...params, api_key: 'os.environ/KEY_2', extra_headers } } }))
        .status,
    ).toBe(200)
    expect(
      (await send('/panel/probe', { headers: admin, body: { provider: 'openai_compatible', api_base: `${vendor.origin}/v1`, api_key: typed(3) } })).status,
    ).toBe(200)
    await send('/key/generate', { headers: admin, body: { key: `${at(secrets.unknown, 1)} with a space` } })
    await send('/key/generate', { headers: admin, body: { metadata: at(secrets.prompts, 1), key_alias: 'x'.repeat(300) } })
    await send('/key/generate', { headers: admin, body: { key: secrets.admin } })
    await send(`/key/info?key=${at(secrets.unknown, 2)}`, { headers: admin })
    await send('/key/delete', { headers: admin, body: { keys: [at(secrets.unknown, 2)] } })
    await send('/key/list', { headers: { authorization: `Bearer ${at(secrets.unknown, 2)}` } })
    await send('/panel/sign-in', { body: { adminKey: at(secrets.unknown, 0) } })
    await send('/panel/sign-in', { body: { code: at(secrets.unknown, 1) } })
    const code = house.gateway.signInUrl?.split('#code=')[1]
    const signedIn = await send('/panel/sign-in', { body: code === undefined ? { adminKey: secrets.admin } : { code: canaries.adopt('sign-in code', code) } })
    expect(signedIn.status).toBe(200)
    const token = canaries.adopt('session', /tollgate_session=(\w+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? 'no session')
    await readEverything({ cookie: `tollgate_session=${token}` })
  }

  /** Every route of the administration that reads, with whatever parameters it needs. */
  async function readEverything(headers: Record<string, string>): Promise<void> {
    const documented = await send('/openapi.json', { headers })
    shown.push(documented.text)
    const { paths } = JSON.parse(documented.text) as { paths: Record<string, Record<string, unknown>> }
    const [row] = await house.rows('limit=1')
    const teams = (await house.post('/team/new', { team_alias: 'readers' })).json
    const needed: Record<string, string> = {
      '/panel/spend': '?from=2026-01-01&to=2027-01-01&group=key',
      '/spend/export.csv': '?from=2020-01-01&to=2090-01-01',
      '/key/list': '?return_full_object=true&size=100',
      '/key/info': `?key=${(await house.key({})).token}`,
      '/team/info': `?team_id=${String(teams['team_id'])}`,
      '/spend/logs': '?summarize=false',
    }
    await house.post('/prices/import', {
      format: 'tollgate-prices/1',
      models: [{ model: 'nobody-s-model', prices: { input: '0.000001', output: '0.000002' } }],
    })
    // What a key asked for and got, it may read again; this one says nothing secret.
    vendor.behave(() => ({ body: wholeReply('plain') }))
    const kept = (await house.post('/v1/responses', { model: 'env', input: 'plain' })).json
    const telltale = createTelltale(secrets.replies)
    vendor.behave((request, count) => (request.path.endsWith('/models') ? { body: '{"data":[{"id":"m"}]}' } : telltale(request, count)))
    for (const path of Object.keys(paths).filter((one) => paths[one]?.['get'] !== undefined && one !== '/panel/events')) {
      const filled = path
        .replace('/panel/requests/{id}', `/panel/requests/${row?.requestId ?? ''}`)
        .replace('/v1/responses/{id}', `/v1/responses/${String(kept['id'])}`)
        .replace('{provider}', 'openai')
        .replace('{model}', 'env')
        .replace('{version}', '1')
      const answer = await send(`${filled}${needed[path] ?? ''}`, { headers })
      expect(answer.status, filled).toBe(200)
      shown.push(answer.text)
    }
    for (const one of await house.rows('limit=200')) shown.push((await house.get(`/panel/requests/${one.requestId}`)).text)
  }

  it('were really used: the vendor got the keys, headers and prompts, and the callers their replies', async () => {
    expect(canaries.count).toBeGreaterThanOrEqual(50)
    expect(requests).toBeGreaterThan(200)
    const received = vendor.received.map((request) => JSON.stringify(request.headers) + request.raw.toString()).join('\n')
    const [env0 = '', env1 = ''] = secrets.environment
    const literals = [0, 1, 3].map((index) => at(secrets.literal, index))
    expect(
      [env0, env1, ...literals, ...secrets.headers.slice(0, 4), at(secrets.typed, 3), ...secrets.prompts].filter((used) => !received.includes(used)),
    ).toEqual([])
    // A credential among the headers is left out, and named at the start.
    expect(received).not.toContain(at(secrets.headers, 4))
    const heard = replies.join('\n')
    expect(secrets.replies.filter((reply) => !heard.includes(reply))).toEqual([])
    const ends = new Set((await house.rows('limit=200')).map((row) => row.end))
    expect(ends).toEqual(new Set(['answered', 'failed', 'refused']))
  })
  it('are found where they are', async () => {
    await writeFile(join(folder, 'planted'), `x${Buffer.from(`..${at(secrets.prompts, 0)}..`).toString('base64')}`)
    expect(canaries.findInFolder(folder).found).toEqual([expect.stringMatching(/^prompt \d+ in planted$/)])
    await rm(join(folder, 'planted'))
  })
  it('are in no refusal, no header and no event that reports an error', () => {
    expect(answers.length).toBeGreaterThan(200)
    expect(answers.flatMap(({ place, text }) => canaries.findIn(place, text))).toEqual([])
  })
  it('are in nothing the administration shows', () => {
    expect(shown.length).toBeGreaterThan(150)
    expect(shown.flatMap((text) => canaries.findIn(text.slice(0, 80), text))).toEqual([])
  })
  it('are in nothing that was printed, but for the sign-in link of the start', () => {
    expect(canaries.findIn('output', house.gateway.output().replace(house.gateway.signInUrl ?? '', ''))).toEqual([])
    expect(house.gateway.output()).toContain('holds the key itself')
  })
  it('are in no file while the gateway runs, after it was killed, and after it stopped', async () => {
    await vi.waitFor(async () => expect(await house.rows('outcome=open')).toEqual([]))
    const running = canaries.findInFolder(join(folder, 'data'))
    expect(running.found).toEqual([])
    // The ledger, its log and index, and the lock.
    expect(running.files).toBeGreaterThanOrEqual(4)
    await house.gateway.kill9()
    expect(canaries.findInFolder(join(folder, 'data')).found).toEqual([])
    const again = await startHouse({ config: config(vendor.origin), dataDir: join(folder, 'data'), env: { TOLLGATE_ADMIN_KEY: secrets.admin } })
    expect(await again.stop()).toBe(0)
    expect(canaries.findInFolder(join(folder, 'data')).found).toEqual([])
    expect(canaries.findIn('output', again.gateway.output().replace(again.gateway.signInUrl ?? '', ''))).toEqual([])
    // Every file is read, the ballast as well.
  }, 120_000)
})
