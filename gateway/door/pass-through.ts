// What of a request travels to a vendor by the vendor's own path: the path and query below its prefix, and headers of a list.
// Promises: never a host, a credential or a word about the caller; a path with one reading.
// Leaves alone: which host it is (intake/passages), bodies.

import type { IncomingMessage } from 'node:http'
import { refuse } from '../contract/errors.ts'
import { isJsonObject, textOf, type JsonObject } from '../contract/json.ts'
import { passingMethods, type InferenceRequest, type RawPassing } from '../contract/request.ts'
import { content } from '../contract/sealed.ts'
import type { Target } from './ingress.ts'
import type { InferenceRoute } from './surfaces/surface.ts'
import { toAskedPath, withQuery } from './asked-path.ts'
import { readTrace } from './trace.ts'

/** What a body is and how it is to be answered; versions and betas of a dialect. */
const travelling = ['accept', 'content-type', 'anthropic-version', 'anthropic-beta', 'openai-beta', 'x-goog-api-client', 'range', 'if-none-match']
export interface RawArrival {
  readonly target: Target
  readonly route: InferenceRoute & { readonly passes: NonNullable<InferenceRoute['passes']> }
  /** The path's. */
  readonly params: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  readonly id: InferenceRequest['id']
  readonly receivedAtMs: number
}

/** @throws GatewayError request_target_refused, invalid_request */
export function toRawRequest(message: IncomingMessage, { target, route, params, bytes, id, receivedAtMs }: RawArrival): InferenceRequest {
  const { prefix, asked: rule } = route.passes
  const address = rule === undefined ? undefined : toAskedPath(rule, params, target)
  const json = readJson(message, bytes)
  const asked = route.asked(json, params, target.query)
  const raw = toRaw(message, target, {
    path: address?.path ?? withQuery(target.path.slice(prefix.length + 1), target.query),
    declared: params['model'] === undefined ? null : (textOf(asked.model) ?? ''),
  })
  const { surface, operation, wire } = route
  return {
    ...{ id, surface, operation, wire, receivedAtMs },
    // For the books alone: what is sent is what came. A cut may leave half a sign behind.
    model: (textOf(asked.model) ?? modelIn(raw.path) ?? '').slice(0, modelLengthMax).toWellFormed(),
    // A reply is handed on as it comes, so that it stops when its caller leaves.
    stream: true,
    body: content(bytes),
    json: content(json),
    bodyBytes: bytes.length,
    passing: { prefix, raw, ...(address === undefined ? {} : { asked: address }) },
    trace: readTrace(message, json),
  }
}

const modelLengthMax = 256

/** `declared`: the model that is a parameter of the path; what is encoded in it was encoded here. */
function toRaw(message: IncomingMessage, target: Target, { path, declared }: { readonly path: string; readonly declared: string | null }): RawPassing {
  const [sent = ''] = path.split('?', 1)
  if (sent.includes('//')) throw refuse('request_target_refused', { reason: 'it holds an empty segment' })
  if (declared === null && /%2f|%40|%3a|@|:\/\//i.test(sent))
    throw refuse('request_target_refused', { reason: 'it holds an encoded slash or a sign that belongs to a host' })
  const method = passingMethods.find((known) => known === target.method)
  if (method === undefined) throw refuse('method_not_allowed', { method: target.method.slice(0, 20), path: target.path.slice(0, 200) })
  const headers = travelling.flatMap((name): [string, string][] => {
    const value = message.headers[name]
    return typeof value === 'string' && value !== '' ? [[name, value]] : []
  })
  return { method, path, headers: Object.fromEntries(headers), named: method === 'DELETE' ? null : (declared ?? ofModel.exec(sent)?.[1] ?? null) }
}
/** All of a path that is about one model. */
const ofModel = /^\/(?:v[\w.]+\/)?models\/([^/:]+)(?::\w+)?$/

/** For the model's name alone: what is sent is what came. */
function readJson(message: IncomingMessage, bytes: Uint8Array): JsonObject {
  if (bytes.length === 0 || !/^application\/json\b/i.test(message.headers['content-type'] ?? '')) return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return isJsonObject(value) ? value : {}
  } catch {
    throw refuse('invalid_json', { reason: 'it ends too early or holds a wrong character' })
  }
}

/** `/v1beta/models/gemini-2.5-pro:countTokens`, `/v1/models/gpt-4o`. */
const modelIn = (path: string): string | undefined => /\/models\/([^/:?]+)/.exec(path)?.[1]
