// Responses as a provider's wire: the pivot written and replies read.
// Promises: a body that is written reads as the same request; replies mean the same streamed or whole; reasoning goes back to its own vendor only.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatRequest, ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'
import { createResponsesReader, readResponsesWhole } from '../../../gateway/translate/openai-responses/read-reply.ts'
import { readResponses } from '../../../gateway/translate/openai-responses/read-request.ts'
import { createResponsesWriter, writeResponsesWhole } from '../../../gateway/translate/openai-responses/write-reply.ts'
import { writeResponses } from '../../../gateway/translate/openai-responses/write-request.ts'
import { readAll, seed } from '../../conformance/recordings.ts'

const target: WriteTarget = { model: 'vendor-model', stream: false, outputTokensMax: 100, outputTokensAsked: null, settings: {}, quirks: {} }
const chat: ChatRequest = { operation: 'chat', dialect: 'openai', messages: [], tools: [], choices: 1, stop: [], other: {} }

describe('writing', () => {
  it('puts a chat into this wire’s words', () => {
    const request = readChat({
      messages: [
        { role: 'system', content: 's' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'u' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
        { role: 'assistant', content: 'a', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 'c', content: 'r' },
      ],
      max_completion_tokens: 20,
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      stop: 'x',
      seed: 1,
      store: true,
      logit_bias: { 5: 1 },
      verbosity: 'low',
      prompt_cache_key: 'k',
    })
    const written = writeResponses(request, { ...target, outputTokensMax: 20, outputTokensAsked: 20 })
    expect(JSON.parse(JSON.stringify(written.body))).toEqual({
      model: 'vendor-model',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 's' }] },
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'u' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
          ],
        },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'r' },
      ],
      stream: false,
      store: true,
      prompt_cache_key: 'k',
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low' },
      max_output_tokens: 20,
      text: { verbosity: 'low', format: { type: 'json_object' } },
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'f' },
    })
    expect(written.dropped).toEqual(['logit_bias', 'seed', 'stop'])
  })

  it('writes only what is known to those who refuse every other field, and names the rest', () => {
    const request = readChat({
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'u' },
      ],
      reasoning_effort: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
      user: 'me',
      verbosity: 'low',
      prompt_cache_key: 'k',
      web_search_options: {},
    })
    const plain: WriteTarget = { ...target, quirks: { plainResponses: true } }
    const written = writeResponses(request, plain)
    expect(JSON.parse(JSON.stringify(written.body))).toEqual({
      model: 'vendor-model',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 's' }] },
        { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }] },
        { type: 'message', role: 'assistant', content: 'a' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'u' }] },
      ],
      stream: false,
      store: false,
      reasoning: { effort: 'low' },
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
    })
    expect(written.dropped).toEqual(['web_search_options', 'user', 'verbosity'])
    const anyJson = writeResponses(readChat({ messages: [{ role: 'user', content: 'u' }], response_format: { type: 'json_object' } }), plain)
    expect(anyJson.dropped).toEqual(['response_format'])
  })

  it('stores nothing, caps nothing and asks for no reasoning unless somebody wants it', () => {
    const { body } = writeResponses({ ...chat, messages: [{ role: 'user', parts: [{ type: 'text', text: 'u' }] }] }, target)
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      model: 'vendor-model',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'u' }] }],
      stream: false,
      store: false,
    })
  })

  it('returns the vendor’s own reasoning and nobody else’s', () => {
    const events = readResponsesWhole({
      status: 'completed',
      output: [{ type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'gAAAA' }],
    })
    const end = events.find((event) => event.type === 'reasoning-end')
    const thinking = [{ text: 't', signature: end?.signature ?? '' }, { text: 'o', signature: 'of-another-vendor' }, { text: 'p' }]
    const { body } = writeResponses({ ...chat, messages: [{ role: 'assistant', parts: [], thinking, toolCalls: [] }] }, target)
    expect(body['input']).toEqual([{ type: 'reasoning', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'gAAAA' }])
    expect(body['include']).toEqual(['reasoning.encrypted_content'])
  })

  it('refuses what the wire has no place for', () => {
    const messages: ChatRequest['messages'] = [{ role: 'user', parts: [{ type: 'audio', data: 'AAAA', format: 'wav' }] }]
    expect(() => writeResponses({ ...chat, messages }, target)).toThrow('messages[0].content[0]')
    expect(() => writeResponses({ ...chat, choices: 2 }, target)).toThrow('n must be 1')
  })

  it('is read back as the same request', () => {
    const text = fc.string({ minLength: 1, maxLength: 8 })
    const parts = fc.array(fc.record({ type: fc.constant('text' as const), text }), { minLength: 1, maxLength: 2 })
    const call = fc.record({ id: text, name: text, argumentsText: text })
    const turn = fc.record({ role: fc.constant('assistant' as const), parts, thinking: fc.constant([]), toolCalls: fc.array(call, { maxLength: 2 }) })
    const other = fc.oneof(
      fc.record({ role: fc.constantFrom('system' as const, 'user' as const), parts }),
      fc.record({ role: fc.constant('tool' as const), callId: text, parts }),
    )
    // Two turns of one role in a row are one turn on this wire.
    const messages = fc
      .array(fc.tuple(other, fc.option(turn)), { minLength: 1, maxLength: 4 })
      .map((pairs) => pairs.flatMap(([one, two]) => (two === null ? [one] : [one, two])))
    const request = fc.record({
      ...{
        operation: fc.constant('chat' as const),
        dialect: fc.constant('responses' as const),
        choices: fc.constant(1),
        stop: fc.constant([]),
        other: fc.constant({}),
      },
      messages,
      tools: fc.array(fc.record({ name: text, description: text, parameters: fc.constant({ type: 'object' }), strict: fc.boolean() }), {
        minLength: 1,
        maxLength: 2,
      }),
      outputTokensMax: fc.integer({ min: 1, max: 99 }),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      parallelToolCalls: fc.boolean(),
      reasoningEffort: fc.constantFrom('none', 'low', 'high'),
      toolChoice: fc.constantFrom({ kind: 'auto' as const }, { kind: 'required' as const }, { kind: 'tool' as const, name: 'f' }),
      responseFormat: fc.constantFrom({ kind: 'json' as const }, { kind: 'schema' as const, name: 'n', schema: { type: 'object' }, strict: true }),
    })
    fc.assert(
      fc.property(request, (wanted) => {
        const { body } = writeResponses(wanted, { ...target, outputTokensMax: wanted.outputTokensMax, outputTokensAsked: wanted.outputTokensMax })
        const { lost, ...found } = readResponses(JSON.parse(JSON.stringify(body)) as typeof body)
        expect(lost).toEqual([])
        expect(found).toEqual(wanted)
      }),
      { seed, numRuns: 200 },
    )
  })
})

describe('reading', () => {
  const events = (...lines: readonly object[]): readonly ReplyEvent[] =>
    readAll(
      createResponsesReader(),
      lines.map((line) => Buffer.from(`data: ${JSON.stringify(line)}\n\n`)),
    )

  it('says what was not streamed when its item is done, or with the response', () => {
    const message = { type: 'message', content: [{ type: 'output_text', text: 'hi' }] }
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' }
    const all = events(
      { type: 'response.created', response: { id: 'r', model: 'v' } },
      { type: 'response.output_item.done', output_index: 0, item: message },
      { type: 'response.completed', response: { status: 'completed', output: [message, call] } },
    )
    expect(all).toEqual([
      { type: 'reply-start', upstreamId: 'r', model: 'v' },
      { type: 'text-delta', text: 'hi' },
      { type: 'tool-start', index: 0, id: 'c', name: 'f' },
      { type: 'tool-delta', index: 0, argumentsText: '{"a":1}' },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'reply-end' },
    ])
  })

  it('says nothing twice where the whole response has more before it than was streamed', () => {
    const message = { id: 'msg_1', type: 'message', content: [{ type: 'output_text', text: 'hi' }] }
    const call = { id: 'fc_1', type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
    const all = events(
      { type: 'response.created', response: { id: 'r', model: 'v' } },
      { type: 'response.output_text.delta', output_index: 0, item_id: 'msg_1', delta: 'hi' },
      { type: 'response.output_item.done', output_index: 0, item: message },
      { type: 'response.output_item.added', output_index: 1, item: call },
      { type: 'response.output_item.done', output_index: 1, item: call },
      { type: 'response.completed', response: { status: 'completed', output: [{ type: 'search_results', results: [] }, message, call] } },
    )
    expect(all).toEqual([
      { type: 'reply-start', upstreamId: 'r', model: 'v' },
      { type: 'text-delta', text: 'hi' },
      { type: 'tool-start', index: 0, id: 'c', name: 'f' },
      { type: 'tool-delta', index: 0, argumentsText: '{}' },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'reply-end' },
    ])
  })

  it.each([
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'slow down' }],
    [{ type: 'error', error: { code: 'rate_limit_exceeded', message: 'slow down' } }],
    [{ type: 'response.failed', response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'slow down' } } }],
  ])('takes %j for the end', (line) => {
    expect(events(line, { type: 'response.output_text.delta', output_index: 0, delta: 'x' })).toEqual([
      { type: 'error', message: 'slow down', code: 'rate_limit_exceeded' },
    ])
  })

  it('skips what it does not know', () => {
    expect(events({ type: 'response.web_search_call.searching', output_index: 3 }, { type: 'keepalive' }, { nothing: 1 })).toEqual([
      { type: 'keepalive' },
      { type: 'error', message: 'The provider broke off its reply.', code: 'upstream_cut' },
    ])
  })

  it('finds in a written stream what a written whole reply shows', () => {
    const options = { id: '01X', model: 'pub', createdS: 1, request: {} }
    const said: readonly ReplyEvent[] = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-end' },
      { type: 'text-delta', text: 'a' },
      { type: 'refusal-delta', text: 'no' },
      { type: 'tool-start', index: 0, id: 'c', name: 'f' },
      { type: 'tool-delta', index: 0, argumentsText: '{}' },
      { type: 'usage', usage: { meters: { input: 3, output: 4 }, provenance: 'reported' } },
      { type: 'finish', reason: 'tool-calls' },
    ]
    const writer = createResponsesWriter(options)
    const bytes = Buffer.concat([...said.map((event) => writer.write(event)), writer.end()])
    const wanted = [{ type: 'reply-start', upstreamId: 'resp_01X', model: 'pub' }, ...said, { type: 'reply-end' }]
    expect(readAll(createResponsesReader(), [bytes])).toEqual(wanted)
    expect(readResponsesWhole(JSON.parse(JSON.stringify(writeResponsesWhole(said, options))))).toEqual(wanted)
  })
})
