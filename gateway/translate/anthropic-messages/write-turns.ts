// Chat messages to Messages turns.
// Promises: turns alternate and begin with the user; results come first in their turn; no empty text block; ids the vendor accepts.
// Leaves alone: calls without a result and results without a call: the vendor's own refusal says it best.
// Source: https://platform.claude.com/docs/en/api/messages, as known 2026-11-21.

import type { ChatMessage, ContentPart, MediaSource, Thinking, ToolCall } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import { cleanCallId } from '../call-id.ts'
import { invalid } from '../fields.ts'
import { readArguments } from '../tool-arguments.ts'

interface Turn {
  readonly role: 'user' | 'assistant'
  /** Tool results: they must stand before anything else the user says. */
  readonly results: JsonObject[]
  readonly rest: JsonObject[]
}

/** What stands where the vendor wants a user's message and the caller sent none. */
const opening = '(start of conversation)'

export function writeTurns(messages: readonly ChatMessage[]): { system: readonly JsonObject[]; messages: readonly JsonObject[] } {
  const body = messages.findIndex((message) => message.role !== 'system')
  const leading = body < 0 ? messages : messages.slice(0, body)
  const system = leading.flatMap((message, index) => writeParts(message.parts, `messages[${index}]`))
  const turns: Turn[] = []
  messages.slice(leading.length).forEach((message, index) => addMessage(turns, message, `messages[${leading.length + index}]`))
  const written = turns.map((turn) => ({ role: turn.role, content: [...turn.results, ...turn.rest] })).filter((turn) => turn.content.length > 0)
  const merged = mergeNeighbours(written)
  trimLastAssistant(merged)
  return { system, messages: merged[0]?.role === 'user' ? merged : [{ role: 'user', content: [{ type: 'text', text: opening }] }, ...merged] }
}

type Written = { readonly role: 'user' | 'assistant'; content: JsonObject[] }

/** Dropping an empty turn can bring two of one role together. */
function mergeNeighbours(turns: readonly Written[]): Written[] {
  const merged: Written[] = []
  for (const turn of turns) {
    const last = merged.at(-1)
    if (last?.role === turn.role) last.content.push(...turn.content)
    else merged.push(turn)
  }
  return merged
}

function addMessage(turns: Turn[], message: ChatMessage, at: string): void {
  const turn = turnFor(turns, message.role === 'assistant' ? 'assistant' : 'user')
  switch (message.role) {
    case 'user':
      turn.rest.push(...writeParts(message.parts, at))
      return
    case 'tool':
      turn.results.push(writeResult(message, at))
      return
    case 'system':
      // Hoisting it would reorder the conversation and change the prefix that caches and thinking signatures are bound to; a `system` role inside
      // `messages` is only known to newer API versions. Wrapped, every model reads it where it was said.
      turn.rest.push(...writeParts(message.parts, at).map(wrapSystem))
      return
    case 'assistant':
      turn.rest.push(...message.thinking.flatMap(writeThinkingBlock))
      turn.rest.push(...writeParts(message.parts, at), ...writeText(message.refusal ?? ''), ...message.toolCalls.map(writeCall))
  }
}

function wrapSystem(block: JsonObject): JsonObject {
  return typeof block['text'] === 'string' ? { ...block, text: `<system>\n${block['text']}\n</system>` } : block
}

function turnFor(turns: Turn[], role: Turn['role']): Turn {
  const last = turns.at(-1)
  if (last?.role === role) return last
  const turn: Turn = { role, results: [], rest: [] }
  turns.push(turn)
  return turn
}

function writeParts(parts: readonly ContentPart[], at: string): JsonObject[] {
  return parts.flatMap((part, index) => writePart(part, `${at}.content[${index}]`))
}

function writePart(part: ContentPart, at: string): JsonObject[] {
  switch (part.type) {
    case 'text':
      return writeText(part.text, part.cacheControl)
    case 'image':
      return [{ type: 'image', source: writeSource(part.source), cache_control: part.cacheControl }]
    case 'file':
      return [{ type: 'document', source: writeDocument(part.source, at), title: part.name, cache_control: part.cacheControl }]
    case 'audio':
      throw invalid(at, "is audio, which this model's provider does not take")
  }
}

/** Blank text blocks are rejected by the vendor and carry nothing. */
function writeText(text: string, cacheControl?: JsonObject): JsonObject[] {
  return text.trim() === '' ? [] : [{ type: 'text', text, cache_control: cacheControl }]
}

function writeSource(source: MediaSource): Json {
  return source.kind === 'url' ? { type: 'url', url: source.url } : { type: 'base64', media_type: source.mediaType, data: source.data }
}

function writeDocument(source: MediaSource, at: string): Json {
  if (source.kind === 'url' || source.mediaType === 'application/pdf') return writeSource(source)
  if (source.mediaType === 'text/plain') return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') }
  throw invalid(at, `is a ${source.mediaType} file; this model's provider takes PDF and plain text`)
}

function writeResult(message: Extract<ChatMessage, { role: 'tool' }>, at: string): JsonObject {
  const content = writeParts(message.parts, at)
  return { type: 'tool_result', tool_use_id: cleanCallId(message.callId), content: content.length === 0 ? undefined : content, is_error: message.isError }
}

/** Reasoning without its signature, or from another vendor, would be refused as forged; the answer it led to stays. */
function writeThinkingBlock(block: Thinking): JsonObject[] {
  if (block.redacted !== undefined) return [{ type: 'redacted_thinking', data: block.redacted }]
  return block.signature === undefined || block.signature === '' ? [] : [{ type: 'thinking', thinking: block.text, signature: block.signature }]
}

function writeCall(call: ToolCall): JsonObject {
  return { type: 'tool_use', id: cleanCallId(call.id), name: call.name, input: readArguments(call.argumentsText) }
}

/** A last assistant turn is a beginning to continue from, and may not end in white space. */
function trimLastAssistant(turns: Written[]): void {
  const last = turns.at(-1)
  const block = last?.content.at(-1)
  if (last?.role === 'assistant' && block?.['type'] === 'text')
    last.content = [...last.content.slice(0, -1), { ...block, text: typeof block['text'] === 'string' ? block['text'].trimEnd() : '' }]
}
