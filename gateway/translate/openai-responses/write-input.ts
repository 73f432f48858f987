// The pivot's messages to input items.
// Promises: order stays; reasoning goes back only to the vendor it came from, before what it led to.
// Leaves alone: calls without a result and results without a call: the vendor's own refusal says it best.

import type { ChatMessage, ContentPart, MediaSource, Thinking } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import { shortenCallId } from '../call-id.ts'
import { invalid } from '../fields.ts'
import { unnamedFile } from '../openai-chat/write-request.ts'
import { readOwn } from './own-reasoning.ts'

export function writeInput(messages: readonly ChatMessage[]): readonly JsonObject[] {
  return messages.flatMap((message, index) => writeItems(message, `messages[${index}]`))
}

// "Invalid 'input[95].call_id': string too long. Expected a string with maximum length 64" (github.com/AnswerDotAI/fastllm/issues/45, as known 2026-11-21).
const idLengthMax = 64

function writeItems(message: ChatMessage, at: string): readonly JsonObject[] {
  switch (message.role) {
    case 'system':
      return [{ type: 'message', role: 'developer', content: writeParts(message.parts, at) }]
    case 'user':
      return [{ type: 'message', role: 'user', content: writeParts(message.parts, at) }]
    case 'tool':
      return [{ type: 'function_call_output', call_id: shortenCallId(message.callId, idLengthMax), output: writeResult(message, at) }]
    case 'assistant':
      return [
        ...message.thinking.flatMap(writeReasoning),
        ...writeSaid(message),
        ...message.toolCalls.map(({ id, name, argumentsText }) => ({
          type: 'function_call',
          call_id: shortenCallId(id, idLengthMax),
          name,
          arguments: argumentsText,
        })),
      ]
  }
}

function writeReasoning(block: Thinking): readonly JsonObject[] {
  const encrypted = readOwn(block.signature)
  if (encrypted === null) return []
  return [{ type: 'reasoning', summary: block.text === '' ? [] : [{ type: 'summary_text', text: block.text }], encrypted_content: encrypted }]
}

function writeSaid({ parts, refusal }: Extract<ChatMessage, { role: 'assistant' }>): readonly JsonObject[] {
  const content = [
    ...parts.flatMap((part) => (part.type === 'text' ? [{ type: 'output_text', text: part.text }] : [])),
    ...(refusal === undefined ? [] : [{ type: 'refusal', refusal }]),
  ]
  return content.length === 0 ? [] : [{ type: 'message', role: 'assistant', content }]
}

function writeResult(message: Extract<ChatMessage, { role: 'tool' }>, at: string): Json {
  const prefix = message.isError === true ? 'Error: ' : ''
  const [only] = message.parts
  if (message.parts.length === 0) return prefix
  if (message.parts.length === 1 && only?.type === 'text') return `${prefix}${only.text}`
  return [...(prefix === '' ? [] : [{ type: 'input_text', text: prefix }]), ...writeParts(message.parts, at)]
}

function writeParts(parts: readonly ContentPart[], at: string): readonly JsonObject[] {
  return parts.map((part, index) => writePart(part, `${at}.content[${index}]`))
}

function writePart(part: ContentPart, at: string): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image':
      return { type: 'input_image', image_url: writeSource(part.source), detail: part.detail ?? 'auto' }
    case 'file':
      return {
        type: 'input_file',
        filename: part.name ?? (part.source.kind === 'url' ? undefined : unnamedFile),
        [part.source.kind === 'url' ? 'file_url' : 'file_data']: writeSource(part.source),
      }
    case 'audio':
      throw invalid(at, "is audio, which this model's provider does not take")
  }
}

function writeSource(source: MediaSource): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}
