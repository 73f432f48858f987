// Chat to Ollama's native API and back.
// Promises: each rule of the mapping is a row.

import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { createOllamaReader, readOllamaWhole } from '../../../gateway/translate/ollama-chat/read-reply.ts'
import { writeOllama } from '../../../gateway/translate/ollama-chat/write-request.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'
import { readAll } from '../../conformance/recordings.ts'

const hi = { role: 'user', content: 'hi' }
function write(body: JsonObject, settings: JsonObject = {}, stream = true): { body: JsonObject; dropped: readonly string[] } {
  const written = writeOllama(readChat(body), { model: 'qwen3', stream, outputTokensMax: 512, settings, quirks: {} })
  return { body: JSON.parse(JSON.stringify(written.body)) as JsonObject, dropped: written.dropped }
}
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }

describe('writing', () => {
  it('says stream either way and leaves sampling to the model unless asked', () => {
    expect(write({ messages: [hi] })).toEqual({
      body: { model: 'qwen3', messages: [{ role: 'user', content: 'hi' }], stream: true, options: { num_predict: 512 } },
      dropped: [],
    })
    expect(write({ messages: [hi] }, {}, false).body).toMatchObject({ stream: false })
  })

  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'engine settings',
      {},
      { num_ctx: 16384, num_gpu: 1, keep_alive: '10m', unknown: 1 },
      { keep_alive: '10m', options: { num_ctx: 16384, num_gpu: 1, num_predict: 512 } },
    ],
    [
      'sampling',
      { temperature: 0.3, top_p: 0.9, top_k: 40, seed: 7, frequency_penalty: 0.1, presence_penalty: 0.2, stop: ['X'] },
      {},
      { options: { temperature: 0.3, top_p: 0.9, top_k: 40, seed: 7, frequency_penalty: 0.1, presence_penalty: 0.2, stop: ['X'], num_predict: 512 } },
    ],
    ['defaults', {}, { temperature: 0.1 }, { options: { temperature: 0.1 } }],
    ['JSON mode', { response_format: { type: 'json_object' } }, {}, { format: 'json' }],
    ['a schema', { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } } }, {}, { format: { type: 'object' } }],
    ['thinking off', { reasoning_effort: 'none' }, {}, { think: false }],
    ['a thinking level', { reasoning_effort: 'medium' }, {}, { think: 'medium' }],
    ['a level it lacks below', { reasoning_effort: 'minimal' }, {}, { think: 'low' }],
    ['a level it lacks above', { reasoning_effort: 'xhigh' }, {}, { think: 'high' }],
    ['thinking by setting', {}, { think: true }, { think: true }],
    ['tools', { tools: [tool] }, {}, { tools: [tool] }],
  ])('carries %s', (_, asked, settings, expected) => {
    const { body, dropped } = write({ messages: [hi], ...asked }, settings)
    expect(body).toMatchObject(expected)
    expect(dropped).toEqual([])
  })

  it.each<[JsonObject, readonly string[]]>([
    [{ tools: [tool], tool_choice: 'required' }, ['tool_choice']],
    [{ tools: [tool], parallel_tool_calls: false }, ['parallel_tool_calls']],
    [{ logit_bias: { 1: 1 }, logprobs: true, top_logprobs: 2 }, ['logit_bias', 'logprobs', 'top_logprobs']],
    [{ tools: [tool], tool_choice: 'auto', parallel_tool_calls: true, store: true, logprobs: false, n: 1 }, []],
  ])('names of %j what it cannot carry', (asked, names) => {
    expect(write({ messages: [hi], ...asked }).dropped).toEqual(names)
  })

  it('leaves tools out when none may be used', () => {
    expect(write({ messages: [hi], tools: [tool], tool_choice: 'none' })).toMatchObject({ dropped: [] })
    expect(write({ messages: [hi], tools: [tool], tool_choice: 'none' }).body['tools']).toBeUndefined()
  })

  it('writes content as one text with images beside it, results with the name of their tool, arguments as objects', () => {
    const { body } = write({
      messages: [
        { role: 'developer', content: 's' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'text', text: 'b' },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hm',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'c2', type: 'function', function: { name: 'g', arguments: 'oops' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c2', content: 'R' },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'system', content: 's' },
      { role: 'user', content: 'a\nb', images: ['AAAA'] },
      {
        role: 'assistant',
        content: '',
        thinking: 'hm',
        tool_calls: [
          { id: 'c1', function: { index: 0, name: 'f', arguments: { x: 1 } } },
          { id: 'c2', function: { index: 1, name: 'g', arguments: { _raw: 'oops' } } },
        ],
      },
      { role: 'tool', content: 'R', tool_name: 'g', tool_call_id: 'c2' },
    ])
  })

  it.each<[JsonObject, string]>([
    [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }, 'messages[0].content[0] is an image by URL'],
    [{ type: 'input_audio', input_audio: { data: 'A', format: 'wav' } }, 'messages[0].content[0] is audio'],
    [{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } }, 'messages[0].content[0] is a file'],
  ])('refuses %j by its place', (part, sentence) => {
    expect(() => write({ messages: [{ role: 'user', content: [part] }] })).toThrow(sentence)
  })
})

const lines = (...values: readonly object[]): Uint8Array => Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
const read = (bytes: Uint8Array): readonly ReplyEvent[] => readAll(createOllamaReader(), [bytes])
const end = { model: 'm', created_at: 't', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 5, eval_count: 2 }

describe('reading', () => {
  it('gives whole calls ids and the finish that agents wait for', () => {
    const bytes = lines(
      {
        model: 'm',
        created_at: 't',
        message: { content: '', tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }, { function: { name: 'g', arguments: {} } }] },
        done: false,
      },
      end,
    )
    const events = read(bytes)
    const ids = events.flatMap((event) => (event.type === 'tool-start' ? [event.id] : []))
    expect(ids).toEqual([expect.stringMatching(/^call_[a-z0-9]+$/), expect.stringMatching(/^call_[a-z0-9]+$/)])
    expect(new Set(ids).size).toBe(2)
    expect(read(bytes)).toEqual(events)
    expect(events.slice(1, 5)).toMatchObject([
      { type: 'tool-start', index: 0, name: 'f' },
      { argumentsText: '{"a":1}' },
      { type: 'tool-start', index: 1, name: 'g' },
      { argumentsText: '{}' },
    ])
    expect(events.slice(-3)).toEqual([
      { type: 'usage', usage: { meters: { input: 5, output: 2 }, provenance: 'reported' } },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'reply-end' },
    ])
  })

  it.each<[string, Uint8Array, ReplyEvent]>([
    ['reasoning', lines({ message: { thinking: 'hm' } }, end), { type: 'reasoning-delta', text: 'hm' }],
    ['a cap reached', lines({ ...end, done_reason: 'length' }), { type: 'finish', reason: 'length' }],
    ['an error in mid-stream', lines({ message: { content: 'a' } }, { error: 'out of memory' }), { type: 'error', message: 'out of memory', code: null }],
    ['a stream that stops', lines({ message: { content: 'a' } }), { type: 'error', message: 'The provider broke off its reply.', code: 'upstream_cut' }],
    [
      'a line that is no JSON',
      Buffer.from('{"message":\n'),
      { type: 'error', message: 'The provider sent a stream event that is not valid JSON: {"message":\n', code: 'upstream_protocol' },
    ],
  ])('understands %s', (_, bytes, event) => {
    expect(read(bytes)).toContainEqual(event)
  })

  it('reports no usage when half of it is missing', () => {
    const { prompt_eval_count: _count, ...cached } = end
    expect(read(lines(cached)).some((event) => event.type === 'usage')).toBe(false)
  })

  it('reads a whole reply', () => {
    expect(readOllamaWhole({ ...end, message: { content: 'hello' } }).map((event) => event.type)).toEqual([
      'reply-start',
      'text-delta',
      'usage',
      'finish',
      'reply-end',
    ])
    expect(readOllamaWhole({ error: 'no' })).toEqual([{ type: 'error', message: 'no', code: null }])
  })
})
