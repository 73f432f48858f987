// A caller's Chat Completions body to the pivot.
// Promises: every refusal names its field.

import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'

const user = { role: 'user', content: 'hi' }
const pixel = 'data:image/png;base64,iVBORw0KGgo='
const image = { type: 'image_url', image_url: { url: pixel } }

describe('reading', () => {
  it.each<[string, JsonObject, string]>([
    ['no messages', {}, 'messages must be a list with at least one message.'],
    ['an empty list', { messages: [] }, 'messages must be a list with at least one message.'],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role must be one of developer, system, user, assistant, tool.'],
    ['content of a wrong type', { messages: [{ role: 'user', content: 7 }] }, 'messages[0].content must be a string or a list of parts.'],
    [
      'an unknown part',
      { messages: [{ role: 'user', content: [{ type: 'video' }] }] },
      'messages[0].content[0].type must be one of text, image_url, file, input_audio, refusal.',
    ],
    [
      'an image that is no URL',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'pic.png' } }] }] },
      'messages[0].content[0].image_url.url must be an http(s) URL or a base64 data URL.',
    ],
    [
      'a stored file',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] },
      'messages[0].content[0].file.file_id refers to a file stored at one vendor',
    ],
    ['a result without its call', { messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id must be a non-empty string.'],
    [
      'a call without a name',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] },
      'messages[0].tool_calls[0].function.name must be',
    ],
    ['a hosted tool', { messages: [user], tools: [{ type: 'web_search' }] }, 'tools[0].type must be "function"'],
    ['an unknown tool choice', { messages: [user], tool_choice: 'maybe' }, 'tool_choice must be "auto"'],
    ['an unknown format', { messages: [user], response_format: { type: 'xml' } }, 'response_format.type must be'],
    ['a cap of zero', { messages: [user], max_tokens: 0 }, 'max_tokens must be a whole number of at least 1.'],
    ['a temperature as text', { messages: [user], temperature: '1' }, 'temperature must be a number.'],
    ['half a choice', { messages: [user], n: 1.5 }, 'n must be a whole number of at least 1.'],
    ['a stop list with a number', { messages: [user], stop: ['a', 1] }, 'stop[1] must be a string.'],
  ])('refuses %s by its name', (_, body, sentence) => {
    const error = thrown(() => readChat(body))
    expect(error.code).toBe('invalid_request')
    expect(error.message).toContain(sentence)
    expect(sentence.startsWith(error.hints.param ?? '?')).toBe(true)
  })

  it('takes null as absent and keeps unknown fields by their names', () => {
    const read = readChat({
      model: 'm',
      messages: [user],
      max_tokens: null,
      tools: null,
      temperature: null,
      user: null,
      logit_bias: { 1: 2 },
      verbosity: 'low',
      stream: true,
    })
    expect(read).toEqual({
      operation: 'chat',
      dialect: 'openai',
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
      tools: [],
      choices: 1,
      stop: [],
      other: { logit_bias: { 1: 2 }, verbosity: 'low' },
    })
  })

  it('prefers the newer cap, takes bare image URLs, developer messages and signed reasoning', () => {
    const read = readChat({
      max_tokens: 5,
      max_completion_tokens: 7,
      stop: 'END',
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }] },
        { role: 'user', content: [{ type: 'image_url', image_url: 'https://x.test/a.png' }, image] },
        {
          role: 'assistant',
          content: null,
          thinking_blocks: [
            { type: 'thinking', thinking: 'hm', signature: 'sig' },
            { type: 'redacted_thinking', data: 'xx' },
          ],
        },
        { role: 'assistant', content: 'done', reasoning_content: 'plain' },
      ],
    })
    expect(read.outputTokensMax).toBe(7)
    expect(read.stop).toEqual(['END'])
    expect(read.messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'be brief', cacheControl: { type: 'ephemeral' } }] },
      {
        role: 'user',
        parts: [
          { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
        ],
      },
      {
        role: 'assistant',
        parts: [],
        toolCalls: [],
        thinking: [
          { text: 'hm', signature: 'sig' },
          { text: '', redacted: 'xx' },
        ],
      },
      { role: 'assistant', parts: [{ type: 'text', text: 'done' }], toolCalls: [], thinking: [{ text: 'plain' }] },
    ])
  })
})

function thrown(action: () => unknown): GatewayError {
  try {
    action()
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
