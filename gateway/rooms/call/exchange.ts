// How one attempt speaks: the caller's own bytes where the provider knows the dialect, a translation where it does not.
// Promises: passing bytes change only by declared edits; what a translation cannot carry is named.
// Leaves alone: network, retries, the caller's connection.

import type { ReplyEvent, VendorError } from '../../contract/chat.ts'
import { refuse } from '../../contract/errors.ts'
import type { Deployment } from '../../contract/provider.ts'
import type { GuardedRequest } from '../../contract/request.ts'
import type { TextTally, Usage } from '../../contract/usage.ts'
import type { RequestBound, Tap, Wire, Wires } from '../../contract/wire.ts'
import { toSegment } from '../../kit/path-segment.ts'
import { createTextTally } from '../../kit/text-tally.ts'
import { addressFor, type Address } from './address.ts'
import { withOwnNames } from './own-names.ts'
import { leaveRoom } from './room-for-output.ts'

export interface Exchange {
  readonly kind: 'pass' | 'translate'
  /** The wire spoken with the provider. */
  readonly wire: Wire
  readonly baseUrl: string
  readonly path: string
  /** The caller's own, of the dialect that passes. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly contentType: string
  readonly stripUsage: boolean
  /** Its events may be as long as pictures are. */
  readonly pictures: boolean
  readonly dropped: readonly string[]
  /** Of tools the vendor knows by another name, the caller's own. */
  readonly toolNames: ReadonlyMap<string, string> | null
}

export interface ExchangeOrder {
  readonly request: GuardedRequest
  readonly deployment: Deployment
  readonly bound: RequestBound
  /** Per choice, for callers with a hard limit; null = no cap of ours. */
  readonly outputTokensMax: number | null
}

/** @throws GatewayError invalid_request, unsupported_parameter */
export function createExchange(order: ExchangeOrder, wires: Wires): Exchange {
  const { request, deployment } = order
  const own = wires[request.wire]
  const asked = request.passing?.asked
  if (asked !== undefined) return createPass(order, own, addressFor(deployment, asked))
  const path = pathOf(own, deployment, request.stream)
  if (path !== null && own.pass !== undefined && own.pass.takes?.(request.json.open()) !== false && !needsConversion(order))
    return createPass(order, own, { baseUrl: deployment.baseUrl, path })
  return createTranslation(order, wires)
}

/** A vendor that only knows floats cannot be passed a base64 request; its reply is rewritten instead. Nor one with other names for an embedding's size a request that uses OpenAI's. */
function needsConversion({ deployment, request }: ExchangeOrder): boolean {
  if (request.answeredIn !== undefined) return true
  const { floatEmbeddingsOnly, outputDimension } = deployment.provider.quirks
  const { encoding_format: encoding, dimensions } = request.json.open()
  if (outputDimension === true && (encoding === 'float' || (dimensions !== undefined && dimensions !== null))) return true
  return floatEmbeddingsOnly === true && encoding === 'base64'
}

function createPass(order: ExchangeOrder, wire: Wire, address: Address): Exchange {
  const { request, deployment, outputTokensMax } = order
  const cap = capFor(order)
  const headers = dialectHeaders(order)
  const passed = wire.pass?.edit(request.body.open(), request.json.open(), {
    model: deployment.upstreamModel,
    askUsage: request.stream && deployment.provider.quirks.noStreamUsage !== true,
    quirks: deployment.provider.quirks,
    defaults: deployment.settings,
    headers,
    ...(request.contentType === undefined ? {} : { contentType: request.contentType }),
    ...(outputTokensMax === null || cap === null ? {} : { outputTokensMax: cap }),
  })
  if (passed === undefined) throw refuse('internal')
  const { body, stripUsage, dropped = [], pictures = false } = passed
  return {
    kind: 'pass',
    wire,
    ...address,
    headers: passed.headers ?? headers,
    body,
    contentType: request.contentType ?? jsonType,
    stripUsage,
    pictures,
    dropped,
    toolNames: null,
  }
}

const jsonType = 'application/json'

/** What the deployment's settings say of a header stands. */
function dialectHeaders({ request, deployment }: ExchangeOrder): Readonly<Record<string, string>> {
  const set = new Set(Object.keys(deployment.extraHeaders).map((name) => name.toLowerCase()))
  return Object.fromEntries(Object.entries(request.dialectHeaders ?? {}).filter(([name]) => !set.has(name)))
}

/** What must be enforced at the vendor, or null when the caller already asked for no more. */
function capFor(order: ExchangeOrder): number | null {
  const asked = order.bound.outputTokensMax
  if (order.outputTokensMax === null) return null
  const most = Math.min(order.outputTokensMax, order.deployment.facts.outputTokensMax)
  const cap = asked === undefined ? leaveRoom(order, most) : most
  return asked !== undefined && asked <= cap ? null : cap
}

function createTranslation(order: ExchangeOrder, wires: Wires): Exchange {
  const { request, deployment } = order
  const inbound = wires[request.wire].inbound
  const target = targetWire(request, deployment, wires)
  if (inbound === undefined || target === null) {
    throw refuse('invalid_request', { reason: `${deployment.provider.title} does not serve ${request.operation} requests.` }, { param: 'model' })
  }
  const asked = order.bound.outputTokensMax
  const { outputTokensMax: limit, outputTokensAssumed } = deployment.facts
  // A limit that only stands in for one is no reason to cut what somebody without a budget asks for; where it is too much, the vendor says so.
  const isFree = order.outputTokensMax === null && outputTokensAssumed === true && asked !== undefined
  const afforded = Math.min(isFree ? asked : limit, order.outputTokensMax ?? Number.MAX_SAFE_INTEGER)
  const most = asked === undefined ? leaveRoom(order, afforded) : afforded
  const pivot = inbound.read(request.json.open())
  const written = target.write(pivot, {
    model: deployment.upstreamModel,
    stream: request.stream,
    outputTokensMax: Math.min(asked ?? most, most),
    outputTokensAsked: asked === undefined && order.outputTokensMax === null ? null : Math.min(asked ?? most, most),
    settings: deployment.settings,
    quirks: deployment.provider.quirks,
    reasons: deployment.facts.capabilities.includes('reasoning') || deployment.modelInfo['supports_reasoning'] === true,
  })
  const dropped = [...new Set([...(pivot.lost ?? []), ...written.dropped])]
  if (dropped.length > 0 && !deployment.dropParams) throw refuse('unsupported_parameter', { model: request.model, names: dropped.join(', ') })
  return {
    kind: 'translate',
    wire: target.wire,
    baseUrl: deployment.baseUrl,
    path: target.path,
    headers: {},
    body: Buffer.from(JSON.stringify(written.body)),
    contentType: jsonType,
    stripUsage: false,
    pictures: written.pictures ?? false,
    dropped,
    toolNames: written.toolNames ?? null,
  }
}

interface Target {
  readonly wire: Wire
  readonly path: string
  readonly write: NonNullable<Wire['outbound']['write']>
}

function targetWire(request: GuardedRequest, deployment: Deployment, wires: Wires): Target | null {
  const asked = request.operation === 'pass-through' ? wires[request.wire].operation : request.operation
  const wanted = asked === 'completion' ? 'chat' : asked
  // In the provider's own order of preference.
  for (const id of Object.keys(deployment.provider.wires)) {
    const wire = Object.values(wires).find((candidate) => candidate.id === id)
    const path = wire === undefined ? null : pathOf(wire, deployment, request.stream)
    const write = wire?.outbound.write
    if (wire !== undefined && path !== null && write !== undefined && wire.operation === wanted) return { wire, path, write }
  }
  return null
}

/** Below the deployment's base URL; null: the provider does not speak this wire. */
export function pathOf(wire: Wire, { provider, upstreamModel }: Deployment, stream: boolean): string | null {
  const path = (stream ? provider.streamPaths?.[wire.id] : undefined) ?? provider.wires[wire.id]
  return path?.replace('{model}', () => toSegment(upstreamModel)) ?? null
}

interface Passing extends Pick<GuardedRequest, 'framing'> {
  readonly choices: number
  readonly text: TextTally
}

/** What a reply shows while it passes, whichever way it is read. */
export function createTapFor(exchange: Exchange, { framing, choices, text }: Passing): Tap {
  const tap = exchange.wire.pass?.createTap({
    stripUsage: exchange.stripUsage,
    pictures: exchange.pictures,
    text,
    choices,
    ...(framing === undefined ? {} : { framing }),
  })
  if (tap === undefined) throw refuse('internal')
  return tap
}

/** The events of a whole reply. @throws SyntaxError when it is not JSON */
export function readWhole(exchange: Exchange, bytes: Uint8Array, headers: Readonly<Record<string, string>>): { body: unknown; events: readonly ReplyEvent[] } {
  const body: unknown = JSON.parse(textIn(bytes))
  return { body, events: exchange.kind === 'translate' ? withOwnNames(exchange.wire.outbound.readWhole(body, headers), exchange.toolNames) : [] }
}

/** Usage in a reply with an error status, or null. */
export function readRefusalUsage(exchange: Exchange, bytes: Uint8Array): Usage | null {
  let body: unknown
  try {
    body = JSON.parse(textIn(bytes))
  } catch {
    // Text of a proxy: it reports nothing.
    return null
  }
  return exchange.wire.pass?.readFacts(body, createTextTally()).usage ?? null
}

/** A vendor's refusal, as far as it can be understood. */
export function readVendorError(exchange: Exchange, status: number, bytes: Uint8Array): VendorError {
  const text = textIn(bytes)
  let body: unknown = text
  try {
    body = JSON.parse(text)
  } catch {
    // Proxies in front of a vendor answer in HTML or plain text; the text itself is then the message.
  }
  return exchange.wire.outbound.readError(status, body)
}

const utf8 = new TextDecoder()
/** Without the mark that some servers put before their text. */
const textIn = (bytes: Uint8Array): string => utf8.decode(bytes)
