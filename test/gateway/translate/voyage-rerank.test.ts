// Ranking at Voyage.
// Promises: its own names, and the one word only it has.

import { expect, it } from 'vitest'
import type { RerankRequest } from '../../../gateway/contract/chat.ts'
import { voyageRerank } from '../../../gateway/translate/voyage-rerank.ts'

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

it('says top_k, and leaves out what Voyage has no word for by name', () => {
  expect(voyageRerank.outbound.write?.(asked, target)).toEqual({
    body: { query: 'q', documents: ['a', 'b'], model: 'up', top_k: 1 },
    dropped: ['priority', 'max_tokens_per_doc'],
  })
})

it('carries truncation: the caller’s, else the deployment’s', () => {
  const settings = { truncation: true }
  expect(voyageRerank.outbound.write?.({ ...asked, other: { truncation: false } }, { ...target, settings }).body).toMatchObject({ truncation: false })
  expect(voyageRerank.outbound.write?.(asked, { ...target, settings }).body).toMatchObject({ truncation: true })
})

it('reads rows under `data`', () => {
  const reply = { object: 'list', data: [{ relevance_score: 0.4, index: 0 }], model: 'rerank-2.5', usage: { total_tokens: 3 } }
  expect(voyageRerank.outbound.readWhole(reply)).toContainEqual({ type: 'ranking', index: 0, score: 0.4 })
})
