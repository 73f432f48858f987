// One JSON value per line, on the level of bytes (https://github.com/ndjson/ndjson-spec, as known 2026-11-21).
// Promises: the same lines wherever the network cut them; blank lines are skipped; the last line needs no line end.
// Leaves alone: what the values say.

import { createSplitter, frameLimits, tooLong, type Cursor, type FrameLimits } from './splitter.ts'

export interface LineSplitter {
  push(bytes: Uint8Array): readonly Uint8Array[]
  end(): Uint8Array | null
}

export function createLineSplitter(limits: FrameLimits = frameLimits): LineSplitter {
  const splitter = createSplitter(findLineEnd, (line) => line, limits)
  return {
    push: (bytes) => splitter.push(bytes).filter(hasText),
    end() {
      const rest = splitter.end()
      return hasText(rest) ? rest : null
    },
  }
}

function findLineEnd(bytes: Uint8Array, cursor: Cursor, limits: FrameLimits): number {
  const feed = bytes.indexOf(0x0a, cursor.searched)
  if (feed < 0) {
    cursor.searched = bytes.length
    return -1
  }
  if (feed - cursor.lineStart > limits.lineBytesMax) throw tooLong('A line', limits.lineBytesMax)
  cursor.lineStart = feed + 1
  cursor.searched = feed + 1
  return feed + 1
}

// The return of a CRLF stays: JSON counts it as white space.
const hasText = (line: Uint8Array): boolean => line.some((byte) => byte > 0x20)
