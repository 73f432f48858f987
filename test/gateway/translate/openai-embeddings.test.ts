// Embeddings in OpenAI's format.
// Promises: the encoding that was asked for; refusals by name.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriterOptions } from '../../../gateway/contract/wire.ts'
import { openaiEmbeddings } from '../../../gateway/translate/openai-embeddings.ts'
import { textOfBytes } from '../../conformance/recordings.ts'

const options = (request: JsonObject): WriterOptions => ({ id: '01X', model: 'pub', createdS: 1, request })
const target = { model: 'up', stream: true, outputTokensMax: 50, settings: {}, quirks: {} }

describe('embeddings', () => {
  const { inbound, outbound, pass } = openaiEmbeddings

  it('come in the encoding that was asked for, whichever the vendor used', () => {
    const vectors = [
      [0.5, -0.25, 2],
      [1, 0, -1],
    ]
    const base64 = vectors.map((vector) => Buffer.from(new Float32Array(vector).buffer).toString('base64'))
    for (const data of [vectors, base64]) {
      const events = outbound.readWhole({ data: data.map((embedding, index) => ({ embedding, index })), usage: { prompt_tokens: 4, total_tokens: 4 } })
      expect(inbound?.writeWhole(events, options({}))).toEqual({
        object: 'list',
        model: 'pub',
        usage: { prompt_tokens: 4, total_tokens: 4 },
        data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      })
      expect(inbound?.writeWhole(events, options({ encoding_format: 'base64' }))).toMatchObject({ data: base64.map((embedding) => ({ embedding })) })
    }
  })

  it('ask for numbers when they are translated and keep other fields', () => {
    const pivot = inbound?.read({ model: 'a', input: 'x', encoding_format: 'base64', dimensions: 8, user: 'u' })
    if (pivot === undefined) throw new Error('embeddings have an inbound side')
    expect(outbound.write(pivot, target)).toEqual({ body: { model: 'up', input: ['x'], encoding_format: 'float', dimensions: 8, user: 'u' }, dropped: [] })
  })

  it.each<[JsonObject, string]>([
    [{ input: [] }, 'input must not be empty'],
    [{ input: [1, 2] }, 'input must be text'],
    [{ input: [[1]] }, 'input must be text'],
    [{ input: ['a', null] }, 'input[1] must be a string'],
    [{}, 'input must be a string'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format must be "float" or "base64"'],
    [{ input: 'a', dimensions: 0 }, 'dimensions must be a whole number'],
  ])('%j is refused by name', (body, sentence) => {
    expect(() => inbound?.read(body)).toThrow(sentence)
  })

  it('produce no output tokens, and only what is no text is unbounded', () => {
    expect(inbound?.bound({ input: [[1, 2], [3]] })).toEqual({ mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1, unbounded: [] })
    expect(inbound?.bound({ input: ['a', { image: 'x' }] })).toMatchObject({ unbounded: ['input[1] (object)'] })
  })

  it('pass with nothing but the model changed, budget or not', () => {
    const text = '{"input":"a","model":"alias","encoding_format":"base64"}'
    const passed = pass?.edit(Buffer.from(text), JSON.parse(text) as JsonObject, { model: 'up', outputTokensMax: 5, askUsage: true, quirks: {}, defaults: {} })
    expect(textOfBytes([passed?.body ?? new Uint8Array()])).toBe('{"input":"a","model":"up","encoding_format":"base64"}')
  })

  it('answer whole even where a stream was asked for', () => {
    const writer = inbound?.createWriter(options({}))
    const bytes = [writer?.write({ type: 'embedding', index: 0, vector: [1] }), writer?.end()]
    expect(writer?.contentType).toBe('application/json')
    expect(JSON.parse(textOfBytes(bytes.map((piece) => piece ?? new Uint8Array())))).toMatchObject({ data: [{ embedding: [1] }] })
  })
})
