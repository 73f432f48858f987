// The pivot to a Chat Completions body, for providers whose only common tongue it is.
// Promises: reading the written body gives the same request again, except cache hints, which strict servers reject.
// Leaves alone: same-dialect traffic (that passes untouched).

import type { ChatMessage, ChatRequest, ContentPart, MediaSource, PivotRequest } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import type { Quirks } from '../../contract/provider.ts'
import type { WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asChat, effortFor, namesOf, optionalCap, otherFor, outputCap, withDefaults, withKnownReasoning } from '../defaults.ts'
import { withoutDialect } from '../fields.ts'
import { mayBringPictures } from '../pictures.ts'
import { withTakenSampling } from '../openai-traits.ts'
import { writeSampling } from '../sampling.ts'
import { plainMessages } from './plain-messages.ts'

export function writeChat(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = withDefaults(withKnownReasoning(asChat(pivot), target), target.settings)
  const { carried, dropped } = otherFor(request, 'openai')
  const { quirks } = target
  const effort = effortFor(request, target)
  const sampled = withTakenSampling(request, target.model, effort)
  const messages = request.dialect === 'openai' ? request.messages : plainMessages(request.messages, quirks)
  const body: JsonObject = {
    ...carried,
    model: target.model,
    messages: messages.map((message) => writeMessage(message, quirks)),
    ...(target.stream ? { stream: true, ...(quirks.noStreamUsage === true ? {} : { stream_options: { include_usage: true } }) } : {}),
    ...writeTools(request),
    ...writeOptions(sampled.kept),
    reasoning_effort: effort,
    top_k: quirks.noTopK === true ? undefined : request.topK,
    // Where nobody asked for a cap, the model's own maximum stands.
    [quirks.outputCapField ?? 'max_tokens']: (quirks.smallDefaultCap === true ? outputCap : optionalCap)(request, target),
  }
  const lost = namesOf({ top_k: quirks.noTopK === true ? request.topK : undefined })
  return { body, dropped: [...dropped, ...sampled.dropped, ...lost], pictures: mayBringPictures(body, target.model) }
}

function writeOptions(request: ChatRequest): JsonObject {
  return {
    ...writeSampling(request),
    user: request.user,
    stop: request.stop.length === 0 ? undefined : request.stop,
    response_format: writeFormat(request),
  }
}

function writeFormat(request: ChatRequest): Json | undefined {
  const format = request.responseFormat
  if (format === undefined) return undefined
  if (format.kind !== 'schema') return { type: format.kind === 'json' ? 'json_object' : 'text' }
  return { type: 'json_schema', json_schema: { name: format.name, schema: format.schema, strict: format.strict } }
}

function writeTools(request: ChatRequest): JsonObject {
  // OpenAI refuses a choice without tools, and has told its own callers so.
  if (request.tools.length === 0 && request.dialect !== 'openai') return {}
  const choice = request.toolChoice
  return {
    tools:
      request.tools.length === 0
        ? undefined
        : request.tools.map(({ name, description, parameters, strict }) => ({
            type: 'function',
            // Claude Code names the dialect of each schema, which some servers refuse; OpenAI's own callers know theirs.
            function: { name, description, parameters: request.dialect === 'openai' ? parameters : withoutDialect(parameters), strict },
          })),
    tool_choice: choice === undefined ? undefined : choice.kind === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.kind,
    parallel_tool_calls: request.parallelToolCalls,
  }
}

function writeMessage(message: ChatMessage, quirks: Quirks): Json {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: writeContent(message.parts) }
    case 'user':
      return { role: 'user', content: writeContent(message.parts), name: message.name }
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: writeContent(message.parts) }
    case 'assistant':
      return writeAssistant(message, quirks)
  }
}

function writeAssistant(message: Extract<ChatMessage, { role: 'assistant' }>, { reasoningBack = 'reasoning_content' }: Quirks): Json {
  const calls = message.toolCalls.map(({ id, name, argumentsText }) => ({ id, type: 'function', function: { name, arguments: argumentsText } }))
  return {
    role: 'assistant',
    content: message.parts.length === 0 ? null : writeContent(message.parts),
    refusal: message.refusal,
    ...(reasoningBack === 'none' || message.thinking.length === 0 ? {} : { [reasoningBack]: message.thinking.map((block) => block.text).join('') }),
    tool_calls: calls.length === 0 ? undefined : calls,
  }
}

/** One text part goes as a plain string: many local servers know nothing else. */
function writeContent(parts: readonly ContentPart[]): Json {
  const [only] = parts
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts.map(writePart)
}

function writePart(part: ContentPart): Json {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image':
      return { type: 'image_url', image_url: { url: writeSource(part.source), detail: part.detail } }
    case 'file':
      return { type: 'file', file: { file_data: writeSource(part.source), filename: part.name ?? unnamedFile } }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } }
  }
}

/** OpenAI refuses data without a name ("OpenAI requires that a filename be specified", https://docs.langchain.com/oss/python/integrations/chat/openai, as known 2026-11-21). */
export const unnamedFile = 'document.pdf'

function writeSource(source: MediaSource): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}
