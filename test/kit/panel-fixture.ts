// A stand-in gateway for looking at the panel: serves dist/panel under the production content policy and answers every read from samples.
// Promises: what the panel writes is recorded and takes effect in the sample world; scenes show empty, failing, slow and large states.
// Leaves alone: anything a test of the gateway itself needs. Run directly it listens on port 4080 (or the port given).

import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answerFacets, answerHome, answerRequests, answerSpend } from './panel-answers.ts'
import { type SampleWorld, createWorld, sampleDetail } from './panel-samples.ts'

export type Scene = 'empty' | 'error' | 'filled' | 'lan' | 'locked' | 'many' | 'no-vault' | 'signed-out' | 'slow'
export interface Write {
  readonly method: string
  readonly path: string
  readonly body: unknown
}
export interface PanelFixture {
  readonly url: string
  readonly writes: readonly Write[]
  /** Adds a finished request at the top and tells the panel, as soon as it listens. */
  addRequest(): Promise<void>
  /** Cuts every open event stream, as soon as there is one, and refuses new ones until `heal`. */
  cut(): Promise<void>
  /** `answers`: all but event streams. */
  heal(what?: 'answers'): void
  close(): Promise<void>
}

export const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/** Answers take up to this long, each its own time: no test may count on a fast gateway. */
const slowMs = Number(process.env['PANEL_SLOW_MS'] ?? 0)
const listenMs = 10_000
const panelDir = fileURLToPath(new URL('../../dist/panel', import.meta.url))
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export async function startPanelFixture(scene: Scene, port = 0): Promise<PanelFixture> {
  const state = createState(scene)
  const server = createServer((request, response) => {
    void serve(state, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 500, errorBody(String(error), 'internal'))
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://127.0.0.1:${String(bound)}`,
    writes: state.writes,
    addRequest: async () => {
      await heard(state)
      addRequest(state)
      for (const stream of state.streams) stream.write(`event: change\ndata: ${JSON.stringify({ requests: state.world.requests[0]?.row ?? 0 })}\n\n`)
    },
    cut: async () => {
      await heard(state)
      state.down = 'all'
      for (const stream of state.streams) stream.destroy()
    },
    heal: (what) => {
      state.down = what === 'answers' ? 'streams' : null
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface State {
  readonly scene: Scene
  world: SampleWorld
  signedIn: boolean
  down: 'all' | 'streams' | null
  readonly writes: Write[]
  readonly streams: Set<ServerResponse>
}

function createState(scene: Scene): State {
  const nowMs = Date.now()
  const full = createWorld(nowMs, scene === 'empty' ? 0 : scene === 'many' ? 10_400 : 900)
  const none = { ...full, keys: [], teams: [], providers: { ...full.providers, deployments: [], credentials: [] } }
  const vault = {
    store: 'environment',
    passphrase: 'absent',
    title: 'environment references only',
    sentence:
      'This computer has no keychain that answers. Provider credentials can be read from environment variables; start a Secret Service to save them here.',
    canSave: false,
  } as const
  const sentence = 'The passphrase vault ~/.local/share/tollgate/vault.json is locked, so the keys in it cannot be used.'
  const locked = { store: 'passphrase', passphrase: 'locked', title: 'passphrase vault', sentence, canSave: false } as const
  const vaults: Partial<Record<Scene, typeof vault | typeof locked>> = { 'no-vault': vault, locked }
  const lan = { url: 'https://192.168.1.5:4443', fingerprint: Array.from({ length: 32 }, () => 'C4').join(':'), ownAuthority: true, panel: false }
  const session = { ...full.session, vault: vaults[scene] ?? full.session.vault, ...(scene === 'lan' ? { lan } : {}) }
  const world = scene === 'empty' ? none : { ...full, session }
  return { scene, world, signedIn: scene !== 'signed-out', down: null, writes: [], streams: new Set() }
}

/** A notice that nobody hears is given to nobody, and a line that is not there is not cut. */
async function heard({ streams }: State): Promise<void> {
  for (const until = Date.now() + listenMs; streams.size === 0; await new Promise((resolve) => setTimeout(resolve, 10)))
    if (Date.now() > until) throw new Error('no panel listens')
}

function addRequest(state: State): void {
  const { world } = state
  const newest = world.requests[0]
  const model = world.requests.find((row) => row.end === 'answered')
  if (model === undefined) return
  const row = (newest?.row ?? 0) + 1
  state.world = { ...world, requests: [{ ...model, row, requestId: `req_01K${String(row).padStart(23, '0')}`, receivedAtMs: Date.now() }, ...world.requests] }
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture')
  if (url.pathname === '/ui' || url.pathname.startsWith('/ui/')) return sendFile(response, url.pathname)
  if (state.down === 'all' || (state.down === 'streams' && url.pathname === '/panel/events')) {
    request.socket.destroy()
    return
  }
  if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * slowMs))
  const method = request.method ?? 'GET'
  if (method !== 'GET') return answerWrite(state, { method, path: url.pathname, body: await readJson(request) }, response)
  if (!state.signedIn) return sendJson(response, 401, errorBody('Sign in to use the panel.', 'missing_key'))
  if (url.pathname === '/panel/events') return openStream(state, response)
  if (url.pathname === '/spend/export.csv') {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="spend.csv"' })
    response.end('model,requests,cost_usd\r\n')
    return
  }
  if (state.scene === 'slow') await new Promise((resolve) => setTimeout(resolve, 60_000))
  if (state.scene === 'error' && url.pathname !== '/panel/session')
    return sendJson(response, 503, errorBody('The ledger cannot take this request now: the disk is full.', 'ledger_unavailable'))
  const answer = answerRead(state.world, url)
  if (answer === null) return sendJson(response, 404, errorBody('There is no such record.', 'record_not_found'))
  sendJson(response, 200, answer)
}

function answerRead(world: SampleWorld, url: URL): unknown {
  const detail = /^\/panel\/requests\/(.+)$/.exec(url.pathname)
  if (detail !== null) {
    const found = world.requests.find((row) => row.requestId === decodeURIComponent(detail[1] ?? ''))
    return found === undefined ? null : sampleDetail(found)
  }
  switch (url.pathname) {
    case '/panel/session':
      return world.session
    case '/panel/home':
      return answerHome(world, url.searchParams.get('range') ?? '24h')
    case '/panel/requests':
      return answerRequests(world, url.searchParams)
    case '/panel/keys':
      return world.keys
    case '/panel/teams':
      return world.teams
    case '/panel/providers':
      return world.providers
    case '/panel/spend':
      return answerSpend(world, url.searchParams)
    case '/panel/facets':
      return answerFacets(world)
    case '/panel/engines':
      return [
        { providerId: 'ollama', title: 'Ollama', baseUrl: 'http://127.0.0.1:11434', state: 'found', models: ['llama3.2:3b', 'nomic-embed-text'] },
        { providerId: 'openai_compatible', title: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', state: 'needs-key', models: [] },
        { providerId: 'openai_compatible', title: 'Port 8080', baseUrl: 'http://127.0.0.1:8080', state: 'other', models: [] },
      ]
    default:
      return null
  }
}

function answerWrite(state: State, write: Write, response: ServerResponse): void {
  state.writes.push(write)
  const text = JSON.stringify(write.body)
  if (write.path === '/panel/sign-in') {
    if (text.includes('wrong')) return sendJson(response, 401, errorBody('This is not the admin key.', 'invalid_api_key'))
    state.signedIn = true
    return sendJson(response, 200, { expiresAtMs: state.world.session.expiresAtMs })
  }
  if (write.path === '/panel/sign-out') state.signedIn = false
  if (write.path === '/vault/unlock' || write.path === '/vault/passphrase') {
    if (text.includes('wrong')) return sendJson(response, 400, errorBody('This is not the passphrase of the vault.', 'invalid_request'))
    const { session } = state.world
    const opened = {
      store: 'passphrase',
      passphrase: 'open',
      title: 'passphrase vault',
      sentence: 'Provider keys are kept in vault.json.',
      canSave: true,
    } as const
    state.world = { ...state.world, session: { ...session, vault: opened } }
  }
  if (write.path === '/panel/probe')
    return sendJson(
      response,
      200,
      text.includes('bad')
        ? { ok: false, models: [], problem: 'The provider did not accept this key.' }
        : { ok: true, models: ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small'], problem: null },
    )
  if (write.path === '/key/generate') {
    if (text.includes('taken')) return sendJson(response, 400, errorBody('There is a key with this name already.', 'invalid_request'))
    return sendJson(response, 200, { key: 'sk-tg-7Qm2vXwR9sKdLb4TnYc8HfJp3ZgA6UeWoNi5rMtBxV1kSa', token: '9'.repeat(64) })
  }
  if (write.path === '/team/new') return sendJson(response, 200, { team_id: 'web' })
  if (write.path === '/key/block' || write.path === '/key/unblock')
    state.world = { ...state.world, keys: state.world.keys.map((key) => (text.includes(key.token) ? { ...key, blocked: write.path === '/key/block' } : key)) }
  if (write.path === '/key/delete') state.world = { ...state.world, keys: state.world.keys.filter((key) => !text.includes(key.token)) }
  if (write.path === '/model/delete')
    state.world = {
      ...state.world,
      providers: { ...state.world.providers, deployments: state.world.providers.deployments.filter((deployment) => !text.includes(deployment.id)) },
    }
  if (write.path === '/health/test_connection') {
    const ok = !text.includes('vllm')
    return sendJson(response, 200, {
      status: ok ? 'success' : 'error',
      result: {
        status_code: ok ? 200 : 502,
        request_id: state.world.requests[1]?.requestId ?? '',
        message: ok ? 'Answered.' : 'vLLM could not be reached: connect ECONNREFUSED 127.0.0.1:8000.',
        duration_ms: 412.5,
      },
    })
  }
  sendJson(response, 200, {})
}

function openStream(state: State, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 500\n\n')
  state.streams.add(response)
  response.on('close', () => state.streams.delete(response))
}

async function sendFile(response: ServerResponse, pathname: string): Promise<void> {
  const wanted = extname(pathname) === '' ? '/index.html' : normalize(pathname.slice('/ui'.length))
  const bytes = await readFile(join(panelDir, wanted)).catch(() => null)
  if (bytes === null) return sendJson(response, 404, errorBody('No such file.', 'not_found'))
  response.writeHead(200, {
    'content-type': types[extname(wanted)] ?? 'application/octet-stream',
    'content-security-policy': contentPolicy,
    'x-content-type-options': 'nosniff',
  })
  response.end(bytes)
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as unknown)
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_01KFIXTURE0000000000000000', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}

function errorBody(message: string, code: string): unknown {
  return { error: { message, type: 'invalid_request_error', param: null, code } }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fixture = await startPanelFixture('filled', Number(process.argv[2] ?? '4080'))
  process.stdout.write(`${fixture.url}/ui/\n`)
}
