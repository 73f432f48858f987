// How a request of an inference route becomes one for the corridor.
// Promises: the model and stream fields are what the vendor will read too; bytes stay as they came.
// Leaves alone: everything the rooms decide; which routes there are (surfaces/).

import type { IncomingMessage } from 'node:http'
import { refuse } from '../contract/errors.ts'
import type { RequestId } from '../contract/ids.ts'
import type { JsonObject } from '../contract/json.ts'
import { streamedOperations, type InferenceRequest } from '../contract/request.ts'
import { content } from '../contract/sealed.ts'
import { toAskedPath } from './asked-path.ts'
import type { Target } from './ingress.ts'
import type { InferenceRoute } from './surfaces/surface.ts'
import { readTrace } from './trace.ts'

export interface Arrival {
  readonly id: RequestId
  readonly route: InferenceRoute
  /** The path's. */
  readonly params: Readonly<Record<string, string>>
  readonly target: Pick<Target, 'path' | 'query'>
  readonly bytes: Uint8Array
  readonly json: JsonObject
  /** Of a form. */
  readonly contentType?: string
  readonly receivedAtMs: number
}

/** For the books of a known caller whose body was not read, or could not be: what the route and the headers tell. */
export function toUnreadRequest(message: IncomingMessage, arrival: Pick<Arrival, 'id' | 'route' | 'receivedAtMs'>): InferenceRequest {
  const { id, route, receivedAtMs } = arrival
  const { surface, operation, wire } = route
  const nothing = { body: content(new Uint8Array()), json: content({}), bodyBytes: 0 }
  return { id, surface, operation, wire, model: '', stream: false, ...nothing, receivedAtMs, trace: readTrace(message, {}) }
}

const modelLengthMax = 256

/** @throws GatewayError invalid_request */
export function toInferenceRequest(message: IncomingMessage, arrival: Arrival): InferenceRequest {
  const { route, json, bytes, contentType } = arrival
  const { model, stream, framing, wire } = route.asked(json, arrival.params, arrival.target.query)
  // Half a sign (a lone surrogate, which JSON allows) can be in no address and no file.
  if (typeof model !== 'string' || model === '' || model.length > modelLengthMax || !model.isWellFormed())
    throw refuse('invalid_request', { reason: 'model must be the name of a model.' }, { param: 'model' })
  if (typeof stream !== 'boolean') throw refuse('invalid_request', { reason: 'stream must be true or false.' }, { param: 'stream' })
  return {
    id: arrival.id,
    surface: route.surface,
    operation: route.operation,
    wire: wire ?? route.wire,
    ...(wire === undefined || wire === route.wire ? {} : { answeredIn: route.wire }),
    model,
    stream: (route.passes?.streams ?? streamedOperations.includes(route.operation)) && stream,
    ...(framing === undefined ? {} : { framing }),
    body: content(bytes),
    json: content(json),
    ...(contentType === undefined ? {} : { contentType }),
    bodyBytes: bytes.length,
    receivedAtMs: arrival.receivedAtMs,
    ...readDialectHeaders(message, route),
    ...readPassing(arrival),
    trace: readTrace(message, json),
  }
}

function readPassing({ route: { passes }, params, target }: Arrival): Pick<InferenceRequest, 'passing'> {
  if (passes === undefined) return {}
  const asked = passes.asked === undefined ? {} : { asked: toAskedPath(passes.asked, params, target) }
  return { passing: { prefix: passes.prefix, raw: null, ...asked } }
}

function readDialectHeaders(message: IncomingMessage, { forwards = [] }: InferenceRoute): Pick<InferenceRequest, 'dialectHeaders'> {
  const sent = forwards.flatMap((name): [string, string][] => {
    const value = message.headers[name]
    return typeof value === 'string' && value !== '' ? [[name, value]] : []
  })
  return sent.length === 0 ? {} : { dialectHeaders: Object.fromEntries(sent) }
}
