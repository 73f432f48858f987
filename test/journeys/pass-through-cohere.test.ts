// Cohere's own paths behind /cohere, with Cohere's own client: either version of chat, embeddings and rankings, and what Cohere bills in the books.
// Promises: billed units and not tokens are counted, streamed too; other paths are handed on; hard budgets hold.
// Leaves alone: what the dialects mean (test/gateway/translate).

import { CohereClient } from 'cohere-ai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type Call, type CountedReply } from '../kit/counting-vendor.ts'
import { namedEvents, startPassThrough, vendorKey, type PassThroughScene } from '../kit/pass-through-scene.ts'

function answer({ url, body, input, output }: Call): CountedReply | null {
  const streams = body.includes('"stream":true')
  const counts = { billed_units: { input_tokens: input, output_tokens: output }, tokens: { input_tokens: input + 500, output_tokens: output + 50 } }
  const older = { text: 'Hi.', generation_id: 'gen_1', finish_reason: 'COMPLETE', meta: { api_version: { version: '1' }, ...counts } }
  const content = { id: 'msg_1', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] }, usage: counts }
  const events = [
    { type: 'message-start', id: 'msg_1', delta: { message: { role: 'assistant', content: [] } } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hi.' } } } },
    { type: 'content-end', index: 0 },
    { type: 'message-end', id: 'msg_1', delta: { finish_reason: 'COMPLETE', usage: counts } },
  ]
  const lines = [
    { is_finished: false, event_type: 'stream-start', generation_id: 'gen_1' },
    { is_finished: false, event_type: 'text-generation', text: 'Hi.' },
    { is_finished: true, event_type: 'stream-end', finish_reason: 'COMPLETE', response: older },
  ]
  switch (url) {
    case '/v2/chat':
      return streams ? namedEvents(events) : json(content)
    case '/v1/chat':
      return streams ? { type: 'application/stream+json', pieces: lines.map((line) => `${JSON.stringify(line)}\n`) } : json(older)
    case '/v2/embed':
      return json({ id: 'e', embeddings: { float: [[1, 2]] }, texts: ['Hello'], meta: { billed_units: { input_tokens: input } } })
    case '/v1/embed':
      return json({ id: 'e', response_type: 'embeddings_floats', embeddings: [[1, 2]], texts: ['Hello'], meta: { billed_units: { input_tokens: input } } })
    case '/v1/rerank':
    case '/v2/rerank':
      return json({ id: 'r', results: [{ index: 0, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } })
    default:
      return url.startsWith('/v1/models') ? json({ models: [{ name: 'command-r' }] }) : null
  }
}

let scene: PassThroughScene
beforeAll(async () => {
  const lenders = (origin: string): Record<string, string> => ({
    lender: `model: cohere/command-a-03-2025, api_base: "${origin}", api_key: os.environ/OUR_KEY`,
  })
  scene = await startPassThrough({ answer, lenders })
})
afterAll(async () => await scene.stop())

const client = (token = scene.key): CohereClient => new CohereClient({ token, environment: `${scene.house.gateway.origin}/cohere`, maxRetries: 0 })
async function expectBooked(wire: string): Promise<void> {
  const { input, output, headers } = scene.vendor.last()
  expect(headers.authorization).toBe(`Bearer ${vendorKey}`)
  expect(await scene.house.lastRow()).toMatchObject({ operation: 'pass-through', wire, provenance: 'reported', promptTokens: input, completionTokens: output })
}
const model = 'command-r-08-2024'
const messages = [{ role: 'user' as const, content: 'Hello' }]

describe('Cohere’s client', () => {
  it('chats by version 2, whole and streamed', async () => {
    const whole = await client().v2.chat({ model, messages })
    expect(whole.message.content?.[0]).toMatchObject({ text: 'Hi.' })
    await expectBooked('cohere-chat')
    expect(Number((await scene.house.lastRow()).costUsd)).toBeGreaterThan(0)
    const types: string[] = []
    for await (const event of await client().v2.chatStream({ model, messages })) types.push(event.type)
    expect(types.at(-1)).toBe('message-end')
    await expectBooked('cohere-chat')
  })
  it('chats by version 1, whole and streamed', async () => {
    expect((await client().chat({ model, message: 'Hello' })).text).toBe('Hi.')
    await expectBooked('cohere-chat-v1')
    const types: string[] = []
    for await (const event of await client().chatStream({ model, message: 'Hello' })) types.push(event.eventType)
    expect(types).toEqual(['stream-start', 'text-generation', 'stream-end'])
    await expectBooked('cohere-chat-v1')
  })
  it('embeds and ranks by either version, each by its own path', async () => {
    const texts = ['Hello']
    await client().v2.embed({ model: 'embed-v4.0', texts, inputType: 'search_document', embeddingTypes: ['float'] })
    expect([scene.vendor.last().url, (await scene.house.lastRow()).promptTokens]).toEqual(['/v2/embed', scene.vendor.last().input])
    await client().embed({ model: 'embed-english-v3.0', texts, inputType: 'search_document' })
    expect([scene.vendor.last().url, (await scene.house.lastRow()).promptTokens]).toEqual(['/v1/embed', scene.vendor.last().input])
    await client().v2.rerank({ model: 'rerank-v3.5', query: 'Hello', documents: ['Hi.'] })
    expect([scene.vendor.last().url, (await scene.house.lastRow()).provenance]).toEqual(['/v2/rerank', 'reported'])
    await client().rerank({ model: 'rerank-v3.5', query: 'Hello', documents: [{ text: 'Hi.' }], returnDocuments: true })
    expect(scene.vendor.last().url).toBe('/v1/rerank')
    expect(JSON.parse(scene.vendor.last().body)).toMatchObject({ documents: [{ text: 'Hi.' }], return_documents: true })
  })
  it('lists models by a path that is handed on', async () => {
    expect((await client().models.list()).models).toHaveLength(1)
    expect(scene.vendor.last().url).toBe('/v1/models')
  })
})

describe('keys', () => {
  it('a key that is kept to a model opens no other', async () => {
    const narrow = (await scene.house.key({ models: [model] })).key
    await client(narrow).v2.chat({ model, messages })
    await expect(client(narrow).v2.chat({ model: 'command-a-03-2025', messages })).rejects.toMatchObject({ statusCode: 403 })
    await expect(client(narrow).models.list()).rejects.toMatchObject({ statusCode: 403 })
  })
  it('a hard budget caps what is written, and refuses what it cannot bound', async () => {
    const rich = (await scene.house.key({ max_budget: 0.000_5 })).key
    for (const ask of [() => client(rich).v2.chat({ model, messages }), () => client(rich).chat({ model, message: 'Hello' })]) {
      await ask()
      const { max_tokens: cap } = JSON.parse(scene.vendor.last().body) as { max_tokens: number }
      // A million tokens cost 0.60 USD.
      expect(cap).toBeLessThanOrEqual(833)
    }
    const before = scene.vendor.calls.length
    await expect(client(rich).chat({ model, message: 'Hello', connectors: [{ id: 'web-search' }] })).rejects.toMatchObject({ statusCode: 403 })
    await expect(client(rich).models.list()).rejects.toMatchObject({ statusCode: 403 })
    const poor = (await scene.house.key({ max_budget: 0.000_000_01 })).key
    await expect(client(poor).v2.chat({ model, messages })).rejects.toMatchObject({ statusCode: 429 })
    expect(scene.vendor.calls).toHaveLength(before)
  })
})
