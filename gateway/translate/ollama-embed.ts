// Ollama's native embeddings, and the older form that takes one `prompt` and gives one `embedding`.
// Promises: one vector per input, in order; usage as Ollama counts it; an older request gets an older reply. Leaves alone: paths and headers (providers/).
// Source: https://docs.ollama.com/api/embed and docs/api.md of https://github.com/ollama/ollama ("Generate Embedding", superseded), as known 2026-11-21.

import type { EmbeddingRequest, PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { listOf, numberOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import { promptTokens } from '../contract/usage.ts'
import type { RequestBound, Wire, WriterOptions, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { collectReply } from './collect-reply.ts'
import { asEmbedding, otherFor } from './defaults.ts'
import { invalid, optionalCount, optionalObject, optionalTexts, present, rest } from './fields.ts'
import { editOllama } from './ollama-chat/edit.ts'
import { engineOptions } from './ollama-chat/engine-options.ts'
import { createOllamaTap, failOllama, readOllamaFacts, readOllamaUsage } from './ollama-chat/tap.ts'
import { readVendorError } from './vendor-error.ts'
import { createWholeReader, createWholeWriter } from './whole-reply.ts'

export const ollamaEmbed: Wire = {
  id: 'ollama-embed',
  operation: 'embedding',
  streamType: 'application/x-ndjson',
  inbound: { bound, read, createWriter: (options) => createWholeWriter((events) => writeWhole(events, options)), writeWhole },
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readVendorError },
  pass: { edit: editOllama, createTap: createOllamaTap, readFacts: readOllamaFacts, fail: failOllama, takes: (request) => !isOlder(request) },
}

const isOlder = (request: JsonObject): boolean => request['prompt'] !== undefined && request['input'] === undefined

function bound(): RequestBound {
  return { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1, unbounded: [] }
}

const taken = new Set(['model', 'input', 'prompt', 'dimensions', 'keep_alive'])

function read(body: JsonObject): EmbeddingRequest {
  const field = isOlder(body) ? 'prompt' : 'input'
  const inputs = optionalTexts(body[field], field)
  if (inputs.length === 0) throw invalid(field, 'must be a text or a list of texts')
  return {
    operation: 'embedding',
    dialect: 'ollama',
    inputs,
    encoding: 'float',
    other: rest(body, taken),
    ...present({ dimensions: optionalCount(body['dimensions'], 'dimensions') }),
  }
}

function writeWhole(events: readonly ReplyEvent[], options: WriterOptions): JsonObject {
  const { vectors, usage } = collectReply(events)
  if (isOlder(options.request)) return { embedding: vectors[0] ?? [] }
  return { model: options.model, embeddings: vectors, ...(usage === null ? {} : { prompt_eval_count: promptTokens(usage.meters) }) }
}

/** Who asked, and what an engine does with long inputs, change no vector that is given. */
const meaningless = new Set(['user', 'truncate'])

function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = asEmbedding(pivot)
  const { carried, dropped } = otherFor(request, 'ollama')
  const options = { ...engineOptions(target.settings), ...optionalObject(carried['options'], 'options') }
  const body: JsonObject = {
    model: target.model,
    input: [...request.inputs],
    dimensions: request.dimensions,
    truncate: request.other['truncate'] ?? target.settings['truncate'],
    keep_alive: target.settings['keep_alive'],
    options: Object.keys(options).length === 0 ? undefined : options,
  }
  return { body, dropped: dropped.filter((name) => !meaningless.has(name)) }
}

function readWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const rows = listOf(reply['embeddings'])
  if (rows.length === 0) {
    const message = reply['error'] === undefined ? 'The provider sent a reply without embeddings.' : readVendorError(0, reply).message
    return [{ type: 'error', message, code: 'upstream_protocol' }]
  }
  const usage = readOllamaUsage(reply)
  return [
    { type: 'reply-start', upstreamId: null, model: textOf(reply['model']) ?? null },
    ...rows.map((row, index): ReplyEvent => ({ type: 'embedding', index, vector: listOf(row).map((value) => numberOf(value) ?? 0) })),
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}
