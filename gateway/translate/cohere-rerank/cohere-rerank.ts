// Cohere's rerank as a wire: what Cohere's clients and LiteLLM's callers send, and what Cohere itself is asked.
// Promises: a request in the form of version 2 passes byte for byte; of the older form only the texts travel, and a caller gets its own documents back.
// Leaves alone: paths and headers (providers/), what a search unit costs (prices/).
// Source: https://docs.cohere.com/reference/rerank, https://docs.cohere.com/v1/reference/rerank, https://docs.litellm.ai/docs/rerank, as known 2026-11-21.

import type { PivotRequest } from '../../contract/chat.ts'
import { isJsonObject, listOf, type JsonObject } from '../../contract/json.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asRerank, otherFor } from '../defaults.ts'
import { editBody } from '../openai-edit.ts'
import { createOpenaiTap } from '../openai-tap.ts'
import { failOpenai, readVendorError } from '../vendor-error.ts'
import { createWholeReader, createWholeWriter } from '../whole-reply.ts'
import { boundRerank } from './bound.ts'
import { readRerank } from './read-request.ts'
import { readRankings, readRerankFacts } from './read-reply.ts'
import { writeRerank } from './write-reply.ts'

export const cohereRerank: Wire = {
  id: 'cohere-rerank',
  operation: 'rerank',
  streamType: 'text/event-stream',
  inbound: {
    bound: boundRerank,
    read: readRerank,
    createWriter: (options) => createWholeWriter((events) => writeRerank(events, options)),
    writeWhole: writeRerank,
  },
  outbound: { write, createReader: () => createWholeReader(readRankings), readWhole: readRankings, readError: readVendorError },
  pass: {
    // A stream does not exist here, so there is no usage to ask for; nor output to cap.
    edit: (raw, body, { model, quirks, defaults }) => editBody(raw, body, { model, quirks, defaults, askUsage: false, capFields: [], capField: 'max_tokens' }),
    createTap: createOpenaiTap,
    readFacts: readRerankFacts,
    takes: (request) => !isOlder(request),
    fail: failOpenai,
  },
}

/** Fields that version 2 has no more; LiteLLM's callers go on sending them. */
const olderFields = ['return_documents', 'rank_fields', 'max_chunks_per_doc']

const isOlder = (request: JsonObject): boolean =>
  olderFields.some((name) => request[name] !== undefined && request[name] !== null) || listOf(request['documents']).some((one) => isJsonObject(one))

function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = asRerank(pivot)
  const { carried, dropped } = otherFor(request, 'cohere')
  const body: JsonObject = {
    ...carried,
    model: target.model,
    query: request.query,
    documents: [...request.documents],
    top_n: request.resultsMax,
    max_tokens_per_doc: request.documentTokensMax,
  }
  return { body, dropped }
}
