// Vertex AI's `predict` for text embeddings as a provider's wire: one instance per input.
// Promises: one vector per input, in order; tokens are what the vendor counted for each. Leaves alone: callers (nobody speaks it to us), media.
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api, as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, listOf, objectOf, type Json } from '../contract/json.ts'
import type { Usage } from '../contract/usage.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { present, rest } from './fields.ts'
import { readGeminiError } from './gemini-error.ts'
import { toVectorEvents } from './vector-reply.ts'
import { createWholeReader } from './whole-reply.ts'

export const vertexPredict: Wire = {
  id: 'vertex-predict',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readGeminiError },
}

/** `task_type` and `title` are how LiteLLM's callers name them; here they are the vendor's names as well. */
const carried = new Set(['user', 'task_type', 'title'])

function write(pivot: PivotRequest, _target: WriteTarget): WrittenRequest {
  const { inputs, dimensions, other } = asEmbedding(pivot)
  const shared: Readonly<Record<string, Json>> = present({ task_type: other['task_type'], title: other['title'] })
  const parameters = dimensions === undefined ? {} : { parameters: { outputDimensionality: dimensions } }
  return { body: { instances: inputs.map((content) => ({ content, ...shared })), ...parameters }, dropped: namesOf(rest(other, carried)) }
}

function readWhole(body: unknown): readonly ReplyEvent[] {
  const rows = listOf(objectOf(body)?.['predictions']).map((row) => objectOf(objectOf(row)?.['embeddings']) ?? {})
  return toVectorEvents(
    rows.map((row) => row['values']),
    usageOf(rows.map((row) => countOf(objectOf(row['statistics'])?.['token_count']))),
  )
}

/** null: not every row has its count, so the sum would be too small. */
function usageOf(counts: readonly (number | undefined)[]): Usage | null {
  const known = counts.filter((count) => count !== undefined)
  const input = known.reduce((sum, count) => sum + count, 0)
  return known.length < counts.length || input === 0 ? null : { meters: { input }, provenance: 'reported' }
}
