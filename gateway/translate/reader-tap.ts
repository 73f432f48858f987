// A tap made of a translation's own reader, for wires that callers speak by the vendor's own path alone.
// Promises: what it sees is what a translation would see; bytes out = bytes in. Leaves alone: framing (splitters), what an event means (each wire's reader).

import type { ReplyEvent } from '../contract/chat.ts'
import { laterUsage, type TextTally } from '../contract/usage.ts'
import type { StreamFacts, Tap } from '../contract/wire.ts'
import { createMarkedTap, createSeen, type Frame, type Judgement, type Seen } from './tap.ts'

/** What an event tells of a reply that passes. */
export function noteEvent(seen: Seen, event: ReplyEvent, text: TextTally): void {
  if (event.type === 'reply-start') Object.assign(seen, { upstreamId: event.upstreamId, model: event.model })
  else if (event.type === 'text-delta' || event.type === 'reasoning-delta') text.add(event.text)
  else if (event.type === 'tool-delta') text.add(event.argumentsText)
  else if (event.type === 'tool-start') text.add(event.name)
  else if (event.type === 'finish' || event.type === 'reply-end') seen.finished = true
  else if (event.type === 'usage') Object.assign(seen, { usage: laterUsage(seen.usage, event.usage), textBytesAtUsage: text.bytes })
  else if (event.type === 'error') seen.error ??= { message: event.message, type: null, code: event.code, param: null }
}

/** What a translation's reader understands of each piece, while the pieces pass; the one that ends the reply is its mark. */
export function createReaderTap<Piece>({ splitter, rawOf, read, text, keepsTail }: Omit<Frame<Piece>, 'seen' | 'judge'> & ReadPiece<Piece>): Tap {
  const seen = createSeen()
  const judge = (piece: Piece): Judgement => {
    const events = read(piece)
    for (const event of events) noteEvent(seen, event, text)
    return events.some((event) => event.type === 'reply-end') ? 'close' : 'pass'
  }
  return createMarkedTap({ splitter, seen, judge, rawOf, ...(keepsTail === undefined ? {} : { keepsTail }) })
}
interface ReadPiece<Piece> {
  readonly text: TextTally
  read(piece: Piece): readonly ReplyEvent[]
}

/** Facts of a whole reply, by the same reader. */
export function factsOf(events: readonly ReplyEvent[], text: TextTally): StreamFacts {
  const seen = createSeen()
  for (const event of events) noteEvent(seen, event, text)
  return { ...seen, textBytesAtUsage: text.bytes, finished: true }
}
