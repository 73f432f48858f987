// The pivot to an Ollama chat body.
// Promises: sampling is sent only when somebody asked for it, so a model's own defaults stand; `stream` is always explicit, because Ollama streams by default.
// Leaves alone: loading models (the request itself does that).

import type { ChatMessage, ChatRequest, ContentPart, PivotRequest, ToolCall } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import type { WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asChat, namesOf, optionalCap, strictTools, withDefaults, withKnownReasoning } from '../defaults.ts'
import { invalid } from '../fields.ts'
import { writeSampling } from '../sampling.ts'
import { readArguments } from '../tool-arguments.ts'
import { uniqueCalls } from '../unique-calls.ts'
import { engineOptions } from './engine-options.ts'

export function writeOllama(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const asked = asChat(pivot)
  // Any model here can be told not to think.
  const request = withDefaults(asked.reasoningEffort === 'none' ? asked : withKnownReasoning(asked, target), target.settings)
  const tools = request.toolChoice?.kind === 'none' ? [] : request.tools
  const body: JsonObject = {
    model: target.model,
    messages: writeMessages(uniqueCalls(request.messages)),
    stream: target.stream,
    tools:
      tools.length === 0 ? undefined : tools.map(({ name, description, parameters }) => ({ type: 'function', function: { name, description, parameters } })),
    format: writeFormat(request),
    think: writeThink(request.reasoningEffort) ?? target.settings['think'],
    keep_alive: target.settings['keep_alive'],
    options: writeOptions(request, target),
  }
  return { body, dropped: namesOf(withoutEqual(request)) }
}

function withoutEqual(request: ChatRequest): JsonObject {
  const forced = request.toolChoice?.kind === 'required' || request.toolChoice?.kind === 'tool'
  return {
    ...request.other,
    ...strictTools(request),
    tool_choice: forced ? request.toolChoice.kind : undefined,
    parallel_tool_calls: request.parallelToolCalls === false && request.tools.length > 0 ? 'false' : undefined,
  }
}

function writeOptions(request: ChatRequest, target: WriteTarget): JsonObject {
  // An empty text is found in every reply, at its beginning.
  const stop = request.stop.filter((text) => text !== '')
  return {
    ...engineOptions(target.settings),
    num_predict: optionalCap(request, target),
    ...writeSampling(request),
    stop: stop.length === 0 ? undefined : stop,
  }
}

function writeFormat(request: ChatRequest): Json | undefined {
  if (request.responseFormat?.kind === 'json') return 'json'
  return request.responseFormat?.kind === 'schema' ? request.responseFormat.schema : undefined
}

/** Levels go as text, as Ollama's own OpenAI layer sends them: models that know no levels take any of them as "yes". */
function writeThink(effort: string | undefined): Json | undefined {
  if (effort === undefined) return undefined
  if (effort === 'none') return false
  if (effort === 'minimal') return 'low'
  return effort === 'xhigh' ? 'high' : effort
}

function writeMessages(messages: readonly ChatMessage[]): readonly JsonObject[] {
  const names = new Map(
    messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map((call): [string, string] => [call.id, call.name]) : [])),
  )
  return messages.map((message, index) => writeMessage(message, { at: `messages[${index}]`, names }))
}

function writeMessage(message: ChatMessage, context: { at: string; names: ReadonlyMap<string, string> }): JsonObject {
  const content = { content: writeText(message.parts), images: writeImages(message.parts, context.at) }
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, ...content }
    case 'tool':
      // Older versions know only the name of the tool, newer ones also the id of the call.
      return {
        role: 'tool',
        ...content,
        content: `${message.isError === true ? 'Error: ' : ''}${content.content}`,
        tool_name: context.names.get(message.callId),
        tool_call_id: message.callId,
      }
    case 'assistant':
      return {
        role: 'assistant',
        ...content,
        content: content.content === '' ? (message.refusal ?? '') : content.content,
        thinking: message.thinking.length === 0 ? undefined : message.thinking.map((block) => block.text).join(''),
        tool_calls: message.toolCalls.length === 0 ? undefined : message.toolCalls.map(writeCall),
      }
  }
}

const writeCall = (call: ToolCall, index: number): JsonObject => ({
  id: call.id,
  function: { index, name: call.name, arguments: readArguments(call.argumentsText) },
})

function writeText(parts: readonly ContentPart[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

function writeImages(parts: readonly ContentPart[], at: string): Json | undefined {
  const images = parts.flatMap((part, index) => writeImage(part, `${at}.content[${index}]`))
  return images.length === 0 ? undefined : images
}

function writeImage(part: ContentPart, at: string): readonly string[] {
  if (part.type === 'text') return []
  if (part.type !== 'image') throw invalid(at, `is ${part.type === 'audio' ? 'audio' : 'a file'}, which Ollama does not take; send text or images`)
  if (part.source.kind === 'url') throw invalid(at, 'is an image by URL, which Ollama does not fetch; send it as a base64 data URL')
  return [part.source.data]
}
