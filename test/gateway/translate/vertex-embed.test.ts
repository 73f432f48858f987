// Embeddings at Vertex AI by `embedContent`: what it is sent for one caller's request, and what is read from it.
// Leaves alone: which model is asked by which method (providers/vertex-ai).

import { describe, expect, it } from 'vitest'
import type { EmbeddingRequest } from '../../../gateway/contract/chat.ts'
import { vertexEmbed } from '../../../gateway/translate/vertex-embed.ts'

const request: EmbeddingRequest = {
  operation: 'embedding',
  dialect: 'openai',
  inputs: ['one', 'two'],
  dimensions: 256,
  encoding: 'base64',
  other: { task_type: 'RETRIEVAL_DOCUMENT', title: 'On numbers', user: 'u', priority: 1 },
}
const target = { model: 'text-embedding-005', stream: false, outputTokensMax: 0, settings: {}, quirks: {} }

describe('vertex-embed', () => {
  it('writes one content', () => {
    expect(vertexEmbed.outbound.write?.({ ...request, inputs: ['one'] }, target)).toEqual({
      body: { content: { parts: [{ text: 'one' }] }, title: 'On numbers', taskType: 'RETRIEVAL_DOCUMENT', outputDimensionality: 256 },
      dropped: ['priority'],
    })
  })
  it('refuses several inputs in a sentence', () => {
    expect(() => vertexEmbed.outbound.write?.(request, target)).toThrow('text-embedding-005 embeds one text per call at this provider; 2 were sent.')
  })
  it('reads its vector and its tokens', () => {
    expect(vertexEmbed.outbound.readWhole({ embedding: { values: [1, 2] }, usageMetadata: { promptTokenCount: 3 } })).toMatchObject([
      { type: 'reply-start' },
      { type: 'embedding', index: 0, vector: [1, 2] },
      { type: 'usage', usage: { meters: { input: 3 } } },
      { type: 'finish' },
      { type: 'reply-end' },
    ])
  })
})
