// Ranking at Jina and the many that speak as it does.
// Promises: documents do not travel twice; what has no name there is named as dropped.

import { expect, it } from 'vitest'
import type { RerankRequest } from '../../../gateway/contract/chat.ts'
import { jinaRerank } from '../../../gateway/translate/jina-rerank.ts'

const target = { model: 'up', stream: false, outputTokensMax: 0, settings: {}, quirks: {} }
const asked: RerankRequest = {
  operation: 'rerank',
  dialect: 'cohere',
  query: 'q',
  documents: ['a', 'b'],
  resultsMax: 1,
  documentTokensMax: 9,
  other: { priority: 2 },
}

it('asks for places and scores, not for the documents', () => {
  expect(jinaRerank.outbound.write?.(asked, target)).toEqual({
    body: { model: 'up', query: 'q', documents: ['a', 'b'], top_n: 1, return_documents: false },
    dropped: ['priority', 'max_tokens_per_doc'],
  })
})

it('puts a deployment’s own settings into the request, never over what it is about', () => {
  const settings = { truncation: true, query: 'another' }
  expect(jinaRerank.outbound.write?.(asked, { ...target, settings }).body).toMatchObject({ truncation: true, query: 'q' })
})

it('reads rows with and without documents, and tokens', () => {
  const results = [{ index: 1, relevance_score: 0.5, document: { text: 'b' } }]
  expect(jinaRerank.outbound.readWhole({ id: 'x', model: 'n', usage: { total_tokens: 7 }, results })).toEqual([
    { type: 'reply-start', upstreamId: 'x', model: 'n' },
    { type: 'ranking', index: 1, score: 0.5 },
    { type: 'usage', usage: { meters: { input: 7 }, provenance: 'reported' } },
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ])
})
