// Binary messages as AWS streams them, `application/vnd.amazon.eventstream`, on the level of bytes.
// Promises: the same messages wherever the network cut them; both check sums hold, or the stream ends as damaged; nothing grows beyond its cap.
// Leaves alone: what a message says (its headers name that).
// Source: https://smithy.io/2.0/aws/amazon-eventstream.html, as known 2026-11-21.

import { crc32 } from '../kit/crc32.ts'
import { createSplitter, frameLimits, tooLong, type Cursor } from './splitter.ts'

/** Timestamps are milliseconds since 1970; UUIDs are written in the usual way. */
export type HeaderValue = boolean | number | bigint | string | Uint8Array
export interface EventMessage {
  readonly headers: ReadonlyMap<string, HeaderValue>
  readonly payload: Uint8Array
}
export interface EventStreamDecoder {
  /** `damaged` comes once and ends it. @throws GatewayError upstream_protocol beyond a cap */
  push(bytes: Uint8Array): readonly (EventMessage | 'damaged')[]
  /** Whether a message was begun and not completed. */
  end(): boolean
}

export const eventStreamType = 'application/vnd.amazon.eventstream'

const preludeBytes = 12
const checkBytes = 4

export function createEventStreamDecoder(bytesMax: number = frameLimits.eventBytesMax): EventStreamDecoder {
  const splitter = createMessageSplitter(bytesMax)
  return { push: (bytes) => splitter.push(bytes).map(({ message }) => message), end: () => splitter.end() !== null }
}

/** A message with its own bytes, for passing on untouched. */
export interface MessagePiece {
  readonly raw: Uint8Array
  readonly message: EventMessage | 'damaged'
}
export interface MessageSplitter {
  /** `damaged` comes once and ends it. @throws GatewayError upstream_protocol beyond a cap */
  push(bytes: Uint8Array): readonly MessagePiece[]
  /** A message that was begun and not completed, or null. */
  end(): MessagePiece | null
}

export function createMessageSplitter(bytesMax: number = frameLimits.eventBytesMax): MessageSplitter {
  const toPiece = (raw: Uint8Array): MessagePiece => ({ raw, message: readMessage(raw) })
  const splitter = createSplitter((bytes, cursor) => findMessageEnd(bytes, cursor, bytesMax), toPiece, { eventBytesMax: bytesMax, lineBytesMax: bytesMax })
  let damaged = false
  return {
    push: (bytes) =>
      splitter.push(bytes).filter(({ message }) => {
        const late = damaged
        damaged ||= message === 'damaged'
        return !late
      }),
    end() {
      const raw = splitter.end()
      return raw.length === 0 || damaged ? null : { raw, message: 'damaged' }
    },
  }
}

/** A beginning that cannot be one is a record of its own, with all that has come after it: it is read as damaged. */
function findMessageEnd(bytes: Uint8Array, cursor: Cursor, bytesMax: number): number {
  const start = cursor.recordStart
  if (bytes.length - start < preludeBytes) return -1
  const sound = isSoundPrelude(bytes.subarray(start))
  const length = viewOf(bytes).getUint32(start)
  if (sound && length > bytesMax) throw tooLong('An event', bytesMax)
  const end = sound ? start + length : bytes.length
  if (end > bytes.length) return -1
  cursor.lineStart = end
  cursor.searched = end
  return end
}

function isSoundPrelude(message: Uint8Array): boolean {
  const view = viewOf(message)
  const [length, headersLength] = [view.getUint32(0), view.getUint32(4)]
  return crc32(message.subarray(0, 8)) === view.getUint32(8) && length >= preludeBytes + headersLength + checkBytes
}

function readMessage(message: Uint8Array): EventMessage | 'damaged' {
  if (message.length < preludeBytes + checkBytes || !isSoundPrelude(message)) return 'damaged'
  const view = viewOf(message)
  const end = message.length - checkBytes
  if (crc32(message.subarray(0, end)) !== view.getUint32(end)) return 'damaged'
  const headersEnd = preludeBytes + view.getUint32(4)
  const headers = readHeaders(message.subarray(preludeBytes, headersEnd))
  return headers === null ? 'damaged' : { headers, payload: message.subarray(headersEnd, end) }
}

const utf8 = new TextDecoder()

/** null: they do not end where they should. */
function readHeaders(bytes: Uint8Array): ReadonlyMap<string, HeaderValue> | null {
  const headers = new Map<string, HeaderValue>()
  const view = viewOf(bytes)
  let at = 0
  while (at < bytes.length) {
    const typeAt = at + 1 + view.getUint8(at)
    if (typeAt >= bytes.length) return null
    const read = readValue(view, view.getUint8(typeAt), typeAt + 1)
    if (read === null) return null
    headers.set(utf8.decode(bytes.subarray(at + 1, typeAt)), read.value)
    at = read.end
  }
  return headers
}

interface Read {
  readonly value: HeaderValue
  readonly end: number
}
type Size = number | 'prefixed'
/** By type number. Those with a length of their own name it in two bytes before the value. */
const valueTypes: readonly { readonly size: Size; read(view: DataView): HeaderValue }[] = [
  { size: 0, read: () => true },
  { size: 0, read: () => false },
  { size: 1, read: (view) => view.getInt8(0) },
  { size: 2, read: (view) => view.getInt16(0) },
  { size: 4, read: (view) => view.getInt32(0) },
  { size: 8, read: (view) => view.getBigInt64(0) },
  { size: 'prefixed', read: bytesOf },
  { size: 'prefixed', read: (view) => utf8.decode(bytesOf(view)) },
  { size: 8, read: (view) => view.getBigInt64(0) },
  {
    size: 16,
    read: (view) =>
      Buffer.from(bytesOf(view))
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  },
]

function readValue(view: DataView, type: number, at: number): Read | null {
  const known = valueTypes[type]
  if (known === undefined) return null
  const prefixed = known.size === 'prefixed'
  if (prefixed && at + 2 > view.byteLength) return null
  const start = prefixed ? at + 2 : at
  const end = start + (known.size === 'prefixed' ? view.getUint16(at) : known.size)
  return end > view.byteLength ? null : { value: known.read(new DataView(view.buffer, view.byteOffset + start, end - start)), end }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}
