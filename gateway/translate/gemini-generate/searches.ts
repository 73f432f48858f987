// What Google looks up on the web for a reply, in the unit it sells: queries, and for models before Gemini 3 the prompt that needed any.
// Promises: the vendor's own count wins; queries are counted once each, over all events of a stream; memory is bounded whatever comes.
// Leaves alone: maps, pages and files, which have prices of their own; the share that is free to an account, of which no reply tells.
// Source: https://ai.google.dev/gemini-api/docs/google-search and https://ai.google.dev/gemini-api/docs/pricing, as known 2026-11-22.

import { countOf, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'

export interface Searches {
  /** Of one response: the whole reply, or an event of its stream. */
  note(response: JsonObject): void
  /** The usage with what was searched for up to now. */
  addTo(usage: Usage | null): Usage | null
}

// More than any prompt has needed; a vendor that claims more is not believed anyway.
const queriesMax = 200
const queryCharactersMax = 2000

export function createSearches(): Searches {
  const queries = new Set<string>()
  let billed = 0
  let soldByPrompt = false
  const count = (): number => {
    if (billed > 0) return billed
    return soldByPrompt ? Math.min(1, queries.size) : queries.size
  }
  return {
    note(response) {
      soldByPrompt ||= /^gemini-[12]\./.test(textOf(response['modelVersion']) ?? '')
      billed = Math.max(billed, readBilled(objectOf(response['usageMetadata'])))
      for (const query of queriesOf(response)) if (queries.size < queriesMax && query.length <= queryCharactersMax) queries.add(query)
    },
    addTo(usage) {
      const searches = count()
      return usage === null || searches === 0 ? usage : { ...usage, meters: { ...usage.meters, searches } }
    },
  }
}

/** Newer models tell what was billed, under names that all begin alike. */
function readBilled(usage: JsonObject | undefined): number {
  const calls = listOf(usage?.['billedToolCalls']).map((call) => objectOf(call) ?? {})
  const searches = calls.filter((call) => /^google_search/i.test(textOf(call['tool']) ?? ''))
  return searches.reduce((sum, call) => sum + (countOf(call['successfulToolCallCount']) ?? 0), 0)
}

/** Empty ones are no searches. */
function queriesOf(response: JsonObject): readonly string[] {
  const listed = listOf(response['candidates']).flatMap((candidate) => listOf(objectOf(objectOf(candidate)?.['groundingMetadata'])?.['webSearchQueries']))
  return listed.map((query) => textOf(query)?.trim() ?? '').filter((query) => query !== '')
}
