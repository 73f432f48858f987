// How much a model on Bedrock is asked to think, in the words of its family.
// Promises: a family that has no word for it loses the wish by name; Claude is asked as at Anthropic.
// Leaves alone: reasoning in replies. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html and
// https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html, as known 2026-11-21.

import type { ChatRequest } from '../../contract/chat.ts'
import { isJsonObject, type JsonObject } from '../../contract/json.ts'
import type { WriteTarget } from '../../contract/wire.ts'
import { readTraits } from '../anthropic-messages/model-traits.ts'
import { writeThinking } from '../anthropic-messages/write-thinking.ts'
import { optionalCap, withKnownReasoning } from '../defaults.ts'
import type { Family } from './model-traits.ts'

export interface ConverseThinking {
  /** Among the model's own fields. */
  readonly fields: JsonObject
  readonly effort: string | undefined
  /** Sampling parameters may not stand beside it. */
  readonly thinks: boolean
  readonly dropped: readonly string[]
}

export function planThinking(request: ChatRequest, target: WriteTarget, plan: { readonly family: Family; readonly cap: number }): ConverseThinking {
  if (plan.family === 'claude') {
    const { thinking, effort, dropped } = writeThinking(request, { traits: readTraits(target.model), cap: plan.cap, settings: target.settings })
    return { fields: { thinking }, effort, thinks: thinking !== undefined && thinking['type'] !== 'disabled', dropped }
  }
  const asked = withKnownReasoning(request, target).reasoningEffort
  // The vendor's own object for Claude says nothing to others.
  const foreign = isJsonObject(request.other['thinking']) ? ['thinking'] : []
  if (asked === undefined || asked === 'none') return { ...nothing, dropped: foreign }
  const level = levels[asked] ?? asked
  if (plan.family === 'gpt-oss') return { ...nothing, fields: { reasoning_effort: level }, dropped: foreign }
  if (plan.family === 'nova' && /nova-2/.test(target.model)) {
    // What a budget or a caller caps stays capped: the highest effort stands beside no cap (github.com/UKGovernmentBEIS/inspect_ai/issues/3767, as known 2026-11-22).
    const isTooHigh = level === 'high' && optionalCap(request, target) !== undefined
    const reasoningConfig = { type: 'enabled', maxReasoningEffort: isTooHigh ? 'medium' : level }
    const dropped = isTooHigh ? [...foreign, 'reasoning_effort'] : foreign
    return { ...nothing, fields: { reasoningConfig }, thinks: level === 'high' && !isTooHigh, dropped }
  }
  return { ...nothing, dropped: [...foreign, 'reasoning_effort'] }
}

const nothing: ConverseThinking = { fields: {}, effort: undefined, thinks: false, dropped: [] }
/** Both families know three. */
const levels: Readonly<Record<string, string>> = { minimal: 'low', xhigh: 'high', max: 'high' }
