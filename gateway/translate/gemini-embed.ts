// Gemini's batchEmbedContents as a wire.
// Promises: one vector per input, in order. Leaves alone: encodings (the caller's wire makes them); media.
// Source: https://ai.google.dev/api/embeddings, as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, listOf, numberOf, objectOf } from '../contract/json.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { rest } from './fields.ts'
import { readGeminiError } from './gemini-error.ts'
import { createWholeReader } from './whole-reply.ts'

export const geminiEmbed: Wire = {
  id: 'gemini-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readGeminiError },
}

/** `task_type` and `title` are how LiteLLM's callers name them (https://docs.litellm.ai/docs/embedding/supported_embedding, as known 2026-11-21). */
const carriedElsewhere = new Set(['user', 'task_type', 'title'])

function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = asEmbedding(pivot)
  const shared = {
    model: `models/${target.model}`,
    taskType: request.other['task_type'],
    title: request.other['title'],
    outputDimensionality: request.dimensions,
  }
  const requests = request.inputs.map((text) => ({ ...shared, content: { parts: [{ text }] } }))
  return { body: { requests }, dropped: namesOf(rest(request.other, carriedElsewhere)) }
}

function readWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const rows = listOf(reply['embeddings']).map((row) => objectOf(row)?.['values'])
  if (rows.length === 0 || !rows.every(Array.isArray))
    return [{ type: 'error', message: 'The provider sent a reply without embeddings.', code: 'upstream_protocol' }]
  const tokens = countOf(objectOf(reply['usageMetadata'])?.['promptTokenCount'])
  return [
    { type: 'reply-start', upstreamId: null, model: null },
    ...rows.map((row, index): ReplyEvent => ({ type: 'embedding', index, vector: listOf(row).map((value) => numberOf(value) ?? 0) })),
    // Older models report none.
    ...(tokens === undefined || tokens === 0 ? [] : [{ type: 'usage' as const, usage: { meters: { input: tokens }, provenance: 'reported' as const } }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}
