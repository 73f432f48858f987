// Messages streams as Bedrock's InvokeModel wraps them: each event in base64 within a binary message.
// Promises: what comes out are the events Anthropic's own API sends, each with the very JSON that was inside; exceptions become error events.
// Leaves alone: what the events say. Source:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html, as known 2026-11-21.

import { anthropicErrorType } from '../../contract/anthropic-errors.ts'
import { refuse } from '../../contract/errors.ts'
import { objectOf, textOf } from '../../contract/json.ts'
import type { Envelope } from '../../contract/wire.ts'
import { readException } from '../aws-error.ts'
import { createEventStreamDecoder, eventStreamType, type EventMessage } from '../event-stream.ts'
import { parseJson } from '../json-text.ts'
import { messagesEvent } from './fail.ts'

const provider = 'The provider'

export const invokeEnvelope: Envelope = {
  type: eventStreamType,
  open() {
    const decoder = createEventStreamDecoder()
    return {
      push: (bytes) => decoder.push(bytes).map(toEvent),
      end() {
        if (decoder.end()) throw refuse('upstream_cut', { provider })
      },
    }
  },
}

function toEvent(message: EventMessage | 'damaged'): Uint8Array {
  if (message === 'damaged') throw refuse('upstream_protocol', { provider, reason: 'a message of its stream is damaged' })
  const exception = readException(message)
  if (exception !== null) {
    const { message: text, code } = exception
    return messagesEvent('error', { error: { type: anthropicErrorType(statusOf(code), []), message: text } })
  }
  const wrapped = textOf(objectOf(parseJson(message.payload))?.['bytes'])
  // An event of another kind has nothing for a reader of Messages.
  if (wrapped === undefined) return new Uint8Array()
  const inside = Buffer.from(wrapped, 'base64')
  const type = textOf(objectOf(parseJson(inside))?.['type'])
  return Buffer.concat([Buffer.from(type === undefined ? 'data: ' : `event: ${type}\ndata: `), inside, Buffer.from('\n\n')])
}

/** What each exception's own page says its status would be. */
const statuses: Readonly<Record<string, number>> = {
  validationException: 400,
  throttlingException: 429,
  modelTimeoutException: 504,
  serviceUnavailableException: 529,
}
const statusOf = (code: string | null): number => (code !== null && Object.hasOwn(statuses, code) ? (statuses[code] ?? 500) : 500)
