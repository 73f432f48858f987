// Events to a Messages reply, read again by Anthropic's own clients and by our reader.
// Promises: the form that strict clients accept, whatever the order in which another vendor sent it.

import AnthropicNow from '@anthropic-ai/sdk'
import AnthropicBefore from 'anthropic-sdk-0137'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriterOptions } from '../../../gateway/contract/wire.ts'
import { createMessagesReader } from '../../../gateway/translate/anthropic-messages/read-stream.ts'
import { readMessagesWhole } from '../../../gateway/translate/anthropic-messages/read-whole.ts'
import { createMessagesWriter, writeMessagesWhole } from '../../../gateway/translate/anthropic-messages/write-reply.ts'
import { collectReply } from '../../../gateway/translate/collect-reply.ts'
import { wires } from '../../../gateway/translate/index.ts'
import { readAll, readRecordings, seed, textOfBytes } from '../../conformance/recordings.ts'

const options: WriterOptions = { id: '01X', model: 'pub', createdS: 1, request: { messages: [{ role: 'user', content: 'x'.repeat(371) }] } }
function stream(events: readonly ReplyEvent[]): Uint8Array {
  const writer = createMessagesWriter(options)
  return Buffer.concat([...events.map((event) => writer.write(event)), writer.end(), writer.end()])
}
const linesOf = (bytes: Uint8Array): readonly JsonObject[] =>
  textOfBytes([bytes])
    .split('\n\n')
    .slice(0, -1)
    .map((record) => {
      const [, name, json = ''] = /^event: (\w+)\ndata: (.*)$/.exec(record) ?? []
      const value = JSON.parse(json) as JsonObject
      expect(value['type']).toBe(name)
      return value
    })
const write = (events: readonly ReplyEvent[]): readonly JsonObject[] => linesOf(stream(events))
const usage = { meters: { input: 3, cacheRead: 4, cacheWrite: 5, cacheWrite1h: 6, output: 7, reasoning: 8 }, provenance: 'reported' } as const
const start = { type: 'reply-start', upstreamId: 'u', model: 'm' } as const
const finish = (reason: 'stop' | 'tool-calls' | 'length' | 'content-filter' = 'stop'): ReplyEvent => ({ type: 'finish', reason })
const text = (value: string): ReplyEvent => ({ type: 'text-delta', text: value })
const opens = (index: number, name = `f${index}`): ReplyEvent => ({ type: 'tool-start', index, id: `c${index}`, name })
const argues = (index: number, argumentsText: string): ReplyEvent => ({ type: 'tool-delta', index, argumentsText })

describe('writing a stream', () => {
  it('opens, extends and closes one block after the other, and ends with the reason and the usage', () => {
    const lines = write([
      start,
      { type: 'keepalive' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-end', signature: 'sig' },
      text('a'),
      { type: 'keepalive' },
      opens(0),
      argues(0, '{"a"'),
      argues(0, ':1}'),
      { type: 'usage', usage },
      finish('tool-calls'),
      { type: 'reply-end' },
    ])
    const ended = {
      input_tokens: 3,
      cache_creation_input_tokens: 11,
      cache_read_input_tokens: 4,
      cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 6 },
      output_tokens: 15,
      output_tokens_details: { thinking_tokens: 8 },
    }
    expect(lines[0]).toMatchObject({ type: 'message_start', message: { id: 'msg_01X', model: 'pub', role: 'assistant', content: [], stop_reason: null } })
    expect(lines.slice(1)).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'a' } },
      { type: 'ping' },
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'c0', name: 'f0', input: {} } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a"' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: ':1}' } },
      { type: 'content_block_stop', index: 2 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: ended },
      { type: 'message_stop' },
    ])
  })

  it('says nothing before there is something to say', () => {
    const writer = createMessagesWriter(options)
    for (const event of [start, { type: 'usage', usage }, { type: 'keepalive' }, text('')] as const) expect(writer.write(event)).toHaveLength(0)
    expect(writer.write(text('a')).length).toBeGreaterThan(0)
  })

  it('starts with what is known of the prompt: the vendor’s count, or about what its text comes to', () => {
    const started = (events: readonly ReplyEvent[]): unknown => (write(events)[0]?.['message'] as JsonObject)['usage']
    expect(started([{ type: 'usage', usage }, text('a')])).toMatchObject({ input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 0 })
    expect(started([text('a'), { type: 'usage', usage }])).toMatchObject({
      input_tokens: Math.ceil(JSON.stringify(options.request).length / 4),
      output_tokens: 0,
    })
  })

  it('streams a call as soon as the one before it is whole, and keeps interleaved ones apart', () => {
    const lines = write([opens(0), opens(1), argues(1, '{"b":'), argues(0, '{"a":"}'), argues(1, '2}'), argues(0, '"}'), text('after'), finish('tool-calls')])
    const shown = lines.map((line) => [line['type'], line['index'], (line['delta'] as JsonObject | undefined)?.['partial_json']])
    expect(shown.slice(1, -2)).toEqual([
      ['content_block_start', 0, undefined],
      ['content_block_delta', 0, '{"a":"}'],
      ['content_block_delta', 0, '"}'],
      ['content_block_stop', 0, undefined],
      ['content_block_start', 1, undefined],
      ['content_block_delta', 1, '{"b":'],
      ['content_block_delta', 1, '2}'],
      ['content_block_stop', 1, undefined],
      ['content_block_start', 2, undefined],
      ['content_block_delta', 2, undefined],
      ['content_block_stop', 2, undefined],
    ])
  })

  it.each<[string, readonly ReplyEvent[], object]>([
    ['stop', [text('a'), finish()], { stop_reason: 'end_turn', stop_sequence: null }],
    ['a stop sequence', [text('a'), { type: 'finish', reason: 'stop', stopSequence: 'END' }], { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
    ['length', [text('a'), finish('length')], { stop_reason: 'max_tokens', stop_sequence: null }],
    ['a filter', [finish('content-filter')], { stop_reason: 'refusal', stop_sequence: null }],
    ['a refusal in words', [{ type: 'refusal-delta', text: 'no' }, finish()], { stop_reason: 'refusal', stop_sequence: null }],
    ['calls without a word on why it ends', [opens(0)], { stop_reason: 'tool_use', stop_sequence: null }],
    ['nothing at all', [], { stop_reason: 'end_turn', stop_sequence: null }],
  ])('names the reason: %s', (_, events, delta) => {
    expect(write(events).find((line) => line['type'] === 'message_delta')).toMatchObject({ delta })
    expect(writeMessagesWhole(events, options)).toMatchObject(delta)
  })

  it('ends with an error and nothing after it', () => {
    const writer = createMessagesWriter(options)
    const bytes = [writer.write(text('a')), writer.fail({ message: 'gone', type: 'server_error', code: 'upstream_cut' }), writer.write(text('b')), writer.end()]
    expect(linesOf(Buffer.concat(bytes)).at(-1)).toEqual({ type: 'error', error: { type: 'api_error', message: 'gone' } })
  })
})

describe('a whole reply', () => {
  it('holds the same blocks, with a call’s input as an object', () => {
    const events: readonly ReplyEvent[] = [
      start,
      { type: 'reasoning-end', redacted: 'zz' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-end' },
      text('a'),
      opens(0),
      opens(1),
      argues(1, '{"b":1}'),
      argues(0, 'no json'),
      { type: 'usage', usage },
      finish('tool-calls'),
    ]
    expect(writeMessagesWhole(events, options)).toMatchObject({
      id: 'msg_01X',
      type: 'message',
      role: 'assistant',
      model: 'pub',
      content: [
        { type: 'redacted_thinking', data: 'zz' },
        { type: 'thinking', thinking: 'hm', signature: 'tollgate.unsigned' },
        { type: 'text', text: 'a' },
        { type: 'tool_use', id: 'c0', name: 'f0', input: { _raw: 'no json' } },
        { type: 'tool_use', id: 'c1', name: 'f1', input: { b: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, output_tokens: 15 },
    })
  })
})

const words = fc.string({ minLength: 1, maxLength: 8 })
const thought = fc
  .tuple(fc.array(words, { maxLength: 3 }), words)
  .map(([texts, signature]): readonly ReplyEvent[] => [
    ...texts.map((value): ReplyEvent => ({ type: 'reasoning-delta', text: value })),
    { type: 'reasoning-end', signature },
  ])
const prose = fc.oneof(
  words.map((value) => [text(value)]),
  thought,
)
/** Calls whose arguments arrive cut and mixed with each other in any order. */
const calls = fc
  .array(fc.tuple(fc.dictionary(words, fc.jsonValue({ maxDepth: 1 })), fc.array(fc.nat(40), { maxLength: 4 })), { maxLength: 4 })
  .chain((made) => {
    const cut = made.map(([input, places], index) => {
      const json = JSON.stringify(input)
      const edges = [0, ...places.filter((place) => place < json.length).sort((a, b) => a - b), json.length]
      return edges.slice(1).map((edge, at) => argues(index, json.slice(edges[at], edge)))
    })
    const order = cut.flatMap((pieces, index) => pieces.map(() => index))
    return fc.shuffledSubarray(order, { minLength: order.length, maxLength: order.length }).map((shuffled) => {
      const left = cut.map((pieces) => [...pieces])
      return { opening: made.map((_, index) => opens(index)), pieces: shuffled.flatMap((index) => left[index]?.shift() ?? []) }
    })
  })
const reply = fc
  .tuple(fc.array(prose, { maxLength: 8 }), calls)
  .map(([said, { opening, pieces }]): readonly ReplyEvent[] => [
    start,
    ...said.flat(),
    ...opening,
    ...pieces,
    { type: 'usage', usage },
    finish(opening.length > 0 ? 'tool-calls' : 'stop'),
    { type: 'reply-end' },
  ])

it('is read again with the same meaning, streamed and whole, whatever was said in whatever order', () => {
  fc.assert(
    fc.property(reply, (events) => {
      const wanted = collectReply(events)
      const streamed = collectReply(readAll(createMessagesReader(), [stream(events)]))
      const whole = collectReply(readMessagesWhole(JSON.parse(JSON.stringify(writeMessagesWhole(events, options)))))
      // A call without arguments is one with an empty object.
      const calls = wanted.toolCalls.map((call) => ({ ...call, argumentsText: JSON.stringify(JSON.parse(call.argumentsText)) }))
      for (const read of [streamed, whole]) {
        expect({ ...read, toolCalls: read.toolCalls.map((call) => ({ ...call, argumentsText: JSON.stringify(JSON.parse(call.argumentsText)) })) }).toEqual({
          ...wanted,
          toolCalls: calls,
        })
      }
    }),
    { seed, numRuns: 300 },
  )
})

interface Accumulated {
  readonly content: unknown
  readonly stop_reason: unknown
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number; readonly cache_read_input_tokens: number | null }
}
interface Client {
  readonly messages: { stream(body: typeof question): { finalMessage(): Promise<Accumulated> } }
}
type MakeClient = (fetch: typeof globalThis.fetch) => Client
const clients: readonly (readonly [string, MakeClient])[] = [
  ['1.12', (fetch) => new AnthropicNow({ apiKey: 'unused', maxRetries: 0, fetch })],
  ['0.137', (fetch) => new AnthropicBefore({ apiKey: 'unused', maxRetries: 0, fetch })],
]
const question = { model: 'any', max_tokens: 9, messages: [{ role: 'user' as const, content: 'any' }] }

async function accumulate(make: MakeClient, body: Uint8Array): Promise<Accumulated> {
  const client = make(async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
  return await client.messages.stream(question).finalMessage()
}

describe.each(clients)('the SDK %s', (_, make) => {
  it('makes of random streams what the whole reply says', async () => {
    await fc.assert(
      fc.asyncProperty(reply, async (events) => {
        const message = await accumulate(make, stream(events))
        const whole = JSON.parse(JSON.stringify(writeMessagesWhole(events, options))) as Accumulated
        expect(JSON.parse(JSON.stringify(message.content))).toEqual(whole.content)
        expect(message.stop_reason).toBe(whole.stop_reason)
        expect(message.usage).toMatchObject({ input_tokens: 3, output_tokens: 15, cache_read_input_tokens: 4 })
      }),
      { seed, numRuns: 60 },
    )
  })

  const streams = readRecordings().filter(({ kind, wire }) => kind === 'stream' && wires[wire].passesOnly !== true)
  const complete = streams.filter(({ wire, bytes }) => !readAll(wires[wire].outbound.createReader(), [bytes]).some((event) => event.type === 'error'))
  it.each(complete)('reads $name, translated', async ({ wire, bytes }) => {
    const events = readAll(wires[wire].outbound.createReader(), [bytes])
    const message = await accumulate(make, stream(events))
    const whole = JSON.parse(JSON.stringify(writeMessagesWhole(events, options))) as Accumulated
    expect(JSON.parse(JSON.stringify(message.content))).toEqual(whole.content)
    expect(message.stop_reason).toBe(whole.stop_reason)
    expect(message.usage.output_tokens).toBe(whole.usage.output_tokens)
  })

  it('throws at an error after the headers, with its type', async () => {
    const writer = createMessagesWriter(options)
    const body = Buffer.concat([writer.write(text('a')), writer.fail({ message: 'gone', type: 'server_error', code: 'overloaded' })])
    await expect(accumulate(make, body)).rejects.toThrow('gone')
  })
})
