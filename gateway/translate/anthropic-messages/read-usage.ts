// Anthropic's usage object to disjoint meters.
// Promises: cached tokens are counted beside `input_tokens`, as the vendor does; the sum is kept when a split contradicts its total.
// Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching, as known 2026-11-21.

import { countOf, listOf, objectOf, type JsonObject } from '../../contract/json.ts'
import { meters, promptTokens, type Meter, type Meters, type Usage } from '../../contract/usage.ts'

// English text averages about four bytes a token (https://platform.claude.com/docs/en/about-claude/glossary#tokens, as known 2026-11-21).
export const bytesPerToken = 4

const counts = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']

/** null: a side was not counted, or a figure cannot be a count. Half a report would pass for a whole one; it is left to be estimated. */
export function readMessagesUsage(usage: JsonObject): Usage | null {
  if (counts.some((name) => usage[name] !== undefined && usage[name] !== null && countOf(usage[name]) === undefined)) return null
  const output = countOf(usage['output_tokens'])
  if (output === undefined) return null
  const all = compactions(usage)
    .map((run) => ({ ...readInputMeters(run), ...readOutputMeters(run, countOf(run['output_tokens']) ?? 0) }))
    .reduce(sum, { ...readInputMeters(usage), ...readOutputMeters(usage, output) })
  return promptTokens(all) === 0 ? null : { meters: { ...all, ...readSearches(usage) }, provenance: 'reported' }
}

/** Sold by the search, beside the tokens of what was found (https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool, as known 2026-11-22). */
const readSearches = (usage: JsonObject): Meters => above({ searches: countOf(objectOf(usage['server_tool_use'])?.['web_search_requests']) ?? 0 })

/** A summary of the conversation is written by a run of the model's own, billed like any other, and not part of the totals (…/build-with-claude/compaction, "Usage"). */
function compactions(usage: JsonObject): readonly JsonObject[] {
  return listOf(usage['iterations']).flatMap((run) => (objectOf(run)?.['type'] === 'compaction' ? [objectOf(run) ?? {}] : []))
}

const sum = (one: Meters, other: Meters): Meters =>
  Object.fromEntries([...new Set([...meterNames(one), ...meterNames(other)])].map((meter) => [meter, (one[meter] ?? 0) + (other[meter] ?? 0)]))
const meterNames = (values: Meters): readonly Meter[] => meters.filter((meter) => values[meter] !== undefined)

export function readInputMeters(usage: JsonObject): Meters {
  const split = objectOf(usage['cache_creation']) ?? {}
  const hour = countOf(split['ephemeral_1h_input_tokens']) ?? 0
  const minutes = countOf(split['ephemeral_5m_input_tokens']) ?? 0
  const written = countOf(usage['cache_creation_input_tokens']) ?? hour + minutes
  const hourly = Math.min(hour, written)
  return {
    input: countOf(usage['input_tokens']) ?? 0,
    ...above({ cacheRead: countOf(usage['cache_read_input_tokens']) ?? 0, cacheWrite: written - hourly, cacheWrite1h: hourly }),
  }
}

function readOutputMeters(usage: JsonObject, output: number): Meters {
  const reasoning = Math.min(output, countOf(objectOf(usage['output_tokens_details'])?.['thinking_tokens']) ?? 0)
  return { output: output - reasoning, ...above({ reasoning }) }
}

const above = (meters: Meters): Meters => Object.fromEntries(Object.entries(meters).filter(([, count]) => count > 0))

/** Later values win; null and missing ones leave the earlier value standing. */
export function mergeUsage(early: JsonObject, late: JsonObject): JsonObject {
  return { ...early, ...Object.fromEntries(Object.entries(late).filter(([, value]) => value !== null && value !== undefined)) }
}
