// The two forms of a Gemini stream: server-sent events, and one JSON array that is written bit by bit.
// Promises: what has been written plus `close` is well formed, whenever that comes. Leaves alone: what a response holds.
// Source: https://ai.google.dev/api/generate-content ("models.streamGenerateContent", `alt`), as known 2026-11-21.

import type { Framing } from '../../contract/request.ts'
import { sseComment, sseData } from '../sse.ts'

export interface Frames {
  readonly contentType: string
  response(json: string): Uint8Array
  /** Shows that the connection lives. */
  sign(): Uint8Array
  close(): Uint8Array
}

const nothing = new Uint8Array()
const events: Frames = { contentType: 'text/event-stream', response: sseData, sign: () => sseComment('keepalive'), close: () => nothing }

export function createFrames(framing: Framing | undefined): Frames {
  if (framing === undefined) return events
  let first = true
  return {
    contentType: 'application/json',
    response(json) {
      const bytes = Buffer.from(`${first ? '[' : ',\r\n'}${json}`)
      first = false
      return bytes
    },
    // White space is allowed anywhere in the array, and nowhere before it helps anybody.
    sign: () => (first ? nothing : Buffer.from('\n')),
    close: () => Buffer.from(first ? '[]' : ']'),
  }
}
