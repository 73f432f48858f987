// Event stream messages as AWS's own codec writes them (@smithy/eventstream-codec): the independent encoder for our decoder.
// Promises: an event of a service is written with the headers that services write. Leaves alone: reading.

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
