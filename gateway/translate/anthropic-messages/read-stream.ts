// A streamed Messages reply to events.
// Promises: tools count from 0 whatever block they are; unknown events and deltas are skipped; a stream without its ending becomes an error.
// Leaves alone: server tools (never asked for). Source: https://platform.claude.com/docs/en/build-with-claude/streaming, as known 2026-11-21.

import type { ReplyEvent } from '../../contract/chat.ts'
import { countOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { promptTokens, type Meters } from '../../contract/usage.ts'
import type { ReplyReader } from '../../contract/wire.ts'
import { gather } from '../pieces.ts'
import { parseJson } from '../json-text.ts'
import { createSseSplitter, saysNothing } from '../sse.ts'
import { cutEvent, readVendorError, unreadable } from '../vendor-error.ts'
import { createBlocks, type Blocks } from './read-blocks.ts'
import { bytesPerToken, mergeUsage, readInputMeters, readMessagesUsage } from './read-usage.ts'
import { toFinish } from './read-whole.ts'

interface State {
  usage: JsonObject
  /** What `usage` says of the prompt. */
  input: Meters
  /** What passed so far, for a caller who leaves before the vendor's own count. */
  readonly passed: { deltas: number; bytes: number }
  settled: boolean
  finished: boolean
  ended: boolean
}

export function createMessagesReader(): ReplyReader {
  const splitter = createSseSplitter()
  const reader = createEventReader()
  const read = (data: Uint8Array | null): readonly ReplyEvent[] => {
    if (data === null || reader.ended || saysNothing(data)) return []
    const event = objectOf(parseJson(data))
    return event === undefined ? reader.end([unreadable(data)]) : reader.read(event)
  }
  return {
    push: (bytes) => gather(splitter.push(bytes), ({ data }) => read(data)),
    end() {
      const rest = read(splitter.end()?.data ?? null)
      if (reader.ended) return rest
      return [...rest, ...reader.end(reader.finished ? [{ type: 'reply-end' }] : [cutEvent])]
    },
  }
}

/** The stream's events, one by one, whoever cuts the bytes. */
export interface EventReader {
  /** Its last word has been said; nothing after it counts. */
  readonly ended: boolean
  /** The vendor has said why it stopped. */
  readonly finished: boolean
  read(event: JsonObject): readonly ReplyEvent[]
  /** Ends it with these. */
  end(last: readonly ReplyEvent[]): readonly ReplyEvent[]
}

export function createEventReader(): EventReader {
  const blocks = createBlocks()
  const state: State = { usage: {}, input: {}, passed: { deltas: 0, bytes: 0 }, settled: false, finished: false, ended: false }
  return {
    get ended() {
      return state.ended
    },
    get finished() {
      return state.finished
    },
    read(event) {
      if (state.ended) return []
      const events = readEvent(event, state, blocks)
      const counted = countPassed(events, state)
      return counted === null ? events : [...events, counted]
    },
    end(last) {
      state.ended = true
      return last
    },
  }
}

function readEvent(event: JsonObject, state: State, blocks: Blocks): readonly ReplyEvent[] {
  switch (event['type']) {
    case 'message_start':
      return readStart(objectOf(event['message']) ?? {}, state)
    case 'content_block_start':
      return blocks.open(countOf(event['index']) ?? 0, objectOf(event['content_block']) ?? {})
    case 'content_block_delta':
      return blocks.extend(countOf(event['index']) ?? 0, objectOf(event['delta']) ?? {})
    case 'content_block_stop':
      return blocks.close(countOf(event['index']) ?? 0)
    case 'message_delta':
      return readDelta(event, state)
    case 'message_stop':
      state.ended = true
      return state.finished ? [{ type: 'reply-end' }] : [cutEvent]
    case 'ping':
      return [{ type: 'keepalive' }]
    case 'error': {
      state.ended = true
      const error = readVendorError(0, event)
      return [{ type: 'error', message: error.message, code: error.type }]
    }
    default:
      return []
  }
}

function readStart(message: JsonObject, state: State): readonly ReplyEvent[] {
  state.usage = objectOf(message['usage']) ?? {}
  state.input = readInputMeters(state.usage)
  return [{ type: 'reply-start', upstreamId: textOf(message['id']) ?? null, model: textOf(message['model']) ?? null }]
}

function readDelta(event: JsonObject, state: State): readonly ReplyEvent[] {
  const events: ReplyEvent[] = []
  const late = objectOf(event['usage'])
  if (late !== undefined) {
    state.usage = mergeUsage(state.usage, late)
    state.input = readInputMeters(state.usage)
    const usage = readMessagesUsage(state.usage)
    state.settled = usage !== null
    if (usage !== null) events.push({ type: 'usage', usage })
  }
  const delta = objectOf(event['delta']) ?? {}
  const reason = textOf(delta['stop_reason'])
  if (reason !== undefined && !state.finished) {
    state.finished = true
    const stopSequence = textOf(delta['stop_sequence'])
    events.push({ type: 'finish', reason: toFinish(reason), ...(stopSequence === undefined ? {} : { stopSequence }) })
  }
  return events
}

/**
 * The count at the start holds the true input but a placeholder for the output. Handing that on would bill a caller who leaves in mid-stream for
 * one token, so until the vendor's own count arrives the output is counted as it passes, and marked so.
 */
function countPassed(events: readonly ReplyEvent[], state: State): ReplyEvent | null {
  const before = state.passed.deltas
  for (const event of events) {
    const text = event.type === 'text-delta' || event.type === 'reasoning-delta' ? event.text : event.type === 'tool-delta' ? event.argumentsText : ''
    if (text === '') continue
    state.passed.deltas += 1
    state.passed.bytes += Buffer.byteLength(text)
  }
  if (state.settled || state.passed.deltas === before || promptTokens(state.input) === 0) return null
  const output = Math.max(state.passed.deltas, Math.ceil(state.passed.bytes / bytesPerToken))
  return { type: 'usage', usage: { meters: { ...state.input, output }, provenance: 'counted' } }
}
