// A thousand requests in all dialects with more than fifty planted secrets, those of the vault among them, past vendors that repeat our key in errors
// and headers: none is in a file, a log, the database, a backup, a crash's traces, the process's arguments, a refusal or a reply.
// Leaves alone: secrets that come by file and variable in detail (secrets-never-leave.test.ts).

import { execFile } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCanaries } from '../kit/canaries.ts'
import { startHouse, type Answer, type House } from '../kit/house.ts'
import { dialectCount, plantedCall } from '../kit/planted-traffic.ts'
import { createTelltale } from '../kit/telltale.ts'
import { startTokenServer, type TokenServer } from '../kit/token-server.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const requestCount = 1_000
const atOnce = 20
/** What nobody may ever read again. */
const keys = createCanaries()
/** What people and models said: may be in a reply, and nowhere else. */
const words = createCanaries()
const plant = (what: string, count: number, start = ''): string[] => Array.from({ length: count }, () => keys.plant(what, start))
const at = (list: readonly string[], index: number): string => list[index % list.length] ?? ''

const secrets = {
  admin: keys.plant('admin key', 'sk-'),
  passphrases: plant('passphrase', 2),
  environment: plant('provider key in a variable', 3, 'sk-'),
  named: plant('provider key by name', 8, 'sk-'),
  own: plant('provider key of one deployment', 6, 'sk-'),
  header: plant('secret in a header', 2),
  account: plant('part of a service account', 2),
  aws: plant('part of an AWS key', 2, 'AKIA'),
  azure: plant('client secret', 1),
  chosen: plant('chosen virtual key', 4, 'sk-'),
  unknown: plant('key nobody has', 3, 'sk-'),
}
const prompts = Array.from({ length: 12 }, () => words.plant('prompt'))
const replies = Array.from({ length: 6 }, () => words.plant('reply'))

/** What one line of a good reply says of an error: an event or a line of JSON may report one after the head has gone out. */
function errorIn(line: string): string {
  try {
    const event = JSON.parse(line.replace(/^data: /, '')) as { error?: unknown; response?: { error?: unknown } }
    return JSON.stringify([event.error, event.response?.error])
  } catch {
    // No JSON: the name of an event, the end of the stream, or a reply that a vendor broke off.
    return ''
  }
}

describe.skipIf(process.platform !== 'linux')('planted secrets of every kind [needs: Linux]', () => {
  let vendor: Vendor
  let tokens: TokenServer
  let house: House
  let folder: string
  let dataDir: string
  const env = {
    ...Object.fromEntries(secrets.environment.map((value, index) => [`PLANTED_${String(index)}`, value])),
    TOLLGATE_ADMIN_KEY: secrets.admin,
    TOLLGATE_PASSPHRASE: secrets.passphrases[0] ?? '',
    // No keychain of this machine may be written to by a test.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
  }
  /** What came back, without what a model said in a good reply. */
  const found: string[] = []
  const statuses = new Map<number, number>()
  const heard: string[] = []
  const names: string[] = []

  beforeAll(async () => {
    vendor = await startVendor()
    tokens = await startTokenServer()
    vendor.behave(createTelltale(replies))
    folder = await mkdtemp(join(tmpdir(), 'tollgate-planted-'))
    dataDir = join(folder, 'data')
    await mkdir(join(folder, 'cwd'))
    await mkdir(join(folder, 'reports'))
    const reporting = `--report-on-signal --report-signal=SIGUSR2 --report-directory=${join(folder, 'reports')}`
    house = await startHouse({ dataDir, cwd: join(folder, 'cwd'), env: { ...env, NODE_OPTIONS: reporting }, startTimeoutMs: 120_000 })
    await fillVault()
    await sendAll(await makeKeys())
    await useAdministration()
  }, 900_000)
  afterAll(async () => {
    await house.stop()
    await vendor.close()
    await tokens.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function put(path: string, body: unknown): Promise<Answer> {
    const answer = await house.post(path, body)
    expect([path, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([path, 200, ''])
    found.push(...keys.findIn(path, answer.text), ...words.findIn(path, answer.text))
    return answer
  }
  async function addModel(name: string, params: Record<string, unknown>): Promise<void> {
    names.push(name)
    await put('/model/new', { model_name: name, litellm_params: { input_cost_per_token: 0.000001, output_cost_per_token: 0.000002, ...params } })
  }
  async function fillVault(): Promise<void> {
    const [v1, v1beta] = [`${vendor.origin}/v1`, `${vendor.origin}/v1beta`]
    const kinds = [`openai ${v1}`, `anthropic ${vendor.origin}`, `gemini ${v1beta}`, `cohere ${vendor.origin}`]
    for (const [index, api_key] of secrets.named.entries()) {
      const [provider = '', api_base = ''] = at(kinds, index).split(' ')
      await put('/credentials', {
        credential_name: `named-${String(index)}`,
        credential_values: { api_key, api_base },
        credential_info: { custom_llm_provider: provider },
      })
      await addModel(`named-${String(index)}`, { model: `${provider}/m`, litellm_credential_name: `named-${String(index)}` })
    }
    for (const [index, api_key] of secrets.own.entries()) {
      const [provider = '', api_base = ''] = at(kinds, index).split(' ')
      await addModel(`own-${String(index)}`, { model: `${provider}/m`, api_base, api_key, extra_headers: { 'x-tenant': 'plain' } })
    }
    for (const index of secrets.environment.keys())
      await addModel(`variable-${String(index)}`, { model: 'openai/m', api_base: v1, api_key: `os.environ/PLANTED_${String(index)}` })
    const account = tokens.serviceAccount({ private_key_id: at(secrets.account, 0), client_id: at(secrets.account, 1) })
    const place = { api_base: `${vendor.origin}/v1/projects/p/locations/global`, token_url: `${tokens.origin}/token` }
    await addModel('account', { model: 'vertex_ai/gemini-2.5-pro', vertex_credentials: JSON.stringify(account), ...place })
    const [aws_access_key_id, aws_secret_access_key] = secrets.aws
    await addModel('signed', {
      model: 'bedrock/anthropic.claude-3',
      aws_access_key_id,
      aws_secret_access_key,
      aws_region_name: 'us-east-1',
      api_base: vendor.origin,
    })
    await put('/config/pass_through_endpoint', {
      path: '/mine',
      target: vendor.origin,
      headers: { authorization: `Bearer ${at(secrets.header, 0)}`, 'x-api-key': at(secrets.header, 1) },
    })
  }
  async function makeKeys(): Promise<readonly string[]> {
    const made = await Promise.all([{}, { max_budget: 5 }, { rpm_limit: 30 }, { max_budget: 0 }].map(async (fields) => (await house.key(fields)).key))
    for (const key of made) keys.adopt('virtual key', key)
    for (const key of secrets.chosen) await house.key({ key })
    return [...made, ...secrets.chosen, ...secrets.unknown]
  }
  async function send(index: number, key: string): Promise<void> {
    // Every dialect meets every model.
    const model = at(names, Math.floor(index / dialectCount) + index)
    const call = plantedCall({ index, key, model, prompt: at(prompts, Math.floor(index / 3)) })
    const response = await fetch(`${house.gateway.origin}${call.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...call.headers },
      body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body),
    })
    const text = await response.text()
    const place = `${call.path} ${String(response.status)}`
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    const headers = JSON.stringify([...response.headers])
    const refused = response.status >= 400 ? text : text.split('\n').map(errorIn).join('\n')
    found.push(...keys.findIn(place, headers + text), ...words.findIn(place, headers + refused))
    if (response.status === 200) heard.push(text)
  }
  async function sendAll(callers: readonly string[]): Promise<void> {
    // Drawn from by all at once: a call that waits for its retries holds up no other.
    const indexes = Array.from({ length: requestCount }, (_, index) => index).values()
    const work = async (): Promise<void> => {
      for (const index of indexes) await send(index, at(callers, index * 7))
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    for (const { headers } of vendor.received) {
      const token = headers.authorization?.replace('Bearer ', '') ?? ''
      if (tokens.isValid(token)) keys.adopt('fetched token', token)
    }
  }
  async function useAdministration(): Promise<void> {
    const signedIn = await fetch(`${house.gateway.origin}/panel/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ adminKey: secrets.admin }),
    })
    keys.adopt('session cookie', /tollgate_session=(\w+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? 'no session')
    await put('/vault/passphrase', { current: secrets.passphrases[0], passphrase: secrets.passphrases[1] })
    const wrong = await house.post('/vault/unlock', { passphrase: secrets.passphrases[0] })
    expect(wrong.status).toBe(400)
    found.push(...keys.findIn('/vault/unlock', wrong.text))
    await put('/ledger/backup', {})
    for (const path of [
      '/credentials',
      '/model/info',
      '/panel/providers',
      '/panel/home',
      '/panel/session',
      '/panel/requests?limit=200',
      '/vault',
      '/config/pass_through_endpoint',
      '/spend/logs?summarize=false',
    ])
      found.push(...keys.findIn(path, (await house.get(path)).text), ...words.findIn(path, (await house.get(path)).text))
  }

  const inFiles = (below: string): readonly string[] => [...keys.findInFolder(below).found, ...words.findInFolder(below).found]

  it('were really used: vendors got the keys, callers their replies, and calls ended in many ways', () => {
    expect(keys.count + words.count).toBeGreaterThan(50)
    const received = vendor.received.map(({ headers, raw }) => JSON.stringify(headers) + raw.toString()).join('\n')
    const used = [...secrets.named, ...secrets.own, ...secrets.environment, ...prompts]
    expect(used.filter((secret) => !received.includes(secret))).toEqual([])
    expect(tokens.asked.length).toBeGreaterThan(0)
    expect(replies.filter((reply) => heard.join('\n').includes(reply)).length).toBeGreaterThan(0)
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(requestCount)
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 502]))
  })
  it('are in no reply, refusal or header, and in nothing the administration shows', () => {
    expect(found).toEqual([])
  })
  it('are in no file of the data folder, its backups and the vault among them, while the gateway runs', () => {
    expect(inFiles(dataDir)).toEqual([])
    expect(keys.findInFolder(dataDir).files).toBeGreaterThanOrEqual(6)
  }, 300_000)
  it('are not in the arguments of the process, and in its environment only where they were put on purpose', async () => {
    const place = `/proc/${String(house.gateway.pid)}`
    expect(keys.findIn('arguments', await readFile(`${place}/cmdline`))).toEqual([])
    const onPurpose = new Set(Object.values(env))
    const variables = (await readFile(`${place}/environ`, 'latin1')).split('\0').filter((line) => !onPurpose.has(line.slice(line.indexOf('=') + 1)))
    expect(keys.findIn('environment', variables.join('\0'))).toEqual([])
  })
  it('are found where one is planted: the search can fail', async () => {
    const file = join(dataDir, 'logs-of-somebody')
    await appendFile(file, `x${Buffer.from(`..${at(secrets.named, 3)}..`).toString('base64')}`)
    await appendFile(file, Buffer.from(at(prompts, 1), 'utf16le'))
    expect(inFiles(dataDir)).toEqual([
      expect.stringMatching(/^provider key by name \d+ in logs-of-somebody$/),
      expect.stringMatching(/^prompt \d+ in logs-of-somebody$/),
    ])
    await rm(file)
    expect(keys.findIn('output', `{"level":"error","error":"${at(secrets.passphrases, 1)}"}`)).toHaveLength(1)
  }, 300_000)
  it('are not in a diagnostic report, in a core dump, in what was printed, or in any file after the crash', async () => {
    const { pid } = house.gateway
    process.kill(pid, 'SIGUSR2')
    await expect.poll(() => keys.findInFolder(join(folder, 'reports')).files, { timeout: 30_000 }).toBe(1)
    expect(await readFile(`/proc/${String(pid)}/coredump_filter`, 'utf8')).toBe('00000000\n')
    await promisify(execFile)('prlimit', ['--pid', String(pid), '--core=unlimited'])
    process.kill(pid, 'SIGABRT')
    await house.stop()
    expect(inFiles(join(folder, 'reports'))).toEqual([])
    expect(inFiles(join(folder, 'cwd'))).toEqual([])
    expect(inFiles(dataDir)).toEqual([])
    const printed = house.gateway.output().replace(house.gateway.signInUrl ?? '', '')
    expect([...keys.findIn('output', printed), ...words.findIn('output', printed)]).toEqual([])
  }, 300_000)
})
