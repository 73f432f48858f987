// How much a Gemini model is asked to think: OpenAI's `reasoning_effort` in the form the model's generation understands.
// Promises: a level for Gemini 3 and later, a budget for 2.5, never both; thoughts are asked for where an effort was; what is lost is named.
// Leaves alone: reasoning in replies. Source: https://ai.google.dev/gemini-api/docs/thinking, as known 2026-11-21.

import type { ChatRequest } from '../../contract/chat.ts'
import { countOf, objectOf, type JsonObject } from '../../contract/json.ts'

export interface ThinkingPlan {
  readonly config: JsonObject | undefined
  readonly dropped: readonly string[]
}
const nothing: ThinkingPlan = { config: undefined, dropped: [] }
const lost: ThinkingPlan = { config: undefined, dropped: ['reasoning_effort'] }

export function writeThinking(request: ChatRequest, model: string, settings: JsonObject): ThinkingPlan {
  // LiteLLM's callers send Anthropic's object beside the chat fields, whatever the vendor (https://docs.litellm.ai/docs/reasoning_content, as known 2026-11-21).
  // A deployment's is for those who say nothing of it.
  const own = objectOf(request.other['thinking']) ?? (request.reasoningEffort === undefined ? objectOf(settings['thinking']) : undefined)
  const generation = generationOf(model)
  if (own !== undefined && own['type'] !== 'disabled' && generation !== null && generation >= 2.5) return { config: fromBudget(own, model), dropped: [] }
  const asked = own?.['type'] === 'disabled' ? 'none' : request.reasoningEffort
  if (asked === undefined) return nothing
  if (generation === null || generation < 2.5) return asked === 'none' ? nothing : lost
  if (generation >= 3) return levelled(asked, model)
  const budget = asked === 'none' ? smallest(model) : Object.hasOwn(budgets, asked) ? budgets[asked] : undefined
  if (budget === undefined) return lost
  return { config: { thinkingBudget: budget, includeThoughts: asked === 'none' ? undefined : true }, dropped: [] }
}

/** `gemini-2.5-pro`, `gemini-3-flash-preview`; the names that move with time (`gemini-flash-latest`) are the newest. null: no model that thinks is called so. */
export function generationOf(model: string): number | null {
  const found = /gemini-(\d{1,2}(?:\.\d{1,2})?)(?!\d)/.exec(model.toLowerCase())
  if (found !== null) return Number(found[1])
  return /gemini-[a-z-]+-latest$/.test(model.toLowerCase()) ? newest : null
}
const newest = 3

// The budgets LiteLLM uses for low to high, so that a move from it changes no bill; doubled for each step beyond. Half of the smallest is still
// within what every 2.5 model takes (512 to 24,576).
const budgets: Readonly<Record<string, number>> = { minimal: 512, low: 1024, medium: 2048, high: 4096, xhigh: 8192, max: 16384 }
/** 2.5 Pro cannot stop thinking; 128 is the least it can be asked for. */
const smallest = (model: string): number => (model.toLowerCase().includes('pro') ? 128 : 0)

function fromBudget(own: JsonObject, model: string): JsonObject {
  const budget = countOf(own['budget_tokens'])
  if ((generationOf(model) ?? 0) < 3) return { thinkingBudget: budget === undefined ? undefined : Math.max(budget, smallest(model)), includeThoughts: true }
  return { thinkingLevel: budget === undefined ? undefined : levelOf(stepOf(budget), model), includeThoughts: true }
}

/** The largest effort that a budget pays for, by the same numbers. */
const stepOf = (budget: number): string => (budget >= 4096 ? 'high' : budget >= 2048 ? 'medium' : 'low')

const levels: Readonly<Record<string, string>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
}

function levelled(asked: string, model: string): ThinkingPlan {
  const level = levelOf(asked, model)
  return level === undefined ? lost : { config: { thinkingLevel: level, includeThoughts: asked === 'none' ? undefined : true }, dropped: [] }
}

/** These models always think. Pro knows no minimal level, and the first of them no medium one. */
function levelOf(asked: string, model: string): string | undefined {
  const level = Object.hasOwn(levels, asked) ? levels[asked] : undefined
  const name = model.toLowerCase()
  if (name.includes('pro') && level === 'MINIMAL') return 'LOW'
  return /gemini-3-pro/.test(name) && level === 'MEDIUM' ? 'HIGH' : level
}
