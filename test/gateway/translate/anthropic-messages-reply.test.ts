// Anthropic replies to events: blocks, usage, stop reasons, errors.
// Promises: held against the recorded streams, event by event.

import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { createMessagesReader } from '../../../gateway/translate/anthropic-messages/read-stream.ts'
import { readMessagesUsage } from '../../../gateway/translate/anthropic-messages/read-usage.ts'
import { readMessagesWhole, toFinish } from '../../../gateway/translate/anthropic-messages/read-whole.ts'
import { writeChatWhole } from '../../../gateway/translate/openai-chat/write-reply.ts'
import { readAll, readRecordings } from '../../conformance/recordings.ts'

const events = (name: string): readonly ReplyEvent[] => {
  const found = readRecordings().find((recording) => recording.name === `anthropic/anthropic-messages.${name}`)
  if (found === undefined) throw new Error(`no recording ${name}`)
  return found.kind === 'whole' ? readMessagesWhole(JSON.parse(Buffer.from(found.bytes).toString('utf8'))) : readAll(createMessagesReader(), [found.bytes])
}
const withoutCounts = (name: string): readonly ReplyEvent[] => events(name).filter((event) => !(event.type === 'usage' && event.usage.provenance === 'counted'))

describe('reading', () => {
  it('numbers parallel tools by themselves, not by block, and ends empty arguments as {}', () => {
    expect(withoutCounts('tools.stream.txt')).toEqual([
      { type: 'reply-start', upstreamId: 'msg_014p7gG3wDgGV9EUtLvnow3U', model: 'claude-opus-4-1-20250805' },
      { type: 'keepalive' },
      { type: 'text-delta', text: 'Okay' },
      { type: 'text-delta', text: ', let me check.' },
      { type: 'tool-start', index: 0, id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6', name: 'get_weather' },
      { type: 'tool-delta', index: 0, argumentsText: '{"location":' },
      { type: 'tool-delta', index: 0, argumentsText: ' "San Francisco, CA"}' },
      { type: 'tool-start', index: 1, id: 'toolu_02B7', name: 'get_time' },
      { type: 'tool-delta', index: 1, argumentsText: '{}' },
      { type: 'usage', usage: { meters: { input: 472, cacheRead: 1000, cacheWrite: 100, cacheWrite1h: 200, output: 89 }, provenance: 'reported' } },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'reply-end' },
    ])
  })

  it('carries signatures and redacted reasoning, and splits thinking tokens off', () => {
    expect(withoutCounts('thinking.stream.txt')).toEqual([
      { type: 'reply-start', upstreamId: 'msg_01ThInK', model: 'claude-opus-4-1-20250805' },
      { type: 'reasoning-delta', text: 'I need to find the GCD…' },
      { type: 'reasoning-delta', text: ' 21.' },
      { type: 'reasoning-end', signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds' },
      { type: 'reasoning-end', redacted: 'EmwKAhgBEgy3va3pzix' },
      { type: 'text-delta', text: 'The greatest common divisor is 21.' },
      { type: 'usage', usage: { meters: { input: 40, output: 15, reasoning: 45 }, provenance: 'reported' } },
      { type: 'finish', reason: 'stop' },
      { type: 'reply-end' },
    ])
  })

  it('hands summarized thoughts on as the reasoning of Chat Completions', () => {
    const message = writeChatWhole(events('summary.stream.txt'), { id: '1', model: 'm', createdS: 1, request: {} })
    expect(message).toMatchObject({
      choices: [{ message: { reasoning_content: 'The user wants the weather in Paris; I will look it up.', tool_calls: [{ id: 'toolu_01SuMm' }] } }],
      usage: { completion_tokens: 310, completion_tokens_details: { reasoning_tokens: 270 } },
    })
  })

  it('reads a whole reply by the same rules', () => {
    expect(events('tools.whole.json')).toMatchObject([
      { type: 'reply-start' },
      { type: 'reasoning-delta' },
      { type: 'reasoning-end', signature: 'WaUjzkypQ2mUEVM36O2TxuC06KN8xyfbJwyem2dw3URve' },
      { type: 'text-delta' },
      { type: 'tool-start', index: 0 },
      { type: 'tool-delta', argumentsText: '{"location":"San Francisco, CA","unit":"celsius"}' },
      { type: 'tool-start', index: 1 },
      { type: 'tool-delta', argumentsText: '{}' },
      { type: 'usage', usage: { meters: { input: 10, cacheRead: 1000, cacheWrite: 100, cacheWrite1h: 200, output: 120 } } },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'reply-end' },
    ])
    expect(events('text.whole.json')).toContainEqual({ type: 'finish', reason: 'stop', stopSequence: '\n\nHuman:' })
  })

  it('passes an error in mid-stream on, with the input counted as far as it got', () => {
    const read = events('overloaded.stream.txt')
    expect(read.at(-1)).toEqual({ type: 'error', message: 'Overloaded', code: 'overloaded_error' })
    expect(read).toContainEqual({ type: 'usage', usage: { meters: { input: 9, output: 2 }, provenance: 'counted' } })
  })

  it('never takes the placeholder at the start for the output', () => {
    const start = Buffer.from('data: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":500,"output_tokens":1}}}\n\n')
    expect(
      createMessagesReader()
        .push(start)
        .some((event) => event.type === 'usage'),
    ).toBe(false)
  })

  it('skips what it does not know', () => {
    const stream = [
      '{"type":"message_start","message":{"id":"m"}}',
      '{"type":"vortex"}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s"}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta"}}',
      '{"type":"message_delta","delta":{"stop_reason":"pause_turn"}}',
      '{"type":"message_stop"}',
    ]
    expect(readAll(createMessagesReader(), [Buffer.from(stream.map((data) => `event: x\ndata: ${data}\n\n`).join(''))]).map((event) => event.type)).toEqual([
      'reply-start',
      'finish',
      'reply-end',
    ])
  })

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['refusal', 'content-filter'],
    ['brand_new', 'stop'],
  ])('%s ends as %s', (reason, finish) => {
    expect(toFinish(reason)).toBe(finish)
  })

  it.each<[JsonObject, object | null]>([
    [
      { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 7 },
      { input: 10, cacheWrite: 7, output: 5 },
    ],
    [
      { input_tokens: 10, output_tokens: 5, cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 } },
      { input: 10, cacheWrite: 3, cacheWrite1h: 4, output: 5 },
    ],
    [
      { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 2, cache_creation: { ephemeral_1h_input_tokens: 9 } },
      { input: 10, cacheWrite1h: 2, output: 5 },
    ],
    [
      { input_tokens: 10, output_tokens: 5, output_tokens_details: { thinking_tokens: 50 } },
      { input: 10, output: 0, reasoning: 5 },
    ],
    [{ input_tokens: -1, output_tokens: 1e400 }, null],
    [
      { input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 2 },
      { input: 0, cacheRead: 4, output: 2 },
    ],
    [{ input_tokens: 10, output_tokens: 2.5 }, null],
    [{ input_tokens: 10, output_tokens: 2, cache_read_input_tokens: '4' }, null],
    [{ input_tokens: 10 }, null],
    [{ output_tokens: 2 }, null],
    [{ input_tokens: 0, output_tokens: 0 }, null],
  ])('usage %j', (usage, meters) => {
    expect(readMessagesUsage(usage)?.meters ?? null).toEqual(meters)
  })
})
