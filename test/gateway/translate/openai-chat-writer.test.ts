// Events to a Chat Completions reply.
// Promises: the form that strict clients accept.

import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriterOptions } from '../../../gateway/contract/wire.ts'
import { createChatWriter, writeChatWhole } from '../../../gateway/translate/openai-chat/write-reply.ts'
import { failOpenai } from '../../../gateway/translate/vendor-error.ts'
import { textOfBytes } from '../../conformance/recordings.ts'

const options: WriterOptions = { id: '01X', model: 'pub', createdS: 1, request: {} }
function write(events: readonly ReplyEvent[], request: JsonObject = {}): readonly unknown[] {
  const writer = createChatWriter({ ...options, request })
  const text = textOfBytes([...events.map((event) => writer.write(event)), writer.end(), writer.end()])
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((line) => (line === 'data: [DONE]' || line.startsWith(':') ? line : (JSON.parse(line.slice(6)) as unknown)))
}
const envelope = { id: 'chatcmpl-01X', object: 'chat.completion.chunk', created: 1, model: 'pub', system_fingerprint: null }
const chunk = (value: object, finish: string | null = null): object => ({
  ...envelope,
  choices: [{ index: 0, delta: value, logprobs: null, finish_reason: finish }],
})
const usage = { meters: { input: 3, output: 2 }, provenance: 'reported' } as const

describe('writing a stream', () => {
  it('says the role first, numbers tools, finishes once and ends once', () => {
    const lines = write([
      { type: 'reply-start', upstreamId: 'u', model: 'm' },
      { type: 'keepalive' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-end', signature: 'sig' },
      { type: 'text-delta', text: 'a' },
      { type: 'tool-start', index: 0, id: 'i', name: 'f' },
      { type: 'tool-delta', index: 0, argumentsText: '{}' },
      { type: 'usage', usage },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'finish', reason: 'stop' },
      { type: 'reply-end' },
    ])
    expect(lines).toEqual([
      ': keepalive',
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'hm', reasoning: 'hm' }),
      chunk({ thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }] }),
      chunk({ content: 'a' }),
      chunk({ tool_calls: [{ index: 0, id: 'i', type: 'function', function: { name: 'f', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
      chunk({}, 'tool_calls'),
      'data: [DONE]',
    ])
  })

  it('sends usage only to a caller who asked, in an event of its own', () => {
    const lines = write(
      [
        { type: 'text-delta', text: 'a' },
        { type: 'finish', reason: 'length' },
        { type: 'usage', usage },
      ],
      { stream_options: { include_usage: true } },
    )
    expect(lines.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } })
    expect(lines.slice(0, -2).every((line) => (line as { usage: unknown }).usage === null)).toBe(true)
  })

  it('writes nothing before there is something to say, so that an early error keeps its status', () => {
    const writer = createChatWriter(options)
    expect(writer.write({ type: 'reply-start', upstreamId: null, model: null })).toHaveLength(0)
    expect(writer.write({ type: 'text-delta', text: '' })).toHaveLength(0)
  })

  it('ends with an error event in the form clients look for, and with nothing after it', () => {
    const writer = createChatWriter(options)
    writer.write({ type: 'text-delta', text: 'a' })
    const error = { message: 'gone', type: 'server_error', code: 'upstream_cut' }
    expect(textOfBytes([writer.fail(error), writer.write({ type: 'text-delta', text: 'b' }), writer.end(), writer.fail(error)])).toBe(
      'data: {"error":{"message":"gone","type":"server_error","param":null,"code":"upstream_cut"}}\n\ndata: [DONE]\n\n',
    )
    expect(textOfBytes([failOpenai(error)])).toContain('"param":null')
  })

  it('gives a whole reply null content beside calls alone, and its reasoning in both spellings', () => {
    const whole = writeChatWhole(
      [
        { type: 'reasoning-delta', text: 'hm' },
        { type: 'tool-start', index: 0, id: 'i', name: 'f' },
        { type: 'tool-delta', index: 0, argumentsText: '{"a":1}' },
        { type: 'usage', usage },
        { type: 'finish', reason: 'tool-calls' },
      ],
      options,
    )
    expect(whole).toMatchObject({
      id: 'chatcmpl-01X',
      object: 'chat.completion',
      created: 1,
      model: 'pub',
      system_fingerprint: null,
      usage: { prompt_tokens_details: { cached_tokens: 0 } },
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: null,
            refusal: null,
            reasoning_content: 'hm',
            reasoning: 'hm',
            tool_calls: [{ id: 'i', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
          },
        },
      ],
    })
    expect(writeChatWhole([{ type: 'finish', reason: 'stop' }], options)).toMatchObject({ choices: [{ message: { content: '' } }] })
  })
})
