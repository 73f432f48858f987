// An Ollama reply to a chat or a prompt, streamed lines or one object, to events.
// Promises: calls get ids where Ollama gives none; the finish says `tool-calls` when there were calls, although Ollama says "stop".
// Leaves alone: durations.

import type { FinishReason, ReplyEvent } from '../../contract/chat.ts'
import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { ReplyReader } from '../../contract/wire.ts'
import { makeCallId } from '../call-id.ts'
import { gather } from '../pieces.ts'
import { parseJson } from '../json-text.ts'
import { createLineSplitter } from '../ndjson.ts'
import { cutEvent, readVendorError, unreadable } from '../vendor-error.ts'
import { readOllamaUsage } from './tap.ts'

interface State {
  started: boolean
  ended: boolean
  calls: number
}

export function createOllamaReader(): ReplyReader {
  const splitter = createLineSplitter()
  const state: State = { started: false, ended: false, calls: 0 }
  const read = (line: Uint8Array | null): readonly ReplyEvent[] => {
    if (line === null || state.ended) return []
    const chunk = objectOf(parseJson(line))
    if (chunk !== undefined) return readChunk(chunk, state)
    state.ended = true
    return [unreadable(line)]
  }
  return {
    push: (bytes) => gather(splitter.push(bytes), read),
    end() {
      const rest = read(splitter.end())
      if (state.ended) return rest
      state.ended = true
      return [...rest, cutEvent]
    },
  }
}

export function readOllamaWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const state: State = { started: false, ended: false, calls: 0 }
  const events = readChunk(reply, state)
  return state.ended ? events : [...events, cutEvent]
}

function readChunk(chunk: JsonObject, state: State): readonly ReplyEvent[] {
  if (chunk['error'] !== undefined && chunk['error'] !== null) {
    state.ended = true
    const error = readVendorError(0, chunk)
    return [{ type: 'error', message: error.message, code: error.code ?? error.type }]
  }
  const events: ReplyEvent[] = []
  if (!state.started) {
    state.started = true
    // Ollama gives replies no id.
    events.push({ type: 'reply-start', upstreamId: null, model: textOf(chunk['model']) ?? null })
  }
  const message = objectOf(chunk['message']) ?? {}
  const thinking = textOf(message['thinking']) ?? textOf(message['reasoning_content']) ?? textOf(chunk['thinking']) ?? ''
  if (thinking !== '') events.push({ type: 'reasoning-delta', text: thinking })
  const text = textOf(message['content']) ?? textOf(chunk['response']) ?? ''
  if (text !== '') events.push({ type: 'text-delta', text })
  const seed = `${textOf(chunk['model']) ?? ''} ${textOf(chunk['created_at']) ?? ''}`
  for (const call of listOf(message['tool_calls'])) events.push(...readCall(objectOf(call) ?? {}, state, seed))
  if (chunk['done'] === true) events.push(...readEnd(chunk, state))
  return events
}

function readCall(call: JsonObject, state: State, seed: string): readonly ReplyEvent[] {
  const named = objectOf(call['function']) ?? {}
  const index = state.calls
  state.calls += 1
  const given = textOf(call['id'])
  const id = given === undefined || given === '' ? makeCallId(seed, index) : given
  const input = named['arguments']
  const argumentsText = typeof input === 'string' ? input : JSON.stringify(objectOf(input) ?? {})
  return [
    { type: 'tool-start', index, id, name: textOf(named['name']) ?? '' },
    { type: 'tool-delta', index, argumentsText },
  ]
}

function readEnd(chunk: JsonObject, state: State): readonly ReplyEvent[] {
  state.ended = true
  const usage = readOllamaUsage(chunk)
  return [
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: toFinish(textOf(chunk['done_reason']), state.calls > 0) },
    { type: 'reply-end' },
  ]
}

function toFinish(reason: string | undefined, hasCalls: boolean): FinishReason {
  if (reason === 'length') return 'length'
  return hasCalls ? 'tool-calls' : 'stop'
}
