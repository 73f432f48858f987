// Event stream messages as AWS's own codec writes and reads them (@smithy/eventstream-codec): independent of our decoder.
// Promises: an event of a service is written with the headers that services write. Leaves alone: what events say.

import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text),
)

export function encodeMessage(headers: MessageHeaders, payload: Uint8Array): Uint8Array {
  return codec.encode({ headers, body: payload })
}

const text = (value: string): MessageHeaders[string] => ({ type: 'string', value })

export function encodeEvent(type: string, payload: unknown): Uint8Array {
  return encodeMessage(
    { ':event-type': text(type), ':content-type': text('application/json'), ':message-type': text('event') },
    Buffer.from(JSON.stringify(payload)),
  )
}

export interface StreamEvent {
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Events of what arrives in pieces; one that has not arrived whole waits. */
export function createEventReader(): (piece: Uint8Array) => readonly StreamEvent[] {
  let held = Buffer.alloc(0)
  return (piece) => {
    held = Buffer.concat([held, piece])
    const events: StreamEvent[] = []
    while (held.length >= lengthBytes && held.length >= held.readUInt32BE(0)) {
      const length = held.readUInt32BE(0)
      const { headers, body } = codec.decode(held.subarray(0, length))
      events.push({
        type: String(headers[':event-type']?.value),
        payload: JSON.parse(Buffer.from(body).toString('utf8')) as StreamEvent['payload'],
      })
      held = held.subarray(length)
    }
    return events
  }
}

/** A message begins with its own length. */
const lengthBytes = 4

export function encodeException(type: string, payload: unknown): Uint8Array {
  return encodeMessage(
    { ':exception-type': text(type), ':content-type': text('application/json'), ':message-type': text('exception') },
    Buffer.from(JSON.stringify(payload)),
  )
}

/** A recording of `{event, payload}` and `{exception, payload}`, which people can read, as the bytes it stands for. */
export function encodeRecorded(recording: Uint8Array): Uint8Array {
  const rows = JSON.parse(Buffer.from(recording).toString('utf8')) as readonly { event?: string; exception?: string; payload: unknown }[]
  return Buffer.concat(
    rows.map(({ event, exception, payload }) => (event === undefined ? encodeException(exception ?? '', payload) : encodeEvent(event, payload))),
  )
}
