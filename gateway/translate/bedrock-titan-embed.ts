// Amazon's Titan text embeddings on Bedrock as a wire: a provider speaks it; callers do not.
// Promises: the vector and the count the vendor gives. Leaves alone: several texts, for which the vendor has no form.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html, as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import { countOf, listOf, numberOf, objectOf, textOf } from '../contract/json.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { readAwsError } from './aws-error.ts'
import { asEmbedding, namesOf } from './defaults.ts'
import { invalid } from './fields.ts'
import { createWholeReader } from './whole-reply.ts'

export const bedrockTitanEmbed: Wire = {
  id: 'bedrock-titan-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readAwsError },
}

/** The first generation knows nothing but its text. */
function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = asEmbedding(pivot)
  const [inputText, ...others] = request.inputs
  if (inputText === undefined || others.length > 0) throw invalid('input', "must be one text: this model's provider takes one at a time")
  const sized = /titan-embed-text-v1/.test(target.model) ? undefined : request.dimensions
  const lost = sized === undefined ? { dimensions: request.dimensions } : {}
  return { body: { inputText, dimensions: sized }, dropped: namesOf({ ...request.other, ...lost }) }
}

function readWhole(body: unknown): readonly ReplyEvent[] {
  const reply = objectOf(body) ?? {}
  if (!Array.isArray(reply['embedding'])) {
    const said = textOf(reply['message'])
    return [{ type: 'error', message: said ?? 'The provider sent a reply without an embedding.', code: 'upstream_protocol' }]
  }
  const tokens = countOf(reply['inputTextTokenCount']) ?? 0
  return [
    { type: 'reply-start', upstreamId: null, model: null },
    { type: 'embedding', index: 0, vector: listOf(reply['embedding']).map((value) => numberOf(value) ?? 0) },
    ...(tokens === 0 ? [] : [{ type: 'usage' as const, usage: { meters: { input: tokens }, provenance: 'reported' as const } }]),
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ]
}
