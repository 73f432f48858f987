// Voyage's rerank as a wire towards a provider.
// Promises: its own names (`top_k`, `truncation`). Leaves alone: paths and headers (providers/).
// Source: https://docs.voyageai.com/reference/reranker-api, as known 2026-11-21.

import type { PivotRequest } from '../contract/chat.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { readRankings } from './cohere-rerank/read-reply.ts'
import { asRerank, namesOf } from './defaults.ts'
import { present, rest } from './fields.ts'
import { readVendorError } from './vendor-error.ts'
import { createWholeReader } from './whole-reply.ts'

export const voyageRerank: Wire = {
  id: 'voyage-rerank',
  operation: 'rerank',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readRankings), readWhole: readRankings, readError: readVendorError },
}

/** Whether a text that is too long is cut off or refused: a caller may say so in Voyage's word. */
const own = new Set(['truncation'])

function write(pivot: PivotRequest, { model, settings }: WriteTarget): WrittenRequest {
  const { query, documents, resultsMax, documentTokensMax, other } = asRerank(pivot)
  const lost = { ...rest(other, own), max_tokens_per_doc: documentTokensMax }
  const chosen = present({ top_k: resultsMax, truncation: other['truncation'] })
  return { body: { ...settings, query, documents: [...documents], model, ...chosen }, dropped: namesOf(lost) }
}
