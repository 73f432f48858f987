// A ranking as Cohere's clients and LiteLLM's callers read it.
// Promises: best first, at most `top_n` rows; a document that is sent back is the caller's own, whatever its vendor made of it.
// Source: https://docs.cohere.com/v1/reference/rerank, https://docs.litellm.ai/docs/rerank, as known 2026-11-21.

import type { ReplyEvent } from '../../contract/chat.ts'
import { countOf, listOf, type Json, type JsonObject } from '../../contract/json.ts'
import { promptTokens, type Usage } from '../../contract/usage.ts'
import type { WriterOptions } from '../../contract/wire.ts'
import { collectReply } from '../collect-reply.ts'

export function writeRerank(events: readonly ReplyEvent[], { id, request }: WriterOptions): JsonObject {
  const { rankings, usage } = collectReply(events)
  const documents = listOf(request['documents'])
  const known = rankings.filter(({ index }) => index < documents.length)
  const sorted = known.sort((left, right) => right.score - left.score).slice(0, countOf(request['top_n']) ?? known.length)
  const returns = request['return_documents'] === true
  return {
    id,
    results: sorted.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returns ? { document: toDocument(documents[index] as Json) } : {}),
    })),
    meta: toMeta(usage),
  }
}

const toDocument = (document: Json): Json => (typeof document === 'string' ? { text: document } : document)

function toMeta(usage: Usage | null): JsonObject {
  const { calls } = usage?.meters ?? {}
  const tokens = usage === null ? 0 : promptTokens(usage.meters)
  return {
    billed_units: { ...(calls === undefined ? {} : { search_units: calls }), ...(tokens === 0 ? {} : { total_tokens: tokens }) },
    ...(tokens === 0 ? {} : { tokens: { input_tokens: tokens, output_tokens: 0 } }),
  }
}
