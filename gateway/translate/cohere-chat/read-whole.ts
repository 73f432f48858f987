// A whole reply of Cohere's chat, as events.
// Promises: text, thoughts, plan and calls in the order they are listed; citations have no word in the pivot and are left out.
// Source: https://docs.cohere.com/reference/chat (200 response), as known 2026-11-21.

import type { ReplyEvent } from '../../contract/chat.ts'
import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { makeCallId } from '../call-id.ts'
import { readVendorError } from '../vendor-error.ts'
import { readCohereFinish, readCohereUsage } from './usage.ts'

export function readCohereWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const message = objectOf(reply['message'])
  if (message === undefined) return [{ type: 'error', message: readVendorError(0, reply).message, code: 'upstream_protocol' }]
  const id = textOf(reply['id']) ?? null
  const usage = readCohereUsage(reply['usage'])
  const calls = listOf(message['tool_calls']).flatMap((call, index) => readCall(objectOf(call) ?? {}, { index, seed: id ?? '' }))
  const reason = readCohereFinish(reply['finish_reason'])
  if (reason === 'error') return [{ type: 'error', message: `Cohere ended its reply with ${textOf(reply['finish_reason']) ?? 'an error'}.`, code: null }]
  return [
    { type: 'reply-start', upstreamId: id, model: null },
    ...thought(textOf(message['tool_plan'])),
    ...listOf(message['content']).flatMap((item) => readItem(objectOf(item) ?? {})),
    ...calls,
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: calls.length > 0 ? 'tool-calls' : reason },
    { type: 'reply-end' },
  ]
}

export const thought = (text: string | undefined): readonly ReplyEvent[] => (text === undefined || text === '' ? [] : [{ type: 'reasoning-delta', text }])
const said = (text: string | undefined): readonly ReplyEvent[] => (text === undefined || text === '' ? [] : [{ type: 'text-delta', text }])

/** A piece of content, or what is added to one. */
export const readItem = (item: JsonObject): readonly ReplyEvent[] => [...thought(textOf(item['thinking'])), ...said(textOf(item['text']))]

function readCall(call: JsonObject, { index, seed }: { readonly index: number; readonly seed: string }): readonly ReplyEvent[] {
  const called = objectOf(call['function']) ?? {}
  return [
    { type: 'tool-start', index, id: textOf(call['id']) ?? makeCallId(seed, index), name: textOf(called['name']) ?? '' },
    { type: 'tool-delta', index, argumentsText: textOf(called['arguments']) ?? '' },
  ]
}
