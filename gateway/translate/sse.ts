// Server-sent events on the level of bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html, as known 2026-11-21).
// Promises: every event keeps its own bytes, for passing on untouched; LF, CRLF and CR end lines; a missing last blank line is tolerated.
// Leaves alone: what the data says.

import { createSplitter, frameLimits, tooLong, type Cursor, type FrameLimits } from './splitter.ts'

export interface SseEvent {
  /** As it came, with its closing blank line. */
  readonly raw: Uint8Array
  /** Its data lines joined by line feeds; null when it has none (a comment, a lone blank line). */
  readonly data: Uint8Array | null
}
export interface SseSplitter {
  push(bytes: Uint8Array): readonly SseEvent[]
  /** An event that lacks its closing blank line, or null. */
  end(): SseEvent | null
}

export function createSseSplitter(limits: FrameLimits = frameLimits): SseSplitter {
  const splitter = createSplitter(findBlankLine, limits)
  let first = true
  const toEvent = (raw: Uint8Array): SseEvent => {
    const data = readData(first && hasByteOrderMark(raw) ? raw.subarray(3) : raw)
    first = false
    return { raw, data }
  }
  return {
    push: (bytes) => splitter.push(bytes).map(toEvent),
    end() {
      const rest = splitter.end()
      return rest.length === 0 ? null : toEvent(rest)
    },
  }
}

const encoder = new TextEncoder()
/** One event as the wire wants it. The JSON text has no raw line breaks, so one data line is enough. */
export const sseData = (json: string): Uint8Array => encoder.encode(`data: ${json}\n\n`)
export const sseComment = (text: string): Uint8Array => encoder.encode(`: ${text}\n\n`)

const lineFeed = 0x0a
const carriageReturn = 0x0d
const colon = 0x3a
const space = 0x20

function findBlankLine(bytes: Uint8Array, cursor: Cursor, limits: FrameLimits): number {
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
    if (lineEnd - cursor.lineStart > limits.lineBytesMax) throw tooLong('A line', limits.lineBytesMax)
    const next = returned && bytes[lineEnd + 1] === lineFeed ? lineEnd + 2 : lineEnd + 1
    const blank = lineEnd === cursor.lineStart
    cursor.lineStart = next
    cursor.searched = next
    if (blank) return next
  }
}

function readData(raw: Uint8Array): Uint8Array | null {
  const found: Uint8Array[] = []
  let at = 0
  while (at < raw.length) {
    const end = endOfLine(raw, at)
    if (startsWithData(raw, at)) found.push(raw.subarray(valueStart(raw, at, end), end))
    at = raw[end] === carriageReturn && raw[end + 1] === lineFeed ? end + 2 : end + 1
  }
  const [only] = found
  if (only === undefined) return null
  return found.length === 1 ? only : joinLines(found)
}

/** Position of the next line end, or the length. Looks for returns only up to the next feed, so each byte is searched once. */
function endOfLine(bytes: Uint8Array, from: number): number {
  const feed = bytes.indexOf(lineFeed, from)
  const end = feed < 0 ? bytes.length : feed
  const early = bytes.subarray(from, end).indexOf(carriageReturn)
  return early < 0 ? end : from + early
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

function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(lines.reduce((size, line) => size + line.length, lines.length - 1))
  let at = 0
  for (const line of lines) {
    if (at > 0) joined[at - 1] = lineFeed
    joined.set(line, at)
    at += line.length + 1
  }
  return joined
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}
