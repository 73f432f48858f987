// Vertex AI's `embedContent` as a provider's wire: one content, one vector. Its newer models know no batch.
// Promises: several inputs are refused in a sentence, never answered in part. Leaves alone: callers (nobody speaks it to us), media.
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/projects.locations.publishers.models/embedContent, as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { refuse } from '../contract/errors.ts'
import { objectOf } from '../contract/json.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { rest } from './fields.ts'
import { embeddingUsage } from './gemini-embed.ts'
import { readGeminiError } from './gemini-error.ts'
import { toVectorEvents } from './vector-reply.ts'
import { createWholeReader } from './whole-reply.ts'

export const vertexEmbed: Wire = {
  id: 'vertex-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readGeminiError },
}

const carried = new Set(['user', 'task_type', 'title'])

function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const { inputs, dimensions, other } = asEmbedding(pivot)
  const [text, ...more] = inputs
  if (text === undefined || more.length > 0)
    throw refuse(
      'invalid_request',
      { reason: `${target.model} embeds one text per call at this provider; ${String(inputs.length)} were sent.` },
      { param: 'input' },
    )
  const body = { content: { parts: [{ text }] }, title: other['title'], taskType: other['task_type'], outputDimensionality: dimensions }
  return { body, dropped: namesOf(rest(other, carried)) }
}

function readWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  return toVectorEvents([objectOf(reply['embedding'])?.['values']], embeddingUsage(reply))
}
