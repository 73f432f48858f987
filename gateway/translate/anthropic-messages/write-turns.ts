// Chat messages to Messages turns.
// Promises: no empty text block; ids the vendor accepts; reasoning only with its signature.
// Leaves alone: the order of turns (turns.ts).
// Source: https://platform.claude.com/docs/en/api/messages, as known 2026-11-21.

import type { ChatMessage, ContentPart, MediaSource, Thinking, ToolCall } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import { cleanCallId } from '../call-id.ts'
import { invalid } from '../fields.ts'
import { readArguments } from '../tool-arguments.ts'
import { writeTurnsWith, type BlockWriter } from '../turns.ts'
import { isSigned } from './foreign-thinking.ts'

const writer: BlockWriter = {
  said: (message, at) => writeParts(message.parts, at),
  answered: (message, at) => [
    ...message.thinking.flatMap(writeThinkingBlock),
    ...writeParts(message.parts, at),
    ...writeText(message.refusal ?? ''),
    ...message.toolCalls.map(writeCall),
  ],
  result: writeResult,
}

export function writeTurns(messages: readonly ChatMessage[]): { system: readonly JsonObject[]; messages: readonly JsonObject[] } {
  const { system, turns } = writeTurnsWith(writer, messages, (text) => ({ type: 'text', text }))
  return { system, messages: turns }
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
  return isSigned(block.signature) ? [{ type: 'thinking', thinking: block.text, signature: block.signature }] : []
}

function writeCall(call: ToolCall): JsonObject {
  return { type: 'tool_use', id: cleanCallId(call.id), name: call.name, input: readArguments(call.argumentsText) }
}
