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
  lineStart: number
  searched: number
}
/** The end of the record that starts at 0 or later, or -1 when more bytes are needed. */
export type FindEnd = (bytes: Uint8Array, cursor: Cursor, limits: FrameLimits) => number

export interface Splitter {
  /** Complete records. They may share memory with what was pushed. @throws GatewayError upstream_protocol beyond a cap */
  push(bytes: Uint8Array): readonly Uint8Array[]
  /** What was never completed. */
  end(): Uint8Array
}

const nothing = new Uint8Array()

export function createSplitter(findEnd: FindEnd, limits: FrameLimits = frameLimits): Splitter {
  const cursor: Cursor = { lineStart: 0, searched: 0 }
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
  const keep = (rest: Uint8Array, recordStart: number): void => {
    held = rest
    length = rest.length
    own = false
    cursor.lineStart -= recordStart
    cursor.searched -= recordStart
  }
  return {
    push(bytes) {
      const fresh = length === 0
      const work = fresh ? bytes : append(bytes)
      const records: Uint8Array[] = []
      let start = 0
      for (let end = findEnd(work, cursor, limits); end >= 0; end = findEnd(work, cursor, limits)) {
        if (end - start > limits.eventBytesMax) throw tooLong('An event', limits.eventBytesMax)
        records.push(work.subarray(start, end))
        start = end
      }
      if (work.length - cursor.lineStart > limits.lineBytesMax) throw tooLong('A line', limits.lineBytesMax)
      if (work.length - start > limits.eventBytesMax) throw tooLong('An event', limits.eventBytesMax)
      if (fresh || records.length > 0) keep(work.subarray(start), start)
      return records
    },
    end() {
      const rest = held.subarray(0, length)
      keep(nothing, 0)
      cursor.lineStart = 0
      cursor.searched = 0
      return rest
    },
  }
}

export function tooLong(what: string, limit: number): Error {
  return refuse('upstream_protocol', { provider: 'The provider', reason: `${what} is longer than ${limit} bytes` })
}
