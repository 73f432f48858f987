// Chat Completions requests: reading, bounding, editing in place, writing.
// Promises: each field's rule is a row; what goes through the pivot and back keeps its meaning.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits } from '../../../gateway/contract/wire.ts'
import { boundChat } from '../../../gateway/translate/openai-chat/bound.ts'
import { editChat } from '../../../gateway/translate/openai-chat/edit.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'
import { writeChat } from '../../../gateway/translate/openai-chat/write-request.ts'
import { seed } from '../../conformance/recordings.ts'

const user = { role: 'user', content: 'hi' }
const pixel = 'data:image/png;base64,iVBORw0KGgo='
const image = { type: 'image_url', image_url: { url: pixel } }

describe('reading', () => {
  it.each<[string, JsonObject, string]>([
    ['no messages', {}, 'messages must be a list with at least one message.'],
    ['an empty list', { messages: [] }, 'messages must be a list with at least one message.'],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role must be one of developer, system, user, assistant, tool.'],
    ['content of a wrong type', { messages: [{ role: 'user', content: 7 }] }, 'messages[0].content must be a string or a list of parts.'],
    ['an unknown part', { messages: [{ role: 'user', content: [{ type: 'video' }] }] }, 'messages[0].content[0].type must be one of text, image_url, file, input_audio, refusal.'],
    ['an image that is no URL', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'pic.png' } }] }] }, 'messages[0].content[0].image_url.url must be an http(s) URL or a base64 data URL.'],
    ['a stored file', { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] }, 'messages[0].content[0].file.file_id refers to a file stored at one vendor'],
    ['a result without its call', { messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id must be a non-empty string.'],
    ['a call without a name', { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] }, 'messages[0].tool_calls[0].function.name must be'],
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
    const read = readChat({ model: 'm', messages: [user], max_tokens: null, tools: null, temperature: null, user: null, logit_bias: { 1: 2 }, verbosity: 'low', stream: true })
    expect(read).toEqual({ operation: 'chat', messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }], tools: [], choices: 1, stop: [], other: { logit_bias: { 1: 2 }, verbosity: 'low' } })
  })

  it('prefers the newer cap, takes bare image URLs, developer messages and signed reasoning', () => {
    const read = readChat({
      max_tokens: 5, max_completion_tokens: 7, stop: 'END',
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }] },
        { role: 'user', content: [{ type: 'image_url', image_url: 'https://x.test/a.png' }, image] },
        { role: 'assistant', content: null, thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }, { type: 'redacted_thinking', data: 'xx' }] },
        { role: 'assistant', content: 'done', reasoning_content: 'plain' },
      ],
    })
    expect(read.outputTokensMax).toBe(7)
    expect(read.stop).toEqual(['END'])
    expect(read.messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'be brief', cacheControl: { type: 'ephemeral' } }] },
      { role: 'user', parts: [{ type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } }, { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }] },
      { role: 'assistant', parts: [], toolCalls: [], thinking: [{ text: 'hm', signature: 'sig' }, { text: '', redacted: 'xx' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'done' }], toolCalls: [], thinking: [{ text: 'plain' }] },
    ])
  })
})

describe('bounding', () => {
  it.each<[string, JsonObject, object]>([
    ['plain text', { messages: [user], max_tokens: 9 }, { outputTokensMax: 9, choices: 1, images: 0, unbounded: [] }],
    ['the larger of two caps', { messages: [user], max_tokens: 9, max_completion_tokens: 5 }, { outputTokensMax: 9 }],
    ['no cap', { messages: [user] }, { outputTokensMax: undefined }],
    ['a cap that some engine reads as endless', { messages: [user], max_tokens: -1 }, { outputTokensMax: undefined }],
    ['a cap as text', { messages: [user], max_tokens: '9' }, { outputTokensMax: undefined }],
    ['several choices', { messages: [user], n: 3 }, { choices: 3 }],
    ['a number of choices as text', { messages: [user], n: '3' }, { unbounded: ['n (not a number)'] }],
    ['an image in the body', { messages: [{ role: 'user', content: [image] }] }, { images: 1, mediaBytes: 12, unbounded: [] }],
    ['an image elsewhere', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'https://x.test/a' }] }] }, { images: 1, mediaBytes: 0 }],
    ['text that pretends to be an image', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:text/plain;base64,aGFsbG8=' } }] }] }, { images: 1, mediaBytes: 0 }],
    ['a file in the body', { messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=' } }] }] }, { files: 1, mediaBytes: 8 }],
    ['a stored file', { messages: [user, { role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] }, { files: 0, unbounded: ['messages[1].content[0] (file_id)'] }],
    ['audio', { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] }, { unbounded: ['messages[0].content[0] (input_audio)'] }],
    ['an unknown part', { messages: [{ role: 'user', content: [{ type: 'video_url' }] }] }, { unbounded: ['messages[0].content[0] (video_url)'] }],
    ['tools of both own kinds', { messages: [user], tools: [{ type: 'function' }, { type: 'custom' }] }, { unbounded: [] }],
    ['a hosted tool', { messages: [user], tools: [{ type: 'function' }, { type: 'web_search' }] }, { unbounded: ['tools[1] (web_search)'] }],
    ['searches, predictions, speech', { messages: [user], web_search_options: {}, prediction: {}, modalities: ['text', 'audio'], audio: {} }, { unbounded: ['web_search_options', 'prediction', 'audio', 'modalities (audio)'] }],
    ['a dearer tier', { messages: [user], service_tier: 'priority' }, { unbounded: ['service_tier (priority)'] }],
    ['the standard tier', { messages: [user], service_tier: 'default' }, { unbounded: [] }],
  ])('%s', (_, body, expected) => {
    expect(boundChat(body)).toMatchObject(expected)
  })

  it('never throws and never takes off more bytes than the body has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (messages, tools, n) => {
        const body = JSON.parse(JSON.stringify({ messages, tools, n })) as JsonObject
        const bound = boundChat(body)
        expect(bound.mediaBytes).toBeLessThanOrEqual(JSON.stringify(body).length)
        expect(bound.choices).toBeGreaterThanOrEqual(1)
      }),
      { seed },
    )
  })
})

const edits: PassEdits = { model: 'gpt-x', askUsage: false, quirks: {}, defaults: {} }
function edit(text: string, change: Partial<PassEdits>): { text: string; stripUsage: boolean; same: boolean } {
  const raw = Buffer.from(text)
  const passed = editChat(raw, JSON.parse(text) as JsonObject, { ...edits, ...change })
  return { text: Buffer.from(passed.body).toString('utf8'), stripUsage: passed.stripUsage, same: passed.body === raw }
}

describe('editing in place', () => {
  it('gives the very same bytes back when nothing changes', () => {
    expect(edit('{ "model" : "gpt-x", "messages":[] }', {})).toMatchObject({ same: true, stripUsage: false })
  })

  it.each<[string, string, Partial<PassEdits>, string]>([
    ['the model name', '{ "x":1.0, "model" : "alias" ,"messages":[{"model":"alias"}]}', {}, '{ "x":1.0, "model" : "gpt-x" ,"messages":[{"model":"alias"}]}'],
    ['the cap the caller sent', '{"model":"gpt-x","max_completion_tokens":900}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_completion_tokens":50}'],
    ['each cap above the budget', '{"model":"gpt-x","max_tokens":20,"max_completion_tokens":900}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_tokens":20,"max_completion_tokens":50}'],
    ['a cap that means "endless" somewhere', '{"model":"gpt-x","max_tokens":-1}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_tokens":50}'],
    ['a cap as text', '{"model":"gpt-x","max_tokens":"9"}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_tokens":50}'],
    ['the vendor’s cap when none was sent', '{"model":"gpt-x"}', { outputTokensMax: 50, quirks: { outputCapField: 'max_completion_tokens' } }, '{"max_completion_tokens":50,"model":"gpt-x"}'],
    ['the usual cap when none was sent', '{"model":"gpt-x","max_tokens":null}', { outputTokensMax: 50 }, '{"model":"gpt-x","max_tokens":50}'],
    ['defaults that were left out', '{"model":"gpt-x","temperature":0}', { defaults: { temperature: 1, seed: 7, model: 'no', stream: true } }, '{"seed":7,"model":"gpt-x","temperature":0}'],
    ['no default cap over a caller’s own', '{"model":"gpt-x","max_completion_tokens":5}', { defaults: { max_tokens: 100 } }, '{"model":"gpt-x","max_completion_tokens":5}'],
    ['the lower of default and budget', '{"model":"gpt-x"}', { outputTokensMax: 50, defaults: { max_tokens: 10 } }, '{"max_tokens":10,"model":"gpt-x"}'],
    ['a member that is there twice', '{"model":"a","model":"b"}', {}, '{"model":"gpt-x","model":"gpt-x"}'],
  ])('changes %s and no other byte', (_, before, change, after) => {
    expect(edit(before, change).text).toBe(after)
  })

  it('asks for usage only in streams whose caller did not, and says so', () => {
    const ask = { askUsage: true }
    expect(edit('{"model":"gpt-x","stream":true}', ask)).toMatchObject({ text: '{"stream_options":{"include_usage":true},"model":"gpt-x","stream":true}', stripUsage: true })
    expect(edit('{"model":"gpt-x","stream":true,"stream_options":{"a":1}}', ask)).toMatchObject({ text: '{"model":"gpt-x","stream":true,"stream_options":{"a":1,"include_usage":true}}', stripUsage: true })
    expect(edit('{"model":"gpt-x","stream":true,"stream_options":{"include_usage":true}}', ask)).toMatchObject({ same: true, stripUsage: false })
    expect(edit('{"model":"gpt-x"}', ask)).toMatchObject({ same: true, stripUsage: false })
    expect(edit('{"model":"gpt-x","stream":true}', {})).toMatchObject({ same: true, stripUsage: false })
  })

  it('changes exactly the edited members of any body', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ minLength: 1 }), (fields, model) => {
        const body = JSON.parse(JSON.stringify({ ...fields, model: 'alias', stream: true })) as JsonObject
        const after = JSON.parse(edit(JSON.stringify(body), { model, askUsage: true }).text) as JsonObject
        const { stream_options: options, ...rest } = after
        const { stream_options: before, ...expected } = body
        expect(rest).toEqual({ ...expected, model })
        expect(options).toEqual({ ...(typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}), include_usage: true })
      }),
      { seed },
    )
  })
})

describe('reading what was written', () => {
  const text = fc.string({ minLength: 1, maxLength: 12 })
  const part = fc.oneof(text.map((value) => ({ type: 'text', text: value })), fc.constantFrom(image, { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }, { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } }))
  const content = fc.oneof(text, fc.array(part, { minLength: 1, maxLength: 4 }))
  const call = fc.record({ id: text, type: fc.constant('function'), function: fc.record({ name: text, arguments: fc.oneof(text, fc.json()) }) })
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom('system', 'developer', 'user'), content }),
    fc.record({ role: fc.constant('tool'), tool_call_id: text, content }),
    fc.record({ role: fc.constant('assistant'), content: fc.option(content), tool_calls: fc.array(call, { maxLength: 3 }), reasoning_content: fc.option(text) }),
  )
  const optional = { requiredKeys: ['messages', 'max_tokens'] as ('messages' | 'max_tokens')[] }
  const request = fc.record(
    {
      messages: fc.array(message, { minLength: 1, maxLength: 5 }), max_tokens: fc.integer({ min: 1, max: 9999 }), temperature: fc.double({ min: 0, max: 2, noNaN: true }), top_p: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.integer(), stop: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })), user: text, reasoning_effort: fc.constantFrom('none', 'low', 'high'), parallel_tool_calls: fc.boolean(), logit_bias: fc.constant({ 5: 1 }),
      tools: fc.array(fc.record({ type: fc.constant('function'), function: fc.record({ name: text, description: text, parameters: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }), strict: fc.boolean() }) }), { minLength: 1, maxLength: 2 }),
      tool_choice: fc.oneof(fc.constantFrom('auto', 'none', 'required'), text.map((name) => ({ type: 'function', function: { name } }))),
      response_format: fc.constantFrom({ type: 'text' }, { type: 'json_object' }, { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } }),
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
    const { body } = writeChat(read, { model: 'up', stream: false, outputTokensMax: 100, settings: { temperature: 1, top_p: 0.5, max_tokens: 40 }, quirks: { outputCapField: 'max_completion_tokens' } })
    expect(JSON.parse(JSON.stringify(body))).toEqual({ model: 'up', messages: [{ role: 'user', content: 'a' }], temperature: 0, top_p: 0.5, max_completion_tokens: 40 })
  })

  it('refuses several choices, which one translated reply cannot hold', () => {
    const read = readChat({ messages: [user], n: 2 })
    expect(() => writeChat(read, { model: 'up', stream: false, outputTokensMax: 1, settings: {}, quirks: {} })).toThrow('n must be 1')
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
