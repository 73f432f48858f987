// Chat messages to Converse turns.
// Promises: no blank text anywhere; a document never stands without text; marks for the cache become blocks of their own where the model knows them.
// Leaves alone: the order of turns (turns.ts). Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html,
// as known 2026-11-21.

import type { ChatMessage, ContentPart, Thinking, ToolCall } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { isSigned } from '../anthropic-messages/foreign-thinking.ts'
import { cleanCallId, shortenCallId } from '../call-id.ts'
import { readArguments } from '../tool-arguments.ts'
import { writeTurnsWith, type WrittenTurn } from '../turns.ts'
import { createDocumentWriter, writeAudio, writeImage, type DocumentWriter } from './documents.ts'
import type { ConverseTraits } from './model-traits.ts'

export function writeConverseTurns(
  messages: readonly ChatMessage[],
  traits: ConverseTraits,
): { system: readonly JsonObject[]; messages: readonly WrittenTurn[] } {
  const frame: Frame = { traits, documents: createDocumentWriter() }
  const { system, turns } = writeTurnsWith(
    {
      said: ({ parts }, at) => withText(writeParts(parts, at, frame)),
      answered: (message, at) => [
        ...message.thinking.flatMap((block) => writeThinkingBlock(block, traits)),
        ...writeParts(message.parts, at, frame),
        ...writeText(message.refusal ?? ''),
        ...message.toolCalls.map(writeCall),
      ],
      result: (message, at) => writeResult(message, at, frame),
    },
    messages,
    (text) => ({ text }),
  )
  return { system, messages: turns }
}

interface Frame {
  readonly traits: ConverseTraits
  readonly documents: DocumentWriter
}

function writeParts(parts: readonly ContentPart[], at: string, frame: Frame): JsonObject[] {
  return parts.flatMap((part, index) => {
    const blocks = writePart(part, `${at}.content[${index}]`, frame)
    const marked = blocks.length > 0 && 'cacheControl' in part && frame.traits.caches.messages
    return marked ? [...blocks, ...writeCachePoint(part.cacheControl)] : blocks
  })
}

function writePart(part: ContentPart, at: string, { documents }: Frame): JsonObject[] {
  switch (part.type) {
    case 'text':
      return writeText(part.text)
    case 'image':
      return [writeImage(part.source, at)]
    case 'file':
      return [documents.write(part, at)]
    case 'audio':
      return [writeAudio(part)]
  }
}

/** Blank text is rejected by the vendor and carries nothing. */
const writeText = (text: string): JsonObject[] => (text.trim() === '' ? [] : [{ text }])

/** What a caller marks is cached for an hour only where it says so. */
export function writeCachePoint(cacheControl: JsonObject | undefined): JsonObject[] {
  if (cacheControl === undefined) return []
  return [{ cachePoint: { type: 'default', ttl: cacheControl['ttl'] === '1h' ? '1h' : undefined } }]
}

/** The vendor wants text in a message with a document. */
function withText(blocks: readonly JsonObject[]): readonly JsonObject[] {
  const lonely = blocks.some((block) => 'document' in block) && !blocks.some((block) => 'text' in block)
  return lonely ? [{ text: '(attached)' }, ...blocks] : blocks
}

function writeResult(message: Extract<ChatMessage, { role: 'tool' }>, at: string, frame: Frame): JsonObject {
  // A mark for the cache cannot stand within a result.
  const content = writeParts(message.parts, at, { ...frame, traits: { ...frame.traits, caches: { messages: false, tools: false } } })
  const failed = message.isError === true
  const told = failed && !frame.traits.resultStatus ? [{ text: 'Error:' }, ...content] : content
  return {
    toolResult: {
      toolUseId: writeId(message.callId),
      content: told.length === 0 ? [{ text: '(no output)' }] : told,
      status: failed && frame.traits.resultStatus ? 'error' : undefined,
    },
  }
}

/** Reasoning goes back only to the family that signs it; elsewhere, or without its signature, it would be refused. */
function writeThinkingBlock(block: Thinking, { family }: ConverseTraits): JsonObject[] {
  if (family !== 'claude') return []
  if (block.redacted !== undefined) return [{ reasoningContent: { redactedContent: block.redacted } }]
  if (!isSigned(block.signature)) return []
  return [{ reasoningContent: { reasoningText: { text: block.text, signature: block.signature } } }]
}

// `ToolUseBlock.toolUseId`: 1 to 64 characters.
const idLengthMax = 64
const writeId = (id: string): string => shortenCallId(cleanCallId(id), idLengthMax)

function writeCall(call: ToolCall): JsonObject {
  return { toolUse: { toolUseId: writeId(call.id), name: call.name, input: readArguments(call.argumentsText) } }
}
