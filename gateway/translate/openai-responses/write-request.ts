// The pivot to a Responses body, for models that speak nothing else.
// Promises: nothing is kept at the vendor unless the caller says so; a parameter without an equal is named in `dropped`.
// Leaves alone: same-dialect traffic (that passes untouched), items (write-input.ts).
// Source: https://platform.openai.com/docs/guides/migrate-to-responses, as known 2026-11-21.

import type { ChatRequest, PivotRequest } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import type { WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asChat, effortFor, namesOf, optionalCap, withDefaults, withKnownReasoning } from '../defaults.ts'
import { rest } from '../fields.ts'
import { withTakenSampling } from '../openai-traits.ts'
import { readOwn } from './own-reasoning.ts'
import { toPlainRequest } from './plain-request.ts'
import { writeInput } from './write-input.ts'

// Chat Completions has them too, under the same names.
const shared = ['metadata', 'prompt_cache_key', 'prompt_cache_retention', 'safety_identifier', 'service_tier']

export function writeResponses(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = withDefaults(withKnownReasoning(asChat(pivot), target), target.settings)
  const effort = effortFor(request, target)
  const sampled = withTakenSampling(request, target.model, effort)
  const body: JsonObject = {
    ...Object.fromEntries(shared.map((name) => [name, request.other[name]])),
    model: target.model,
    input: writeInput(request.messages),
    stream: target.stream,
    store: request.other['store'] ?? false,
    include: reasons(request) ? ['reasoning.encrypted_content'] : undefined,
    reasoning: effort === undefined ? undefined : { effort },
    max_output_tokens: optionalCap(request, target),
    temperature: sampled.kept.temperature,
    top_p: sampled.kept.topP,
    user: request.user,
    text: writeText(request),
    ...writeTools(request),
  }
  const written = { body, dropped: [...new Set([...sampled.dropped, ...namesOf(withoutEqual(request))])] }
  return target.quirks.plainResponses === true ? toPlainRequest(written) : written
}

/** Models that cannot reason refuse the question for it. */
function reasons(request: ChatRequest): boolean {
  if (request.reasoningEffort !== undefined && request.reasoningEffort !== 'none') return true
  return request.messages.some((message) => message.role === 'assistant' && message.thinking.some((block) => readOwn(block.signature) !== null))
}

function withoutEqual(request: ChatRequest): JsonObject {
  return {
    ...rest(request.other, new Set([...shared, 'store', 'verbosity'])),
    top_k: request.topK,
    seed: request.seed,
    stop: request.stop,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  }
}

function writeText(request: ChatRequest): Json | undefined {
  const format = request.responseFormat
  const { verbosity } = request.other
  if (format === undefined && verbosity === undefined) return undefined
  return { verbosity, format: format === undefined ? undefined : writeFormat(format) }
}

function writeFormat(format: NonNullable<ChatRequest['responseFormat']>): Json {
  if (format.kind !== 'schema') return { type: format.kind === 'json' ? 'json_object' : 'text' }
  return { type: 'json_schema', name: format.name, schema: format.schema, strict: format.strict }
}

function writeTools(request: ChatRequest): JsonObject {
  if (request.tools.length === 0) return {}
  const choice = request.toolChoice
  return {
    // Left out, `strict` means true here and false in Chat Completions.
    tools: request.tools.map(({ name, description, parameters, strict }) => ({ type: 'function', name, description, parameters, strict: strict ?? false })),
    tool_choice: choice === undefined ? undefined : choice.kind === 'tool' ? { type: 'function', name: choice.name } : choice.kind,
    parallel_tool_calls: request.parallelToolCalls,
  }
}
