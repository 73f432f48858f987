// Reads what passing InvokeModel replies show (usage, errors, how much text) without touching their bytes.
// Promises: bytes out = bytes in; the family's own report where it is known, else Bedrock's count, which is in a stream's last piece and in a whole
// reply's headers (counts.ts); that last piece is kept for `end`. Leaves alone: translation.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, as known 2026-11-21.

import type { ReplyEvent } from '../../contract/chat.ts'
import { countOf, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { TextTally, Usage } from '../../contract/usage.ts'
import type { StreamFacts, Tap } from '../../contract/wire.ts'
import { createEventReader } from '../anthropic-messages/read-stream.ts'
import { readMessagesWhole } from '../anthropic-messages/read-whole.ts'
import { readException } from '../aws-error.ts'
import { createTranslator } from '../bedrock-converse/read-messages.ts'
import { readConverseWhole } from '../bedrock-converse/read-reply.ts'
import { createMessageSplitter, type EventMessage } from '../event-stream.ts'
import { parseJson } from '../json-text.ts'
import { readOpenaiUsage } from '../openai-usage.ts'
import { createReaderTap, factsOf } from '../reader-tap.ts'
import { createSeen } from '../tap.ts'
import { readInvokeCounts, readInvokeMetrics } from './counts.ts'

export function createInvokeTap({ text }: { readonly text: TextTally }): Tap {
  const read = createChunkReader()
  return createReaderTap({ splitter: createMessageSplitter(), text, rawOf: ({ raw }) => raw, read: ({ message }) => readMessage(message, read) })
}

const metricsMember = 'amazon-bedrock-invocationMetrics'

function readMessage(message: EventMessage | 'damaged', read: (chunk: JsonObject) => readonly ReplyEvent[]): readonly ReplyEvent[] {
  if (message === 'damaged') return [{ type: 'error', message: 'The provider sent a stream with a damaged message.', code: 'upstream_protocol' }]
  const exception = readException(message)
  if (exception !== null) return [exception]
  const wrapped = textOf(objectOf(parseJson(message.payload))?.['bytes'])
  const chunk = wrapped === undefined ? undefined : objectOf(parseJson(Buffer.from(wrapped, 'base64')))
  return chunk === undefined ? [] : read(chunk)
}

/** The family's own words, and Bedrock's count where the family told none. */
function createChunkReader(): (chunk: JsonObject) => readonly ReplyEvent[] {
  const messages = createEventReader()
  const translate = createTranslator()
  let reported = false
  return (chunk) => {
    const kind = Object.keys(chunk).find((name) => objectOf(chunk[name]) !== undefined && name !== metricsMember)
    const events =
      textOf(chunk['type']) !== undefined
        ? messages.read(chunk)
        : kind === undefined
          ? []
          : translate(kind, objectOf(chunk[kind]) ?? {}).flatMap((event) => messages.read(event))
    reported ||= events.some((event) => event.type === 'usage' && event.usage.provenance === 'reported')
    const metrics = objectOf(chunk[metricsMember])
    const usage = metrics === undefined || reported ? null : readInvokeMetrics(metrics)
    // Its own ending is not the last that comes: that has the count.
    const said = events.filter(({ type }) => type !== 'reply-end')
    return [
      ...(events.length === 0 ? saidElsewhere(chunk) : said),
      ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
      ...(metrics === undefined ? [] : [{ type: 'reply-end' as const }]),
    ]
  }
}

/** Text as the other families have it. */
function saidElsewhere(chunk: JsonObject): readonly ReplyEvent[] {
  const choice = objectOf(listOf(chunk['choices'])[0]) ?? {}
  const texts = [
    chunk['generation'],
    chunk['outputText'],
    chunk['text'],
    objectOf(listOf(chunk['outputs'])[0])?.['text'],
    objectOf(choice['delta'])?.['content'],
  ]
  return texts.flatMap((value): readonly ReplyEvent[] => {
    const text = textOf(value)
    return text === undefined || text === '' ? [] : [{ type: 'text-delta', text }]
  })
}

export function readInvokeFacts(body: unknown, text: TextTally, headers: Readonly<Record<string, string>> = {}): StreamFacts {
  const reply = objectOf(body) ?? {}
  const facts = factsOfFamily(reply, text)
  return { ...facts, usage: facts.usage ?? readInvokeCounts(headers) ?? readCounts(reply) }
}

function factsOfFamily(reply: JsonObject, text: TextTally): StreamFacts {
  if (Array.isArray(reply['content']) && reply['stop_reason'] !== undefined) return factsOf(readMessagesWhole(reply), text)
  if (objectOf(objectOf(reply['output'])?.['message']) !== undefined) return factsOf(readConverseWhole(reply), text)
  return { ...createSeen(), finished: true }
}

/** Counts in the bodies of Titan, Llama, and those of OpenAI's form. */
function readCounts(reply: JsonObject): Usage | null {
  const input = countOf(reply['inputTextTokenCount']) ?? countOf(reply['prompt_token_count'])
  const output = countOf(reply['generation_token_count']) ?? countOf(objectOf(listOf(reply['results'])[0])?.['tokenCount'])
  if (input === undefined || input === 0) return readOpenaiUsage(reply['usage'])
  return { meters: { input, ...(output === undefined ? {} : { output }) }, provenance: 'reported' }
}
