// Cohere's embeddings as a wire: of version 2 towards a provider; of either version by Cohere's own path, and then they pass.
// Promises: one vector of numbers per text; what a text is for is a caller's word (`input_type`), else a document to be searched.
// Leaves alone: pictures; encodings (the caller's wire makes them).
// Source: https://docs.cohere.com/reference/embed; the default as LiteLLM's (https://docs.litellm.ai/docs/providers/cohere), as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, listOf, numberOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import type { Usage } from '../contract/usage.ts'
import type { RequestBound, StreamFacts, Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { present, rest } from './fields.ts'
import { editBody } from './openai-edit.ts'
import { createOpenaiTap } from './openai-tap.ts'
import { failOpenai, readVendorError } from './vendor-error.ts'
import { createWholeReader } from './whole-reply.ts'

export const cohereEmbed: Wire = {
  id: 'cohere-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write: writeCohereEmbed, createReader: () => createWholeReader(readCohereEmbed), readWhole: readCohereEmbed, readError: readVendorError },
  pass: {
    bound,
    edit: (raw, body, { model, quirks, defaults }) => editBody(raw, body, { model, quirks, defaults, askUsage: false, capFields: [], capField: 'max_tokens' }),
    // A stream does not exist here.
    createTap: createOpenaiTap,
    readFacts,
    fail: failOpenai,
  },
}

/** Text has no more tokens than bytes; pictures are sold apart. */
function bound(body: JsonObject): RequestBound {
  const inputs = listOf(body['inputs']).flatMap((input, index) =>
    listOf(objectOf(input)?.['content']).map((part, place) => ({ part, at: `inputs[${index}].content[${place}]` })),
  )
  const unbounded = inputs.filter(({ part }) => objectOf(part)?.['type'] !== 'text').map(({ at }) => at)
  if (listOf(body['images']).length > 0) unbounded.push('images')
  return { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1, unbounded }
}

/** Version 1 has its numbers in a bare list unless types were asked for; both count alike. */
function readFacts(body: unknown): StreamFacts {
  const reply = objectOf(body) ?? {}
  const error = objectOf(reply['embeddings']) === undefined && !Array.isArray(reply['embeddings']) ? { ...readVendorError(0, reply), message: noVectors } : null
  return { usage: readUsage(reply), upstreamId: textOf(reply['id']) ?? null, model: null, textBytesAtUsage: 0, finished: true, error }
}

function readUsage(reply: JsonObject): Usage | null {
  const input = countOf(objectOf(objectOf(reply['meta'])?.['billed_units'])?.['input_tokens'])
  return input === undefined || input === 0 ? null : { meters: { input }, provenance: 'reported' }
}

const noVectors = 'The provider sent a reply without embeddings.'

const own = ['input_type', 'truncate', 'max_tokens', 'priority']
/** Who asked changes no vector. */
const meaningless = ['user']

export function writeCohereEmbed(pivot: PivotRequest, { model, settings }: WriteTarget): WrittenRequest {
  const { inputs, dimensions, other } = asEmbedding(pivot)
  const carried = present(Object.fromEntries(own.map((name) => [name, other[name] ?? settings[name]])))
  return {
    body: {
      input_type: 'search_document',
      ...carried,
      model,
      texts: [...inputs],
      embedding_types: ['float'],
      output_dimension: dimensions ?? numberOf(settings['dimensions']),
    },
    dropped: namesOf(rest(other, new Set([...own, ...meaningless]))),
  }
}

export function readCohereEmbed(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const rows = listOf(objectOf(reply['embeddings'])?.['float'])
  if (rows.length === 0 || !rows.every((row) => Array.isArray(row))) return [{ type: 'error', message: noVectors, code: 'upstream_protocol' }]
  const usage = readUsage(reply)
  return [
    { type: 'reply-start', upstreamId: textOf(reply['id']) ?? null, model: null },
    ...rows.map((row, index): ReplyEvent => ({ type: 'embedding', index, vector: listOf(row).map((value) => numberOf(value) ?? 0) })),
    ...(usage === null ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}
