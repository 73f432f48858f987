// How much a Claude model is asked to think: OpenAI's `reasoning_effort` in the form the model's generation understands.
// Promises: never a combination the vendor rejects (a forced tool, a cap below the smallest budget); what is lost is named.
// Leaves alone: reasoning in replies. Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking, as known 2026-11-21.

import type { ChatRequest } from '../../contract/chat.ts'
import { isJsonObject, objectOf, type JsonObject } from '../../contract/json.ts'
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
  const own = objectOf(request.other['thinking']) ?? (isJsonObject(frame.settings['thinking']) ? frame.settings['thinking'] : undefined)
  if (own !== undefined) return { ...none, thinking: own }
  const asked = request.reasoningEffort
  if (asked === undefined) return none
  if (frame.traits.thinking === 'none') return asked === 'none' ? none : lost
  if (asked === 'none') return { ...none, thinking: { type: 'disabled' } }
  return frame.traits.thinking === 'adaptive' ? adaptive(request, frame.traits, asked) : budgeted(request, frame.cap, asked)
}

function adaptive(request: ChatRequest, traits: ModelTraits, asked: string): ThinkingPlan {
  const level = asked === 'minimal' ? 'low' : asked
  const effort = level === 'xhigh' && !traits.efforts.includes(level) ? 'high' : level
  // Effort also steers answers without thinking, so a forced tool loses nothing by name.
  return { ...none, effort, thinking: isForced(request) ? undefined : { type: 'adaptive' } }
}

// The budgets LiteLLM uses for the first three, so that a move from it changes no bill; doubled for each step beyond.
const budgets: Readonly<Record<string, number>> = { minimal: 1024, low: 1024, medium: 2048, high: 4096, xhigh: 8192, max: 16384 }
const smallestBudget = 1024

function budgeted(request: ChatRequest, cap: number, asked: string): ThinkingPlan {
  const wanted = Object.hasOwn(budgets, asked) ? budgets[asked] : undefined
  if (wanted === undefined || cap <= smallestBudget || isForced(request)) return lost
  // The vendor takes a tool turn back only with the reasoning it began with. Chat callers rarely keep that, so this turn goes on without;
  // otherwise the second step of every tool conversation would be refused.
  if (continuesTools(request)) return none
  return { ...none, thinking: { type: 'enabled', budget_tokens: Math.min(wanted, cap - 1) } }
}

function isForced(request: ChatRequest): boolean {
  return request.toolChoice?.kind === 'required' || request.toolChoice?.kind === 'tool'
}

function continuesTools(request: ChatRequest): boolean {
  const last = request.messages.findLast((message) => message.role === 'assistant')
  if (last === undefined || last.role !== 'assistant' || request.messages.at(-1)?.role !== 'tool') return false
  return !last.thinking.some((block) => block.signature !== undefined || block.redacted !== undefined)
}
