// A caller's Messages body to the pivot.
// Promises: each field's meaning, each refusal by its field; what other vendors cannot take up is named, not lost unseen.

import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../../../gateway/contract/chat.ts'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { writeOllama } from '../../../gateway/translate/ollama-chat/write-request.ts'
import { writeChat } from '../../../gateway/translate/openai-chat/write-request.ts'

const hi = [{ role: 'user', content: 'hi' }]
const read = (body: JsonObject): ChatRequest => readMessagesRequest({ model: 'm', max_tokens: 10, messages: hi, ...body })
const target = { model: 'up', stream: false, outputTokensMax: 10, settings: {}, quirks: {} }
const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
const text = (value: string): JsonObject => ({ type: 'text', text: value })
const tool = { name: 'f', input_schema: { type: 'object', properties: {} } }
const pixel = { type: 'base64', media_type: 'image/png', data: 'AAAA' }
const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }

describe('parameters', () => {
  it.each<[string, JsonObject, object]>([
    ['the cap', { max_tokens: 7 }, { outputTokensMax: 7 }],
    ['sampling', { temperature: 0.5, top_p: 0.9, top_k: 3 }, { temperature: 0.5, topP: 0.9, topK: 3 }],
    ['stop sequences', { stop_sequences: ['a', 'b'] }, { stop: ['a', 'b'] }],
    ['a user', { metadata: { user_id: 'u-1' } }, { user: 'u-1' }],
    ['a user that is a whole session', { metadata: { user_id: 'x'.repeat(65) } }, { user: undefined }],
    [
      'a tool',
      { tools: [{ ...tool, description: 'd', strict: true }] },
      { tools: [{ name: 'f', description: 'd', strict: true, parameters: tool.input_schema }] },
    ],
    [
      'a tool’s hints for Anthropic',
      { tools: [{ ...tool, type: 'custom', defer_loading: true }] },
      { tools: [{ name: 'f', parameters: tool.input_schema }], other: {} },
    ],
    [
      'a tool of the vendor’s, by name',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      { tools: [], other: { 'tools[0] (web_search_20250305)': true } },
    ],
    ['any tool', { tools: [tool], tool_choice: { type: 'any' } }, { toolChoice: { kind: 'required' }, parallelToolCalls: undefined }],
    [
      'one tool, alone',
      { tools: [tool], tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true } },
      { toolChoice: { kind: 'tool', name: 'f' }, parallelToolCalls: false },
    ],
    ['no tool', { tools: [tool], tool_choice: { type: 'none' } }, { toolChoice: { kind: 'none' } }],
    ['a choice of nothing', { tool_choice: { type: 'auto' } }, { toolChoice: undefined }],
    ['a small budget', { thinking: { type: 'enabled', budget_tokens: 1024 } }, { reasoningEffort: 'low', reasoningOptional: undefined }],
    ['a middle budget', { thinking: { type: 'enabled', budget_tokens: 5000 } }, { reasoningEffort: 'medium' }],
    ['a large budget', { thinking: { type: 'enabled', budget_tokens: 32000 } }, { reasoningEffort: 'high' }],
    ['adaptive thinking alone', { thinking: { type: 'adaptive' } }, { reasoningEffort: undefined }],
    [
      'adaptive thinking with an effort',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
      { reasoningEffort: 'max', reasoningOptional: true },
    ],
    ['thinking switched off', { thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { reasoningEffort: 'none', reasoningOptional: true }],
    [
      'a schema',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { responseFormat: { kind: 'schema', name: 'reply', schema: { type: 'object' } } },
    ],
    [
      'fields nobody else has',
      { context_management: { edits: [] }, cache_control: { type: 'ephemeral' } },
      { other: { context_management: { edits: [] } }, dialect: 'anthropic' },
    ],
  ])('%s', (_, body, expected) => {
    expect({
      toolChoice: undefined,
      parallelToolCalls: undefined,
      reasoningEffort: undefined,
      reasoningOptional: undefined,
      user: undefined,
      ...read(body),
    }).toMatchObject(expected)
  })

  it.each<[string, JsonObject, string]>([
    ['no cap', { max_tokens: undefined }, 'max_tokens'],
    ['a cap as text', { max_tokens: '9' }, 'max_tokens'],
    ['no messages', { messages: [] }, 'messages'],
    ['an unknown role', { messages: [{ role: 'tool', content: 'a' }] }, 'messages[0].role'],
    ['content that is a number', { messages: [{ role: 'user', content: 4 }] }, 'messages[0].content'],
    ['a block that is text', { messages: [{ role: 'user', content: ['a'] }] }, 'messages[0].content[0]'],
    ['an unknown block', { messages: [{ role: 'user', content: [{ type: 'video' }] }] }, 'messages[0].content[0].type'],
    [
      'a stored file',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
      'messages[0].content[0].source.file_id',
    ],
    ['a result without its call', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }, 'messages[0].content[0].tool_use_id'],
    ['a call without a name', { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a' }] }] }, 'messages[0].content[0].name'],
    ['an unknown choice', { tools: [tool], tool_choice: { type: 'some' } }, 'tool_choice.type'],
    ['a format without a schema', { output_config: { format: { type: 'json_schema' } } }, 'output_config.format.schema'],
    ['a tool without a name', { tools: [{}] }, 'tools[0].name'],
  ])('refuses %s', (_, body, param) => {
    const refusal = (() => {
      try {
        return read(body)
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toBeInstanceOf(GatewayError)
    expect(refusal).toMatchObject({ code: 'invalid_request', hints: { param } })
  })
})

describe('turns', () => {
  it.each<[string, JsonObject, readonly object[]]>([
    [
      'a system prompt as text',
      { system: 'be brief' },
      [
        { role: 'system', parts: [text('be brief')] },
        { role: 'user', parts: [text('hi')] },
      ],
    ],
    [
      'system blocks with a cache mark, without the billing note',
      { system: [text('x-anthropic-billing-header: cc_version=1'), { ...text('rules'), cache_control: { type: 'ephemeral' } }] },
      [
        { role: 'system', parts: [{ ...text('rules'), cacheControl: { type: 'ephemeral' } }] },
        { role: 'user', parts: [text('hi')] },
      ],
    ],
    [
      'a system message in its place',
      { messages: [...hi, { role: 'system', content: 'now' }] },
      [
        { role: 'user', parts: [text('hi')] },
        { role: 'system', parts: [text('now')] },
      ],
    ],
    [
      'reasoning, text and calls of the assistant',
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: 's' },
              { type: 'thinking', thinking: 'own', signature: '' },
              { type: 'redacted_thinking', data: 'zz' },
              text('so'),
              { type: 'server_tool_use', id: 'srv', name: 'web_search', input: {} },
              { type: 'web_search_tool_result', tool_use_id: 'srv', content: [] },
              { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
            ],
          },
        ],
      },
      [
        {
          role: 'assistant',
          parts: [text('so')],
          thinking: [{ text: 'hm', signature: 's' }, { text: 'own' }, { text: '', redacted: 'zz' }],
          toolCalls: [{ id: 'a', name: 'f', argumentsText: '{"x":1}' }],
        },
      ],
    ],
    [
      'results before what the user says, in any order',
      {
        messages: [
          {
            role: 'user',
            content: [
              text('and?'),
              { type: 'tool_result', tool_use_id: 'b', content: 'two' },
              { type: 'tool_result', tool_use_id: 'a', is_error: true, content: [text('one'), { type: 'image', source: pixel }] },
              { type: 'tool_result', tool_use_id: 'c' },
            ],
          },
        ],
      },
      [
        { role: 'tool', callId: 'b', parts: [text('two')] },
        { role: 'tool', callId: 'a', isError: true, parts: [text('one'), image] },
        { role: 'tool', callId: 'c', parts: [] },
        { role: 'user', parts: [text('and?')] },
      ],
    ],
    [
      'images, documents and search results',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
              { type: 'document', title: 'a.pdf', source: { ...pixel, media_type: 'application/pdf' } },
              { type: 'document', title: 'notes', source: { type: 'text', media_type: 'text/plain', data: 'n' } },
              { type: 'document', source: { type: 'content', content: [text('c')] } },
              { type: 'search_result', title: 'T', source: 'S', content: [text('found')] },
            ],
          },
        ],
      },
      [
        {
          role: 'user',
          parts: [
            { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } },
            { type: 'file', name: 'a.pdf', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' } },
            text('notes'),
            text('n'),
            text('c'),
            text('T (S)'),
            text('found'),
          ],
        },
      ],
    ],
  ])('%s', (_, body, messages) => {
    expect(read(body).messages).toEqual(messages)
  })
})

describe('on the way to another dialect', () => {
  it('a Chat Completions body holds nothing of Anthropic’s, and what is lost is named', () => {
    const asked = { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, context_management: { edits: [{ type: 'clear_thinking_20251015' }] } }
    const { body, dropped } = writeChat(read({ ...asked, metadata: { user_id: 'u' }, tools: [tool, { type: 'web_search_20250305', name: 'w' }] }), target)
    expect(plain(body)).toEqual({
      model: 'up',
      messages: hi,
      tools: [{ type: 'function', function: { name: 'f', parameters: tool.input_schema } }],
      user: 'u',
      max_tokens: 10,
    })
    expect(dropped).toEqual(['context_management', 'tools[1] (web_search_20250305)'])
  })

  it('an effort that is left to the model goes only to one that is known to reason, in words all vendors share', () => {
    const request = read({ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } })
    expect(plain(writeChat(request, target).body)).not.toHaveProperty('reasoning_effort')
    expect(plain(writeChat(request, { ...target, reasons: true }).body)).toMatchObject({ reasoning_effort: 'high' })
    expect(plain(writeOllama(request, target).body)).not.toHaveProperty('think')
    expect(plain(writeOllama(request, { ...target, reasons: true }).body)).toMatchObject({ think: 'high' })
    expect(plain(writeChat(read({ thinking: { type: 'enabled', budget_tokens: 2000 } }), target).body)).toMatchObject({ reasoning_effort: 'low' })
  })

  it('results are text, failures say so, and pictures are shown right after the last result', () => {
    const messages = [
      { role: 'assistant', content: ['a', 'b'].map((id) => ({ type: 'tool_use', id, name: 'f', input: {} })) },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: pixel }] },
          { type: 'tool_result', tool_use_id: 'b', is_error: true, content: 'no' },
          text('well?'),
        ],
      },
    ]
    const shown = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
    const written = plain(writeChat(read({ messages }), target).body)['messages'] as readonly JsonObject[]
    expect(written.slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '(shown in the next message)' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: no' },
      { role: 'user', content: [shown, { type: 'text', text: 'well?' }] },
    ])
  })

  it('a system message in mid-conversation stays one where it may, and is the user’s tagged text where it must be', () => {
    const messages = [
      ...hi,
      { role: 'system', content: 'now' },
      { role: 'user', content: 'more' },
      { role: 'assistant', content: 'ok' },
      { role: 'system', content: 'end' },
    ]
    const request = read({ system: 'first', messages })
    const rolesOf = (quirks: object): readonly (readonly unknown[])[] =>
      (plain(writeChat(request, { ...target, quirks }).body)['messages'] as readonly JsonObject[]).map(({ role, content }) => [role, JSON.stringify(content)])
    expect(rolesOf({ systemAnywhere: true }).map(([role]) => role)).toEqual(['system', 'user', 'system', 'user', 'assistant', 'system'])
    const tagged = JSON.stringify([text('hi'), text('<system>\nnow\n</system>'), text('more')])
    const end = JSON.stringify('<system>\nend\n</system>')
    expect(rolesOf({})).toEqual([
      ['system', '"first"'],
      ['user', tagged],
      ['assistant', '"ok"'],
      ['user', end],
    ])
  })

  it('pictures of the last results are a message of their own', () => {
    const content = [{ type: 'tool_result', tool_use_id: 'a', content: [text('see'), { type: 'image', source: pixel }] }]
    const written = plain(writeChat(read({ messages: [{ role: 'user', content }] }), target).body)['messages']
    expect(written).toMatchObject([
      { role: 'tool', content: 'see\n(shown in the next message)' },
      { role: 'user', content: [{ type: 'image_url' }] },
    ])
  })
})
