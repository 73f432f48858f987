// OpenAI embeddings as a wire.
// Promises: a caller gets the encoding it asked for (base64 of little-endian 32-bit floats, or numbers), whatever the provider answers with.
// Leaves alone: paths and headers (providers/). Source: https://platform.openai.com/docs/api-reference/embeddings, as known 2026-11-21.

import type { EmbeddingRequest, PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, isJsonObject, listOf, numberOf, objectOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import { promptTokens } from '../contract/usage.ts'
import type { RequestBound, Wire, WriterOptions, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { collectReply } from './collect-reply.ts'
import { asEmbedding, otherFor } from './defaults.ts'
import { invalid, optionalCount, optionalText, present, rest } from './fields.ts'
import { editBody } from './openai-edit.ts'
import { createOpenaiTap, readOpenaiFacts } from './openai-tap.ts'
import { readOpenaiUsage } from './openai-usage.ts'
import { failOpenai, readVendorError } from './vendor-error.ts'
import { createWholeReader, createWholeWriter } from './whole-reply.ts'

export const openaiEmbeddings: Wire = {
  id: 'openai-embeddings',
  operation: 'embedding',
  streamType: 'text/event-stream',
  inbound: { bound, read, createWriter: (options) => createWholeWriter((events) => writeWhole(events, options)), writeWhole },
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readVendorError },
  pass: {
    // A stream does not exist here, so there is no usage to ask for; nor output to cap.
    edit: (raw, body, { model, quirks, defaults }) => editBody(raw, body, { model, quirks, defaults, askUsage: false, capFields: [], capField: 'max_tokens' }),
    createTap: createOpenaiTap,
    readFacts: readOpenaiFacts,
    misfits,
    fail: failOpenai,
  },
}

/** Each token id of a pre-tokenised input takes at least two bytes, so the body's bytes bound those as well. */
function bound(body: JsonObject): RequestBound {
  const inputs = isJsonObject(body['input']) ? [body['input']] : listOf(body['input'])
  const unbounded = inputs.flatMap((input, index) => (isJsonObject(input) ? [`input[${index}] (object)`] : []))
  return { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1, unbounded }
}

/** Many servers that are called compatible answer with numbers whatever encoding was asked for. */
function misfits(body: unknown, request: JsonObject): boolean {
  const asText = request['encoding_format'] === 'base64'
  return listOf(objectOf(body)?.['data']).some((row) => {
    const vector = objectOf(row)?.['embedding']
    return asText ? Array.isArray(vector) : typeof vector === 'string'
  })
}

const taken = new Set(['model', 'input', 'dimensions', 'encoding_format'])

function read(body: JsonObject): EmbeddingRequest {
  const encoding = optionalText(body['encoding_format'], 'encoding_format') ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64') throw invalid('encoding_format', 'must be "float" or "base64"')
  return {
    operation: 'embedding',
    dialect: 'openai',
    inputs: readInputs(body['input']),
    encoding,
    other: rest(body, taken),
    ...present({ dimensions: optionalCount(body['dimensions'], 'dimensions') }),
  }
}

function readInputs(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0) throw invalid('input', 'must not be empty')
  return list.map((item, index) => {
    if (typeof item === 'number' || Array.isArray(item)) throw invalid('input', "must be text: tokens cannot be translated for this model's provider")
    if (typeof item !== 'string') throw invalid(Array.isArray(value) ? `input[${index}]` : 'input', 'must be a string')
    return item
  })
}

/** Numbers are asked for on this side, because every vendor has them; the caller's encoding is made when the answer is written. */
function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = asEmbedding(pivot)
  const { carried, dropped } = otherFor(request, 'openai')
  const shared = { ...carried, model: target.model, input: [...request.inputs] }
  if (target.quirks.outputDimension === true) return { body: { ...shared, output_dimension: request.dimensions }, dropped }
  return { body: { ...shared, dimensions: request.dimensions, encoding_format: 'float' }, dropped }
}

function readWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const rows = listOf(reply['data']).map((row) => objectOf(row) ?? {})
  const vectors = rows.map((row) => readVector(row['embedding']))
  if (rows.length === 0 || vectors.includes(null))
    return [{ type: 'error', message: 'The provider sent a reply without embeddings.', code: 'upstream_protocol' }]
  const usage = readOpenaiUsage(reply['usage'])
  return [
    { type: 'reply-start', upstreamId: textOf(reply['id']) ?? null, model: textOf(reply['model']) ?? null },
    ...vectors.map((vector, index): ReplyEvent => ({ type: 'embedding', index: placeOf(rows[index], rows.length) ?? index, vector: vector ?? [] })),
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}

/** Where the vendor says a vector belongs. A place beyond the list would make a list as long as that number. */
function placeOf(row: JsonObject | undefined, length: number): number | undefined {
  const place = countOf(row?.['index'])
  return place !== undefined && place < length ? place : undefined
}

function readVector(value: Json | undefined): readonly number[] | null {
  if (typeof value !== 'string') return Array.isArray(value) ? value.map((item) => numberOf(item) ?? 0) : null
  const bytes = Buffer.from(value, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4))
}

function writeWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const reply = collectReply(events)
  const base64 = options.request['encoding_format'] === 'base64'
  const tokens = reply.usage === null ? 0 : promptTokens(reply.usage.meters)
  return {
    object: 'list',
    data: reply.vectors.map((vector, index) => ({ object: 'embedding', index, embedding: base64 ? toBase64(vector) : vector })),
    model: options.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4))
  return bytes.toString('base64')
}
