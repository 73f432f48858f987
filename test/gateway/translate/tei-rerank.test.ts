// Ranking at text-embeddings-inference.
// Promises: texts in, a bare list of scores out.

import { expect, it } from 'vitest'
import type { RerankRequest } from '../../../gateway/contract/chat.ts'
import { teiRerank } from '../../../gateway/translate/tei-rerank.ts'

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

it('sends texts, and asks for scores between 0 and 1', () => {
  const { body, dropped } = teiRerank.outbound.write?.(asked, target) ?? { body: {}, dropped: [] }
  expect(JSON.parse(JSON.stringify(body))).toEqual({ query: 'q', texts: ['a', 'b'], raw_scores: false, return_text: false })
  expect(dropped).toEqual(['priority', 'max_tokens_per_doc'])
})

it('carries whether a long text is cut off: the caller’s word, else the deployment’s', () => {
  const settings = { truncate: false }
  expect(teiRerank.outbound.write?.({ ...asked, other: { truncate: true } }, { ...target, settings }).body).toMatchObject({ truncate: true })
  expect(teiRerank.outbound.write?.(asked, { ...target, settings }).body).toMatchObject({ truncate: false })
})

it('reads a bare list, which says nothing of what it took', () => {
  const events = teiRerank.outbound.readWhole([{ index: 1, score: 0.9 }])
  expect(events).toContainEqual({ type: 'ranking', index: 1, score: 0.9 })
  expect(events.some((event) => event.type === 'usage')).toBe(false)
})
