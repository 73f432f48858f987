// The pivot to a body of Cohere's chat.
// Promises: what it has no word for is named as dropped; pictures go as pictures, anything else that is not text is refused by its place.
// Leaves alone: documents and citations, which only Cohere has (a caller may send `documents` along; see `own`).
// Source: https://docs.cohere.com/reference/chat, as known 2026-11-21.

import type { ChatMessage, ChatRequest, ContentPart, PivotRequest, ToolCall } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import type { WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asChat, namesOf, optionalCap, strictTools, withDefaults, withKnownReasoning } from '../defaults.ts'
import { invalid, present, rest } from '../fields.ts'
import { plainResults } from '../openai-chat/plain-results.ts'
import { saysSomething } from '../turns.ts'

/** Cohere's own words, which LiteLLM's callers may put beside OpenAI's. */
const own = ['documents', 'citation_options', 'safety_mode', 'strict_tools', 'priority']

export function writeCohere(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = withDefaults(withKnownReasoning(asChat(pivot), target), target.settings)
  const carried = request.dialect === 'openai' ? Object.fromEntries(own.map((name) => [name, request.other[name]])) : {}
  const body: JsonObject = {
    ...(allStrict(request) ? { strict_tools: true } : {}),
    ...present(carried),
    model: target.model,
    messages: plainResults(request.messages.filter(saysSomething)).map((message, index) => writeMessage(message, `messages[${index}]`)),
    ...(target.stream ? { stream: true } : {}),
    ...writeTools(request),
    ...writeOptions(request, target),
  }
  return { body, dropped: namesOf(withoutEqual(request)) }
}

/** There is one word here for all tools. */
const allStrict = ({ tools }: ChatRequest): boolean => tools.length > 0 && tools.every(({ strict }) => strict === true)

function withoutEqual(request: ChatRequest): JsonObject {
  return {
    ...(request.dialect === 'openai' ? rest(request.other, new Set(own)) : request.other),
    ...(allStrict(request) ? {} : strictTools(request)),
    parallel_tool_calls: request.parallelToolCalls === false && request.tools.length > 0 ? 'false' : undefined,
    // Which of its tools a model must call cannot be said; that it must call one can.
    tool_choice: request.toolChoice?.kind === 'tool' ? 'function' : undefined,
    // What rewards repetition has no equal; 0 to 1 are penalties as elsewhere.
    frequency_penalty: (request.frequencyPenalty ?? 0) < 0 ? request.frequencyPenalty : undefined,
    presence_penalty: (request.presencePenalty ?? 0) < 0 ? request.presencePenalty : undefined,
  }
}

function writeOptions(request: ChatRequest, target: WriteTarget): JsonObject {
  return {
    max_tokens: optionalCap(request, target),
    temperature: request.temperature,
    p: request.topP === undefined ? undefined : within(request.topP, leastP, mostP),
    k: request.topK,
    seed: request.seed,
    frequency_penalty: penaltyOf(request.frequencyPenalty),
    presence_penalty: penaltyOf(request.presencePenalty),
    stop_sequences: request.stop.length === 0 ? undefined : request.stop,
    response_format: writeFormat(request),
    thinking: writeThinking(request, target),
  }
}

// Ranges narrower than OpenAI's: beyond them it answers 400 (https://docs.cohere.com/reference/chat, as known 2026-11-22).
const leastP = 0.01
const mostP = 0.99
const mostPenalty = 1
const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))
const penaltyOf = (value: number | undefined): number | undefined => (value === undefined || value < 0 ? undefined : within(value, 0, mostPenalty))

/** It thinks or does not; how much is counted in tokens, for which an effort is no number. */
function writeThinking({ reasoningEffort }: ChatRequest, { settings }: WriteTarget): Json | undefined {
  return reasoningEffort === undefined ? settings['thinking'] : { type: reasoningEffort === 'none' ? 'disabled' : 'enabled' }
}

function writeFormat({ responseFormat }: ChatRequest): Json | undefined {
  if (responseFormat === undefined || responseFormat.kind === 'text') return undefined
  return responseFormat.kind === 'schema' ? { type: 'json_object', json_schema: responseFormat.schema } : { type: 'json_object' }
}

function writeTools({ tools, toolChoice }: ChatRequest): JsonObject {
  if (tools.length === 0) return {}
  const choice = toolChoice?.kind === 'none' ? 'NONE' : toolChoice?.kind === 'required' || toolChoice?.kind === 'tool' ? 'REQUIRED' : undefined
  return {
    tools: tools.map(({ name, description, parameters }) => ({ type: 'function', function: { name, description, parameters } })),
    tool_choice: choice,
  }
}

function writeMessage(message: ChatMessage, at: string): JsonObject {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: textsOf(message.parts, at) }
    case 'user':
      return {
        role: 'user',
        content: message.parts.every(isText) ? textsOf(message.parts, at) : message.parts.map((part, index) => writePart(part, `${at}.content[${index}]`)),
      }
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: textsOf(message.parts, at) }
    case 'assistant':
      return writeAssistant(message, at)
  }
}

function writeAssistant({ parts, toolCalls, thinking, refusal }: Extract<ChatMessage, { role: 'assistant' }>, at: string): JsonObject {
  const said = parts.length === 0 ? refusal : textsOf(parts, at)
  if (toolCalls.length === 0) return { role: 'assistant', content: said ?? '' }
  // What it thought before a call is its plan for it.
  const plan = thinking.map((block) => block.text).join('')
  return { role: 'assistant', content: said, tool_plan: plan === '' ? undefined : plan, tool_calls: toolCalls.map(writeCall) }
}

const writeCall = ({ id, name, argumentsText }: ToolCall): JsonObject => ({ id, type: 'function', function: { name, arguments: argumentsText } })

const isText = (part: ContentPart): boolean => part.type === 'text'

function textsOf(parts: readonly ContentPart[], at: string): string {
  return parts
    .map((part, index) => {
      if (part.type !== 'text') throw invalid(`${at}.content[${index}]`, 'must be text: Cohere takes pictures from users alone')
      return part.text
    })
    .join('\n')
}

function writePart(part: ContentPart, at: string): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type !== 'image') throw invalid(at, `is ${part.type === 'audio' ? 'audio' : 'a file'}, which Cohere does not take; send text or images`)
  const { source, detail } = part
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
  return { type: 'image_url', image_url: { url, detail } }
}
