// Embeddings at Gemini: one request per input, one vector per request.
// Promises: every field is Google's own.

import { expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
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
  const asked = (text: string): object => ({
    model: 'models/gemini-embedding-001',
    taskType: 'RETRIEVAL_QUERY',
    outputDimensionality: 768,
    content: { parts: [{ text }] },
  })
  expect(JSON.parse(JSON.stringify(body))).toEqual({ requests: [asked('a'), asked('b')] })
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

const request = (text: string, more: object = {}): object => ({ model: 'models/public', content: { parts: [{ text }] }, ...more })
const batch = (...requests: readonly object[]): JsonObject => JSON.parse(JSON.stringify({ requests })) as JsonObject

it('reads one request and several, and names what others do not know', () => {
  const { inbound } = geminiEmbed
  expect(inbound?.read(batch(request('a', { outputDimensionality: 3 }), request('b', { output_dimensionality: 3, taskType: 'X' })))).toEqual({
    operation: 'embedding',
    dialect: 'gemini',
    inputs: ['a', 'b'],
    encoding: 'float',
    dimensions: 3,
    other: {},
    lost: ['taskType'],
  })
  expect(inbound?.read({ content: { parts: [{ text: 'a' }, { text: 'b' }] } })).toMatchObject({ inputs: ['a\nb'], lost: [] })
  expect(() => inbound?.read(batch(request('a', { outputDimensionality: 3 }), request('b')))).toThrow('outputDimensionality')
  expect(() => inbound?.read({ content: { parts: [{ inlineData: {} }] } })).toThrow('content.parts[0].text')
  expect(inbound?.bound({ content: { parts: [{ inlineData: {} }] } }).unbounded).toEqual(['requests[0].content.parts[0].inlineData'])
})

it('passes several with the vendor’s model name and nothing else changed, one as several', () => {
  const edits = { model: 'up', askUsage: false, quirks: {}, defaults: {} }
  const edit = (body: JsonObject): { text: string; same: boolean } => {
    const raw = Buffer.from(JSON.stringify(body))
    const passed = geminiEmbed.pass?.edit(raw, body, edits)
    return { text: Buffer.from(passed?.body ?? []).toString('utf8'), same: passed?.body === raw }
  }
  expect(edit(batch(request('a', { model: 'models/up', taskType: 'X' }))).same).toBe(true)
  expect(JSON.parse(edit({ ...batch(request('a', { taskType: 'X' })), other: 1 }).text)).toEqual({
    ...batch(request('a', { model: 'models/up', taskType: 'X' })),
    other: 1,
  })
  expect(JSON.parse(edit({ content: { parts: [{ text: 'a' }] }, title: 't' }).text)).toEqual(
    batch({ model: 'models/up', content: { parts: [{ text: 'a' }] }, title: 't' }),
  )
})

it('answers in the form it was asked in', () => {
  const events = geminiEmbed.outbound.readWhole({ embeddings: [{ values: [1] }, { values: [2] }], usageMetadata: { promptTokenCount: 4 } })
  const options = { id: 'i', model: 'm', createdS: 0 }
  const usageMetadata = { promptTokenCount: 4 }
  expect(geminiEmbed.inbound?.writeWhole(events, { ...options, request: { requests: [] } })).toEqual({
    embeddings: [{ values: [1] }, { values: [2] }],
    usageMetadata,
  })
  expect(geminiEmbed.inbound?.writeWhole(events, { ...options, request: {} })).toEqual({ embedding: { values: [1] }, usageMetadata })
  expect(geminiEmbed.pass?.misfits?.({}, {})).toBe(true)
  expect(geminiEmbed.pass?.misfits?.({}, { requests: [] })).toBe(false)
})

it('counts the sound and the pictures of an embedding apart, under either name of the details', () => {
  const rows = [
    { modality: 'TEXT', tokenCount: 10 },
    { modality: 'IMAGE', tokenCount: 258 },
    { modality: 'AUDIO', tokenCount: 32 },
  ]
  for (const name of ['promptTokenDetails', 'promptTokensDetails']) {
    const reply = { embeddings: [{ values: [1] }], usageMetadata: { promptTokenCount: 300, [name]: rows } }
    expect(geminiEmbed.pass?.readFacts(reply, createTextTally()).usage?.meters).toEqual({ input: 10, inputImage: 258, inputAudio: 32 })
  }
})
