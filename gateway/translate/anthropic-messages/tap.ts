// Reads what passing Messages replies show (usage, id, errors, how much text) without touching the bytes.
// Promises: bytes out = bytes in, up to `message_stop`; what it sees is what a translation would see, by the same reader.
// Leaves alone: translation (read-stream.ts).

import { objectOf, type JsonObject } from '../../contract/json.ts'
import type { TextTally } from '../../contract/usage.ts'
import type { StreamFacts, Tap, TapOptions } from '../../contract/wire.ts'
import { parseJson } from '../json-text.ts'
import { framesFor } from '../pictures.ts'
import { createSseSplitter, type SseEvent } from '../sse.ts'
import { noteEvent } from '../reader-tap.ts'
import { createMarkedTap, createSeen, type Judgement } from '../tap.ts'
import { readVendorError } from '../vendor-error.ts'
import { createEventReader } from './read-stream.ts'
import { readMessagesUsage } from './read-usage.ts'
import { readMessagesWhole } from './read-whole.ts'

export function createMessagesTap({ text, pictures }: Pick<TapOptions, 'text' | 'pictures'>): Tap {
  const reader = createEventReader()
  const seen = createSeen()
  const judge = ({ data }: SseEvent): Judgement => {
    const event = data === null ? undefined : objectOf(parseJson(data))
    if (event?.['type'] === 'message_stop') {
      seen.finished = true
      return 'close'
    }
    if (event?.['type'] === 'error') seen.error ??= readVendorError(0, event)
    for (const found of event === undefined ? [] : reader.read(event)) noteEvent(seen, found, text)
    return 'pass'
  }
  return createMarkedTap({ splitter: createSseSplitter(framesFor({ pictures })), seen, judge, rawOf: ({ raw }) => raw })
}

/** Facts of a whole reply. */
export function readMessagesFacts(body: unknown, text: TextTally): StreamFacts {
  const reply: JsonObject = objectOf(body) ?? {}
  const seen = createSeen()
  const events = readMessagesWhole(body)
  for (const event of events) noteEvent(seen, event, text)
  const broken = events.find((event) => event.type === 'error')
  const error = broken?.type === 'error' ? { ...readVendorError(0, reply), message: broken.message } : null
  // Some vendors bill what they refuse, and say so.
  return { ...seen, usage: seen.usage ?? readMessagesUsage(objectOf(reply['usage']) ?? {}), textBytesAtUsage: text.bytes, finished: true, error }
}
