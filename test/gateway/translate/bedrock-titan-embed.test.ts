// Titan's text embeddings: one text there, one vector back, and its count.
// Leaves alone: callers' formats.

import { expect, it } from 'vitest'
import type { EmbeddingRequest } from '../../../gateway/contract/chat.ts'
import { bedrockTitanEmbed } from '../../../gateway/translate/bedrock-titan-embed.ts'

const plain: EmbeddingRequest = { operation: 'embedding', dialect: 'openai', inputs: ['hello'], encoding: 'float', other: {} }
const write = (request: Partial<EmbeddingRequest>, model = 'amazon.titan-embed-text-v2:0') =>
  bedrockTitanEmbed.outbound.write?.({ ...plain, ...request }, { model, stream: false, outputTokensMax: 0, settings: {}, quirks: {} })

it('is asked with a size that its generation knows', () => {
  expect(write({ dimensions: 256 })).toEqual({ body: { inputText: 'hello', dimensions: 256 }, dropped: [] })
  expect(write({ dimensions: 256 }, 'amazon.titan-embed-text-v1')).toEqual({ body: { inputText: 'hello', dimensions: undefined }, dropped: ['dimensions'] })
})

it('takes one text at a time', () => {
  expect(() => write({ inputs: ['a', 'b'] })).toThrow('must be one text')
  expect(() => write({ inputs: [] })).toThrow('must be one text')
})

it('answers with a vector and what it counted', () => {
  expect(bedrockTitanEmbed.outbound.readWhole({ embedding: [1, -0.5], inputTextTokenCount: 7 })).toEqual([
    { type: 'reply-start', upstreamId: null, model: null },
    { type: 'embedding', index: 0, vector: [1, -0.5] },
    { type: 'usage', usage: { meters: { input: 7 }, provenance: 'reported' } },
    { type: 'finish', reason: 'stop' },
    { type: 'reply-end' },
  ])
  expect(bedrockTitanEmbed.outbound.readWhole({ message: 'Too long.' })).toEqual([{ type: 'error', message: 'Too long.', code: 'upstream_protocol' }])
})
