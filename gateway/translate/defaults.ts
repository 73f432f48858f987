// What all outbound wires do first: check the operation, refuse what a single translated reply cannot hold, fill in a deployment's defaults.
// Promises: a caller's own value always wins. Leaves alone: engine settings that are no request fields (each wire reads its own).

import type { ChatRequest, Dialect, EmbeddingRequest, PivotRequest, RerankRequest } from '../contract/chat.ts'
import { numberOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import { assert } from '../kit/assert.ts'
import { invalid, present } from './fields.ts'

/** @throws GatewayError invalid_request when several choices are asked for */
export function asChat(pivot: PivotRequest): ChatRequest {
  assert(pivot.operation === 'chat' || pivot.operation === 'completion', 'a chat wire is given a chat request')
  if (pivot.choices > 1) throw invalid('n', "must be 1: this model's provider answers with one choice at a time")
  return pivot
}

export function asEmbedding(pivot: PivotRequest): EmbeddingRequest {
  assert(pivot.operation === 'embedding', 'an embedding wire is given an embedding request')
  return pivot
}

export function asRerank(pivot: PivotRequest): RerankRequest {
  assert(pivot.operation === 'rerank', 'a rerank wire is given a rerank request')
  return pivot
}

// Beyond these the levels of vendors differ.
const commonEfforts = ['none', 'minimal', 'low', 'medium', 'high']

/** What a caller leaves to the model is only asked of one that is known to reason: any other refuses the question. */
export function withKnownReasoning(request: ChatRequest, { reasons }: { readonly reasons?: boolean }): ChatRequest {
  const { reasoningEffort, ...others } = request
  if (request.reasoningOptional !== true || reasoningEffort === undefined) return request
  // OpenAI's models are known to reason, and most of them refuse not to.
  if (reasoningEffort === 'none') return others
  return reasons === true ? { ...others, reasoningEffort: commonEfforts.includes(reasoningEffort) ? reasoningEffort : 'high' } : others
}

/**
 * The effort in OpenAI's words. Other dialects' callers say routinely that a model is not to think (Home Assistant's `think: false`); one that cannot
 * refuses the field, and has nothing to be told.
 */
export function effortFor({ reasoningEffort, dialect }: ChatRequest, { reasons }: { readonly reasons?: boolean }): string | undefined {
  const isOwn = dialect === 'openai' || dialect === 'responses'
  return reasoningEffort === 'none' && !isOwn && reasons !== true ? undefined : reasoningEffort
}

export function withDefaults(request: ChatRequest, settings: JsonObject): ChatRequest {
  const number = (name: string): number | undefined => numberOf(settings[name])
  return {
    ...present({
      temperature: number('temperature'),
      topP: number('top_p'),
      topK: number('top_k'),
      seed: number('seed'),
      frequencyPenalty: number('frequency_penalty'),
      presencePenalty: number('presence_penalty'),
      reasoningEffort: textOf(settings['reasoning_effort']),
    }),
    ...request,
  }
}

/** The call's cap, or the deployment's own lower default where the caller asked for nothing. */
export function outputCap(request: ChatRequest, target: { readonly outputTokensMax: number; readonly settings: JsonObject }): number {
  const preset = numberOf(target.settings['max_tokens']) ?? numberOf(target.settings['max_completion_tokens'])
  return request.outputTokensMax !== undefined || preset === undefined || preset < 1
    ? target.outputTokensMax
    : Math.min(target.outputTokensMax, Math.floor(preset))
}

/** For wires where a cap is optional: undefined when neither the caller, its budget nor the deployment asked for one. */
export function optionalCap(
  request: ChatRequest,
  target: { readonly outputTokensMax: number; readonly outputTokensAsked?: number | null; readonly settings: JsonObject },
): number | undefined {
  const preset = numberOf(target.settings['max_tokens']) ?? numberOf(target.settings['max_completion_tokens'])
  return target.outputTokensAsked === null && preset === undefined ? undefined : outputCap(request, target)
}

// Bookkeeping for the vendor that was addressed; it changes nothing in an answer, so leaving it out is no loss to name.
const bookkeeping = new Set([
  'store',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'litellm_session_id',
  'litellm_trace_id',
  'tags',
])
const neutral: Readonly<Record<string, Json>> = {
  logprobs: false,
  top_logprobs: 0,
  frequency_penalty: 0,
  presence_penalty: 0,
  best_of: 1,
  echo: false,
  suffix: '',
}

/** That calls must keep to the tools' schemas, where the vendor has no word for it. */
export const strictTools = ({ tools }: ChatRequest): JsonObject => ({ 'tools.strict': tools.some(({ strict }) => strict === true) ? true : undefined })

/** Names of the parameters in `values` that ask for something: neither undefined, nor their own default, nor bookkeeping. */
export function namesOf(values: JsonObject): readonly string[] {
  return Object.entries(values)
    .filter(
      ([name, value]) =>
        value !== undefined &&
        value !== null &&
        !bookkeeping.has(name) &&
        !(Object.hasOwn(neutral, name) && neutral[name] === value) &&
        (!isEmpty(value) || asksEmpty.has(name)),
    )
    .map(([name]) => name)
}

// Asked for by being there: `{}` is how OpenAI's callers turn its search on.
const asksEmpty = new Set(['web_search_options'])
const isEmpty = (value: Json): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** Fields without a word in the pivot: a wire of the same dialect carries them as they are, any other names what it leaves out. */
export function otherFor(request: PivotRequest, dialect: Dialect): { readonly carried: JsonObject; readonly dropped: readonly string[] } {
  const family = request.dialect === 'responses' ? 'openai' : request.dialect
  return family === dialect ? { carried: request.other, dropped: [] } : { carried: {}, dropped: namesOf(request.other) }
}
