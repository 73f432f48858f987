// The pivot to a Messages body: parameters and tools.
// Promises: required fields are always there; a parameter without an equal is named in `dropped`, unless it asks for its own default.
// Leaves alone: turns and blocks (write-turns.ts).

import type { ChatRequest, PivotRequest, ToolChoice, ToolDefinition } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import type { WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asChat, namesOf, outputCap, strictTools, withDefaults } from '../defaults.ts'
import { rest, withoutDialect } from '../fields.ts'
import { hasCalls, standInTool } from '../stand-in-tool.ts'
import { uniqueCalls } from '../unique-calls.ts'
import { membersElsewhere } from './edit.ts'
import { readTraits, type ModelTraits } from './model-traits.ts'
import { writeSchema } from './write-schema.ts'
import { writeThinking, type ThinkingPlan } from './write-thinking.ts'
import { writeTurns } from './write-turns.ts'

export function writeMessages(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = withDefaults(asChat(pivot), target.settings)
  const traits = readTraits(target.model)
  const tools = writeTools(request, traits)
  const cap = outputCap(request, target)
  const plan = writeThinking(request, { traits, cap, settings: target.settings })
  const sampling = writeSampling(request, traits, plan)
  const stop = writeStop(request.stop)
  // Who speaks this dialect keeps its rules.
  const isOwn = request.dialect === 'anthropic'
  const { system, messages } = writeTurns(isOwn ? request.messages : uniqueCalls(request.messages))
  const { anthropicVersion } = target.quirks
  const elsewhere = membersElsewhere(target.quirks)
  const body: JsonObject = {
    ...(anthropicVersion === undefined ? {} : { anthropic_version: anthropicVersion }),
    ...rest({ model: target.model, max_tokens: cap, stream: target.stream }, new Set(elsewhere)),
    system: system.length === 0 ? undefined : system,
    messages,
    ...tools.body,
    ...sampling.body,
    stop_sequences: stop.body,
    thinking: plan.thinking,
    output_config: writeOutput(request, plan),
    metadata: request.user === undefined ? undefined : { user_id: request.user },
  }
  return { body, dropped: [...new Set([...plan.dropped, ...tools.dropped, ...sampling.dropped, ...stop.dropped, ...namesOf(withoutEqual(request))])] }
}

const carriedElsewhere = new Set(['thinking'])
/** JSON mode has no equal either: only a schema can be enforced here. */
function withoutEqual(request: ChatRequest): JsonObject {
  return {
    ...rest(request.other, carriedElsewhere),
    ...strictTools(request),
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    response_format: request.responseFormat?.kind === 'json' ? 'json_object' : undefined,
  }
}

/** Temperature ends at 1 here and at 2 with OpenAI. A value of 1 is both vendors' default, so leaving it out changes nothing. */
function writeSampling(request: ChatRequest, traits: ModelTraits, plan: ThinkingPlan): { body: JsonObject; dropped: readonly string[] } {
  const temperature = request.temperature === undefined ? undefined : Math.min(1, Math.max(0, request.temperature))
  const wanted: JsonObject = { temperature, top_p: request.topP === 1 ? undefined : request.topP, top_k: request.topK }
  const thinks = plan.thinking !== undefined && plan.thinking['type'] !== 'disabled'
  const kept: JsonObject = traits.sampling && !thinks ? (traits.oneSampler && temperature !== undefined ? { ...wanted, top_p: undefined } : wanted) : {}
  const lost = Object.entries(wanted).filter(([name, value]) => value !== undefined && kept[name] === undefined && !(name === 'temperature' && value === 1))
  return { body: kept, dropped: lost.map(([name]) => name) }
}

/** Sequences of nothing but white space are rejected; an empty one asks for nothing. */
export function writeStop(stop: readonly string[]): { readonly body: Json | undefined; readonly dropped: readonly string[] } {
  const kept = stop.filter((text) => text.trim() !== '')
  const lost = stop.some((text) => text !== '' && text.trim() === '')
  return { body: kept.length === 0 ? undefined : kept, dropped: lost ? ['stop'] : [] }
}

function writeOutput(request: ChatRequest, plan: ThinkingPlan): Json | undefined {
  const format = request.responseFormat?.kind === 'schema' ? { type: 'json_schema', schema: writeSchema(request.responseFormat.schema) } : undefined
  return plan.effort === undefined && format === undefined ? undefined : { effort: plan.effort, format }
}

function writeTools(request: ChatRequest, traits: ModelTraits): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  // Who speaks this dialect knows the rule.
  const standsIn = request.tools.length === 0 && request.dialect !== 'anthropic' && hasCalls(request)
  if (standsIn) return { body: { tools: [writeTool(standInTool)], tool_choice: { type: 'none' } }, dropped: [] }
  if (request.tools.length === 0) return { body: {}, dropped: [] }
  const { toolChoice, dropped } = takenChoice(request, traits)
  return { body: { tools: request.tools.map(writeTool), tool_choice: writeChoice(toolChoice, request.parallelToolCalls) }, dropped }
}

/** Where calls cannot be forced, the model is left to choose, and the caller is told. */
export function takenChoice(
  { toolChoice }: ChatRequest,
  { forcesTools }: ModelTraits,
): { readonly toolChoice: ToolChoice | undefined; readonly dropped: readonly string[] } {
  const isLost = !forcesTools && (toolChoice?.kind === 'required' || toolChoice?.kind === 'tool')
  return isLost ? { toolChoice: { kind: 'auto' }, dropped: ['tool_choice'] } : { toolChoice, dropped: [] }
}

/** `strict` is left out, and named: it needs a schema form that most callers' schemas do not have, and the vendor rejects the others. */
function writeTool(tool: ToolDefinition): Json {
  return {
    name: tool.name,
    description: tool.description,
    input_schema: { ...withoutDialect(tool.parameters), type: 'object' },
    cache_control: tool.cacheControl,
  }
}

function writeChoice(choice: ToolChoice | undefined, parallel: boolean | undefined): Json | undefined {
  if (choice?.kind === 'none') return { type: 'none' }
  const single = parallel === false ? true : undefined
  if (choice === undefined && single === undefined) return undefined
  if (choice?.kind === 'tool') return { type: 'tool', name: choice.name, disable_parallel_tool_use: single }
  return { type: choice?.kind === 'required' ? 'any' : 'auto', disable_parallel_tool_use: single }
}
