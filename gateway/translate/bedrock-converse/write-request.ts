// The pivot to a Converse body: parameters, and the fields that belong to one family of models.
// Promises: a parameter without an equal is named in `dropped`, unless it asks for its own default; a deployment's guardrail is always in the body.
// Leaves alone: the model and streaming, which are in the path; turns and blocks (write-turns.ts).
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, as known 2026-11-21.

import type { ChatRequest, PivotRequest } from '../../contract/chat.ts'
import type { Json, JsonObject } from '../../contract/json.ts'
import type { WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { readTraits } from '../anthropic-messages/model-traits.ts'
import { takenChoice, writeStop } from '../anthropic-messages/write-request.ts'
import { writeSchema } from '../anthropic-messages/write-schema.ts'
import { asChat, namesOf, optionalCap, outputCap, strictTools, withDefaults } from '../defaults.ts'
import { rest, withoutDialect } from '../fields.ts'
import { uniqueCalls } from '../unique-calls.ts'
import { readConverseTraits, type Family } from './model-traits.ts'
import { planThinking } from './write-thinking.ts'
import { familyChoice, writeToolConfig } from './write-tools.ts'
import { writeConverseTurns } from './write-turns.ts'

export function writeConverse(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = withDefaults(asChat(pivot), target.settings)
  const traits = readConverseTraits(target.model)
  const plan = planThinking(request, target, { family: traits.family, cap: outputCap(request, target) })
  const choice = traits.family === 'claude' ? takenChoice(request, readTraits(target.model)) : familyChoice(request, traits)
  const { system, messages } = writeConverseTurns(uniqueCalls(request.messages), traits)
  const stop = writeStop(request.stop)
  const sampling = writeSampling(request, { family: traits.family, model: target.model, thinks: plan.thinks })
  const body: JsonObject = {
    messages,
    system: filled(system),
    inferenceConfig: filledObject({ maxTokens: optionalCap(request, target), ...sampling.shared, stopSequences: stop.body }),
    toolConfig: writeToolConfig(request, traits, choice.toolChoice),
    outputConfig: filledObject({ textFormat: writeFormat(request, traits.family), effort: plan.effort }),
    additionalModelRequestFields: filledObject({ ...plan.fields, ...sampling.own, anthropic_beta: betas(target, traits.family) }),
    ...writeOwn(request, target),
  }
  return { body, dropped: [...new Set([...plan.dropped, ...choice.dropped, ...sampling.dropped, ...stop.dropped, ...namesOf(withoutEqual(request))])] }
}

const filled = <Item extends Json>(list: readonly Item[]): readonly Item[] | undefined => (list.length === 0 ? undefined : list)
const filledObject = (values: JsonObject): JsonObject | undefined => (Object.values(values).every((value) => value === undefined) ? undefined : values)

// Bedrock's own, by the names LiteLLM's callers send them under (https://docs.litellm.ai/docs/providers/bedrock, as known 2026-11-21).
const own = ['guardrailConfig', 'performanceConfig', 'requestMetadata', 'serviceTier'] as const

/** What a deployment sets of these is policy: a caller's own does not replace it. */
function writeOwn(request: ChatRequest, { settings }: WriteTarget): JsonObject {
  return Object.fromEntries(own.map((name) => [name, settings[name] ?? request.other[name]]))
}

const carriedElsewhere = new Set<string>(['thinking', ...own])
/** JSON mode has no equal either: only a schema can be enforced here. */
function withoutEqual(request: ChatRequest): JsonObject {
  return {
    ...rest(request.other, carriedElsewhere),
    ...strictTools(request),
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    parallel_tool_calls: request.parallelToolCalls === false ? false : undefined,
    response_format: request.responseFormat?.kind === 'json' ? 'json_object' : undefined,
  }
}

interface Sampling {
  readonly shared: JsonObject
  /** In the family's own words. */
  readonly own: JsonObject
  readonly dropped: readonly string[]
}
interface Sampler {
  readonly family: Family
  readonly model: string
  readonly thinks: boolean
}

/** Temperature ends at 1 here and at 2 with OpenAI. A value of 1 is the default, so leaving it out changes nothing. */
function writeSampling(request: ChatRequest, { family, model, thinks }: Sampler): Sampling {
  const temperature = request.temperature === undefined ? undefined : Math.min(1, Math.max(0, request.temperature))
  const topP = request.topP === 1 ? undefined : request.topP
  const claude = family === 'claude' ? readTraits(model) : null
  const samples = !thinks && claude?.sampling !== false
  const one = claude?.oneSampler === true && temperature !== undefined
  const shared: JsonObject = samples ? { temperature, topP: one ? undefined : topP } : {}
  const own = samples && request.topK !== undefined ? writeTopK(request.topK, family) : {}
  const lost = {
    temperature: temperature !== 1 && shared['temperature'] === undefined ? temperature : undefined,
    top_p: shared['topP'] === undefined ? topP : undefined,
    top_k: Object.keys(own).length === 0 ? request.topK : undefined,
  }
  return { shared, own, dropped: namesOf(lost) }
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, as known 2026-11-21. */
function writeTopK(topK: number, family: Family): JsonObject {
  if (family === 'nova') return { inferenceConfig: { topK } }
  if (family === 'cohere') return { k: topK }
  return family === 'claude' || family === 'mistral' ? { top_k: topK } : {}
}

/** The schema travels as text. */
function writeFormat({ responseFormat }: ChatRequest, family: Family): Json | undefined {
  if (responseFormat?.kind !== 'schema') return undefined
  const { name, schema } = responseFormat
  const jsonSchema = { name, schema: JSON.stringify(family === 'claude' ? writeSchema(schema) : withoutDialect(schema)) }
  return { type: 'json_schema', structure: { jsonSchema } }
}

/** A deployment may turn on what its model has in trial. */
function betas({ settings }: WriteTarget, family: Family): Json | undefined {
  return family === 'claude' ? (settings['anthropic_beta'] ?? undefined) : undefined
}
