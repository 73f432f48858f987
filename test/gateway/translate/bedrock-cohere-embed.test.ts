// Cohere's embeddings on Bedrock: version 2's body without a model, sizes only where the model has them, and Bedrock's count from its header.

import { expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { bedrockCohereEmbed } from '../../../gateway/translate/bedrock-cohere-embed.ts'
import { openaiEmbeddings } from '../../../gateway/translate/openai-embeddings.ts'

function written(model: string, body: JsonObject = {}): unknown {
  const pivot = openaiEmbeddings.inbound?.read({ model: 'm', input: ['a', 'b'], ...body }) ?? expect.fail()
  return bedrockCohereEmbed.outbound.write?.(pivot, { model, stream: false, outputTokensMax: 0, settings: {}, quirks: {} })
}

it('asks for numbers, for documents unless told otherwise, and names no model', () => {
  expect(written('cohere.embed-v4:0', { dimensions: 256 })).toEqual({
    body: { input_type: 'search_document', texts: ['a', 'b'], embedding_types: ['float'], output_dimension: 256 },
    dropped: [],
  })
  expect(written('us.cohere.embed-v4:0', { input_type: 'search_query', user: 'u' })).toMatchObject({ body: { input_type: 'search_query' }, dropped: [] })
})

it.each(['cohere.embed-english-v3', 'cohere.embed-multilingual-v3'])('%s knows no sizes, and says so', (model) => {
  expect(written(model, { dimensions: 256, max_tokens: 9 })).toEqual({
    body: { input_type: 'search_document', texts: ['a', 'b'], embedding_types: ['float'] },
    dropped: ['dimensions', 'max_tokens'],
  })
})

it('reads vectors, and what was used from the header alone', () => {
  const reply = { id: 'e', embeddings: { float: [[1], [2]] }, response_type: 'embeddings_by_type' }
  const read = (headers?: Record<string, string>): unknown => bedrockCohereEmbed.outbound.readWhole(reply, headers).filter(({ type }) => type === 'usage')
  expect(read({ 'x-amzn-bedrock-input-token-count': '7' })).toEqual([{ type: 'usage', usage: { meters: { input: 7 }, provenance: 'reported' } }])
  expect(read()).toEqual([])
})
