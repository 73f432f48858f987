// The only place that talks to the gateway: reads under /panel/, writes through the admin routes.
// Promises: every failure is an ApiError with a sentence for people; writes carry a JSON content type; nothing is retried in secret.
// Leaves alone: what is done about a lost session (state/session.svelte.ts) or connection (state/live.svelte.ts).

import type {
  PanelError,
  PanelFacets,
  PanelHome,
  PanelKey,
  PanelProbe,
  PanelProviders,
  PanelRequestDetail,
  PanelRequestPage,
  PanelSession,
  PanelSpend,
  PanelTeam,
} from '../../gateway/contract/panel.ts'
import type { PanelEngine } from '../../gateway/contract/panel-engine.ts'
import type { JsonObject } from '../../gateway/contract/json.ts'
import { withQuery } from './router.ts'

export type ApiErrorKind = 'unreachable' | 'signed-out' | 'refused' | 'unreadable'
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly kind: ApiErrorKind
  /** HTTP status, 0 when there was no answer. */
  readonly status: number
  readonly code: string
  readonly param: string | null
  readonly requestId: string | null
  constructor(
    kind: ApiErrorKind,
    message: string,
    facts: { readonly status?: number; readonly code?: string; readonly param?: string | null; readonly requestId?: string | null } = {},
  ) {
    super(message)
    this.kind = kind
    this.status = facts.status ?? 0
    this.code = facts.code ?? kind
    this.param = facts.param ?? null
    this.requestId = facts.requestId ?? null
  }
}

export type Query = Readonly<Record<string, string | number | null | undefined>>
type Observer = (error: ApiError | null) => void
const observers = new Set<Observer>()
/** Hears of every answer (null) and every failure. */
export function observeCalls(observer: Observer): void {
  observers.add(observer)
}

const read = <Value>(path: string, signal?: AbortSignal): Promise<Value> => call<Value>('GET', path, { signal })
const write = <Value>(path: string, body: JsonObject): Promise<Value> => call<Value>('POST', path, { body })

export const readSession = (): Promise<PanelSession> => read('/panel/session')
export const readHome = (range: string, signal?: AbortSignal): Promise<PanelHome> => read(withQuery('/panel/home', { range }), signal)
export const readRequests = (query: Query, signal?: AbortSignal): Promise<PanelRequestPage> => read(withQuery('/panel/requests', query), signal)
export const readRequest = (id: string, signal?: AbortSignal): Promise<PanelRequestDetail> => read(`/panel/requests/${encodeURIComponent(id)}`, signal)
export const readKeys = (signal?: AbortSignal): Promise<readonly PanelKey[]> => read('/panel/keys', signal)
export const readTeams = (signal?: AbortSignal): Promise<readonly PanelTeam[]> => read('/panel/teams', signal)
export const readProviders = (signal?: AbortSignal): Promise<PanelProviders> => read('/panel/providers', signal)
export const readEngines = (signal?: AbortSignal): Promise<readonly PanelEngine[]> => read('/panel/engines', signal)
export const readSpend = (query: Query, signal?: AbortSignal): Promise<PanelSpend> => read(withQuery('/panel/spend', query), signal)
export const readFacets = (signal?: AbortSignal): Promise<PanelFacets> => read('/panel/facets', signal)

export const signInWithCode = (code: string): Promise<unknown> => write('/panel/sign-in', { code })
export const signInWithAdminKey = (adminKey: string): Promise<unknown> => write('/panel/sign-in', { adminKey })
export const signOut = (): Promise<unknown> => write('/panel/sign-out', {})
export const probe = (body: JsonObject): Promise<PanelProbe> => write('/panel/probe', body)

/** The plain key is in this answer and nowhere else. */
export const createKey = (body: JsonObject): Promise<{ readonly key: string; readonly token: string }> => write('/key/generate', body)
export const updateKey = (token: string, body: JsonObject): Promise<unknown> => write('/key/update', { key: token, ...body })
export const blockKey = (token: string): Promise<unknown> => write('/key/block', { key: token })
export const unblockKey = (token: string): Promise<unknown> => write('/key/unblock', { key: token })
export const deleteKey = (token: string): Promise<unknown> => write('/key/delete', { keys: [token] })
export const createTeam = (body: JsonObject): Promise<{ readonly team_id: string }> => write('/team/new', body)
export const createCredential = (body: JsonObject): Promise<unknown> => write('/credentials', body)
export const deleteCredential = (name: string): Promise<unknown> => call('DELETE', `/credentials/${encodeURIComponent(name)}`, {})
/** Until the gateway stops. */
export const unlockVault = (passphrase: string): Promise<unknown> => write('/vault/unlock', { passphrase })
export const setPassphrase = (passphrase: string): Promise<unknown> => write('/vault/passphrase', { passphrase })
export const createModel = (body: JsonObject): Promise<unknown> => write('/model/new', body)
export const deleteModel = (id: string): Promise<unknown> => write('/model/delete', { id })
/** Dials the provider once for one token: the same path as traffic, and it costs what one token costs. */
export const testDeployment = (id: string): Promise<JsonObject> => write('/health/test_connection', { model_info: { id } })

export const exportPath = (query: Query): string => withQuery('/spend/export.csv', query)

/** Change notices of the ledger. The browser reconnects by itself; the caller closes it. */
export function openEvents(): EventSource {
  return new EventSource('/panel/events')
}

interface CallOptions {
  readonly body?: JsonObject
  readonly signal?: AbortSignal | undefined
}

async function call<Value>(method: string, path: string, options: CallOptions): Promise<Value> {
  try {
    const value = await exchange<Value>(method, path, options)
    for (const observer of observers) observer(null)
    return value
  } catch (error) {
    if (error instanceof ApiError) for (const observer of observers) observer(error)
    throw error
  }
}

async function exchange<Value>(method: string, path: string, options: CallOptions): Promise<Value> {
  const init: RequestInit = { method, credentials: 'same-origin', cache: 'no-store', redirect: 'error', headers: { accept: 'application/json' } }
  if (method !== 'GET') init.headers = { accept: 'application/json', 'content-type': 'application/json' }
  if (options.body !== undefined) init.body = JSON.stringify(options.body)
  if (options.signal !== undefined) init.signal = options.signal
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('unreachable', 'The gateway did not answer. It may be stopped or restarting.')
  }
  const requestId = response.headers.get('x-request-id')
  const body = await readBody(response, requestId)
  if (response.ok) return body as Value
  throw toApiError(response.status, body, requestId)
}

async function readBody(response: Response, requestId: string | null): Promise<unknown> {
  const text = await response.text().catch(() => {
    throw new ApiError('unreachable', 'The gateway broke off its answer.')
  })
  if (text === '') return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new ApiError('unreadable', `The gateway answered with status ${String(response.status)} and something that is not JSON.`, {
      status: response.status,
      requestId,
    })
  }
}

/** What the desktop's window says in the gateway's place while there is none: a lost connection, not a refusal. */
const notServing = 'gateway_not_serving'

function toApiError(status: number, body: unknown, requestId: string | null): ApiError {
  const error = isPanelError(body) ? body.error : null
  if (error?.code === notServing) return new ApiError('unreachable', error.message)
  const message = error?.message ?? `The gateway answered with status ${String(status)}.`
  return new ApiError(status === 401 ? 'signed-out' : 'refused', message, {
    status,
    code: error?.code ?? String(status),
    param: error?.param ?? null,
    requestId,
  })
}

function isPanelError(body: unknown): body is PanelError {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false
  const { error } = body
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
}
