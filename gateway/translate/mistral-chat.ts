// Mistral's chat as a wire towards a provider: OpenAI's form, from which it differs in small ways that it refuses with 422 when they are not kept.
// Promises: only fields Mistral knows are sent, the others are named as dropped; call ids are nine letters and digits, the same on both sides of a call.
// Leaves alone: what its replies have of its own (thoughts inside `content`), which the reader of OpenAI's form understands. Callers speak it by Mistral's own path.
// Source: https://docs.mistral.ai/api (ChatCompletionRequest, no further fields allowed), https://docs.mistral.ai/capabilities/reasoning;
// ids: mistral-common's `InvalidToolCallId`, as known 2026-11-21.

import type { ChatMessage, PivotRequest } from '../contract/chat.ts'
import { listOf, objectOf, type Json, type JsonObject } from '../contract/json.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { shortCallId } from './call-id.ts'
import { asChat, namesOf, optionalCap } from './defaults.ts'
import { boundChat } from './openai-chat/bound.ts'
import { createChatReader, readChatWhole } from './openai-chat/read-reply.ts'
import { writeChat } from './openai-chat/write-request.ts'
import { editBody } from './openai-edit.ts'
import { createOpenaiTap, readOpenaiFacts } from './openai-tap.ts'
import { openaiNames, withToolNames } from './tool-names.ts'
import { saysSomething } from './turns.ts'
import { failOpenai, readVendorError } from './vendor-error.ts'

export const mistralChat: Wire = {
  id: 'mistral-chat',
  operation: 'chat',
  streamType: 'text/event-stream',
  outbound: { write: withToolNames(openaiNames, write), createReader: createChatReader, readWhole: readChatWhole, readError: readVendorError },
  pass: {
    bound: boundChat,
    // It reports usage in every stream, and knows no field to ask for it.
    edit: (raw, body, edits) => editBody(raw, body, { ...edits, askUsage: false, capFields: ['max_tokens'], capField: 'max_tokens' }),
    createTap: createOpenaiTap,
    readFacts: readOpenaiFacts,
    fail: failOpenai,
  },
}

const known = [
  ...['model', 'messages', 'stream', 'tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'temperature', 'top_p', 'stop', 'max_tokens'],
  ...['frequency_penalty', 'presence_penalty', 'random_seed', 'safe_prompt', 'prompt_mode', 'prediction', 'reasoning_effort', 'guardrails', 'metadata'],
]

function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = asChat(pivot)
  const quirks = { ...target.quirks, noStreamUsage: true, outputCapField: 'max_tokens' as const }
  const { body, dropped } = writeChat({ ...request, messages: request.messages.filter(saysSomething).map(toMistral) }, { ...target, quirks })
  const { seed, user: _user, ...others } = body
  // Where nobody asked for a cap, the model's own maximum stands.
  const written: JsonObject = {
    ...others,
    messages: inOrder(listOf(body['messages'])).map(withDocuments),
    random_seed: seed,
    max_tokens: optionalCap(request, target),
  }
  const kept = Object.fromEntries(Object.entries(written).filter(([name]) => known.includes(name)))
  const lost = Object.fromEntries(Object.entries(written).filter(([name]) => !known.includes(name)))
  return { body: kept, dropped: [...dropped, ...namesOf(lost)] }
}

/** OpenAI's `file` is no part of a content here; `document_url` is, data or address (https://github.com/mistralai/client-ts, `DocumentURLChunk`, as known 2026-11-22). */
function withDocuments(message: Json): Json {
  const { content, ...others } = objectOf(message) ?? {}
  return Array.isArray(content) ? { ...others, content: content.map(toDocument) } : message
}

function toDocument(part: Json): Json {
  const file = objectOf(objectOf(part)?.['file'])
  return file === undefined ? part : { type: 'document_url', document_url: file['file_data'], document_name: file['filename'] }
}

/** Nobody but the assistant may speak after a result ("Unexpected role 'user' after role 'tool'", github.com/zed-industries/zed/issues/37021, as known 2026-11-21). */
function inOrder(messages: readonly unknown[]): readonly Json[] {
  const roleOf = (message: unknown): Json | undefined => objectOf(message)?.['role']
  return messages.flatMap((message, index) => {
    const role = roleOf(message)
    const interrupts = roleOf(messages[index - 1]) === 'tool' && role !== 'tool' && role !== 'assistant'
    return [...(interrupts ? [between] : []), message as Json]
  })
}
const between: JsonObject = { role: 'assistant', content: '(results received)' }

/** Thoughts of an earlier turn are not asked for back, and as a field of OpenAI's servers they would be refused. */
function toMistral(message: ChatMessage): ChatMessage {
  if (message.role === 'tool') return { ...message, callId: shortCallId(message.callId) }
  if (message.role === 'user') return { role: 'user', parts: message.parts }
  if (message.role !== 'assistant') return message
  const { refusal, ...others } = message
  const said = refusal === undefined || message.parts.length > 0 ? message.parts : [{ type: 'text' as const, text: refusal }]
  return { ...others, parts: said, thinking: [], toolCalls: message.toolCalls.map((call) => ({ ...call, id: shortCallId(call.id) })) }
}
