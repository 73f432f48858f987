// A whole reply of vectors as events: one embedding per row, in the vendor's order, then what it used.
// Promises: a row that is no list of numbers is an error, not an empty vector. Leaves alone: where a vendor keeps its rows and its count.

import type { ReplyEvent } from '../contract/chat.ts'
import { numberOf } from '../contract/json.ts'
import type { Usage } from '../contract/usage.ts'

export function toVectorEvents(rows: readonly unknown[], usage: Usage | null): readonly ReplyEvent[] {
  if (rows.length === 0 || !rows.every((row): row is unknown[] => Array.isArray(row)))
    return [{ type: 'error', message: 'The provider sent a reply without embeddings.', code: 'upstream_protocol' }]
  return [
    { type: 'reply-start', upstreamId: null, model: null },
    ...rows.map((row, index): ReplyEvent => ({ type: 'embedding', index, vector: row.map((value) => numberOf(value) ?? 0) })),
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}
