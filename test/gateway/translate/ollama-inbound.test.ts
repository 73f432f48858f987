// Callers who speak Ollama's dialect: what their bodies mean, what changes in bodies that pass, what their replies look like.

import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits } from '../../../gateway/contract/wire.ts'
import { ollamaChat } from '../../../gateway/translate/ollama-chat/ollama-chat.ts'
import { ollamaEmbed } from '../../../gateway/translate/ollama-embed.ts'

const chat = (body: JsonObject) => ollamaChat.inbound?.read({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body })
const user = { role: 'user', parts: [{ type: 'text', text: 'hi' }] }

describe('a chat in Ollama’s dialect', () => {
  it('becomes a request with its sampling, its form and its limit', () => {
    expect(
      chat({
        think: true,
        format: { type: 'object' },
        keep_alive: '5m',
        options: { temperature: 0, top_k: 3, num_predict: 9, stop: ['a'], num_ctx: 4096, seed: 1 },
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, description: 'd' } }],
      }),
    ).toEqual({
      operation: 'chat',
      dialect: 'ollama',
      messages: [user],
      tools: [{ name: 'f', parameters: { type: 'object' }, description: 'd' }],
      choices: 1,
      stop: ['a'],
      temperature: 0,
      topK: 3,
      seed: 1,
      outputTokensMax: 9,
      reasoningEffort: 'medium',
      responseFormat: { kind: 'schema', name: 'reply', schema: { type: 'object' } },
      other: { 'options.num_ctx': 4096 },
    })
  })
  it.each([
    [{ think: false }, { reasoningEffort: 'none' }],
    [{ think: 'high' }, { reasoningEffort: 'high' }],
    [{ format: 'json' }, { responseFormat: { kind: 'json' } }],
    [{ format: '' }, {}],
    [{ options: { num_predict: -1 } }, {}],
    [{ options: null, format: null, think: null, tools: null }, {}],
  ])('reads %j', (body, expected) => {
    expect(chat(body)).toEqual({ operation: 'chat', dialect: 'ollama', messages: [user], tools: [], choices: 1, stop: [], other: {}, ...expected })
  })
  it('finds the call of a result by id, by the tool’s name, and in order', () => {
    const call = (name: string, id?: string): JsonObject => ({ ...(id === undefined ? {} : { id }), function: { name, arguments: { of: name } } })
    const idsOf = (results: readonly JsonObject[]): readonly unknown[] => {
      const messages = [{ role: 'assistant', content: '', tool_calls: [call('a', 'one'), call('b', 'two'), call('a', 'three')] }, ...results]
      const read = chat({ messages })
      return read?.operation === 'chat' ? read.messages.flatMap((message) => (message.role === 'tool' ? [message.callId] : [])) : []
    }
    const result = (more: JsonObject): JsonObject => ({ role: 'tool', content: 'r', ...more })
    expect(idsOf([result({ tool_call_id: 'two' }), result({ tool_name: 'a' }), result({ tool_name: 'a' })])).toEqual(['two', 'one', 'three'])
    expect(idsOf([result({}), result({}), result({})])).toEqual(['one', 'two', 'three'])
    expect(() => idsOf([result({ tool_name: 'c' })])).toThrow('nobody called')
  })
  it('gives calls without ids the same one each time', () => {
    const messages = [
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'a', arguments: '{"x":1}' } }] },
      { role: 'tool', content: 'r', tool_name: 'a' },
    ]
    const read = chat({ messages })
    const [first, second] = read?.operation === 'chat' ? read.messages : []
    expect(first).toMatchObject({ toolCalls: [{ name: 'a', argumentsText: '{"x":1}' }] })
    expect(second?.role === 'tool' && first?.role === 'assistant' && second.callId === first.toolCalls[0]?.id).toBe(true)
  })
  it.each([
    ['iVBORw0KGgoAAA', 'image/png'],
    ['/9j/4AAQ', 'image/jpeg'],
    ['R0lGODlh', 'image/gif'],
    ['UklGRgAA', 'image/webp'],
  ])('says what an image that begins with %s is', (data, mediaType) => {
    expect(chat({ messages: [{ role: 'user', content: 'see', images: [data] }] })).toMatchObject({
      messages: [{ parts: [{ type: 'text' }, { type: 'image', source: { kind: 'base64', mediaType, data } }] }],
    })
  })
  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: ['x'] }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', images: [1] }] }, 'messages[0].images[0]'],
    [{ options: 'fast' }, 'options'],
    [{ options: { temperature: 'hot' } }, 'temperature'],
    [{ format: 7 }, 'format'],
    [{ think: 7 }, 'think'],
    [{ tools: [{ function: {} }] }, 'tools[0].function.name'],
  ])('refuses %j by its field', (body, param) => {
    const failure = ((): unknown => {
      try {
        return chat(body)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(GatewayError)
    expect(failure).toMatchObject({ code: 'invalid_request', hints: { param } })
  })
  it('is bounded by its bytes, its images and its own limit', () => {
    const body = { messages: [{ role: 'user', content: 'x', images: ['AAAA', 'BB'] }], options: { num_predict: 5.2 } }
    expect(ollamaChat.inbound?.bound(body)).toEqual({ mediaBytes: 6, images: 2, files: 0, outputTokensMax: 6, choices: 1, unbounded: [] })
    for (const num_predict of [-1, -2, 0, 'many', null]) expect(ollamaChat.inbound?.bound({ options: { num_predict } }).outputTokensMax).toBeUndefined()
  })
})

describe('a body that passes', () => {
  const edits = (more: Partial<PassEdits> = {}): PassEdits => ({ model: 'm', askUsage: true, quirks: {}, defaults: {}, ...more })
  const edit = (text: string, more: Partial<PassEdits> = {}): string =>
    Buffer.from(ollamaChat.pass?.edit(Buffer.from(text), JSON.parse(text) as JsonObject, edits(more)).body ?? []).toString()
  it('is the same bytes when nothing has to change', () => {
    const raw = Buffer.from('{ "model" : "m", "messages":[ ] , "options":{"temperature":1.0} }')
    expect(ollamaChat.pass?.edit(raw, JSON.parse(raw.toString()) as JsonObject, edits()).body).toBe(raw)
  })
  it.each([
    ['the vendor’s model', '{"model":"public", "x":1e400}', {}, '{"model":"m", "x":1e400}'],
    ['a cap', '{"model":"m"}', { outputTokensMax: 7 }, '{"options":{"num_predict":7},"model":"m"}'],
    [
      'a cap below what was asked',
      '{"model":"m","options":{"num_predict":9,"seed":1}}',
      { outputTokensMax: 7 },
      '{"model":"m","options":{"num_predict":7,"seed":1}}',
    ],
    ['a cap in place of no limit', '{"model":"m","options":{"num_predict":-1}}', { outputTokensMax: 7 }, '{"model":"m","options":{"num_predict":7}}'],
    ['no cap where less was asked', '{"model":"m","options":{"num_predict":3}}', { outputTokensMax: 7 }, '{"model":"m","options":{"num_predict":3}}'],
    [
      'the deployment’s settings, below the caller’s own',
      '{"model":"m","keep_alive":0,"options":{"seed":2}}',
      { defaults: { num_ctx: 8192, seed: 1, keep_alive: '1h', think: false, max_tokens: 3 } },
      '{"think":false,"model":"m","keep_alive":0,"options":{"seed":2,"num_ctx":8192}}',
    ],
  ])('gets %s', (_name, body, more, expected) => {
    expect(JSON.parse(edit(body, more).replace('1e400', '1'))).toEqual(JSON.parse(expected.replace('1e400', '1')))
    expect(edit(body, more).includes('1e400')).toBe(body.includes('1e400'))
  })
})

const options = { id: 'x', model: 'public', createdS: 1_700_000_000, request: {} }
const events: readonly ReplyEvent[] = [
  { type: 'reply-start', upstreamId: 'u', model: 'v' },
  { type: 'reasoning-delta', text: 'hm' },
  { type: 'text-delta', text: 'one ' },
  { type: 'text-delta', text: 'two' },
  { type: 'tool-start', index: 0, id: 'c1', name: 'f' },
  { type: 'tool-delta', index: 0, argumentsText: '{"a"' },
  { type: 'tool-delta', index: 0, argumentsText: ':1}' },
  { type: 'usage', usage: { meters: { input: 3, cacheRead: 2, output: 4, reasoning: 1 }, provenance: 'reported' } },
  { type: 'finish', reason: 'tool-calls' },
  { type: 'reply-end' },
]
const lines = (writer = ollamaChat.inbound?.createWriter(options), all = events): readonly Record<string, unknown>[] =>
  Buffer.concat([...all.map((event) => writer?.write(event) ?? new Uint8Array()), writer?.end() ?? new Uint8Array()])
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const head = { model: 'public', created_at: '2023-11-14T22:13:20.000Z' }

describe('a reply in Ollama’s dialect', () => {
  const call = { id: 'c1', function: { name: 'f', arguments: { a: 1 } } }
  const ending = { done: true, done_reason: 'stop', prompt_eval_count: 5, eval_count: 5 }
  it('streams text and thinking as they come, calls whole, and counts at its end', () => {
    expect(lines()).toEqual([
      { ...head, message: { role: 'assistant', content: '', thinking: 'hm' }, done: false },
      { ...head, message: { role: 'assistant', content: 'one ' }, done: false },
      { ...head, message: { role: 'assistant', content: 'two' }, done: false },
      { ...head, message: { role: 'assistant', content: '', tool_calls: [call] }, done: false },
      { ...head, message: { role: 'assistant', content: '' }, ...ending },
    ])
  })
  it('says the same in one piece', () => {
    expect(ollamaChat.inbound?.writeWhole(events, options)).toEqual({
      ...head,
      message: { role: 'assistant', content: 'one two', thinking: 'hm', tool_calls: [call] },
      ...ending,
    })
  })
  it('says in a line that it broke off, once, and nothing after it', () => {
    const broken: readonly ReplyEvent[] = [...events.slice(0, 3), { type: 'error', message: 'gone', code: null }, ...events.slice(3)]
    expect(lines(ollamaChat.inbound?.createWriter(options), broken).slice(-1)).toEqual([{ error: 'gone' }])
    const writer = ollamaChat.inbound?.createWriter(options)
    expect(Buffer.from(writer?.fail({ message: 'over', type: 't', code: 'c' }) ?? []).toString()).toBe('{"error":"over"}\n')
    expect(writer?.end()).toHaveLength(0)
  })
  it('reads back as what was written', () => {
    const reader = ollamaChat.outbound.createReader()
    const text = lines().map((line) => `${JSON.stringify(line)}\n`)
    const read = [...text.flatMap((line) => reader.push(Buffer.from(line))), ...reader.end()]
    expect(read.flatMap((event) => (event.type === 'text-delta' ? [event.text] : [])).join('')).toBe('one two')
    expect(read.find((event) => event.type === 'tool-start')).toMatchObject({ id: 'c1', name: 'f' })
    expect(read.find((event) => event.type === 'usage')).toMatchObject({ usage: { meters: { input: 5, output: 5 } } })
  })
})

describe('embeddings in Ollama’s dialect', () => {
  const made: readonly ReplyEvent[] = [
    { type: 'embedding', index: 0, vector: [1, 2] },
    { type: 'embedding', index: 1, vector: [3] },
    { type: 'usage', usage: { meters: { input: 6 }, provenance: 'reported' } },
  ]
  it('come in a list, with their count', () => {
    expect(ollamaEmbed.inbound?.read({ input: ['a', 'b'], truncate: false, dimensions: 3, options: { num_ctx: 1 } })).toEqual({
      operation: 'embedding',
      dialect: 'ollama',
      inputs: ['a', 'b'],
      encoding: 'float',
      dimensions: 3,
      other: { truncate: false, options: { num_ctx: 1 } },
    })
    expect(ollamaEmbed.inbound?.writeWhole(made, { ...options, request: { input: 'a' } })).toEqual({
      model: 'public',
      embeddings: [[1, 2], [3]],
      prompt_eval_count: 6,
    })
  })
  it('come alone in the older form, which never passes', () => {
    expect(ollamaEmbed.inbound?.read({ prompt: 'a' })).toMatchObject({ inputs: ['a'] })
    expect(ollamaEmbed.inbound?.writeWhole(made, { ...options, request: { prompt: 'a' } })).toEqual({ embedding: [1, 2] })
    expect([ollamaEmbed.pass?.takes?.({ prompt: 'a' }), ollamaEmbed.pass?.takes?.({ input: 'a' })]).toEqual([false, true])
  })
  it('need a text', () => {
    for (const body of [{}, { input: [] }, { input: [1] }, { prompt: null }]) expect(() => ollamaEmbed.inbound?.read(body)).toThrow(/input|prompt/)
  })
})
