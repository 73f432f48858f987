// Carries a question of the panel to the gateway and streams the answer back.
// Promises: only ever to the gateway's own origin, with the token of this boot; headers by list in both directions, so no cookie, no CORS, no token comes back.
// Leaves alone: which paths may be asked (contract/panel-paths.ts); what the gateway answers is not read.

import { standingHeaders } from '../../gateway/contract/panel-files.ts'
import type { GatewayState } from '../gateway/state.ts'
import { refusal } from './refusal.ts'

/** `fetch` of the platform. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>
export interface ForwardTools {
  readonly state: () => GatewayState
  readonly fetch: Fetch
}

/** The gateway takes no larger one from an administrator, but for price lists. */
const bodyBytesMax = 32 * 1024 * 1024
const sentHeaders = ['accept', 'content-type', 'if-match', 'if-none-match', 'last-event-id']
const returnedHeaders = ['cache-control', 'content-disposition', 'content-type', 'etag', 'retry-after', 'x-accel-buffering', 'x-request-id']
const emptyStatuses = [204, 205, 304]

/** `url`: of the panel, with a path that was judged. */
export async function forward(tools: ForwardTools, request: Request, url: URL): Promise<Response> {
  const state = tools.state()
  if (state.kind !== 'serving') return notServing(state)
  const origin = new URL(state.baseUrl).origin
  const target = new URL(`${origin}${url.pathname}${url.search}`)
  // A path that changes the host would be a hole in the list of paths; then nothing is sent.
  if (target.origin !== origin) return refusal(404, { code: 'not_found', message: 'Nothing is served at this address.' })
  const body = await readBody(request)
  if (body === 'too large') return refusal(413, { code: 'body_too_large', message: 'This is more than the gateway takes.' })
  const headers = new Headers({ authorization: `Bearer ${state.token}`, 'accept-encoding': 'identity' })
  for (const name of sentHeaders) copy(request.headers, headers, name)
  const { method, signal } = request
  const ask = (): Promise<Response> =>
    tools.fetch(target.href, { method, headers, redirect: 'error', credentials: 'omit', signal, ...(body === null ? {} : { body }) })
  const askAgain = (error: Error): Promise<Response> => {
    if (method === 'GET' && !signal.aborted) return ask()
    throw error
  }
  try {
    // A connection kept open may end just as it is used again; what only reads is asked once more, on another one.
    return toResponse(await ask().catch(askAgain))
  } catch {
    // It ended between two looks at its state, or the page left; the page asks again, and by then the state says why.
    return refusal(503, { code: notServingCode, message: 'The gateway did not answer. It may be stopped or restarting.' })
  }
}

/** The panel takes this for a lost connection, not for a refusal. */
export const notServingCode = 'gateway_not_serving'

function notServing(state: Exclude<GatewayState, { kind: 'serving' }>): Response {
  return refusal(503, { code: notServingCode, message: wordState(state) })
}

function wordState(state: Exclude<GatewayState, { kind: 'serving' }>): string {
  switch (state.kind) {
    case 'starting':
      return 'The gateway is starting.'
    case 'port-taken':
      return `Port ${state.port} is taken${state.owner === null ? '' : ` by ${state.owner}`}, so the gateway cannot serve.`
    case 'waiting':
      return `The gateway ended (${state.reason}) and starts again by itself.`
    case 'stopping':
      return 'The gateway is stopping.'
    case 'stopped':
      return state.reason === null ? 'The gateway is stopped.' : `The gateway is stopped: ${state.reason}`
  }
}

/** Whole, because Electron holds it in memory already and its stream is not one to rely on (electron#39658, as known 2026-11-21). */
async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | 'too large' | null> {
  if (request.body === null) return null
  const bytes = new Uint8Array(await request.arrayBuffer())
  return bytes.length > bodyBytesMax ? 'too large' : bytes
}

function toResponse(answer: Response): Response {
  const headers = new Headers(standingHeaders)
  for (const name of returnedHeaders) copy(answer.headers, headers, name)
  return new Response(emptyStatuses.includes(answer.status) ? null : answer.body, { status: answer.status, headers })
}

function copy(from: Headers, to: Headers, name: string): void {
  const value = from.get(name)
  if (value !== null) to.set(name, value)
}
