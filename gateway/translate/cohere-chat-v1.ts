// Cohere's chat of version 1, which callers speak by Cohere's own path. It only passes.
// Promises: billed tokens are in the books, of a stream as of a whole reply; its last line waits for them. Leaves alone: what a reply says.
// Source: https://docs.cohere.com/v1/reference/chat, https://docs.cohere.com/v1/docs/streaming; framing as Cohere's SDK reads it (cohere-ai 8.1.0,
// `chatStream`: one JSON object on each line), as known 2026-11-21.

import type { ReplyEvent } from '../contract/chat.ts'
import { refuse } from '../contract/errors.ts'
import { listOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import type { Wire } from '../contract/wire.ts'
import { boundCohere } from './cohere-chat/bound.ts'
import { readCohereFinish, readCohereUsage } from './cohere-chat/usage.ts'
import { parseJson } from './json-text.ts'
import { createLineSplitter } from './ndjson.ts'
import { editBody } from './openai-edit.ts'
import { createReaderTap, factsOf } from './reader-tap.ts'
import { readVendorError } from './vendor-error.ts'

export const cohereChatV1: Wire = {
  id: 'cohere-chat-v1',
  operation: 'chat',
  streamType: 'application/stream+json',
  passesOnly: true,
  outbound: { createReader: never, readWhole: never, readError: readVendorError },
  pass: {
    bound: boundCohere,
    edit: (raw, body, edits) => editBody(raw, body, { ...edits, askUsage: false, capFields: ['max_tokens'], capField: 'max_tokens' }),
    createTap: ({ text }) => createReaderTap({ splitter: createLineSplitter(), text, rawOf: (line) => line, read: readLine }),
    readFacts: (body, text) => factsOf(readReply(objectOf(body) ?? {}), text),
    fail: ({ message }) =>
      Buffer.from(`${JSON.stringify({ is_finished: true, event_type: 'stream-end', finish_reason: 'ERROR', response: { text: message } })}\n`),
  },
}

/** Nothing leads here: what only passes is passed, or refused. */
function never(): never {
  throw refuse('internal')
}

function readLine(line: Uint8Array): readonly ReplyEvent[] {
  const event = objectOf(parseJson(line))
  switch (event?.['event_type']) {
    case 'stream-start':
      return [{ type: 'reply-start', upstreamId: textOf(event['generation_id']) ?? null, model: null }]
    case 'text-generation':
      return [{ type: 'text-delta', text: textOf(event['text']) ?? '' }]
    case 'tool-calls-chunk': {
      const call = objectOf(event['tool_call_delta']) ?? {}
      return [{ type: 'tool-delta', index: 0, argumentsText: (textOf(call['name']) ?? '') + (textOf(call['parameters']) ?? '') + (textOf(call['text']) ?? '') }]
    }
    case 'stream-end':
      return readReply({ finish_reason: event['finish_reason'], ...objectOf(event['response']), text: '', tool_calls: [] })
    default:
      return []
  }
}

function readReply(reply: JsonObject): readonly ReplyEvent[] {
  const text = textOf(reply['text'])
  const failed = readCohereFinish(reply['finish_reason']) === 'error'
  if (text === undefined || failed) {
    const message = failed ? 'Cohere broke off its reply.' : readVendorError(0, reply).message
    return [{ type: 'error', message, code: 'upstream_protocol' }]
  }
  const usage = readCohereUsage(reply['meta'])
  const calls = listOf(reply['tool_calls'])
  return [
    { type: 'reply-start', upstreamId: textOf(reply['generation_id']) ?? null, model: null },
    { type: 'text-delta', text: calls.length === 0 ? text : text + JSON.stringify(calls) },
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: readCohereFinish(reply['finish_reason']) },
    { type: 'reply-end' },
  ]
}
