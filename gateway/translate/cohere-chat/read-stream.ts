// A stream of Cohere's chat, as events.
// Promises: calls are counted from 0 whatever their indices are; a stream that lacks `message-end` becomes an error. Leaves alone: citations.
// Source: https://docs.cohere.com/v2/docs/streaming and the events in Cohere's SDK (cohere-ai 8.1.0, `V2ChatStreamResponse`), as known 2026-11-21.

import type { ReplyEvent } from '../../contract/chat.ts'
import { objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { TextTally } from '../../contract/usage.ts'
import type { ReplyReader, Tap } from '../../contract/wire.ts'
import { makeCallId } from '../call-id.ts'
import { decode, parseJson } from '../json-text.ts'
import { createSseSplitter, saysNothing } from '../sse.ts'
import { createReaderTap } from '../reader-tap.ts'
import { cutEvent, doneMarker, readVendorError, unreadable } from '../vendor-error.ts'
import { readItem, thought } from './read-whole.ts'
import { readCohereFinish, readCohereUsage } from './usage.ts'

interface State {
  readonly calls: Map<number, number>
  id: string
  ended: boolean
  broken: boolean
}

const createState = (): State => ({ calls: new Map(), id: '', ended: false, broken: false })

function readData(data: Uint8Array | null, state: State): readonly ReplyEvent[] {
  if (data === null || state.ended || saysNothing(data) || (data.length < 16 && decode(data).trim() === doneMarker)) return []
  const event = objectOf(parseJson(data))
  if (event !== undefined) return readEvent(event, state)
  state.broken = true
  return [unreadable(data)]
}

/** `message-end` is kept for `end`, and with it the `[DONE]` that Cohere writes behind it. */
export function createCohereTap({ text }: { readonly text: TextTally }): Tap {
  const state = createState()
  return createReaderTap({ splitter: createSseSplitter(), text, keepsTail: true, rawOf: ({ raw }) => raw, read: ({ data }) => readData(data, state) })
}

export function createCohereReader(): ReplyReader {
  const splitter = createSseSplitter()
  const state = createState()
  return {
    push: (bytes) => splitter.push(bytes).flatMap((event) => readData(event.data, state)),
    end() {
      const rest = readData(splitter.end()?.data ?? null, state)
      return state.ended || state.broken ? rest : [...rest, cutEvent]
    },
  }
}

function readEvent(event: JsonObject, state: State): readonly ReplyEvent[] {
  const delta = objectOf(event['delta']) ?? {}
  const message = objectOf(delta['message']) ?? {}
  switch (event['type']) {
    case 'message-start':
      state.id = textOf(event['id']) ?? ''
      return [{ type: 'reply-start', upstreamId: textOf(event['id']) ?? null, model: null }]
    case 'content-start':
    case 'content-delta':
      return readItem(objectOf(message['content']) ?? {})
    case 'tool-plan-delta':
      return thought(textOf(message['tool_plan']))
    case 'tool-call-start':
    case 'tool-call-delta':
      return readCall(event, objectOf(message['tool_calls']) ?? {}, state)
    case 'message-end':
      return readEnd(delta, state)
    default:
      if (event['type'] !== undefined) return []
      state.broken = true
      return [{ type: 'error', message: readVendorError(0, event).message, code: null }]
  }
}

function readCall({ index: place, type }: JsonObject, call: JsonObject, { calls, id }: State): readonly ReplyEvent[] {
  const slot = typeof place === 'number' ? place : 0
  const called = objectOf(call['function']) ?? {}
  const events: ReplyEvent[] = []
  let index = calls.get(slot)
  if (index === undefined) {
    // A piece of a call that nobody announced belongs to none.
    if (type !== 'tool-call-start') return []
    index = calls.size
    calls.set(slot, index)
    events.push({ type: 'tool-start', index, id: textOf(call['id']) ?? makeCallId(id, index), name: textOf(called['name']) ?? '' })
  }
  const argumentsText = textOf(called['arguments']) ?? ''
  return argumentsText === '' ? events : [...events, { type: 'tool-delta', index, argumentsText }]
}

function readEnd(delta: JsonObject, state: State): readonly ReplyEvent[] {
  state.ended = true
  const usage = readCohereUsage(delta['usage'])
  const reported: readonly ReplyEvent[] = usage === null ? [] : [{ type: 'usage', usage }]
  const reason = readCohereFinish(delta['finish_reason'])
  const error = textOf(delta['error'])
  if (error !== undefined || reason === 'error') return [...reported, { type: 'error', message: error ?? 'Cohere broke off its reply.', code: null }]
  return [...reported, { type: 'finish', reason: state.calls.size > 0 && reason === 'stop' ? 'tool-calls' : reason }, { type: 'reply-end' }]
}
