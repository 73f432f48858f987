// A provider's Chat Completions stream to events.
// Promises: quirks of real servers, one case each.

import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import { createChatReader, readChatWhole } from '../../../gateway/translate/openai-chat/read-reply.ts'
import { readAll } from '../../conformance/recordings.ts'

const chunks = (...values: readonly unknown[]): Uint8Array =>
  Buffer.from(values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join(''))
const delta = (value: object, finish: string | null = null): object => ({ id: 'c1', model: 'm', choices: [{ index: 0, delta: value, finish_reason: finish }] })
const read = (bytes: Uint8Array): readonly ReplyEvent[] => readAll(createChatReader(), [bytes])
const calls = (events: readonly ReplyEvent[]): readonly unknown[] => events.filter((event) => event.type === 'tool-start' || event.type === 'tool-delta')

describe('reading a stream', () => {
  it('numbers calls from 0 when a vendor starts at 1, leaves indices away, or uses one for all', () => {
    const one = (index: number | undefined, id: string, name: string): object =>
      delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '{}' } }] })
    const expected = [
      { type: 'tool-start', index: 0, id: 'a', name: 'f' },
      { type: 'tool-delta', index: 0, argumentsText: '{}' },
      { type: 'tool-start', index: 1, id: 'b', name: 'g' },
      { type: 'tool-delta', index: 1, argumentsText: '{}' },
    ]
    expect(calls(read(chunks(one(1, 'a', 'f'), one(2, 'b', 'g'), '[DONE]')))).toEqual(expected)
    expect(calls(read(chunks(one(undefined, 'a', 'f'), one(undefined, 'b', 'g'), '[DONE]')))).toEqual(expected)
    expect(calls(read(chunks(one(0, 'a', 'f'), one(0, 'b', 'g'), '[DONE]')))).toEqual(expected)
  })

  it('begins a call with its name, which may come after its id and its first arguments', () => {
    const piece = (index: number, call: object): object => delta({ tool_calls: [{ index, ...call }] })
    const late = chunks(
      piece(0, { id: 'a', type: 'function', function: { arguments: '{"x"' } }),
      piece(1, { id: 'b', function: { name: 'g', arguments: '{}' } }),
      piece(0, { function: { name: 'f', arguments: ':1}' } }),
      // Nothing is called by no name: it goes on, whatever its id.
      piece(1, { id: 'c', function: { name: '', arguments: ' ' } }),
      piece(2, { id: 'd', function: { arguments: '{"never": "named"}' } }),
      '[DONE]',
    )
    expect(calls(read(late))).toEqual([
      { type: 'tool-start', index: 0, id: 'b', name: 'g' },
      { type: 'tool-delta', index: 0, argumentsText: '{}' },
      { type: 'tool-start', index: 1, id: 'a', name: 'f' },
      { type: 'tool-delta', index: 1, argumentsText: '{"x":1}' },
      { type: 'tool-delta', index: 0, argumentsText: ' ' },
      { type: 'tool-start', index: 2, id: 'd', name: '' },
      { type: 'tool-delta', index: 2, argumentsText: '{"never": "named"}' },
    ])
    expect(read(late)).toContainEqual({ type: 'finish', reason: 'tool-calls' })
  })

  it('waits for a name no longer than a call is likely to be without one', () => {
    const pieces = Array.from({ length: 20 }, () => delta({ tool_calls: [{ index: 0, id: 'a', function: { arguments: 'x'.repeat(1024) } }] }))
    const [start, ...rest] = calls(read(chunks(...pieces)))
    expect(start).toEqual({ type: 'tool-start', index: 0, id: 'a', name: '' })
    expect(rest).toHaveLength(4)
  })

  it('makes the same id every time for a call that has none, and takes arguments given as an object', () => {
    const bytes = chunks(delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: { a: 1 } } }] }), '[DONE]')
    const [start, args] = calls(read(bytes)) as [{ id: string }, { argumentsText: string }]
    expect(start.id).toMatch(/^call_[a-z0-9]+$/)
    expect(calls(read(bytes))).toEqual([start, args])
    expect(args.argumentsText).toBe('{"a":1}')
  })

  it('finishes with tool-calls when a vendor says "stop" after a call', () => {
    expect(read(chunks(delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] }), delta({}, 'stop'), '[DONE]'))).toContainEqual({
      type: 'finish',
      reason: 'tool-calls',
    })
  })

  it.each<[string, Uint8Array, ReplyEvent]>([
    ['a plain error text', chunks(delta({ content: 'a' }), { error: 'boom' }), { type: 'error', message: 'boom', code: null }],
    ['a numbered error', chunks({ error: { message: 'no', code: 503 } }), { type: 'error', message: 'no', code: '503' }],
    ['a stream without any ending', chunks(delta({ content: 'a' })), { type: 'error', message: 'The provider broke off its reply.', code: 'upstream_cut' }],
    ['an end mark without a reason', chunks(delta({ content: 'a' }), '[DONE]'), { type: 'finish', reason: 'stop' }],
    [
      'broken JSON',
      chunks(delta({ content: 'a' }), '{"choices":'),
      { type: 'error', message: 'The provider sent a stream event that is not valid JSON: {"choices":', code: 'upstream_protocol' },
    ],
    ['an unknown reason', chunks(delta({}, 'end_turn'), '[DONE]'), { type: 'finish', reason: 'stop' }],
    ['a filter', chunks(delta({}, 'content_filter'), '[DONE]'), { type: 'finish', reason: 'content-filter' }],
    ['OpenRouter’s reasoning', chunks(delta({ reasoning: 'hm' }), '[DONE]'), { type: 'reasoning-delta', text: 'hm' }],
    ['a refusal', chunks(delta({ refusal: 'no' }), '[DONE]'), { type: 'refusal-delta', text: 'no' }],
    [
      'letters that are no UTF-8',
      Buffer.concat([Buffer.from('data: {"choices":[{"delta":{"content":"'), Uint8Array.of(0xff), Buffer.from('"}}]}\n\ndata: [DONE]\n\n')]),
      { type: 'text-delta', text: '\uFFFD' },
    ],
  ])('understands %s', (_, bytes, event) => {
    expect(read(bytes)).toContainEqual(event)
  })

  it('names a whole reply without choices', () => {
    expect(readChatWhole({ id: 'x', choices: [] }).at(-1)).toMatchObject({ type: 'error', code: 'upstream_protocol' })
  })
})
