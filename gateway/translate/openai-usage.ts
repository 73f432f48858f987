// OpenAI's usage object to disjoint meters and back.
// Promises: the sum of meters is what the vendor counted, also when its details contradict its totals.
// Source: the CompletionUsage schema of https://github.com/openai/openai-openapi, as known 2026-11-21.

import { countOf, listOf, objectOf, type JsonObject } from '../contract/json.ts'
import { cachedTokens, completionTokens, promptTokens, type Meters, type Usage } from '../contract/usage.ts'

const totals = ['prompt_tokens', 'completion_tokens', 'total_tokens']
/** null: the vendor said nothing that can be counted. */
export function readOpenaiUsage(value: unknown): Usage | null {
  const usage = objectOf(value)
  // A figure that cannot be a count is no report of zero: it is left to be estimated.
  if (usage === undefined || totals.some((name) => usage[name] !== undefined && usage[name] !== null && countOf(usage[name]) === undefined)) return null
  const total = countOf(usage['total_tokens'])
  const completion = countOf(usage['completion_tokens'])
  const prompt = countOf(usage['prompt_tokens']) ?? (total === undefined ? undefined : Math.max(0, total - (completion ?? 0)))
  // No prompt is empty: a count of zero stands where a vendor has not counted.
  if (prompt === undefined || prompt === 0) return null
  const cached = cachedIn(usage)
  const meters: Meters = {
    ...readPrompt(usage, prompt, cached),
    ...(completion === undefined ? {} : readCompletion(usage, { completion, beside: besideBoth(usage, prompt + completion, cached) })),
  }
  return { meters, provenance: 'reported' }
}

/**
 * What a chunk or a reply says was used. Moonshot's streams say it in the choice that ends (https://platform.kimi.ai/docs/api/chat, as known 2026-11-22);
 * of several choices one speaks for itself alone.
 */
export const usageIn = (chunk: JsonObject): unknown => chunk['usage'] ?? usageInChoice(listOf(chunk['choices']))

function usageInChoice([first, ...others]: readonly unknown[]): unknown {
  const choice = objectOf(first)
  return others.length === 0 && (choice?.['index'] ?? 0) === 0 ? choice?.['usage'] : undefined
}

/** Of a reply with text: half a report would pass for a whole one, so it is left to be estimated. */
export function readOpenaiTextUsage(value: unknown): Usage | null {
  const usage = readOpenaiUsage(value)
  return usage?.meters.output === undefined ? null : usage
}

/** Takes named parts off a total, never more than is left. */
export function divide(total: number, parts: Readonly<Record<string, number | undefined>>): { rest: number; taken: Record<string, number> } {
  const taken: Record<string, number> = {}
  let left = total
  for (const [name, count] of Object.entries(parts)) {
    const part = Math.min(left, count ?? 0)
    if (part > 0) taken[name] = part
    left -= part
  }
  return { rest: left, taken }
}

/**
 * DeepSeek and Moonshot report their caches beside the total (https://api-docs.deepseek.com/guides/kv_cache, as known 2026-11-21;
 * https://platform.kimi.ai/docs/api/chat, as known 2026-11-22); other gateways use Anthropic's names, Alibaba one of them among the details and Perplexity both
 * (https://www.alibabacloud.com/help/en/model-studio/context-cache; https://github.com/perplexityai/perplexity-node, `ResponsesUsage`; as known 2026-11-22).
 */
const readNames = ['prompt_cache_hit_tokens', 'cache_read_input_tokens', 'cached_tokens']
const firstCount = (...values: readonly unknown[]): number | undefined => values.map(countOf).find((count) => count !== undefined)

interface Cached {
  readonly cacheRead: number | undefined
  readonly cacheWrite: number | undefined
}

function cachedIn(usage: JsonObject): Cached {
  const details = objectOf(usage['prompt_tokens_details']) ?? {}
  return {
    cacheRead: firstCount(details['cached_tokens'], ...readNames.map((name) => usage[name]), details['cache_read_input_tokens']),
    cacheWrite: firstCount(details['cache_write_tokens'], details['cache_creation_input_tokens'], usage['cache_creation_input_tokens']),
  }
}

function readPrompt(usage: JsonObject, prompt: number, cached: Cached): Meters {
  const { rest, taken } = divide(prompt, { ...cached, inputAudio: countOf(objectOf(usage['prompt_tokens_details'])?.['audio_tokens']) })
  return { input: rest, ...taken }
}

/** What the total holds beyond prompt and completion; none where that is the cache, or Mistral's sound, which some count beside the prompt. */
function besideBoth(usage: JsonObject, both: number, { cacheRead = 0, cacheWrite = 0 }: Cached): number {
  const beside = Math.max(0, (countOf(usage['total_tokens']) ?? 0) - both)
  const isPrompt = Boolean(usage['prompt_audio_seconds']) || [cacheRead, cacheWrite, cacheRead + cacheWrite].includes(beside)
  return isPrompt ? 0 : beside
}

/**
 * Some vendors leave reasoning out of completion_tokens; their own total shows it, and billing less than they do would be wrong. Those that pass Gemini on
 * often have no other word for it (https://github.com/Clarifai/clarifai-python/pull/978, https://github.com/mozilla-ai/any-llm/issues/1290, as known 2026-11-22).
 */
function readCompletion(usage: JsonObject, { completion, beside }: { completion: number; beside: number }): Meters {
  const details = objectOf(usage['completion_tokens_details']) ?? {}
  const told = countOf(details['reasoning_tokens']) ?? 0
  const reasoning = told === 0 ? beside : told
  const { rest, taken } = divide(completion + (reasoning === beside ? beside : 0), { reasoning, outputAudio: countOf(details['audio_tokens']) })
  return { output: rest, ...taken }
}

export function writeOpenaiUsage(usage: Usage): JsonObject {
  const { meters } = usage
  const prompt = promptTokens(meters)
  const completion = completionTokens(meters)
  const written = (meters.cacheWrite ?? 0) + (meters.cacheWrite1h ?? 0)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cachedTokens(meters), cache_write_tokens: written, audio_tokens: meters.inputAudio ?? 0 },
    completion_tokens_details: { reasoning_tokens: meters.reasoning ?? 0, audio_tokens: meters.outputAudio ?? 0 },
    // Roo Code reads these two and not the details (https://github.com/RooCodeInc/Roo-Code, src/api/providers/openai.ts, read 2026-04-14).
    cache_read_input_tokens: cachedTokens(meters),
    cache_creation_input_tokens: written,
  }
}
