// From a Chat Completions body through the pivot and back.
// Promises: the meaning stays; what is not passed on is known.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'
import { writeChat } from '../../../gateway/translate/openai-chat/write-request.ts'
import { seed } from '../../conformance/recordings.ts'

const user = { role: 'user', content: 'hi' }
const pixel = 'data:image/png;base64,iVBORw0KGgo='
const image = { type: 'image_url', image_url: { url: pixel } }

describe('reading what was written', () => {
  const text = fc.string({ minLength: 1, maxLength: 12 })
  const part = fc.oneof(
    text.map((value) => ({ type: 'text', text: value })),
    fc.constantFrom(
      image,
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
    ),
  )
  const content = fc.oneof(text, fc.array(part, { minLength: 1, maxLength: 4 }))
  const call = fc.record({ id: text, type: fc.constant('function'), function: fc.record({ name: text, arguments: fc.oneof(text, fc.json()) }) })
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom('system', 'developer', 'user'), content }),
    fc.record({ role: fc.constant('tool'), tool_call_id: text, content }),
    fc.record({
      role: fc.constant('assistant'),
      content: fc.option(content),
      tool_calls: fc.array(call, { maxLength: 3 }),
      reasoning_content: fc.option(text),
    }),
  )
  const optional = { requiredKeys: ['messages', 'max_tokens'] as ('messages' | 'max_tokens')[] }
  const request = fc.record(
    {
      messages: fc.array(message, { minLength: 1, maxLength: 5 }),
      max_tokens: fc.integer({ min: 1, max: 9999 }),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      top_p: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.integer(),
      stop: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
      user: text,
      reasoning_effort: fc.constantFrom('none', 'low', 'high'),
      parallel_tool_calls: fc.boolean(),
      logit_bias: fc.constant({ 5: 1 }),
      tools: fc.array(
        fc.record({
          type: fc.constant('function'),
          function: fc.record({
            name: text,
            description: text,
            parameters: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
            strict: fc.boolean(),
          }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      tool_choice: fc.oneof(
        fc.constantFrom('auto', 'none', 'required'),
        text.map((name) => ({ type: 'function', function: { name } })),
      ),
      response_format: fc.constantFrom(
        { type: 'text' },
        { type: 'json_object' },
        { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      ),
    },
    optional,
  )

  it('gives the same request again', () => {
    fc.assert(
      fc.property(request, (body) => {
        const first = readChat(JSON.parse(JSON.stringify(body)) as JsonObject)
        const written = writeChat(first, { model: 'up', stream: true, outputTokensMax: body.max_tokens, settings: {}, quirks: {} })
        const plain = JSON.parse(JSON.stringify(written.body)) as JsonObject
        expect(readChat(plain)).toEqual(first)
        expect(plain).toMatchObject({ model: 'up', stream: true, stream_options: { include_usage: true }, max_tokens: body.max_tokens })
      }),
      { seed, numRuns: 300 },
    )
  })

  it('leaves cache hints away and fills a deployment’s defaults in', () => {
    const read = readChat({ messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }], temperature: 0 })
    const { body } = writeChat(read, {
      model: 'up',
      stream: false,
      outputTokensMax: 100,
      settings: { temperature: 1, top_p: 0.5, max_tokens: 40 },
      quirks: { outputCapField: 'max_completion_tokens' },
    })
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      model: 'up',
      messages: [{ role: 'user', content: 'a' }],
      temperature: 0,
      top_p: 0.5,
      max_completion_tokens: 40,
    })
  })

  it('refuses several choices, which one translated reply cannot hold', () => {
    const read = readChat({ messages: [user], n: 2 })
    expect(() => writeChat(read, { model: 'up', stream: false, outputTokensMax: 1, settings: {}, quirks: {} })).toThrow('n must be 1')
  })
})
