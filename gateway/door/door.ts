// What a request meets: ingress, route, authenticate, then the corridor or a JSON route.
// Promises: deny by default, in this order for every request; each refusal in the surface's own words; at each entrance only what it serves.
// Leaves alone: what routes do, sockets (server.ts).

import type { RequestListener, ServerResponse } from 'node:http'
import Koa, { type Context } from 'koa'
import { isTurnedAway } from '../contract/caller.ts'
import { GatewayError, refuse } from '../contract/errors.ts'
import type { LanConfig, LanNames, TlsIdentity } from '../contract/lan.ts'
import type { OwnPath } from '../contract/own-path.ts'
import { standingHeaders, type PanelFiles } from '../contract/panel-files.ts'
import type { Reply } from '../contract/reply.ts'
import type { InferenceRequest, SurfaceId } from '../contract/request.ts'
import type { JsonRoute } from '../contract/route.ts'
import type { Visit } from '../flow.ts'
import { createBodyReader, parseObject, typeOf } from './body.ts'
import { findCredential } from './credential.ts'
import { createFrontEntrance, createLanEntrance, type DoorRoute, type Entrance, type Routers } from './entrance.ts'
import { toGatewayError, wordRefusal, type Asker } from './fail.ts'
import { parseForm } from './form.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { toInferenceRequest, toUnreadRequest } from './inference.ts'
import { checkIngress, type Target } from './ingress.ts'
import { handleJson } from './json-route.ts'
import { createOwnRoutes, whyTaken } from './own-paths.ts'
import { countStrangers, type DoorTools, type Guest, type Reception } from './reception.ts'
import { toRawRequest } from './pass-through.ts'
import { takeReply } from './reply.ts'
import { createRevocation } from './revocation.ts'
import { normaliseInferencePath, toGooglePath, type Match } from './router.ts'
import { closeServers, createPlainServer, createSecureServer, listen } from './server.ts'
import { idHeaders, inferenceRoutes, isOwnClient, speakerAt, surfaceAt } from './surfaces/index.ts'
import { passageRoutes } from './surfaces/passages.ts'
import type { Finality, InferenceRoute } from './surfaces/surface.ts'

export interface Door {
  /** @throws NodeJS.ErrnoException EADDRINUSE, EACCES, EADDRNOTAVAIL */
  listen(port: number): Promise<number>
  /** Opens the second entrance, by TLS. @throws NodeJS.ErrnoException */
  listenToLan(lan: LanDoor): Promise<{ readonly port: number; present(identity: TlsIdentity): void }>
  /** Stops accepting, answers new requests on open connections with 503, waits for running ones. */
  close(drainMs: number): Promise<void>
  /** Ends every connection now; while it closes, what is running ends with them. */
  cut(): void
  /** Calls to models being answered; the panel's reads are none. */
  readonly calls: number
  /** Why a path cannot be the administrator's own, as the rest of a sentence; null: it can. */
  whyTaken(own: Pick<OwnPath, 'path' | 'includesBelow'>): string | null
}
export interface LanDoor extends Pick<LanConfig, 'address' | 'port' | 'panel'> {
  readonly names: () => LanNames
  readonly identity: TlsIdentity
}

export function createDoor(tools: DoorTools): Door {
  const stopping = new AbortController()
  const work = { inFlight: 0, calls: 0, closing: false }
  const revocation = createRevocation(tools.isRevoked, tools.limits.revocationCheckMs)
  const reception: Reception = { tools, bodies: createBodyReader(tools.limits), revocation, stopping: stopping.signal }
  const known = inferenceRoutes(tools.limits.inferenceBodyBytesMax)
  // Last, because they take whatever is left below a prefix.
  const passages = tools.passages ?? []
  const declared = [...known, ...tools.jsonRoutes, ...passageRoutes(passages, known, tools.limits.inferenceBodyBytesMax)]
  const own = createOwnRoutes(tools.ownPaths ?? (() => []), tools.limits.inferenceBodyBytesMax)
  let port = 0
  const front = createFrontEntrance({ declared, own, port: () => port }, tools)
  const server = createPlainServer(toListener(reception, work, front), tools.limits)
  const servers = [server]
  return {
    get calls() {
      return work.calls
    },
    whyTaken: (asked) => whyTaken(asked, { router: front.router, paths: declared.map(({ path }) => path), prefixes: passages.map(({ prefix }) => prefix) }),
    listen: async (wanted) => (port = await listen(server, wanted, tools.host)),
    async listenToLan(lan) {
      const at = { port: 0 }
      const entrance = createLanEntrance({ declared, own, port: () => at.port }, lan)
      const secured = createSecureServer(toListener(reception, work, entrance), tools.limits, lan.identity)
      servers.push(secured.server)
      at.port = await listen(secured.server, lan.port, lan.address)
      return { port: at.port, present: secured.present }
    },
    async close(drainMs) {
      work.closing = true
      stopping.abort()
      await closeServers(servers, () => work.inFlight, drainMs)
    },
    cut: () => servers.forEach((one) => one.closeAllConnections()),
  }
}

interface Work {
  inFlight: number
  calls: number
  closing: boolean
}

function toListener(reception: Reception, work: Work, entrance: Entrance): RequestListener {
  const { tools } = reception
  const app = new Koa()
  // What goes wrong is logged where it is answered; a caller's reset is nothing to log, and Koa would print it with its stack.
  app.silent = true
  app.use(async (context: Context) => {
    work.inFlight += 1
    const arrivedUs = tools.clock.monotonicUs()
    const requestId = tools.newRequestId()
    let surface: SurfaceId = 'admin'
    let finality: Finality | undefined
    const reply = takeReply(context, {
      drainTimeoutMs: tools.limits.callerDrainTimeoutMs,
      headers: () => ({ ...standingHeaders, ...idHeaders(surface, requestId) }),
    })
    try {
      if (work.closing) throw refuse('shutting_down', {}, { retryAfterS: 5, headers: { connection: 'close' } })
      const asked = context.req.url?.split('?', 1)[0] ?? ''
      const google = toGooglePath(asked, context.req.headers['x-goog-api-key'] !== undefined)
      surface = speakerAt(surfaceAt(google ?? asked), context.req.headers)
      const target = checkIngress(context.req, entrance.hosts)
      const guest: Guest = { message: context.req, target, entrance, requestId, arrivedUs, reply }
      if (entrance.panel && servesFile(guest, tools.panel)) return
      const match = findRoute(entrance, target, google)
      surface = 'wire' in match.route ? match.route.surface : speakerAt(match.route.surface, context.req.headers)
      if ('wire' in match.route) finality = match.route.finality
      if (!('wire' in match.route)) return await handleJson(reception, guest, match as Match<JsonRoute>)
      work.calls += 1
      await handleInference(reception, guest, match as Match<InferenceRoute>).finally(() => (work.calls -= 1))
    } catch (error) {
      const final = finality && { status: finality.status, budgetToo: context.req.headers[finality.mark] !== undefined }
      sendRefusal(tools, { requestId, reply, surface, final, error })
    } finally {
      whenGone(context.res, () => (work.inFlight -= 1))
    }
  })
  const answer = app.callback()
  return (request, response) => void answer(request, response)
}

/** The last bytes may still be on their way to a slow reader: who stops must not cut them off. */
function whenGone(response: ServerResponse, done: () => void): void {
  if (response.destroyed) done()
  else response.once('close', done)
}

function findRoute({ router, own }: Routers, target: Target, google: string | null): Match<DoorRoute> {
  if (google !== null) return router.match(target.method, google)
  if (router.knows(target.path)) {
    const match = router.match(target.method, target.path)
    if (!('passes' in match.route && match.route.passes?.raw && isOwnClient(target.path, target.query))) return match
  }
  if (own.knows(target.path)) return own.match(target.method, target.path)
  const path = normaliseInferencePath(target.path)
  if (router.knows(path)) {
    const match = router.match(target.method, path)
    if (match.route.surface !== 'admin') return match
  }
  if (target.path.includes('//')) throw refuse('request_target_refused', { reason: 'it holds an empty segment' })
  throw refuse('not_found', { method: target.method.slice(0, 20), path: target.path.slice(0, 200) })
}

async function handleInference(reception: Reception, guest: Guest, match: Match<InferenceRoute>): Promise<void> {
  const { tools, revocation } = reception
  const { route } = match
  const { message } = guest
  const { credential, who } = countStrangers(tools, () => {
    const found = findCredential(message, guest.target.query.get('key'))
    return { credential: found, who: tools.identify(found) }
  })
  const walk = (visit: Pick<Visit, 'request' | 'unreadable' | 'idempotencyKey'>): Promise<void> =>
    tools.flow({ ...visit, credential, arrivedUs: guest.arrivedUs }, guest.reply)
  const unread = (): InferenceRequest => toUnreadRequest(message, { id: guest.requestId, route, receivedAtMs: tools.clock.nowMs() })
  // Bytes of a stranger, or of a key that is turned away, are not read. The corridor identifies again, and its answer is the one that counts.
  if (isTurnedAway(who)) return await walk({ request: unread(), unreadable: who.refusal })
  const order = await readOrder(reception, guest, match).catch(toGatewayError)
  if (order instanceof GatewayError) return await walk({ request: unread(), unreadable: order })
  try {
    await revocation.during({ caller: who, cut: () => message.socket.destroy() }, () => walk(order.visit))
  } finally {
    order.release()
  }
}

interface Order {
  readonly visit: Pick<Visit, 'request' | 'idempotencyKey'>
  release(): void
}

/** @throws GatewayError invalid_request, invalid_json, and what reading a body throws */
async function readOrder({ tools, bodies }: Reception, guest: Guest, { route, params }: Match<InferenceRoute>): Promise<Order> {
  const { passes } = route
  const raw = passes?.raw === true
  const idempotencyKey = raw ? null : readIdempotencyKey(guest.message)
  const { bytes, release } = await bodies.read(guest.message, route.limits.bodyBytesMax, raw ? 'any' : route.bodyTypes)
  try {
    if (raw) {
      const { target, requestId: id } = guest
      return {
        visit: { request: toRawRequest(guest.message, { target, route: { ...route, passes }, params, bytes, id, receivedAtMs: tools.clock.nowMs() }) },
        release,
      }
    }
    const contentType = formTypeOf(guest.message)
    const json = contentType === null ? parseObject(bytes, tools.limits) : parseForm(bytes, contentType, tools.limits)
    const request = toInferenceRequest(guest.message, {
      ...{ id: guest.requestId, route, params, target: guest.target, bytes, json },
      ...(contentType === null ? {} : { contentType }),
      receivedAtMs: tools.clock.nowMs(),
    })
    return { visit: { request, ...(idempotencyKey === null ? {} : { idempotencyKey }) }, release }
  } catch (error) {
    release()
    throw error
  }
}

/** null: the body is JSON. */
const formTypeOf = (message: Guest['message']): string | null => (typeOf(message) === 'multipart/form-data' ? (message.headers['content-type'] ?? null) : null)

/** `/` sends a browser to the panel; `/ui/` serves its files. Neither needs a key. */
function servesFile(guest: Guest, panel: PanelFiles): boolean {
  const { target, reply } = guest
  if (target.method !== 'GET' && target.method !== 'HEAD') return false
  const empty = target.method === 'HEAD'
  if (target.path === '/' || target.path === '/ui') {
    const browser = target.path === '/ui' || (guest.message.headers.accept ?? '').includes('text/html')
    const text = Buffer.from('Tollgate is running')
    reply.start(browser ? 302 : 200, browser ? { location: '/ui/' } : { 'content-type': 'text/plain', 'content-length': String(text.length) })
    reply.end(browser || empty ? undefined : text)
    return true
  }
  if (!target.path.startsWith('/ui/')) return false
  const file = panel.find(target.path.slice('/ui/'.length) || 'index.html')
  if (file === null) throw refuse('not_found', { method: target.method, path: target.path.slice(0, 200) })
  const fresh = guest.message.headers['if-none-match'] === file.headers['etag']
  reply.start(fresh ? 304 : 200, fresh ? file.headers : { ...file.headers, 'content-length': String(file.bytes.length) })
  reply.end(fresh || empty ? undefined : file.bytes)
  return true
}

function sendRefusal(tools: DoorTools, facts: Asker & { reply: Reply; error: unknown }): void {
  const error = toGatewayError(facts.error)
  if (error.row.blame === 'house') tools.onError(facts.requestId, error)
  // A proper end would pass for the whole of it.
  if (facts.reply.started) return facts.reply.cut()
  const refusal = wordRefusal(error, facts)
  facts.reply.start(refusal.status, { 'cache-control': 'no-store', ...refusal.headers, 'content-length': String(refusal.body.length) })
  facts.reply.end(refusal.body)
}
