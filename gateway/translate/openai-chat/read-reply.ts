// A provider's Chat Completions reply, streamed or whole, to events.
// Promises: tool calls are counted from 0 without gaps whatever the vendor's own indices are; a stream without any ending becomes an error.
// Leaves alone: choices beyond the first (a translated request asks for one).

import type { FinishReason, ReplyEvent } from '../../contract/chat.ts'
import { listOf, numberOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { ReplyReader } from '../../contract/wire.ts'
import { addAll } from '../../kit/add-all.ts'
import { makeCallId } from '../call-id.ts'
import { gather } from '../pieces.ts'
import { decode, parseJson } from '../json-text.ts'
import { isPreface } from '../openai-tap.ts'
import { readOpenaiTextUsage, usageIn } from '../openai-usage.ts'
import { framesFor, type ReaderOptions } from '../pictures.ts'
import { createSseSplitter, saysNothing } from '../sse.ts'
import { cutEvent, doneMarker, readVendorError, unreadable } from '../vendor-error.ts'

export function createChatReader(options: ReaderOptions = {}): ReplyReader {
  return createChunkReader(readDelta, options)
}

/** What a chunk's first choice adds. Chat and legacy completions differ only here. */
export type ReadChoice = (choice: JsonObject, tools: ToolTrack) => readonly ReplyEvent[]

export function createChunkReader(readChoice: ReadChoice, options: ReaderOptions = {}): ReplyReader {
  const splitter = createSseSplitter(framesFor(options))
  const tools = createToolTrack()
  const state: ReadState = { started: false, finished: false, done: false, broken: false }
  const readData = (data: Uint8Array | null): readonly ReplyEvent[] => {
    if (data === null || state.done || saysNothing(data)) return []
    if (data.length < 16 && decode(data).trim() === doneMarker) {
      state.done = true
      return closing(state, tools)
    }
    const chunk = objectOf(parseJson(data))
    if (chunk === undefined) {
      state.broken = true
      return [unreadable(data)]
    }
    return readChunk(chunk, { state, tools, readChoice })
  }
  return {
    push: (bytes) => gather(splitter.push(bytes), ({ data }) => readData(data)),
    end() {
      const rest = readData(splitter.end()?.data ?? null)
      if (state.done) return rest
      state.done = true
      return [...rest, ...(state.finished ? closing(state, tools) : state.broken ? [] : [cutEvent])]
    },
  }
}

interface ReadState {
  started: boolean
  finished: boolean
  done: boolean
  broken: boolean
}

/** `[DONE]` without a finish reason still says that the vendor was through. */
function closing(state: ReadState, tools: ToolTrack): readonly ReplyEvent[] {
  const rest = tools.end()
  const finish: readonly ReplyEvent[] = state.finished || state.broken ? [] : [{ type: 'finish', reason: tools.count() > 0 ? 'tool-calls' : 'stop' }]
  return [...rest, ...finish, { type: 'reply-end' }]
}

function readChunk(chunk: JsonObject, context: { state: ReadState; tools: ToolTrack; readChoice: ReadChoice }): readonly ReplyEvent[] {
  const { state, tools } = context
  if (chunk['error'] !== undefined && chunk['error'] !== null) {
    state.broken = true
    const error = readVendorError(0, chunk)
    return [{ type: 'error', message: error.message, code: error.code ?? error.type }]
  }
  const events: ReplyEvent[] = []
  if (!state.started && !isPreface(chunk)) {
    state.started = true
    tools.seed = textOf(chunk['id']) ?? ''
    events.push({ type: 'reply-start', upstreamId: textOf(chunk['id']) ?? null, model: textOf(chunk['model']) ?? null })
  }
  const choice = objectOf(listOf(chunk['choices'])[0])
  if (choice !== undefined) addAll(events, context.readChoice(choice, tools))
  const usage = readOpenaiTextUsage(usageIn(chunk))
  if (usage !== null) events.push({ type: 'usage', usage })
  const finish = textOf(choice?.['finish_reason'])
  if (finish !== undefined && finish !== '' && !state.finished) {
    state.finished = true
    addAll(events, tools.end())
    events.push({ type: 'finish', reason: toFinish(finish, tools.count() > 0) })
  }
  return events
}

function readDelta(choice: JsonObject, tools: ToolTrack): readonly ReplyEvent[] {
  return readMessage(objectOf(choice['delta']) ?? {}, tools)
}

function readMessage(message: JsonObject, tools: ToolTrack): readonly ReplyEvent[] {
  const events: ReplyEvent[] = []
  const reasoning = textOf(message['reasoning_content']) ?? textOf(message['reasoning'])
  if (reasoning !== undefined && reasoning !== '') events.push({ type: 'reasoning-delta', text: reasoning })
  const text = textOf(message['content'])
  if (text !== undefined && text !== '') events.push({ type: 'text-delta', text })
  for (const piece of listOf(message['content'])) addAll(events, readPiece(objectOf(piece) ?? {}))
  for (const image of listOf(message['images'])) addAll(events, readPicture(objectOf(image) ?? {}))
  const refusal = textOf(message['refusal'])
  if (refusal !== undefined && refusal !== '') events.push({ type: 'refusal-delta', text: refusal })
  listOf(message['tool_calls']).forEach((call, position) => events.push(...tools.read(objectOf(call) ?? {}, position)))
  return events
}

/** As OpenRouter and LiteLLM write it (https://openrouter.ai/docs/features/multimodal/image-generation, as known 2026-11-22). */
function readPicture(image: JsonObject): readonly ReplyEvent[] {
  const url = textOf(objectOf(image['image_url'])?.['url']) ?? ''
  const [, mediaType, data] = /^data:(image\/[\w.+-]+);base64,(.*)$/s.exec(url) ?? []
  return mediaType === undefined || data === undefined ? [] : [{ type: 'picture', mediaType, data }]
}

/** A content in pieces, thoughts among them, as Mistral's reasoning models write it (https://docs.mistral.ai/capabilities/reasoning, as known 2026-11-21). */
function readPiece(piece: JsonObject): readonly ReplyEvent[] {
  const thoughts = [piece['thinking'], ...listOf(piece['thinking']).map((part) => objectOf(part)?.['text'])].map((value) => textOf(value) ?? '').join('')
  const text = textOf(piece['text']) ?? ''
  return [...(thoughts === '' ? [] : [{ type: 'reasoning-delta' as const, text: thoughts }]), ...(text === '' ? [] : [{ type: 'text-delta' as const, text }])]
}

/** Vendors that finish with "stop" after a call would leave agents waiting for an answer that never comes. */
export function toFinish(reason: string, hasCalls: boolean): FinishReason {
  // The second is Mistral's, of a full window.
  if (reason === 'length' || reason === 'model_length') return 'length'
  if (reason === 'content_filter') return 'content-filter'
  return reason === 'tool_calls' || reason === 'function_call' || hasCalls ? 'tool-calls' : 'stop'
}

export function readChatWhole(body: unknown): readonly ReplyEvent[] {
  return readWholeChoice(body, (choice, tools) => readMessage(objectOf(choice['message']) ?? {}, tools))
}

export function readWholeChoice(body: unknown, readChoice: ReadChoice): readonly ReplyEvent[] {
  const reply = objectOf(body)
  if (reply === undefined) return [{ type: 'error', message: 'The provider sent a reply that is not a JSON object.', code: 'upstream_protocol' }]
  const tools = createToolTrack()
  const state: ReadState = { started: false, finished: false, done: false, broken: false }
  const events = readChunk(reply, { state, tools, readChoice })
  if (state.broken) return events
  if (listOf(reply['choices']).length === 0)
    return [...events, { type: 'error', message: 'The provider sent a reply without choices.', code: 'upstream_protocol' }]
  return [...events, ...closing(state, tools)]
}

export interface ToolTrack {
  seed: string
  count(): number
  read(call: JsonObject, position: number): readonly ReplyEvent[]
  /** Calls that were never named. */
  end(): readonly ReplyEvent[]
}

interface OpenCall {
  /** null: it waits for its name. */
  index: number | null
  id: string | null
  argumentsText: string
}

/**
 * Follows calls by the vendor's index where there is one, else by position in the list. A new id on a used index is a new call: some servers
 * give every call index 0. A call begins with its name, which may come after its id (github.com/pipecat-ai/pipecat/pull/5023, as known 2026-11-22).
 */
export function createToolTrack(): ToolTrack {
  const open = new Map<number, OpenCall>()
  let count = 0
  const start = (call: OpenCall, name: string): readonly ReplyEvent[] => {
    const index = count
    count += 1
    call.index = index
    const waited = call.argumentsText
    call.argumentsText = ''
    return [{ type: 'tool-start', index, id: call.id ?? makeCallId(track.seed, index), name }, ...said(index, waited)]
  }
  const track: ToolTrack = {
    seed: '',
    count: () => count,
    read(call, position) {
      const key = numberOf(call['index']) ?? position
      const id = filled(call['id'])
      const named = objectOf(call['function']) ?? {}
      const known = open.get(key)
      const name = filled(named['name'])
      const isOther = id !== undefined && name !== undefined && known?.id !== null && id !== known?.id
      const isNew = known === undefined || (known.index !== null && isOther)
      const current: OpenCall = isNew ? { index: null, id: id ?? null, argumentsText: '' } : known
      if (isNew) open.set(key, current)
      if (current.index === null) current.id ??= id ?? null
      const argumentsText =
        (typeof named['arguments'] === 'object' && named['arguments'] !== null ? JSON.stringify(named['arguments']) : textOf(named['arguments'])) ?? ''
      if (current.index !== null) return said(current.index, argumentsText)
      current.argumentsText += argumentsText
      return name === undefined && current.argumentsText.length <= unnamedMax ? [] : start(current, name ?? '')
    },
    end: () => [...open.values()].flatMap((call) => (call.index === null ? start(call, '') : [])),
  }
  return track
}

/** What waits for a name is neither counted nor passed on. */
const unnamedMax = 16 * 1024

const filled = (value: unknown): string | undefined => (value === '' ? undefined : textOf(value))
const said = (index: number, argumentsText: string): readonly ReplyEvent[] => (argumentsText === '' ? [] : [{ type: 'tool-delta', index, argumentsText }])
