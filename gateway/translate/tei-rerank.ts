// The rerank of Hugging Face's text-embeddings-inference as a wire towards a provider: texts in, a bare list of scores out.
// Promises: scores between 0 and 1, as everywhere else; how many results are wanted is kept to when the reply is written, because it has no word for it.
// Leaves alone: which model answers (one engine serves one), paths (providers/).
// Source: https://huggingface.github.io/text-embeddings-inference (POST /rerank), as known 2026-11-21.

import type { PivotRequest } from '../contract/chat.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { readRankings } from './cohere-rerank/read-reply.ts'
import { asRerank, namesOf } from './defaults.ts'
import { rest } from './fields.ts'
import { readVendorError } from './vendor-error.ts'
import { createWholeReader } from './whole-reply.ts'

export const teiRerank: Wire = {
  id: 'tei-rerank',
  operation: 'rerank',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readRankings), readWhole: readRankings, readError: readVendorError, silent: true },
}

const own = new Set(['truncate', 'truncation_direction'])

function write(pivot: PivotRequest, { settings }: WriteTarget): WrittenRequest {
  const { query, documents, documentTokensMax, other } = asRerank(pivot)
  const lost = { ...rest(other, own), max_tokens_per_doc: documentTokensMax }
  const { truncate = settings['truncate'], truncation_direction: direction = settings['truncation_direction'] } = other
  return { body: { query, texts: [...documents], raw_scores: false, return_text: false, truncate, truncation_direction: direction }, dropped: namesOf(lost) }
}
