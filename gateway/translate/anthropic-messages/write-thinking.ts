// How much a Claude model is asked to think: OpenAI's `reasoning_effort` in the form the model's generation understands.
// Promises: never a combination the vendor rejects (a forced tool, a cap below the smallest budget); what is lost is named.
// Leaves alone: reasoning in replies. Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking, as known 2026-11-21.

import type { ChatRequest } from '../../contract/chat.ts'
import { numberOf, objectOf, type JsonObject } from '../../contract/json.ts'
import type { ModelTraits } from './model-traits.ts'

export interface ThinkingPlan {
  readonly thinking: JsonObject | undefined
  readonly effort: string | undefined
  readonly dropped: readonly string[]
}
interface Frame {
  readonly traits: ModelTraits
  readonly cap: number
  readonly settings: JsonObject
}

const none: ThinkingPlan = { thinking: undefined, effort: undefined, dropped: [] }
const lost: ThinkingPlan = { ...none, dropped: ['reasoning_effort'] }

export function writeThinking(request: ChatRequest, frame: Frame): ThinkingPlan {
  // LiteLLM's callers send the vendor's own object beside the chat fields (https://docs.litellm.ai/docs/reasoning_content, as known 2026-11-21).
  const own = objectOf(request.other['thinking'])
  if (own !== undefined) return { ...none, thinking: own }
  const asked = request.reasoningEffort
  if (asked === undefined) return unasked(request, frame)
  if (frame.traits.thinking === 'none') return asked === 'none' ? none : lost
  if (asked === 'none') return quiet(frame.traits)
  return frame.traits.thinking === 'adaptive' ? adaptive(request, frame.traits, asked) : budgeted(request, frame, asked)
}

/** A deployment's default, where it turns no good request into one that is refused. */
function unasked(request: ChatRequest, { traits, cap, settings }: Frame): ThinkingPlan {
  const preset = objectOf(settings['thinking'])
  if (preset?.['type'] === 'disabled') return quiet(traits)
  if (isForced(request, traits)) return none
  if (preset !== undefined && isAffordable(preset, cap) && (preset['type'] !== 'enabled' || !continuesTools(request))) return { ...none, thinking: preset }
  // What thinks anyway is asked to show it: callers of other dialects have no word for that, and text between calls is among these thoughts.
  return traits.thinksUnasked && traits.hidesThoughts ? { ...none, thinking: aloud(traits) } : none
}

/** A budget stands below the cap (https://platform.claude.com/docs/en/build-with-claude/extended-thinking, as known 2026-11-22). */
export function isAffordable(thinking: JsonObject, cap: number): boolean {
  const budget = numberOf(thinking['budget_tokens'])
  return budget === undefined || budget < cap
}

const aloud = ({ hidesThoughts }: ModelTraits): JsonObject => (hidesThoughts ? { type: 'adaptive', display: 'summarized' } : { type: 'adaptive' })

/** One that always thinks refuses to be told not to; the lowest effort is as near as it comes. */
function quiet({ quiet: type, thinksUnasked }: ModelTraits): ThinkingPlan {
  if (type !== null) return { ...none, thinking: { type } }
  return thinksUnasked ? { ...none, effort: 'low' } : none
}

function adaptive(request: ChatRequest, traits: ModelTraits, asked: string): ThinkingPlan {
  const level = asked === 'minimal' ? 'low' : asked
  const effort = level === 'xhigh' && !traits.efforts.includes(level) ? 'high' : level
  // Effort also steers answers without thinking, so a forced tool loses nothing by name.
  return { ...none, effort, thinking: isForced(request, traits) ? undefined : aloud(traits) }
}

// The budgets LiteLLM uses for the first three, so that a move from it changes no bill; doubled for each step beyond.
const budgets: Readonly<Record<string, number>> = { minimal: 1024, low: 1024, medium: 2048, high: 4096, xhigh: 8192, max: 16384 }
const smallestBudget = 1024

function budgeted(request: ChatRequest, { traits, cap }: Frame, asked: string): ThinkingPlan {
  const wanted = Object.hasOwn(budgets, asked) ? budgets[asked] : undefined
  if (wanted === undefined || cap <= smallestBudget || isForced(request, traits)) return lost
  // The vendor takes a tool turn back only with the reasoning it began with. Chat callers rarely keep that, so this turn goes on without;
  // otherwise the second step of every tool conversation would be refused.
  if (continuesTools(request)) return none
  return { ...none, thinking: { type: 'enabled', budget_tokens: Math.min(wanted, cap - 1) } }
}

/** What is asked of a model that cannot be forced is not sent so. */
function isForced({ toolChoice }: ChatRequest, { forcesTools }: ModelTraits): boolean {
  return forcesTools && (toolChoice?.kind === 'required' || toolChoice?.kind === 'tool')
}

function continuesTools(request: ChatRequest): boolean {
  const last = request.messages.findLast((message) => message.role === 'assistant')
  if (last === undefined || last.role !== 'assistant' || request.messages.at(-1)?.role !== 'tool') return false
  return !last.thinking.some((block) => block.signature !== undefined || block.redacted !== undefined)
}
