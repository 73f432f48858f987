// A reseller's stream out of its envelope, before anybody reads it.
// Promises: a reply that is not wrapped is the very same; damage and cuts are the errors they are elsewhere.
// Leaves alone: what is inside (the wire's own reader and tap).

import type { EgressReply } from '../../contract/egress.ts'
import type { EnvelopeReader, Wire } from '../../contract/wire.ts'

/** The reply as the wire knows it. */
export function unwrapped(reply: EgressReply, wire: Wire): EgressReply {
  const type = (reply.headers['content-type'] ?? '').trim().toLowerCase()
  const envelope = wire.envelopes?.find((known) => type.startsWith(known.type))
  if (envelope === undefined) return reply
  const headers = { ...reply.headers, 'content-type': wire.streamType }
  return { ...reply, headers, body: contentsOf(reply.body, envelope.open()), abort: () => reply.abort() }
}

async function* contentsOf(body: AsyncIterable<Uint8Array>, reader: EnvelopeReader): AsyncGenerator<Uint8Array> {
  for await (const piece of body) yield* reader.push(piece)
  reader.end()
}
