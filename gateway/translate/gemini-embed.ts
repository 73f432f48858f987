// Gemini's embeddings as a wire: one request (embedContent) or several (batchEmbedContents), towards a provider always several.
// Promises: one vector per input, in order; a caller gets the form it asked in. Leaves alone: encodings (the caller's wire makes them); media.
// Source: https://ai.google.dev/api/embeddings, as known 2026-11-21.

import type { EmbeddingRequest, PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, isJsonObject, listOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import { promptTokens } from '../contract/usage.ts'
import type { PassEdits, PassedRequest, RequestBound, StreamFacts, Wire, WriterOptions, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { editObject } from '../kit/json-scan.ts'
import { collectReply } from './collect-reply.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { invalid, optionalCount, optionalObject, present, rest } from './fields.ts'
import { geminiFailure, readGeminiError } from './gemini-error.ts'
import { memberOf, unnamed } from './gemini-generate/members.ts'
import { createGeminiTap } from './gemini-generate/tap.ts'
import { divide } from './openai-usage.ts'
import { sseData } from './sse.ts'
import { toVectorEvents } from './vector-reply.ts'
import { createWholeReader, createWholeWriter } from './whole-reply.ts'

export const geminiEmbed: Wire = {
  id: 'gemini-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  inbound: { bound, read, createWriter: (options) => createWholeWriter((events) => writeWhole(events, options)), writeWhole },
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readGeminiError },
  pass: {
    edit,
    // A stream does not exist here.
    createTap: createGeminiTap,
    readFacts,
    misfits: (_body, request) => !isBatch(request),
    fail: (error) => sseData(JSON.stringify(geminiFailure(error))),
  },
}

const isBatch = (body: JsonObject): boolean => Array.isArray(body['requests'])
const requestsIn = (body: JsonObject): readonly unknown[] => (isBatch(body) ? listOf(body['requests']) : [body])

function bound(body: JsonObject): RequestBound {
  const parts = requestsIn(body).flatMap((request, index) =>
    listOf(objectOf(objectOf(request)?.['content'])?.['parts']).map((part, place) => ({
      part: objectOf(part) ?? {},
      at: `requests[${index}].content.parts[${place}]`,
    })),
  )
  // What is not text has no bound here.
  const unbounded = parts.flatMap(({ part, at }) => unnamed(part, ['text']).map((name) => `${at}.${name}`))
  return { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1, unbounded }
}

/** Every request of a batch names the model once more. */
function edit(raw: Uint8Array, body: JsonObject, { model }: PassEdits): PassedRequest {
  const named = `models/${model}`
  if (!isBatch(body)) return { body: Buffer.from(JSON.stringify({ requests: [{ ...body, model: named }] })), stripUsage: false }
  const requests = requestsIn(body).map((request) => (isJsonObject(request) && request['model'] !== named ? { ...request, model: named } : request))
  const same = requests.every((request, index) => request === requestsIn(body)[index])
  return { body: same ? raw : editObject(raw, [{ key: 'requests', json: JSON.stringify(requests) }]), stripUsage: false }
}

const taken = ['model', 'content', 'outputDimensionality']

function read(body: JsonObject): EmbeddingRequest {
  const requests = requestsIn(body).map((request, index) => optionalObject(request, `requests[${index}]`) ?? {})
  if (requests.length === 0) throw invalid('requests', 'must not be empty')
  const sizes = new Set(requests.map((request, index) => optionalCount(memberOf(request, 'outputDimensionality'), `requests[${index}].outputDimensionality`)))
  const [dimensions] = sizes
  if (sizes.size > 1) throw invalid('requests[].outputDimensionality', "must be the same for all: this model's provider takes one size for a call")
  return {
    operation: 'embedding',
    dialect: 'gemini',
    inputs: requests.map((request, index) => readText(request, `requests[${index}].content`)),
    encoding: 'float',
    other: {},
    lost: [...new Set(requests.flatMap((request) => unnamed(request, taken)))],
    ...present({ dimensions }),
  }
}

function readText(request: JsonObject, at: string): string {
  const given = request['content']
  const parts = typeof given === 'string' ? [{ text: given }] : listOf(objectOf(given)?.['parts'])
  if (parts.length === 0) throw invalid(`${at}.parts`, 'must hold text')
  const texts = parts.map((part, place) => {
    const text = textOf(objectOf(part)?.['text'])
    if (text === undefined) throw invalid(`${at}.parts[${place}].text`, "must be text: media cannot be translated for this model's provider")
    return text
  })
  return texts.join('\n')
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
  return toVectorEvents(rows, embeddingUsage(reply))
}

/**
 * null: older models report none. Sound and pictures have rates of their own; the details are named otherwise here than on Vertex AI
 * (https://ai.google.dev/api/embeddings#EmbeddingUsageMetadata, https://ai.google.dev/gemini-api/docs/pricing, as known 2026-11-22).
 */
export function embeddingUsage(reply: JsonObject): StreamFacts['usage'] {
  const usage = objectOf(reply['usageMetadata']) ?? {}
  const tokens = countOf(usage['promptTokenCount'])
  if (tokens === undefined || tokens === 0) return null
  const rows = listOf(usage['promptTokenDetails'] ?? usage['promptTokensDetails']).map((row) => objectOf(row) ?? {})
  const of = (modality: string): number => rows.reduce((sum, row) => sum + (row['modality'] === modality ? (countOf(row['tokenCount']) ?? 0) : 0), 0)
  const { rest, taken } = divide(tokens, { inputAudio: of('AUDIO'), inputImage: of('IMAGE') })
  return { meters: { input: rest, ...taken }, provenance: 'reported' }
}

function readFacts(body: unknown): StreamFacts {
  const reply = objectOf(body) ?? {}
  const error = Array.isArray(reply['embeddings']) ? null : { ...readGeminiError(0, reply), message: 'The provider sent no reply of this format.' }
  return { usage: embeddingUsage(reply), upstreamId: null, model: null, textBytesAtUsage: 0, finished: true, error }
}

function writeWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const reply = collectReply(events)
  const embeddings = reply.vectors.map((values) => ({ values }))
  const usage = reply.usage === null ? {} : { usageMetadata: { promptTokenCount: promptTokens(reply.usage.meters) } }
  return isBatch(options.request) ? { embeddings, ...usage } : { embedding: embeddings[0] ?? { values: [] }, ...usage }
}
