// Vertex AI's `embedContent` as a wire: one content, one vector. Callers speak it by the vendor's own path. Its newer models know no batch.
// Promises: several inputs are refused in a sentence, never answered in part. Leaves alone: media, which a hard budget refuses.
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/projects.locations.publishers.models/embedContent, as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { refuse } from '../contract/errors.ts'
import { listOf, objectOf, type JsonObject } from '../contract/json.ts'
import type { RequestBound, StreamFacts, Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { rest } from './fields.ts'
import { embeddingUsage } from './gemini-embed.ts'
import { geminiFailure, readGeminiError } from './gemini-error.ts'
import { unnamed } from './gemini-generate/members.ts'
import { createGeminiTap } from './gemini-generate/tap.ts'
import { sseData } from './sse.ts'
import { createSeen } from './tap.ts'
import { toVectorEvents } from './vector-reply.ts'
import { createWholeReader } from './whole-reply.ts'

export const vertexEmbed: Wire = {
  id: 'vertex-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readGeminiError },
  pass: {
    bound,
    // The model stands in the path.
    edit: (raw) => ({ body: raw, stripUsage: false }),
    // A stream does not exist here.
    createTap: createGeminiTap,
    readFacts,
    fail: (error) => sseData(JSON.stringify(geminiFailure(error))),
  },
}

function bound(body: JsonObject): RequestBound {
  const parts = listOf(objectOf(body['content'])?.['parts']).map((part) => objectOf(part) ?? {})
  const unbounded = parts.flatMap((part, index) => unnamed(part, ['text']).map((name) => `content.parts[${index}].${name}`))
  return { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1, unbounded }
}

function readFacts(body: unknown): StreamFacts {
  const reply = objectOf(body) ?? {}
  const error = objectOf(reply['embedding']) === undefined ? { ...readGeminiError(0, reply), message: 'The provider sent no reply of this format.' } : null
  return { ...createSeen(), usage: embeddingUsage(reply), finished: true, error }
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
