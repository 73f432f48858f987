// Cohere's chat: every field in Cohere's words, what it lacks by name, and its replies as events.
// Promises: tokens are those that are billed. Leaves alone: how streams may be cut (test/conformance).

import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { cohereChat } from '../../../gateway/translate/cohere-chat/cohere-chat.ts'
import { openaiChat } from '../../../gateway/translate/openai-chat/openai-chat.ts'
import { withoutSilentTurns, withSilentTurns } from './silent-turns.ts'

const target: WriteTarget = { model: 'command-a-03-2025', stream: false, outputTokensMax: 4096, outputTokensAsked: null, settings: {}, quirks: {} }
const messages = [{ role: 'user', content: 'hi' }]

function written(body: object, change: Partial<WriteTarget> = {}): { body: Record<string, unknown>; dropped: readonly string[] } {
  const read = openaiChat.inbound?.read({ model: 'm', messages, ...body })
  const done = read === undefined ? undefined : cohereChat.outbound.write?.(read, { ...target, ...change })
  if (done === undefined) throw new Error('it is written')
  return { body: JSON.parse(JSON.stringify(done.body)) as Record<string, unknown>, dropped: done.dropped }
}

describe('a request', () => {
  it('has Cohere’s names for sampling, and no cap where nobody asked for one', () => {
    const asked = { temperature: 0.3, top_p: 0.9, seed: 7, stop: ['END'], frequency_penalty: 0.1, presence_penalty: 0.2 }
    expect(written(asked).body).toEqual({
      ...{ model: 'command-a-03-2025', messages, temperature: 0.3, p: 0.9, seed: 7 },
      ...{ stop_sequences: ['END'], frequency_penalty: 0.1, presence_penalty: 0.2 },
    })
    expect(written({}, { stream: true, outputTokensAsked: 99, outputTokensMax: 99 }).body).toMatchObject({ stream: true, max_tokens: 99 })
  })

  it('leaves out what an assistant did not say, which Cohere refuses', () => {
    expect(written({ messages: withSilentTurns }).body['messages']).toEqual(withoutSilentTurns)
  })

  it.each<[object, object, readonly string[]]>([
    [{ top_p: 1 }, { p: 0.99 }, []],
    [{ top_p: 0 }, { p: 0.01 }, []],
    [{ frequency_penalty: 1.5, presence_penalty: 2 }, { frequency_penalty: 1, presence_penalty: 1 }, []],
    [{ frequency_penalty: 0, presence_penalty: 0 }, { frequency_penalty: 0, presence_penalty: 0 }, []],
    [{ frequency_penalty: -0.5, presence_penalty: 0.5 }, { presence_penalty: 0.5 }, ['frequency_penalty']],
    [{ presence_penalty: -2 }, {}, ['presence_penalty']],
  ])('keeps to Cohere’s ranges: %j becomes %j', (asked, said, dropped) => {
    expect(written(asked)).toEqual({ body: { model: 'command-a-03-2025', messages, ...said }, dropped })
  })

  const tools = [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object', properties: {} } } }]

  it.each([
    ['auto', undefined, []],
    ['none', 'NONE', []],
    ['required', 'REQUIRED', []],
    [{ type: 'function', function: { name: 'f' } }, 'REQUIRED', ['tool_choice']],
  ] as const)('says of its tools %j', (choice, said, dropped) => {
    const { body, dropped: lost } = written({ tools, tool_choice: choice })
    expect([body['tools'], body['tool_choice'], lost]).toEqual([tools, said, dropped])
  })

  it('carries calls, their plan and their results', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
    const conversation = [
      { role: 'system', content: 'be brief' },
      ...messages,
      { role: 'assistant', content: null, reasoning_content: 'I will look.', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'assistant', content: 'Sunny.', reasoning_content: 'Done.' },
    ]
    expect(written({ messages: conversation }).body['messages']).toEqual([
      { role: 'system', content: 'be brief' },
      ...messages,
      { role: 'assistant', tool_plan: 'I will look.', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'assistant', content: 'Sunny.' },
    ])
  })

  it('shows pictures, and refuses what Cohere cannot see by its place', () => {
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } }
    const content = [{ type: 'text', text: 'what?' }, picture]
    expect(written({ messages: [{ role: 'user', content }] }).body['messages']).toEqual([{ role: 'user', content }])
    const sound = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }
    expect(() => written({ messages: [{ role: 'user', content: [sound] }] })).toThrow('messages[0].content[0]')
  })

  it('asks for JSON, by a schema too, and for thoughts', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    expect(written({ response_format: { type: 'json_object' } }).body['response_format']).toEqual({ type: 'json_object' })
    expect(written({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } }).body['response_format']).toEqual({
      type: 'json_object',
      json_schema: schema,
    })
    expect(written({ reasoning_effort: 'none' }).body['thinking']).toEqual({ type: 'disabled' })
    expect(written({ reasoning_effort: 'high' }).body['thinking']).toEqual({ type: 'enabled' })
    expect(written({}, { settings: { thinking: { type: 'enabled', token_budget: 100 } } }).body['thinking']).toEqual({ type: 'enabled', token_budget: 100 })
  })

  it('carries Cohere’s own words from OpenAI’s callers, and names what is neither’s', () => {
    const { body, dropped } = written({ safety_mode: 'STRICT', documents: ['d'], logit_bias: { 1: 2 }, user: 'u', metadata: { a: 'b' } })
    expect(body).toMatchObject({ safety_mode: 'STRICT', documents: ['d'] })
    expect(dropped).toEqual(['logit_bias'])
  })
})

describe('a reply', () => {
  const whole = (change: object): readonly ReplyEvent[] => cohereChat.outbound.readWhole({ id: 'x', message: { content: [] }, ...change })

  it.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SOMETHING_NEW', 'stop'],
  ])('that ended with %s ended with %s', (said, reason) => {
    expect(whole({ finish_reason: said })).toContainEqual({ type: 'finish', reason })
  })

  it('counts what is billed, else what was seen, and half of neither', () => {
    const usage = (value: object): unknown => whole({ usage: value }).find((event) => event.type === 'usage')?.usage.meters
    const tokens = { input_tokens: 71, output_tokens: 26 }
    expect(usage({ billed_units: { input_tokens: 5, output_tokens: 26 }, tokens })).toEqual({ input: 5, output: 26 })
    expect(usage({ tokens })).toEqual({ input: 71, output: 26 })
    expect(usage({ billed_units: { input_tokens: 5 } })).toBeUndefined()
  })

  it('that failed is an error, whole or streamed', () => {
    expect(whole({ finish_reason: 'ERROR' })).toMatchObject([{ type: 'error' }])
    expect(cohereChat.outbound.readWhole({ message: 'no such model' })).toMatchObject([{ type: 'error', message: 'no such model' }])
    const reader = cohereChat.outbound.createReader()
    const end = { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'too busy', usage: { tokens: { input_tokens: 1, output_tokens: 1 } } } }
    expect(reader.push(Buffer.from(`data: ${JSON.stringify(end)}\n\n`)).map((event) => event.type)).toEqual(['usage', 'error'])
    expect(reader.end()).toEqual([])
  })
})
