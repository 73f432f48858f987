// Vertex AI's `predict` for text embeddings as a wire: one instance per input. Callers speak it by the vendor's own path.
// Promises: one vector per input, in order; tokens are what the vendor counted for each. Leaves alone: media, and whatever else is predicted: a hard budget refuses that.
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api, as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, listOf, objectOf, type Json, type JsonObject } from '../contract/json.ts'
import type { Usage } from '../contract/usage.ts'
import type { RequestBound, StreamFacts, Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { present, rest } from './fields.ts'
import { geminiFailure, readGeminiError } from './gemini-error.ts'
import { createGeminiTap } from './gemini-generate/tap.ts'
import { sseData } from './sse.ts'
import { createSeen } from './tap.ts'
import { toVectorEvents } from './vector-reply.ts'
import { createWholeReader } from './whole-reply.ts'

export const vertexPredict: Wire = {
  id: 'vertex-predict',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readGeminiError },
  pass: {
    bound: (body) => ({ ...textOnly, unbounded: unknownIn(body) }),
    // The model stands in the path.
    edit: (raw) => ({ body: raw, stripUsage: false }),
    // A stream does not exist here.
    createTap: createGeminiTap,
    readFacts,
    fail: (error) => sseData(JSON.stringify(geminiFailure(error))),
  },
}

const textOnly: Omit<RequestBound, 'unbounded'> = { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1 }
const instanceFields = ['content', 'task_type', 'title']
const parameterFields = ['outputDimensionality', 'autoTruncate']

/** What makes of it another prediction than that of embeddings. */
function unknownIn(body: JsonObject): readonly string[] {
  const instances = listOf(body['instances']).map((instance) => objectOf(instance) ?? {})
  const foreign = instances.flatMap((instance, index) =>
    typeof instance['content'] === 'string'
      ? Object.keys(instance)
          .filter((name) => !instanceFields.includes(name))
          .map((name) => `instances[${index}].${name}`)
      : [`instances[${index}]`],
  )
  const parameters = Object.keys(objectOf(body['parameters']) ?? {}).filter((name) => !parameterFields.includes(name))
  return [...(instances.length === 0 ? ['instances'] : []), ...foreign, ...parameters.map((name) => `parameters.${name}`)]
}

function readFacts(body: unknown): StreamFacts {
  const reply = objectOf(body) ?? {}
  const error = Array.isArray(reply['predictions']) ? null : { ...readGeminiError(0, reply), message: 'The provider sent no reply of this format.' }
  return { ...createSeen(), usage: readUsage(reply), finished: true, error }
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
  const reply = objectOf(body) ?? {}
  return toVectorEvents(
    rowsIn(reply).map((row) => row['values']),
    readUsage(reply),
  )
}

const rowsIn = (reply: JsonObject): readonly JsonObject[] => listOf(reply['predictions']).map((row) => objectOf(objectOf(row)?.['embeddings']) ?? {})

/** null: not every row has its count, so the sum would be too small. */
function readUsage(reply: JsonObject): Usage | null {
  const counts = rowsIn(reply).map((row) => countOf(objectOf(row['statistics'])?.['token_count']))
  const known = counts.filter((count) => count !== undefined)
  const input = known.reduce((sum, count) => sum + count, 0)
  return known.length < counts.length || input === 0 ? null : { meters: { input }, provenance: 'reported' }
}
