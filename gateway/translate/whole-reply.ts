// Stand-ins for operations that have no stream: their whole body is read at the end, their whole answer written at the end.
// Promises: the same events as reading the body at once. Leaves alone: size (the caller of the reader caps what is collected).

import type { ReplyEvent } from '../contract/chat.ts'
import type { JsonObject } from '../contract/json.ts'
import type { ReplyReader, ReplyWriter } from '../contract/wire.ts'
import { parseJson } from './json-text.ts'
import { unreadable } from './vendor-error.ts'

export function createWholeReader(readWhole: (body: unknown) => readonly ReplyEvent[]): ReplyReader {
  const pieces: Uint8Array[] = []
  return {
    push(bytes) {
      pieces.push(bytes)
      return []
    },
    end() {
      const bytes = Buffer.concat(pieces)
      const body = parseJson(bytes)
      return body === undefined ? [unreadable(bytes)] : readWhole(body)
    },
  }
}

export function createWholeWriter(writeWhole: (events: readonly ReplyEvent[]) => JsonObject): ReplyWriter {
  const events: ReplyEvent[] = []
  let failed = false
  return {
    contentType: 'application/json',
    write(event) {
      events.push(event)
      return new Uint8Array()
    },
    end: () => (failed ? new Uint8Array() : Buffer.from(JSON.stringify(writeWhole(events)))),
    fail(error) {
      failed = true
      return Buffer.from(JSON.stringify({ error: { message: error.message, type: error.type, param: null, code: error.code } }))
    },
  }
}
