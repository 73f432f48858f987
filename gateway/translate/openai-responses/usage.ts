// The Responses usage object to disjoint meters and back.
// Promises: the same counting as Chat Completions, under this wire's names.
// Source: the ResponseUsage schema of https://github.com/openai/openai-openapi, as known 2026-11-21.

import { countOf, listOf, objectOf, type JsonObject } from '../../contract/json.ts'
import { cachedTokens, completionTokens, promptTokens, type Usage } from '../../contract/usage.ts'
import { readOpenaiTextUsage } from '../openai-usage.ts'

/** Of a whole response. null: the vendor said nothing that can be counted. */
export function readResponsesUsage(response: JsonObject): Usage | null {
  const usage = objectOf(response['usage'])
  if (usage === undefined) return null
  const read = readOpenaiTextUsage({
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    total_tokens: usage['total_tokens'],
    prompt_tokens_details: usage['input_tokens_details'],
    completion_tokens_details: usage['output_tokens_details'],
  })
  const billed = billedIn(usage)
  const searches = billed ?? listOf(response['output']).filter(isSearch).length
  return read === null || searches === 0 ? read : { ...read, meters: { ...read.meters, searches } }
}

/**
 * Two say how many they bill: xAI, whose searches of the web and of X cost the same (https://docs.x.ai/developers/tools/tool-usage-details,
 * https://docs.x.ai/developers/pricing), and Perplexity (https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/how-to, `tool_calls_details`),
 * as known 2026-11-22.
 */
function billedIn(usage: JsonObject): number | undefined {
  const { web_search_calls: web, x_search_calls: ofX } = objectOf(usage['server_side_tool_usage_details']) ?? {}
  const told = [web, ofX].map(countOf).filter((count) => count !== undefined)
  if (told.length > 0) return told.reduce((sum, count) => sum + count, 0)
  return countOf(objectOf(objectOf(usage['tool_calls_details'])?.['search_web'])?.['invocation'])
}

/** Looking for pages is sold by the call; opening one, and searching within it, is not (https://platform.openai.com/docs/guides/tools-web-search, as known 2026-11-22). */
function isSearch(value: unknown): boolean {
  const item = objectOf(value)
  return item?.['type'] === 'web_search_call' && (objectOf(item['action'])?.['type'] ?? 'search') === 'search'
}

/** Codex takes a usage object only with all three totals (observed, as known 2026-11-21). */
export function writeResponsesUsage(usage: Usage): JsonObject {
  const { meters } = usage
  const [input, output] = [promptTokens(meters), completionTokens(meters)]
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cachedTokens(meters), cache_write_tokens: (meters.cacheWrite ?? 0) + (meters.cacheWrite1h ?? 0) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: meters.reasoning ?? 0 },
    total_tokens: input + output,
  }
}
