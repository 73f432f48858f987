// What passes a recording proxy, changed on its way: as it is, line by line, or message by message.
// Promises: what is handed on is what the text says; what has not arrived whole waits. Leaves alone: what is changed (the corrections).

import { StringDecoder } from 'node:string_decoder'
import { createEventReader, encodeEvent, type StreamEvent } from './event-stream.ts'

export interface Passed {
  readonly bytes: string | Uint8Array
  /** The same for people: an event of a binary stream is one line of JSON. */
  readonly text: string
}
export interface Rewriter {
  push(piece: Buffer): Passed
  end(): Passed
}

const asText = (text: string): Passed => ({ bytes: text, text })

export function createUnchanged(): Rewriter {
  const decoder = new StringDecoder('utf8')
  return { push: (piece) => ({ bytes: piece, text: decoder.write(piece) }), end: () => asText(decoder.end()) }
}

/** Whole lines, each through `change`. */
export function createLines(change: (line: string) => string): Rewriter {
  const decoder = new StringDecoder('utf8')
  let open = ''
  return {
    push(piece) {
      const lines = (open + decoder.write(piece)).split('\n')
      open = lines.pop() ?? ''
      return asText(lines.map((line) => `${change(line)}\n`).join(''))
    },
    end() {
      open += decoder.end()
      return asText(open === '' ? '' : change(open))
    },
  }
}

/** Whole events of AWS's binary streams, each through `change`. */
export function createEvents(change: (event: StreamEvent) => readonly StreamEvent[]): Rewriter {
  const read = createEventReader()
  return {
    push(piece) {
      const events = read(piece).flatMap(change)
      return { bytes: Buffer.concat(events.map(({ type, payload }) => encodeEvent(type, payload))), text: events.map(toLine).join('') }
    },
    end: () => asText(''),
  }
}

/** What is wrapped is shown unwrapped. */
function toLine({ payload }: StreamEvent): string {
  const { bytes } = payload
  return `${typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString('utf8') : JSON.stringify(payload)}\n`
}
