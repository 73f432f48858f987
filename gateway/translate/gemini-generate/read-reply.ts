// A Gemini reply, streamed or whole, to events.
// Promises: calls are counted from 0 in the order they come; a blocked prompt, which has no candidates, ends as filtered; a stream without any ending
// becomes an error. Leaves alone: candidates beyond the first (a translated request asks for one), and runs of the vendor's own tools.
// Source: https://ai.google.dev/api/generate-content, as known 2026-11-21.

import type { FinishReason, ReplyEvent } from '../../contract/chat.ts'
import { isJsonObject, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { ReplyReader } from '../../contract/wire.ts'
import { addAll } from '../../kit/add-all.ts'
import { makeCallId } from '../call-id.ts'
import { readGeminiError } from '../gemini-error.ts'
import { gather } from '../pieces.ts'
import { parseJson } from '../json-text.ts'
import { framesFor, type ReaderOptions } from '../pictures.ts'
import { createSseSplitter, saysNothing } from '../sse.ts'
import { cutEvent, unreadable } from '../vendor-error.ts'
import { memberOf } from './members.ts'
import { readGeminiUsage } from './read-usage.ts'

interface State {
  started: boolean
  /** Why it ended, as far as it has come: some servers say STOP with every response of a stream. */
  finish: { readonly reason: string; readonly blocked: boolean } | null
  /** It went on after that. */
  goesOn: boolean
  broken: boolean
  calls: number
  seed: string | null
}
const createState = (): State => ({ started: false, finish: null, goesOn: false, broken: false, calls: 0, seed: null })

export function createGeminiReader(options: ReaderOptions = {}): ReplyReader {
  const splitter = createSseSplitter(framesFor(options))
  const state = createState()
  const read = (data: Uint8Array | null): readonly ReplyEvent[] => {
    if (data === null || state.broken || saysNothing(data)) return []
    const response = objectOf(parseJson(data))
    if (response !== undefined) return readResponse(response, state)
    state.broken = true
    return [unreadable(data)]
  }
  return {
    get ended() {
      return state.finish !== null && !state.goesOn && !state.broken
    },
    push: (bytes) => gather(splitter.push(bytes), ({ data }) => read(data)),
    end() {
      const rest = read(splitter.end()?.data ?? null)
      if (state.broken) return rest
      return [...rest, ...(state.finish === null ? [cutEvent] : ending(state.finish, state.calls))]
    },
  }
}

export function readGeminiWhole(body: unknown): readonly ReplyEvent[] {
  const response = objectOf(body)
  if (response === undefined) return [missing('that is not a JSON object')]
  const state = createState()
  const events = readResponse(response, state)
  if (state.broken) return events
  return [...events, ...(state.finish === null ? [missing('without a finished candidate')] : ending(state.finish, state.calls))]
}

const ending = ({ reason, blocked }: NonNullable<State['finish']>, calls: number): readonly ReplyEvent[] => [
  { type: 'finish', reason: blocked ? 'content-filter' : toFinish(reason, calls > 0) },
  { type: 'reply-end' },
]

const missing = (what: string): ReplyEvent => ({ type: 'error', message: `The provider sent a reply ${what}.`, code: 'upstream_protocol' })

/** Every event of a stream is a response of its own. */
function readResponse(response: JsonObject, state: State): readonly ReplyEvent[] {
  if (response['error'] !== undefined && response['error'] !== null) {
    state.broken = true
    const error = readGeminiError(0, response)
    return [{ type: 'error', message: error.message, code: error.code }]
  }
  const events: ReplyEvent[] = []
  if (!state.started) {
    state.started = true
    state.seed = textOf(response['responseId']) ?? null
    events.push({ type: 'reply-start', upstreamId: state.seed, model: textOf(response['modelVersion']) ?? null })
  }
  const candidate = objectOf(listOf(response['candidates'])[0])
  const said = listOf(objectOf(candidate?.['content'])?.['parts']).flatMap((part) => readPart(objectOf(part) ?? {}, state))
  addAll(events, said)
  state.goesOn ||= state.finish !== null && said.length > 0
  const usage = readGeminiUsage(response['usageMetadata'])
  if (usage !== null) events.push({ type: 'usage', usage })
  const reason = textOf(candidate?.['finishReason']) ?? (candidate === undefined ? textOf(objectOf(response['promptFeedback'])?.['blockReason']) : undefined)
  if (reason !== undefined) state.finish = { reason, blocked: candidate === undefined }
  return events
}

/** A signature on text is not asked for again by the vendor, one on a call is. */
function readPart(part: JsonObject, state: State): readonly ReplyEvent[] {
  const call = objectOf(part['functionCall'])
  if (call !== undefined) return readCall(call, { state, signature: textOf(part['thoughtSignature']) })
  const inline = objectOf(memberOf(part, 'inlineData'))
  if (inline !== undefined) return part['thought'] === true ? [] : readInline(inline)
  const text = textOf(part['text'])
  if (text === undefined || text === '') return []
  return [{ type: part['thought'] === true ? 'reasoning-delta' : 'text-delta', text }]
}

/** Drafts are made while it thinks, and are no part of the answer; sound is not asked for by a translated request. */
function readInline(inline: JsonObject): readonly ReplyEvent[] {
  const [mediaType, data] = [textOf(memberOf(inline, 'mimeType')) ?? '', textOf(inline['data'])]
  return data === undefined || !mediaType.startsWith('image/') ? [] : [{ type: 'picture', mediaType, data }]
}

/** Calls come whole. An id is only given by newer models. */
function readCall(call: JsonObject, { state, signature }: { state: State; signature: string | undefined }): readonly ReplyEvent[] {
  const index = state.calls
  state.calls += 1
  const name = textOf(call['name']) ?? ''
  const argumentsText = isJsonObject(call['args']) ? JSON.stringify(call['args']) : '{}'
  const id = textOf(call['id'])
  return [
    {
      type: 'tool-start',
      index,
      id: id === undefined || id === '' ? makeCallId(state.seed ?? `${name}(${argumentsText})`, index) : id,
      name,
      ...(signature === undefined ? {} : { thoughtSignature: signature }),
    },
    { type: 'tool-delta', index, argumentsText },
  ]
}

// https://ai.google.dev/api/generate-content#FinishReason, as known 2026-11-21.
const filtered = new Set(['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'])
const failed = new Set(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'MISSING_THOUGHT_SIGNATURE', 'MALFORMED_RESPONSE'])

/** A reply with calls ends with STOP here. Unknown reasons end like that one. */
function toFinish(reason: string, hasCalls: boolean): FinishReason {
  if (reason === 'MAX_TOKENS') return 'length'
  if (filtered.has(reason) || reason.startsWith('IMAGE_')) return 'content-filter'
  if (failed.has(reason)) return 'error'
  return hasCalls ? 'tool-calls' : 'stop'
}
