// Converse's replies, streamed or whole, to events, and its refusals.
// Promises: a stream is over with its usage, which comes after its ending; one that breaks off before its ending becomes an error, as do exceptions,
// which are events here.
// Leaves alone: framing (event-stream.ts), words (read-messages.ts).

import type { ReplyEvent } from '../../contract/chat.ts'
import { objectOf, textOf } from '../../contract/json.ts'
import type { ReplyReader } from '../../contract/wire.ts'
import { createEventReader } from '../anthropic-messages/read-stream.ts'
import { readMessagesWhole } from '../anthropic-messages/read-whole.ts'
import { createEventStreamDecoder, type EventMessage } from '../event-stream.ts'
import { parseJson } from '../json-text.ts'
import { cutEvent, unreadable } from '../vendor-error.ts'
import { readAwsError, readException } from '../aws-error.ts'
import { createTranslator, toMessagesReply } from './read-messages.ts'

const damaged: ReplyEvent = { type: 'error', message: 'The provider sent a stream with a damaged message.', code: 'upstream_protocol' }

/** The messages of one stream, as events, each as it comes. */
export interface ConverseMessages {
  read(message: EventMessage | 'damaged'): readonly ReplyEvent[]
  end(isCut: boolean): readonly ReplyEvent[]
}

export function createConverseMessages(): ConverseMessages {
  const reader = createEventReader()
  const translate = createTranslator()
  const read = (message: EventMessage | 'damaged'): readonly ReplyEvent[] => {
    if (reader.ended) return []
    if (message === 'damaged') return reader.end([damaged])
    const exception = readException(message)
    if (exception !== null) return reader.end([exception])
    const event = objectOf(parseJson(message.payload))
    if (event === undefined) return reader.end([unreadable(message.payload)])
    const type = textOf(message.headers.get(':event-type')) ?? ''
    const events = translate(type, event).flatMap((found) => reader.read(found))
    return type === 'metadata' && reader.finished ? [...events, ...reader.end([{ type: 'reply-end' }])] : events
  }
  return {
    read,
    end: (isCut) => (reader.ended ? [] : reader.end([isCut || !reader.finished ? cutEvent : { type: 'reply-end' }])),
  }
}

export function createConverseReader(): ReplyReader {
  const decoder = createEventStreamDecoder()
  const messages = createConverseMessages()
  return { push: (bytes) => decoder.push(bytes).flatMap(messages.read), end: () => messages.end(decoder.end()) }
}

export function readConverseWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  if (textOf(reply['message']) === undefined) return readMessagesWhole(toMessagesReply(reply))
  const { message, type } = readAwsError(0, reply)
  return [{ type: 'error', message, code: type ?? 'upstream_protocol' }]
}
