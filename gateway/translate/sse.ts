// Server-sent events on the level of bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html, as known 2026-11-21).
// Promises: every event keeps its own bytes, for passing on untouched; LF, CRLF and CR end lines; a missing last blank line is tolerated.
// Leaves alone: what the data says.

import { decode } from './json-text.ts'
import { createSplitter, frameLimits, tooLong, type FindEnd, type FrameLimits } from './splitter.ts'

export interface SseEvent {
  /** As it came, with its closing blank line. */
  readonly raw: Uint8Array
  /** Its data lines joined by line feeds; null when it has none (a comment, a lone blank line). */
  readonly data: Uint8Array | null
}
export interface SseSplitter {
  /** Between two events: what comes next begins one. */
  readonly idle: boolean
  push(bytes: Uint8Array): readonly SseEvent[]
  /** An event that lacks its closing blank line, or null. */
  end(): SseEvent | null
}

export function createSseSplitter(limits: FrameLimits = frameLimits): SseSplitter {
  // Where the data lines of the record that is being searched stand in it, so that its bytes are looked through once.
  let found: Span[] = []
  let first = true
  const toEvent = (raw: Uint8Array): SseEvent => {
    const data = first ? readData(withoutMark(raw)) : joinSpans(raw, found)
    found = []
    first = false
    return { raw, data }
  }
  const splitter = createSplitter(
    createBlankLineFinder((span) => found.push(span)),
    toEvent,
    limits,
  )
  return {
    get idle() {
      return splitter.idle
    },
    push: splitter.push,
    end() {
      const rest = splitter.end()
      return rest.length === 0 ? null : { raw: rest, data: readData(first ? withoutMark(rest) : rest) }
    },
  }
}

const blankBytesMax = 8
/** Events of nothing keep a connection alive at some servers, and proxies before them. */
export const saysNothing = (data: Uint8Array): boolean => data.length <= blankBytesMax && decode(data).trim() === ''

/** Half-open, from the record's start. */
interface Span {
  readonly start: number
  readonly end: number
}

/** One event as the wire wants it. The JSON text has no raw line breaks, so one data line is enough. */
export const sseData = (json: string): Uint8Array => Buffer.from(`data: ${json}\n\n`)
export const sseComment = (text: string): Uint8Array => Buffer.from(`: ${text}\n\n`)

const lineFeed = 0x0a
const carriageReturn = 0x0d
const colon = 0x3a
const space = 0x20

function createBlankLineFinder(note: (span: Span) => void): FindEnd {
  return (bytes, cursor, limits) => {
    const { recordStart } = cursor
    for (;;) {
      const lineEnd = endOfLine(bytes, cursor.searched)
      if (lineEnd === bytes.length) {
        cursor.searched = lineEnd
        return -1
      }
      const returned = bytes[lineEnd] === carriageReturn
      // A return at the very end may still get its line feed; deciding now would tear the pair apart.
      if (returned && lineEnd === bytes.length - 1) {
        cursor.searched = lineEnd
        return -1
      }
      const { lineStart } = cursor
      if (lineEnd - lineStart > limits.lineBytesMax) throw tooLong('A line', limits.lineBytesMax)
      const next = returned && bytes[lineEnd + 1] === lineFeed ? lineEnd + 2 : lineEnd + 1
      cursor.lineStart = next
      cursor.searched = next
      if (lineEnd === lineStart) return next
      if (startsWithData(bytes, lineStart)) note({ start: valueStart(bytes, lineStart, lineEnd) - recordStart, end: lineEnd - recordStart })
    }
  }
}

/** The data of a record whose lines have not been noted. */
function readData(raw: Uint8Array): Uint8Array | null {
  const found: Span[] = []
  let at = 0
  while (at < raw.length) {
    const end = endOfLine(raw, at)
    if (startsWithData(raw, at)) found.push({ start: valueStart(raw, at, end), end })
    at = raw[end] === carriageReturn && raw[end + 1] === lineFeed ? end + 2 : end + 1
  }
  return joinSpans(raw, found)
}

/** A line of everyday length is walked; the native search is worth its call only beyond. */
const walkedMax = 512

/** Position of the next line end, or the length. Looks for returns only up to the next feed, so each byte is searched once. */
function endOfLine(bytes: Uint8Array, from: number): number {
  const near = Math.min(bytes.length, from + walkedMax)
  for (let at = from; at < near; at += 1) {
    const byte = bytes[at]
    if (byte === lineFeed || byte === carriageReturn) return at
  }
  if (near === bytes.length) return near
  const feed = bytes.indexOf(lineFeed, near)
  const end = feed < 0 ? bytes.length : feed
  const early = bytes.subarray(near, end).indexOf(carriageReturn)
  return early < 0 ? end : near + early
}

function startsWithData(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x64 && bytes[at + 1] === 0x61 && bytes[at + 2] === 0x74 && bytes[at + 3] === 0x61 && isFieldEnd(bytes[at + 4])
}

/** `data` alone on a line is an empty data line; `database: …` is another field. */
function isFieldEnd(byte: number | undefined): boolean {
  return byte === colon || byte === undefined || byte === lineFeed || byte === carriageReturn
}

function valueStart(bytes: Uint8Array, at: number, end: number): number {
  const afterColon = Math.min(at + 5, end)
  return afterColon < end && bytes[afterColon] === space ? afterColon + 1 : afterColon
}

function joinSpans(raw: Uint8Array, spans: readonly Span[]): Uint8Array | null {
  const [only] = spans
  if (only === undefined) return null
  if (spans.length === 1) return raw.subarray(only.start, only.end)
  const joined = new Uint8Array(spans.reduce((size, { start, end }) => size + end - start, spans.length - 1))
  let at = 0
  for (const { start, end } of spans) {
    if (at > 0) joined[at - 1] = lineFeed
    joined.set(raw.subarray(start, end), at)
    at += end - start + 1
  }
  return joined
}

/** The first event of a stream may begin with a byte order mark. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}
