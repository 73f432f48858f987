// Chat messages to Gemini contents.
// Promises: roles alternate and begin with the user; results stand in the order of their calls, before anything else the user says; no empty part.
// Leaves alone: calls without a result and results without a call: the vendor's own refusal says it best.
// Source: https://ai.google.dev/api/caching#Content and https://ai.google.dev/gemini-api/docs/function-calling, as known 2026-11-21.

import type { ChatMessage, ContentPart, MediaSource } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { addAll } from '../../kit/add-all.ts'
import { parseObjectText } from '../json-text.ts'
import { readArguments } from '../tool-arguments.ts'
import { turnFor, type OpenTurn } from '../turns.ts'
import { uniqueCalls } from '../unique-calls.ts'

type Turn = OpenTurn<'user' | 'model', { readonly place: number; readonly part: JsonObject }>
interface Calls {
  /** Which tool a call was for, and when it was made: a result is told by the tool's name here. */
  readonly byId: ReadonlyMap<string, { readonly name: string; readonly place: number }>
  readonly rules: CallRules
}
export interface CallRules {
  /** The model refuses calls that it did not sign. */
  readonly signed: boolean
  /** The service refuses ids of calls. */
  readonly anonymous: boolean
}

/** What stands where the vendor wants a user's message and the caller sent none. */
const opening = '(start of conversation)'

export function writeContents(
  given: readonly ChatMessage[],
  rules: CallRules,
): { readonly systemInstruction: JsonObject | undefined; readonly contents: readonly JsonObject[] } {
  const messages = uniqueCalls(given)
  const body = messages.findIndex((message) => message.role !== 'system')
  const leading = body < 0 ? messages : messages.slice(0, body)
  const system = leading.flatMap((message) => writeParts(message.parts))
  const calls: Calls = { byId: indexCalls(messages), rules }
  const turns: Turn[] = []
  for (const message of messages.slice(leading.length)) addMessage(turns, message, calls)
  const contents = mergeNeighbours(turns.filter((turn) => turn.results.length + turn.rest.length > 0))
  return {
    systemInstruction: system.length === 0 ? undefined : { parts: system },
    contents: contents[0]?.role === 'user' ? contents : [{ role: 'user', parts: [{ text: opening }] }, ...contents],
  }
}

interface Written extends JsonObject {
  readonly role: string
  readonly parts: JsonObject[]
}

/** Dropping an empty turn can bring two of one role together. */
function mergeNeighbours(turns: readonly Turn[]): Written[] {
  const merged: Written[] = []
  for (const { role, results, rest } of turns) {
    const parts = [...results.sort((left, right) => left.place - right.place).map((result) => result.part), ...rest]
    const last = merged.at(-1)
    if (last?.role === role) addAll(last.parts, parts)
    else merged.push({ role, parts })
  }
  return merged
}

function indexCalls(messages: readonly ChatMessage[]): Calls['byId'] {
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []))
  return new Map(calls.map((call, place) => [call.id, { name: call.name, place }]))
}

function addMessage(turns: Turn[], message: ChatMessage, calls: Calls): void {
  const turn = turnFor(turns, message.role === 'assistant' ? 'model' : 'user')
  switch (message.role) {
    case 'user':
      addAll(turn.rest, writeParts(message.parts))
      return
    case 'system':
      // Hoisting it would reorder the conversation and change the prefix that caches are bound to.
      addAll(turn.rest, writeParts(message.parts).map(wrapSystem))
      return
    case 'tool':
      turn.results.push({ place: calls.byId.get(message.callId)?.place ?? Number.MAX_SAFE_INTEGER, part: writeResult(message, calls) })
      // What a response object cannot hold stands beside it.
      addAll(turn.rest, message.parts.filter((part) => part.type !== 'text').flatMap(writePart))
      return
    case 'assistant':
      // Thoughts are not sent: the vendor does not want its own back, and another's mean nothing to it.
      addAll(turn.rest, [...writeParts(message.parts), ...(message.refusal === undefined ? [] : [{ text: message.refusal }]), ...writeCalls(message, calls)])
  }
}

const wrapSystem = (part: JsonObject): JsonObject => (typeof part['text'] === 'string' ? { text: `<system>\n${part['text']}\n</system>` } : part)

/**
 * Accepted by Gemini 3 in the place of a signature that it never gave, because the call was another model's or its client lost it
 * (https://ai.google.dev/gemini-api/docs/thought-signatures, as known 2026-11-21).
 */
const unsignedMark = 'skip_thought_signature_validator'

/** Of several calls made at once only the first is signed. */
function writeCalls(message: Extract<ChatMessage, { role: 'assistant' }>, { rules: { signed, anonymous } }: Calls): readonly JsonObject[] {
  return message.toolCalls.map((call, index) => ({
    functionCall: { id: anonymous ? undefined : call.id, name: call.name, args: readArguments(call.argumentsText) },
    thoughtSignature: call.thoughtSignature ?? (signed && index === 0 ? unsignedMark : undefined),
  }))
}

function writeResult(message: Extract<ChatMessage, { role: 'tool' }>, calls: Calls): JsonObject {
  const text = message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  const value = message.isError === true ? undefined : parseObjectText(text)
  const response = value ?? { [message.isError === true ? 'error' : 'output']: text }
  const id = calls.rules.anonymous ? undefined : message.callId
  return { functionResponse: { id, name: calls.byId.get(message.callId)?.name ?? message.callId, response } }
}

const writeParts = (parts: readonly ContentPart[]): JsonObject[] => parts.flatMap(writePart)

function writePart(part: ContentPart): JsonObject[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ text: part.text }]
    case 'image':
    case 'file':
      return [writeMedia(part.source)]
    case 'audio':
      return [{ inlineData: { mimeType: `audio/${part.format}`, data: part.data } }]
  }
}

/** The vendor fetches public addresses itself (https://ai.google.dev/gemini-api/docs/file-input-methods, as known 2026-11-21). */
function writeMedia(source: MediaSource): JsonObject {
  if (source.kind === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } }
  return { fileData: { fileUri: source.url, mimeType: typeByEnding[/\.([a-z]+)(?:[?#]|$)/i.exec(source.url)?.[1]?.toLowerCase() ?? ''] } }
}

const typeByEnding: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
}
