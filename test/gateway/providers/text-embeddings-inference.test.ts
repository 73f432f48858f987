// Text-embeddings-inference as a provider.
// Promises: the one model it serves is listed.

import { expect, it } from 'vitest'
import { textEmbeddingsInference } from '../../../gateway/providers/text-embeddings-inference.ts'

it('lists the one model it was started with', () => {
  expect(textEmbeddingsInference.modelList?.path).toBe('/info')
  expect(textEmbeddingsInference.modelList?.read({ model_id: 'BAAI/bge-reranker-large', model_type: { reranker: {} } })).toEqual(['BAAI/bge-reranker-large'])
})
