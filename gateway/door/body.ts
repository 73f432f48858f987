// Reads a request body: bounded, identity or gzip, one layer; then as JSON with the rules that keep parsers honest.
// Promises: nothing past the limit is kept; all bodies in flight share one bound; br, zstd and deflate are never decoded; no type but those a route takes.
// Leaves alone: what the JSON means, forms (form.ts).

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Limits } from '../contract/config.ts'
import { refuse } from '../contract/errors.ts'
import { isJsonObject, type JsonObject } from '../contract/json.ts'
import type { BodyType } from '../contract/route.ts'
import { scanObject } from '../kit/json-scan.ts'
import { endedEarly, inflate } from './inflate.ts'

export interface BodyReader {
  /** `release` gives the bytes back to the shared bound; call it when the request is over. */
  read(request: IncomingMessage, bytesMax: number, types?: readonly BodyType[] | 'any'): Promise<{ readonly bytes: Uint8Array; release(): void }>
}
const jsonOnly: readonly BodyType[] = ['application/json']

/** @throws GatewayError body_too_large, unsupported_media_type, overloaded, invalid_request */
export function createBodyReader(limits: Limits): BodyReader {
  let inFlightBytes = 0
  return {
    async read(request, bytesMax, types = jsonOnly) {
      checkHeaders(request, bytesMax, types)
      let taken = 0
      const take = (count: number): void => {
        taken += count
        inFlightBytes += count
        if (inFlightBytes > limits.bodiesInFlightBytesMax) throw refuse('overloaded', { what: 'request bodies held at once' }, { retryAfterS: 1 })
      }
      const release = (): void => {
        inFlightBytes -= taken
        taken = 0
      }
      try {
        // A hundred small zips may hold gigabytes: what counts is what they become.
        const zipped = encodingOf(request) === 'gzip'
        const bytes = zipped ? await inflate(request, { bytesMax, ratioMax: limits.inflatedRatioMax, take }) : await collect(request, bytesMax, take)
        return { bytes, release }
      } catch (error) {
        release()
        drop(request)
        throw error
      }
    },
  }
}

/** What is still coming is read and dropped, so that the caller can read the refusal; of what was packed not much, it may be a bomb. */
function drop(request: IncomingMessage): void {
  let left = encodingOf(request) === 'identity' ? Number.MAX_SAFE_INTEGER : packedDroppedBytesMax
  request.on('data', (piece: Buffer) => {
    left -= piece.length
    if (left < 0) request.destroy()
  })
  request.resume()
}
const packedDroppedBytesMax = 1024 * 1024

function checkHeaders(request: IncomingMessage, bytesMax: number, types: readonly BodyType[] | 'any'): void {
  const encoding = encodingOf(request)
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw refuse('unsupported_media_type', { reason: `The content encoding ${encoding.slice(0, 40)} is not accepted; send identity or gzip.` })
  const type = typeOf(request)
  if (types !== 'any' && !types.some((taken) => taken === type))
    throw refuse('unsupported_media_type', { reason: `The content type must be ${types.join(' or ')}.` })
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw refuse('body_too_large', { limit: bytesMax })
}

/** Codings are names without case, and one has two (RFC 9110, 8.4.1, as known 2026-11-22). */
function encodingOf(request: IncomingMessage): string {
  const name = (request.headers['content-encoding'] ?? '').trim().toLowerCase()
  return name === '' ? 'identity' : name === 'x-gzip' ? 'gzip' : name
}

/** Without its parameters. */
export const typeOf = (request: IncomingMessage): string => (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

async function collect(request: IncomingMessage, bytesMax: number, take: (count: number) => void): Promise<Uint8Array> {
  return await new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    const stop = (error: unknown): void => {
      request.removeAllListeners('data')
      reject(error instanceof Error ? error : new Error(String(error)))
    }
    request.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > bytesMax) return stop(refuse('body_too_large', { limit: bytesMax }))
      try {
        take(piece.length)
      } catch (error) {
        return stop(error)
      }
      pieces.push(piece)
    })
    request.once('end', () => {
      const [only] = pieces
      resolve(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces))
    })
    // A connection that breaks off is an error here; it is the caller's, or a time-out's.
    request.once('error', (error) => stop(endedEarly(error)))
    request.once('close', () => {
      if (!request.complete) stop(endedEarly())
    })
  })
}

/** @throws GatewayError invalid_json when it is not UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw refuse('invalid_json', { reason: 'it is not UTF-8' })
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** @throws GatewayError invalid_json */
export function parseObject(bytes: Uint8Array, limits: Limits): JsonObject {
  const text = decodeText(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse('invalid_json', { reason: positionOf(error) }, {}, error)
  }
  if (!isJsonObject(value)) throw refuse('invalid_json', { reason: 'it must be an object' })
  const scan = scanObject(bytes)
  if (scan.depth > limits.jsonDepthMax) throw refuse('invalid_json', { reason: `it is nested deeper than ${limits.jsonDepthMax} levels` })
  checkKeys(scan.members.map((member) => member.key))
  if (suspicious.test(text)) checkNestedKeys(value)
  return value
}

// Two parsers may disagree on which of two equal keys counts; a vendor must not read another model than we priced.
function checkKeys(keys: readonly string[]): void {
  if (new Set(keys).size !== keys.length) throw refuse('invalid_json', { reason: 'it names a top-level field twice' })
}

const suspicious = /__proto__|\\u00|"constructor"/i

function checkNestedKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value as Record<string, unknown>)) {
    if (key === '__proto__' || (key === 'constructor' && typeof child === 'object' && child !== null && Object.hasOwn(child, 'prototype'))) {
      throw refuse('invalid_json', { reason: `the field name ${key} is not allowed` })
    }
    checkNestedKeys(child)
  }
}

/** Only where it broke, never what stood there. */
function positionOf(error: unknown): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
  return position === undefined ? 'it ends too early or holds a wrong character' : `it breaks at position ${position}`
}
