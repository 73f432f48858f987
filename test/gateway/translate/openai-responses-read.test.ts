// A Responses body to the pivot.
// Promises: every kind of item and parameter lands where the other wires look for it; what cannot be carried is named or refused by name.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { Json, JsonObject } from '../../../gateway/contract/json.ts'
import { sealReasoning } from '../../../gateway/translate/openai-responses/reasoning-seal.ts'
import { readResponses } from '../../../gateway/translate/openai-responses/read-request.ts'
import { seed } from '../../conformance/recordings.ts'

const text = (value: string): object => ({ type: 'text', text: value })
const read = (body: JsonObject): ReturnType<typeof readResponses> => readResponses({ model: 'm', input: 'hi', ...body })
const messages = (...input: readonly JsonObject[]): unknown => read({ input }).messages
const assistant = (more: object): object => ({ role: 'assistant', parts: [], thinking: [], toolCalls: [], ...more })

describe('input', () => {
  it('is one user message as a string, with the instructions before it', () => {
    expect(read({ instructions: 'be brief' }).messages).toEqual([
      { role: 'system', parts: [text('be brief')] },
      { role: 'user', parts: [text('hi')] },
    ])
  })

  it('takes roles and parts, with or without a type', () => {
    expect(
      messages(
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'a' }] },
        { role: 'system', content: 'b' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'c' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
          ],
        },
        { role: 'user', content: [{ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' }] },
        { role: 'user', content: [{ type: 'input_file', file_url: 'https://example.com/a.pdf' }] },
      ),
    ).toEqual([
      { role: 'system', parts: [text('a')] },
      { role: 'system', parts: [text('b')] },
      { role: 'user', parts: [text('c'), { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' }] },
      { role: 'user', parts: [{ type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'BBBB' }, name: 'a.pdf' }] },
      { role: 'user', parts: [{ type: 'file', source: { kind: 'url', url: 'https://example.com/a.pdf' } }] },
    ])
  })

  it('joins what was thought, said and called into one turn, and keeps results by their call', () => {
    expect(
      messages(
        { role: 'user', content: 'go' },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'hm' }],
          content: null,
          encrypted_content: sealReasoning({ signature: 'sig' }),
        },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'ok', annotations: [] }] },
        { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
        { type: 'function_call', call_id: 'c2', name: 'g', namespace: 'mcp__x__', arguments: '' },
        { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
        { type: 'function_call_output', call_id: 'c1', output: 'one' },
      ),
    ).toEqual([
      { role: 'user', parts: [text('go')] },
      assistant({
        parts: [text('ok')],
        thinking: [{ text: 'hm', signature: 'sig' }],
        toolCalls: [
          { id: 'c1', name: 'f', argumentsText: '{"a":1}' },
          { id: 'c2', name: 'mcp__x__g', argumentsText: '' },
        ],
      }),
      { role: 'tool', callId: 'c2', parts: [text('two')] },
      { role: 'tool', callId: 'c1', parts: [text('one')] },
    ])
  })

  it('begins a new turn where thoughts follow words, and none where they follow calls', () => {
    const said = { role: 'assistant', content: 'a' }
    const thought = { type: 'reasoning', summary: [{ type: 'summary_text', text: 't' }] }
    const called = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
    expect(messages(said, thought, called)).toEqual([
      assistant({ parts: [text('a')] }),
      assistant({ thinking: [{ text: 't' }], toolCalls: [{ id: 'c', name: 'f', argumentsText: '{}' }] }),
    ])
    expect(messages(called, thought)).toEqual([assistant({ thinking: [{ text: 't' }], toolCalls: [{ id: 'c', name: 'f', argumentsText: '{}' }] })])
  })

  it('keeps refusals apart, reads free-text calls, and drops what another vendor encrypted but not its summary', () => {
    expect(
      messages(
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
        {
          type: 'reasoning',
          summary: [
            { type: 'summary_text', text: 'a' },
            { type: 'summary_text', text: 'b' },
          ],
          encrypted_content: 'gAAAAAB',
        },
        { type: 'custom_tool_call', call_id: 'c', name: 'apply_patch', input: '*** Begin' },
        { type: 'custom_tool_call_output', call_id: 'c', output: 'done' },
      ),
    ).toEqual([
      assistant({ refusal: 'no', thinking: [{ text: 'a\n\nb' }], toolCalls: [{ id: 'c', name: 'apply_patch', argumentsText: '{"input":"*** Begin"}' }] }),
      { role: 'tool', callId: 'c', parts: [text('done')] },
    ])
    expect(messages({ role: 'user', content: 'x' }, { type: 'reasoning', summary: [], encrypted_content: 'gAAAAAB' })).toEqual([
      { role: 'user', parts: [text('x')] },
      assistant({}),
    ])
  })
})

describe('parameters', () => {
  it('land in the pivot', () => {
    expect(
      read({
        max_output_tokens: 9,
        temperature: 0.5,
        top_p: 0.9,
        reasoning: { effort: 'low', summary: 'auto' },
        text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
        safety_identifier: 'someone',
        parallel_tool_calls: false,
        tool_choice: { type: 'function', name: 'f' },
        tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: false }],
      }),
    ).toMatchObject({
      outputTokensMax: 9,
      temperature: 0.5,
      topP: 0.9,
      reasoningEffort: 'low',
      responseFormat: { kind: 'schema', name: 'n', schema: { type: 'object' }, strict: true },
      user: 'someone',
      parallelToolCalls: false,
      toolChoice: { kind: 'tool', name: 'f' },
      tools: [{ name: 'f', description: 'd', parameters: { type: 'object' }, strict: false }],
      other: { verbosity: 'low' },
      lost: [],
    })
  })

  it('that a coding agent sends are all taken, and what runs at the vendor is named', () => {
    const request = read({
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'k',
      client_metadata: { a: 'b' },
      service_tier: 'auto',
      reasoning: { summary: 'auto' },
      tool_choice: 'auto',
      parallel_tool_calls: true,
      tools: [
        { type: 'function', name: 'shell', parameters: { type: 'object' }, strict: false },
        { type: 'namespace', name: 'mcp__docs', description: 'd', tools: [{ type: 'function', name: 'find', parameters: { type: 'object' } }] },
        { type: 'custom', name: 'apply_patch', description: 'Edits.', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
        { type: 'web_search', external_web_access: false },
        { type: 'local_shell' },
      ],
    })
    expect(request.tools.map((tool) => tool.name)).toEqual(['shell', 'mcp__docs__find', 'apply_patch'])
    expect(request.tools[2]).toMatchObject({ parameters: { required: ['input'] } })
    expect(request.tools[2]?.description).toContain('start: "x"')
    expect(request.lost).toEqual(['tools[3] (web_search)', 'tools[4] (local_shell)'])
    expect(request.other).toEqual({})
  })

  it('about tools are left out where there are none', () => {
    const request = read({ tool_choice: 'auto', parallel_tool_calls: true })
    expect(request).not.toHaveProperty('toolChoice')
    expect(request).not.toHaveProperty('parallelToolCalls')
  })

  it('narrow the tools to those allowed', () => {
    const tools = ['a', 'b'].map((name) => ({ type: 'function', name }))
    const request = read({ tools, tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'b' }] } })
    expect(request.tools.map((tool) => tool.name)).toEqual(['b'])
    expect(request.toolChoice).toEqual({ kind: 'required' })
  })

  it('nobody else has a word for are named, unless they ask for nothing', () => {
    expect(read({ truncation: 'auto', top_logprobs: 3, context_management: [{ type: 'compaction' }], moderation: null }).lost).toEqual([
      'truncation',
      'top_logprobs',
      'context_management',
    ])
    expect(read({ truncation: 'disabled', top_logprobs: 0, metadata: { a: 'b' }, background: false }).lost).toEqual([])
  })

  it('of OpenAI’s own tools are runs that are left out, and named: what came of them is told by the text that followed', () => {
    const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It rains.' }] }
    const search = { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'weather' } }
    const { messages, lost } = read({ input: [{ role: 'user', content: 'hi' }, search, said, { role: 'user', content: 'and tomorrow?' }] })
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user'])
    expect(lost).toEqual(['input[1] (web_search_call)'])
  })
})

describe('refusals', () => {
  it.each<[string, JsonObject]>([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['background', { background: true }],
    ['input', { input: 7 }],
    ['input[0]', { input: ['a'] }],
    ['input[0].id', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['input[0].type', { input: [{ type: 'computer_call_output', call_id: 'c', output: {} }] }],
    ['input[0].role', { input: [{ role: 'tool', content: 'x' }] }],
    ['input[0].content[0].type', { input: [{ role: 'user', content: [{ type: 'video' }] }] }],
    ['input[0].content[0].file_id', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] }],
    ['input[0].content[0].file_id', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file_1' }] }] }],
    ['input[0].call_id', { input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }],
    ['tools[0].name', { tools: [{ type: 'function' }] }],
    ['tool_choice', { tool_choice: { type: 'web_search' } }],
    ['text.format.type', { text: { format: { type: 'grammar' } } }],
    ['max_output_tokens', { max_output_tokens: '5' }],
    ['reasoning', { reasoning: 'low' }],
  ])('name %s', (param, body) => {
    let found: unknown = null
    try {
      read(body)
    } catch (error) {
      found = error
    }
    expect(found).toBeInstanceOf(GatewayError)
    expect(found).toMatchObject({ code: 'invalid_request', hints: { param } })
  })

  it('are the only thing thrown, whatever is sent', () => {
    const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
    fc.assert(
      fc.property(
        fc.record({ input: fc.oneof(value, fc.array(value)), tools: value, tool_choice: value, text: value, reasoning: value, instructions: value }),
        (body) => {
          try {
            expect(Array.isArray(readResponses(body).messages)).toBe(true)
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_request' })
          }
        },
      ),
      { seed, numRuns: 500 },
    )
  })
})
