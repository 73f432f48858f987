// A provider's Responses reply, streamed or whole, to events.
// Promises: the same events for a reply however much of it was streamed; a stream without its ending becomes an error.
// Leaves alone: items of tools that run at the vendor (never asked for).
// Source: https://platform.openai.com/docs/api-reference/responses-streaming, as known 2026-11-21.

import type { FinishReason, ReplyEvent, VendorError } from '../../contract/chat.ts'
import { countOf, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { ReplyReader } from '../../contract/wire.ts'
import { gather } from '../pieces.ts'
import { decode, parseJson } from '../json-text.ts'
import { createSseSplitter, saysNothing } from '../sse.ts'
import { cutEvent, doneMarker, readVendorError, unreadable } from '../vendor-error.ts'
import { createItemTrack, type ItemTrack } from './read-items.ts'
import { readResponsesUsage } from './usage.ts'

const endings = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled'])
export const isClosing = (type: string): boolean => endings.has(type)

interface State {
  started: boolean
  ended: boolean
}

export function createResponsesReader(): ReplyReader {
  const splitter = createSseSplitter()
  const items = createItemTrack()
  const state: State = { started: false, ended: false }
  const read = (data: Uint8Array | null): readonly ReplyEvent[] => {
    if (data === null || state.ended || saysNothing(data) || (data.length < 16 && decode(data).trim() === doneMarker)) return []
    const event = objectOf(parseJson(data))
    if (event !== undefined) return readEvent(event, state, items)
    state.ended = true
    return [unreadable(data)]
  }
  return {
    push: (bytes) => gather(splitter.push(bytes), ({ data }) => read(data)),
    end() {
      const rest = read(splitter.end()?.data ?? null)
      if (state.ended) return rest
      state.ended = true
      return [...rest, cutEvent]
    },
  }
}

function readEvent(event: JsonObject, state: State, items: ItemTrack): readonly ReplyEvent[] {
  const type = textOf(event['type']) ?? ''
  const response = objectOf(event['response']) ?? {}
  const failure = readFailure(event)
  if (failure !== null) {
    state.ended = true
    return [...readUsage(response), { type: 'error', message: failure.message, code: failure.code ?? failure.type }]
  }
  if (isClosing(type)) {
    state.ended = true
    const missed = listOf(response['output']).flatMap((item, index) => items.done(index, objectOf(item) ?? {}))
    return [...readStart(response, state), ...missed, ...readEnd(response, items)]
  }
  if (type === 'response.created' || type === 'response.in_progress') return readStart(response, state)
  if (type === 'keepalive') return [{ type: 'keepalive' }]
  const index = countOf(event['output_index']) ?? 0
  if (type === 'response.output_item.added') return items.add(index, objectOf(event['item']) ?? {})
  if (type === 'response.output_item.done') return items.done(index, objectOf(event['item']) ?? {})
  return items.extend(index, type, event)
}

function readStart(response: JsonObject, state: State): readonly ReplyEvent[] {
  if (state.started) return []
  state.started = true
  return [{ type: 'reply-start', upstreamId: textOf(response['id']) ?? null, model: textOf(response['model']) ?? null }]
}

function readUsage(response: JsonObject): readonly ReplyEvent[] {
  const usage = readResponsesUsage(response)
  return usage === null ? [] : [{ type: 'usage', usage }]
}

function readEnd(response: JsonObject, items: ItemTrack): readonly ReplyEvent[] {
  return [...readUsage(response), { type: 'finish', reason: toFinish(response, items.calls() > 0) }, { type: 'reply-end' }]
}

function toFinish(response: JsonObject, hasCalls: boolean): FinishReason {
  if (response['status'] === 'incomplete') return objectOf(response['incomplete_details'])?.['reason'] === 'content_filter' ? 'content-filter' : 'length'
  return hasCalls ? 'tool-calls' : 'stop'
}

/** What a failing event says: `error` holds its words itself or in an object, `response.failed` in its response; null = it does not fail. */
export function readFailure(event: JsonObject): VendorError | null {
  const response = objectOf(event['response']) ?? {}
  switch (event['type']) {
    case 'error':
      return readVendorError(0, objectOf(event['error']) === undefined ? { error: { message: event['message'], code: event['code'] } } : event)
    case 'response.failed':
      return readVendorError(0, { error: response['error'] ?? { message: 'The provider reported that the reply failed.' } })
    case 'response.cancelled':
      return readVendorError(0, { error: { message: 'The provider cancelled the reply.', code: 'cancelled' } })
    default:
      return null
  }
}

export function readResponsesWhole(body: unknown): readonly ReplyEvent[] {
  const response = objectOf(body) ?? {}
  const type = response['status'] === 'failed' || response['status'] === 'cancelled' ? `response.${response['status']}` : 'response.completed'
  if (type === 'response.completed' && !Array.isArray(response['output']))
    return [{ type: 'error', message: 'The provider sent a reply without output.', code: 'upstream_protocol' }]
  return readEvent({ type, response }, { started: false, ended: false }, createItemTrack())
}
