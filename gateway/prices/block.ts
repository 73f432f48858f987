// What a call that is held in blocks holds at first: a guess at its input, and one block of output.
// Promises: never for a call whose output cannot be followed while it is made (not streamed, or reasoning that nobody sees).
// Leaves alone: which budgets hold in blocks (ledger), how the blocks are used up (rooms/call).

import type { NonEmpty } from '../contract/ids.ts'
import { objectOf, type JsonObject } from '../contract/json.ts'
import type { HoldOrder } from '../contract/ledger.ts'
import { isFreeLine } from '../contract/price.ts'
import type { Deployment } from '../contract/provider.ts'
import { streamedOperations, type InferenceRequest } from '../contract/request.ts'
import type { RequestBound } from '../contract/wire.ts'
import type { Calibration } from './calibration.ts'
import { exposureWith, inputTokensMost } from './exposure.ts'

export interface BlockTools {
  readonly calibration: Pick<Calibration, 'tokensFor'>
  /** Per choice. */
  readonly outputBlockTokens: number
}
export type BlockOf = (candidates: NonEmpty<Deployment>, bound: RequestBound, request: InferenceRequest) => HoldOrder['block']

export function createBlockOf({ calibration, outputBlockTokens }: BlockTools): BlockOf {
  return (candidates, bound, request) => {
    if (!request.stream || !streamedOperations.includes(request.operation) || bound.units !== undefined) return null
    const body = request.json.open()
    if (candidates.some((deployment) => reasonsUnseen(deployment, body))) return null
    const inputTokensOf = (deployment: Deployment): number => {
      const text = Math.max(0, request.bodyBytes - bound.mediaBytes)
      const most = inputTokensMost(deployment, bound, request.bodyBytes)
      // Media and what the vendor adds stay bounded; the text is guessed.
      return most - text + Math.min(text, calibration.tokensFor(deployment.id, text))
    }
    const answer = exposureWith(candidates, bound, { bodyBytes: request.bodyBytes, inputTokensOf })
    if (answer.kind !== 'bounded') return null
    const { inputNanoUsd, outputTokensMax } = answer.exposure
    return { inputNanoUsd, outputTokens: Math.min(outputTokensMax, outputBlockTokens * Math.max(1, bound.choices)) }
  }
}

/** What is billed without being streamed could not be paid for on the way. A model of which nothing is known is taken to show what it writes. */
function reasonsUnseen({ facts, price, provider, settings }: Deployment, body: JsonObject): boolean {
  const { reasonsWhenAsked } = provider.quirks
  if (reasonsWhenAsked !== undefined) return !reasonsWhenAsked || asksReasoning(body) || asksReasoning(settings)
  const line = price?.prices.reasoning
  return facts.capabilities.includes('reasoning') || (line !== undefined && !isFreeLine(line))
}

// In each dialect's own words, and where it has them: a translation makes the same wish of all of them.
const switches = ['reasoning_effort', 'reasoning', 'thinking', 'enable_thinking', 'think', 'effort', 'thinkingConfig', 'thinking_config', 'reasoning_config']
const places = ['output_config', 'generationConfig', 'generation_config', 'additionalModelRequestFields']
const isAsked = (fields: JsonObject): boolean => switches.some((name) => ![undefined, null, false, 'none'].some((off) => off === fields[name]))
const asksReasoning = (fields: JsonObject): boolean => isAsked(fields) || places.some((name) => isAsked(objectOf(fields[name]) ?? {}))
