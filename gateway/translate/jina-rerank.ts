// Jina's rerank as a wire towards a provider; vLLM, llama.cpp, Infinity, Xinference and many hosts speak the same, billed by tokens.
// Promises: documents are not sent back over the network, because the caller has them. Leaves alone: paths and headers (providers/).
// Source: https://jina.ai/reranker, https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html ("Re-rank API"), as known 2026-11-21.

import type { PivotRequest } from '../contract/chat.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { readRankings } from './cohere-rerank/read-reply.ts'
import { asRerank, namesOf } from './defaults.ts'
import { present } from './fields.ts'
import { readVendorError } from './vendor-error.ts'
import { createWholeReader } from './whole-reply.ts'

export const jinaRerank: Wire = {
  id: 'jina-rerank',
  operation: 'rerank',
  streamType: 'text/event-stream',
  outbound: { write, createReader: () => createWholeReader(readRankings), readWhole: readRankings, readError: readVendorError },
}

function write(pivot: PivotRequest, { model, settings }: WriteTarget): WrittenRequest {
  const { query, documents, resultsMax, documentTokensMax, other } = asRerank(pivot)
  const lost = { ...other, max_tokens_per_doc: documentTokensMax }
  return { body: { ...settings, model, query, documents: [...documents], return_documents: false, ...present({ top_n: resultsMax }) }, dropped: namesOf(lost) }
}
