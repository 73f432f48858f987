// Embeddings at Gemini: one request per input, one vector per request.
// Promises: every field is Google's own.

import { expect, it } from 'vitest'
import { geminiEmbed } from '../../../gateway/translate/gemini-embed.ts'
import { openaiEmbeddings } from '../../../gateway/translate/openai-embeddings.ts'

const fail = (why: string): never => {
  throw new Error(why)
}
const target = { model: 'gemini-embedding-001', stream: false, outputTokensMax: 0, settings: {}, quirks: {} }

it('asks for one embedding per input', () => {
  const read = openaiEmbeddings.inbound?.read({ model: 'm', input: ['a', 'b'], dimensions: 768, task_type: 'RETRIEVAL_QUERY', user: 'u', other: 1 })
  if (read === undefined) throw new Error('callers speak it')
  const { body, dropped } = geminiEmbed.outbound.write?.(read, target) ?? fail('it is written')
  const request = (text: string): object => ({
    model: 'models/gemini-embedding-001',
    taskType: 'RETRIEVAL_QUERY',
    outputDimensionality: 768,
    content: { parts: [{ text }] },
  })
  expect(JSON.parse(JSON.stringify(body))).toEqual({ requests: [request('a'), request('b')] })
  expect(dropped).toEqual(['other'])
})

it('reads vectors in order, with usage where the model reports it', () => {
  const events = geminiEmbed.outbound.readWhole({ embeddings: [{ values: [1, 2] }, { values: [3] }] })
  expect(events.flatMap((event) => (event.type === 'embedding' ? [[event.index, event.vector]] : []))).toEqual([
    [0, [1, 2]],
    [1, [3]],
  ])
  expect(events.some((event) => event.type === 'usage')).toBe(false)
  expect(geminiEmbed.outbound.readWhole({ embeddings: [{}] })).toMatchObject([{ type: 'error' }])
})
