// Embeddings at Cohere: one vector per text, in Cohere's words.
// Promises: what a text is for is said, because Cohere asks.

import { expect, it } from 'vitest'
import { cohereEmbed } from '../../../gateway/translate/cohere-embed.ts'
import { openaiEmbeddings } from '../../../gateway/translate/openai-embeddings.ts'

const target = { model: 'embed-v4.0', stream: false, outputTokensMax: 0, settings: {}, quirks: {} }
const fail = (): never => {
  throw new Error('it is written')
}
const written = (body: object, settings = {}): { body: unknown; dropped: readonly string[] } => {
  const read = openaiEmbeddings.inbound?.read({ model: 'm', input: ['a', 'b'], ...body }) ?? fail()
  const { body: asked, dropped } = cohereEmbed.outbound.write?.(read, { ...target, settings }) ?? fail()
  return { body: JSON.parse(JSON.stringify(asked)), dropped }
}

it('asks for numbers, for documents unless a caller or a deployment says otherwise', () => {
  const plain = { model: 'embed-v4.0', texts: ['a', 'b'], embedding_types: ['float'], input_type: 'search_document' }
  expect(written({ user: 'u' })).toEqual({ body: plain, dropped: [] })
  expect(written({ input_type: 'search_query', dimensions: 256, truncate: 'END' }).body).toEqual({
    ...plain,
    ...{ input_type: 'search_query', output_dimension: 256, truncate: 'END' },
  })
  expect(written({}, { input_type: 'clustering' }).body).toMatchObject({ input_type: 'clustering' })
  expect(written({ unknown: 1 }).dropped).toEqual(['unknown'])
})

it('reads vectors in order, and the tokens that are billed', () => {
  const events = cohereEmbed.outbound.readWhole({ id: 'x', embeddings: { float: [[1, 2], [3]] }, meta: { billed_units: { input_tokens: 2 } } })
  expect(events.flatMap((event) => (event.type === 'embedding' ? [event.vector] : []))).toEqual([[1, 2], [3]])
  expect(events).toContainEqual({ type: 'usage', usage: { meters: { input: 2 }, provenance: 'reported' } })
  expect(cohereEmbed.outbound.readWhole({ embeddings: { int8: [[1]] } })).toMatchObject([{ type: 'error' }])
})
