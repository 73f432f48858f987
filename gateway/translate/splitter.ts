// Cuts a byte stream into records, wherever the network happened to cut it.
// Promises: the records, joined, are the input; each byte is copied a bounded number of times; nothing grows beyond its cap.
// Leaves alone: what a record means (sse.ts, ndjson.ts).

import { refuse } from '../contract/errors.ts'

export interface FrameLimits {
  readonly lineBytesMax: number
  readonly eventBytesMax: number
}
export const frameLimits: FrameLimits = { lineBytesMax: 1_048_576, eventBytesMax: 4_194_304 }

/** Where the search stands. Kept between pieces, so that no byte is searched twice. */
export interface Cursor {
  recordStart: number
  lineStart: number
  searched: number
}
/** The end of the record that starts at `recordStart`, or -1 when more bytes are needed. */
export type FindEnd = (bytes: Uint8Array, cursor: Cursor, limits: FrameLimits) => number

export interface Splitter<Piece> {
  /** Nothing waits to be completed. */
  readonly idle: boolean
  /** Complete records. They may share memory with what was pushed. @throws GatewayError upstream_protocol beyond a cap */
  push(bytes: Uint8Array): readonly Piece[]
  /** What was never completed. */
  end(): Uint8Array
}

const nothing = new Uint8Array()

/** `toRecord` is asked as soon as a record's end is found. */
export function createSplitter<Piece>(findEnd: FindEnd, toRecord: (raw: Uint8Array) => Piece, limits: FrameLimits): Splitter<Piece> {
  const cursor: Cursor = { recordStart: 0, lineStart: 0, searched: 0 }
  let held: Uint8Array = nothing
  let length = 0
  // Only memory that nobody else looks into may be written to; it doubles, so that bytes in drops are copied a bounded number of times.
  let own = false
  const append = (bytes: Uint8Array): Uint8Array => {
    const size = length + bytes.length
    if (!own || size > held.length) {
      const grown = Buffer.allocUnsafe(own ? size * 2 : size)
      grown.set(held.subarray(0, length))
      held = grown
      own = true
    }
    held.set(bytes, length)
    length = size
    return held.subarray(0, length)
  }
  const keep = (rest: Uint8Array): void => {
    held = rest
    length = rest.length
    own = false
    cursor.lineStart -= cursor.recordStart
    cursor.searched -= cursor.recordStart
    cursor.recordStart = 0
  }
  return {
    get idle() {
      return length === 0
    },
    push(bytes) {
      const fresh = length === 0
      const work = fresh ? bytes : append(bytes)
      const records: Piece[] = []
      for (let end = findEnd(work, cursor, limits); end >= 0; end = findEnd(work, cursor, limits)) {
        if (end - cursor.recordStart > limits.eventBytesMax) throw tooLong('An event', limits.eventBytesMax)
        records.push(toRecord(cursor.recordStart === 0 && end === work.length ? work : work.subarray(cursor.recordStart, end)))
        cursor.recordStart = end
      }
      if (work.length - cursor.lineStart > limits.lineBytesMax) throw tooLong('A line', limits.lineBytesMax)
      if (work.length - cursor.recordStart > limits.eventBytesMax) throw tooLong('An event', limits.eventBytesMax)
      if (cursor.recordStart === work.length) keep(nothing)
      else if (fresh || records.length > 0) keep(work.subarray(cursor.recordStart))
      return records
    },
    end() {
      const rest = held.subarray(0, length)
      keep(nothing)
      cursor.lineStart = 0
      cursor.searched = 0
      return rest
    },
  }
}

export function tooLong(what: string, limit: number): Error {
  return refuse('upstream_protocol', { provider: 'The provider', reason: `${what} is longer than ${limit} bytes` })
}
