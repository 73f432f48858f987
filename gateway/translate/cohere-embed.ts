// Cohere's embeddings of version 2 as a wire towards a provider.
// Promises: one vector of numbers per text; what a text is for is a caller's word (`input_type`), else a document to be searched.
// Leaves alone: pictures; encodings (the caller's wire makes them).
// Source: https://docs.cohere.com/reference/embed; the default as LiteLLM's (https://docs.litellm.ai/docs/providers/cohere), as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, listOf, numberOf, objectOf, textOf } from '../contract/json.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { present, rest } from './fields.ts'
import { readVendorError } from './vendor-error.ts'
import { createWholeReader } from './whole-reply.ts'

export const cohereEmbed: Wire = {
  id: 'cohere-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readVendorError },
}

const own = ['input_type', 'truncate', 'max_tokens', 'priority']
/** Who asked changes no vector. */
const meaningless = ['user']

function write(pivot: PivotRequest, { model, settings }: WriteTarget): WrittenRequest {
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

function readWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  const rows = listOf(objectOf(reply['embeddings'])?.['float'])
  if (rows.length === 0 || !rows.every((row) => Array.isArray(row)))
    return [{ type: 'error', message: 'The provider sent a reply without embeddings.', code: 'upstream_protocol' }]
  const input = countOf(objectOf(objectOf(reply['meta'])?.['billed_units'])?.['input_tokens'])
  return [
    { type: 'reply-start', upstreamId: textOf(reply['id']) ?? null, model: null },
    ...rows.map((row, index): ReplyEvent => ({ type: 'embedding', index, vector: listOf(row).map((value) => numberOf(value) ?? 0) })),
    ...(input === undefined || input === 0 ? [] : [{ type: 'usage' as const, usage: { meters: { input }, provenance: 'reported' as const } }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}
