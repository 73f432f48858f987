// Rerank replies of all vendors, which differ in a few names: `results`, `data` or a bare list; `relevance_score` or `score`; search units or tokens.
// Promises: a row without a place or a score makes the reply unreadable, instead of a ranking nobody gave. Leaves alone: their order.
// Source: https://docs.cohere.com/reference/rerank, https://docs.voyageai.com/reference/reranker-api, https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
// ("Re-rank API"), https://huggingface.github.io/text-embeddings-inference, as known 2026-11-21.

import type { ReplyEvent } from '../../contract/chat.ts'
import { countOf, listOf, numberOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { Meters, TextTally, Usage } from '../../contract/usage.ts'
import type { StreamFacts } from '../../contract/wire.ts'
import { readVendorError } from '../vendor-error.ts'

export function readRankings(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const rows = rowsIn(body)?.map((row) => readRow(objectOf(row) ?? {})) ?? []
  const rankings = rows.filter((row) => row !== null)
  if (rows.length === 0 || rankings.length < rows.length)
    return [{ type: 'error', message: 'The provider sent a reply without rankings.', code: 'upstream_protocol' }]
  const usage = readRerankUsage(reply)
  return [
    { type: 'reply-start', upstreamId: textOf(reply['id']) ?? null, model: textOf(reply['model']) ?? null },
    ...rankings,
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}

/** Facts of a reply that passes. */
export function readRerankFacts(body: unknown, _text: TextTally): StreamFacts {
  const reply = objectOf(body) ?? {}
  const error = rowsIn(body) === null ? { ...readVendorError(0, reply), message: 'The provider sent no reply of this format.' } : null
  const upstreamId = textOf(reply['id']) ?? null
  return { usage: readRerankUsage(reply), upstreamId, model: textOf(reply['model']) ?? null, textBytesAtUsage: 0, finished: true, error }
}

function rowsIn(body: unknown): readonly unknown[] | null {
  if (Array.isArray(body)) return listOf(body)
  const { results, data } = objectOf(body) ?? {}
  return Array.isArray(results) ? listOf(results) : Array.isArray(data) ? listOf(data) : null
}

function readRow(row: JsonObject): Extract<ReplyEvent, { type: 'ranking' }> | null {
  const index = countOf(row['index'])
  const score = numberOf(row['relevance_score']) ?? numberOf(row['score'])
  return index === undefined || score === undefined ? null : { type: 'ranking', index, score }
}

/** Cohere bills search units; who bills tokens says so in `usage`, or in Cohere's `meta`. */
function readRerankUsage(reply: JsonObject): Usage | null {
  const meta = objectOf(reply['meta']) ?? {}
  const billed = objectOf(meta['billed_units']) ?? {}
  const usage = objectOf(reply['usage']) ?? {}
  const tokens = [usage['total_tokens'], usage['prompt_tokens'], billed['total_tokens'], billed['input_tokens'], objectOf(meta['tokens'])?.['input_tokens']]
  const units = countOf(billed['search_units'])
  const input = tokens.map((value) => countOf(value)).find((count) => count !== undefined && count > 0)
  const meters: Meters = { ...(input === undefined ? {} : { input }), ...(units === undefined || units === 0 ? {} : { calls: units }) }
  return Object.keys(meters).length === 0 ? null : { meters, provenance: 'reported' }
}
