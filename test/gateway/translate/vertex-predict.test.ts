// Embeddings at Vertex AI by `predict`: what it is sent for one caller's request, and what is read from it.
// Leaves alone: which model is asked by which method (providers/vertex-ai).

import { describe, expect, it } from 'vitest'
import type { EmbeddingRequest } from '../../../gateway/contract/chat.ts'
import { vertexPredict } from '../../../gateway/translate/vertex-predict.ts'

const request: EmbeddingRequest = {
  operation: 'embedding',
  dialect: 'openai',
  inputs: ['one', 'two'],
  dimensions: 256,
  encoding: 'base64',
  other: { task_type: 'RETRIEVAL_DOCUMENT', title: 'On numbers', user: 'u', priority: 1 },
}
const target = { model: 'text-embedding-005', stream: false, outputTokensMax: 0, settings: {}, quirks: {} }

describe('vertex-predict', () => {
  it('writes an instance for each input, and names what it cannot carry', () => {
    expect(vertexPredict.outbound.write?.(request, target)).toEqual({
      body: {
        instances: ['one', 'two'].map((content) => ({ content, task_type: 'RETRIEVAL_DOCUMENT', title: 'On numbers' })),
        parameters: { outputDimensionality: 256 },
      },
      dropped: ['priority'],
    })
  })
  it('writes nothing that was not asked for', () => {
    expect(vertexPredict.outbound.write?.({ operation: 'embedding', dialect: 'openai', encoding: 'float', other: {}, inputs: ['one'] }, target).body).toEqual({
      instances: [{ content: 'one' }],
    })
  })
  it('adds up the tokens of all inputs, and says nothing when one of them has none', () => {
    const row = (count?: number): unknown => ({ embeddings: { values: [1], statistics: { token_count: count } } })
    const usage = (predictions: readonly unknown[]): unknown => vertexPredict.outbound.readWhole({ predictions }).find((event) => event.type === 'usage')
    expect(usage([row(3), row(4)])).toEqual({ type: 'usage', usage: { meters: { input: 7 }, provenance: 'reported' } })
    expect(usage([row(3), row()])).toBeUndefined()
  })
  it.each([{}, { predictions: [] }, { predictions: [{ embeddings: {} }] }, { predictions: [{ embeddings: { values: [1] } }, {}] }, 'text', null])(
    'calls %j a reply without embeddings',
    (body) => {
      expect(vertexPredict.outbound.readWhole(body)).toMatchObject([{ type: 'error', code: 'upstream_protocol' }])
    },
  )
})
