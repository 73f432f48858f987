// A chat request on its way to Bedrock's Converse: turns, tools, files, parameters.
// Promises: every rule of the mapping is a case; what is lost is named.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { writeConverse } from '../../../gateway/translate/bedrock-converse/write-request.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'

const hi = { role: 'user', content: 'hi' }
const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const nova = 'amazon.nova-pro-v1:0'
const llama = 'us.meta.llama4-scout-17b-instruct-v1:0'
const plain: WriteTarget = { model: claude, stream: false, outputTokensMax: 700, settings: {}, quirks: {} }
interface Written {
  readonly body: JsonObject
  readonly dropped: readonly string[]
}
const toWritten = ({ body, dropped }: Written): Written => ({ body: JSON.parse(JSON.stringify(body)) as JsonObject, dropped })
const write = (body: JsonObject, target: Partial<WriteTarget> = {}): Written =>
  toWritten(writeConverse(readChat({ messages: [hi], ...body }), { ...plain, ...target }))
const turns = (messages: readonly JsonObject[], model = claude): unknown => write({ messages }, { model }).body['messages']
const call = (id: string, name: string, args: string): JsonObject => ({ id, type: 'function', function: { name, arguments: args } })
const weather = { type: 'function', function: { name: 'weather', description: 'Looks.', parameters: { $schema: 'x', type: 'object', properties: {} } } }

describe('turns', () => {
  it('alternate and begin with the user, the system beside them, without blank text', () => {
    const { body } = write({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: ' ' },
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'a' },
        { role: 'user', content: '' },
        { role: 'user', content: 'b' },
        { role: 'system', content: 'In French.' },
        { role: 'assistant', content: 'c \n' },
      ],
    })
    expect(body['system']).toEqual([{ text: 'Be brief.' }])
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ text: '(start of conversation)' }] },
      { role: 'assistant', content: [{ text: 'Hello!' }] },
      { role: 'user', content: [{ text: 'a' }, { text: 'b' }, { text: '<system>\nIn French.\n</system>' }] },
      { role: 'assistant', content: [{ text: 'c' }] },
    ])
  })

  it('hold calls as objects and all results in one turn, before what the user says, paired by id', () => {
    const written = turns([
      hi,
      { role: 'assistant', content: null, tool_calls: [call('a', 'one', '{"x":1}'), call('call.b', 'two', 'oops'), call('c', 'three', '')] },
      { role: 'tool', tool_call_id: 'call.b', content: 'second' },
      { role: 'tool', tool_call_id: 'a', content: '' },
      { role: 'user', content: 'go on' },
      { role: 'tool', tool_call_id: 'c', content: 'third' },
    ])
    const id: unknown = expect.stringMatching(/^call_b_[a-z0-9]+$/)
    expect(written).toEqual([
      { role: 'user', content: [{ text: 'hi' }] },
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'a', name: 'one', input: { x: 1 } } },
          { toolUse: { toolUseId: id, name: 'two', input: { _raw: 'oops' } } },
          { toolUse: { toolUseId: 'c', name: 'three', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: id, content: [{ text: 'second' }] } },
          { toolResult: { toolUseId: 'a', content: [{ text: '(no output)' }] } },
          { toolResult: { toolUseId: 'c', content: [{ text: 'third' }] } },
          { text: 'go on' },
        ],
      },
    ])
  })

  it('hold pictures and files as bytes, files under names of few characters, each once, and never without text', () => {
    const file = (filename: string, type = 'application/pdf'): JsonObject => ({ type: 'file', file: { file_data: `data:${type};base64,BBBB`, filename } })
    expect(
      turns([
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } }] },
        { role: 'assistant', content: 'ok' },
        {
          role: 'user',
          content: [file('Jahres_bericht, 2026  (final).pdf'), file('Jahres-bericht!', 'text/csv'), file('Jahres-bericht!', 'text/plain'), file('…')],
        },
      ]),
    ).toEqual([
      { role: 'user', content: [{ image: { format: 'jpeg', source: { bytes: 'AAAA' } } }] },
      { role: 'assistant', content: [{ text: 'ok' }] },
      {
        role: 'user',
        content: [
          { text: '(attached)' },
          { document: { format: 'pdf', name: 'Jahres bericht 2026 (final) pdf', source: { bytes: 'BBBB' } } },
          { document: { format: 'csv', name: 'Jahres-bericht', source: { bytes: 'BBBB' } } },
          { document: { format: 'txt', name: 'Jahres-bericht (2)', source: { bytes: 'BBBB' } } },
          { document: { format: 'pdf', name: 'document', source: { bytes: 'BBBB' } } },
        ],
      },
    ])
  })

  it.each<[string, JsonObject, string]>([
    ['a picture at an address', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }, 'messages[0].content[0] is an address'],
    ['a picture of another kind', { type: 'image_url', image_url: { url: 'data:image/tiff;base64,AAAA' } }, 'is image/tiff'],
    ['a file of another kind', { type: 'file', file: { file_data: 'data:application/zip;base64,AAAA', filename: 'a.zip' } }, 'is application/zip'],
  ])('refuse %s by name', (_title, part, words) => {
    expect(() => turns([{ role: 'user', content: [part] }])).toThrow(words)
  })

  it('say that a result is an error in the way the model knows', () => {
    const result = { type: 'tool_result', tool_use_id: 'a', is_error: true, content: 'boom' }
    const pivot = readMessagesRequest({ max_tokens: 9, messages: [{ role: 'user', content: [result] }] })
    const resultFor = (model: string): unknown => toWritten(writeConverse(pivot, { ...plain, model })).body['messages']
    expect(resultFor(nova)).toEqual([{ role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'boom' }], status: 'error' } }] }])
    expect(resultFor(llama)).toEqual([{ role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'Error:' }, { text: 'boom' }] } }] }])
  })

  it('give Claude its signed reasoning back, and nobody else', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
      { type: 'thinking', thinking: 'Unsigned.', signature: '' },
      { type: 'redacted_thinking', data: 'RED' },
      { type: 'text', text: 'Yes.' },
    ]
    const pivot = readMessagesRequest({ max_tokens: 9, messages: [hi, { role: 'assistant', content }, hi] })
    const said = (model: string): unknown => (toWritten(writeConverse(pivot, { ...plain, model })).body['messages'] as readonly JsonObject[])[1]?.['content']
    expect(said(claude)).toEqual([
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
      { reasoningContent: { redactedContent: 'RED' } },
      { text: 'Yes.' },
    ])
    expect(said(llama)).toEqual([{ text: 'Yes.' }])
  })
})

describe('marks for the cache', () => {
  const mark = { type: 'ephemeral' }
  const body: JsonObject = {
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Long.', cache_control: { ...mark, ttl: '1h' } }] },
      { role: 'user', content: [{ type: 'text', text: 'hi', cache_control: mark }] },
    ],
    tools: [{ ...weather, cache_control: mark }],
  }

  it('become blocks behind what they mark', () => {
    const written = write(body).body
    expect(written['system']).toEqual([{ text: 'Long.' }, { cachePoint: { type: 'default', ttl: '1h' } }])
    expect(written['messages']).toEqual([{ role: 'user', content: [{ text: 'hi' }, { cachePoint: { type: 'default' } }] }])
    expect(written['toolConfig']).toMatchObject({ tools: [{ toolSpec: { name: 'weather' } }, { cachePoint: { type: 'default' } }] })
  })

  it('stand where a model knows them only', () => {
    expect(JSON.stringify(write(body, { model: nova }).body['toolConfig'])).not.toContain('cachePoint')
    expect(JSON.stringify(write(body, { model: nova }).body['system'])).toContain('cachePoint')
    expect(JSON.stringify(write(body, { model: llama }).body)).not.toContain('cachePoint')
  })
})

describe('tools', () => {
  const toolConfig = (body: JsonObject): unknown => write(body).body['toolConfig']
  const spec = { toolSpec: { name: 'weather', description: 'Looks.', inputSchema: { json: { type: 'object', properties: {} } } } }
  const history = [hi, { role: 'assistant', content: null, tool_calls: [call('a', 'one', '{}')] }, { role: 'tool', tool_call_id: 'a', content: 'x' }]

  it.each<[string, JsonObject, unknown]>([
    ['left to the model', {}, undefined],
    ['auto', { tool_choice: 'auto' }, { auto: {} }],
    ['required', { tool_choice: 'required' }, { any: {} }],
    ['one', { tool_choice: { type: 'function', function: { name: 'weather' } } }, { tool: { name: 'weather' } }],
  ])('are declared with their choice: %s', (_title, choice, toolChoice) => {
    expect(toolConfig({ tools: [weather], ...choice })).toEqual({ tools: [spec], ...(toolChoice === undefined ? {} : { toolChoice }) })
  })

  it.each<[string, JsonObject, readonly string[]]>([
    ['us.anthropic.claude-opus-5', { any: {} }, []],
    ['anthropic.claude-fable-5', { any: {} }, []],
    ['us.anthropic.claude-opus-5-5', { auto: {} }, ['tool_choice']],
    ['us.anthropic.claude-sonnet-5-5', { auto: {} }, ['tool_choice']],
    ['anthropic.claude-fable-5-1', { auto: {} }, ['tool_choice']],
    [nova, { any: {} }, []],
  ])('must be called where %s can be forced to', (model, toolChoice, dropped) => {
    const written = write({ tools: [weather], tool_choice: 'required' }, { model })
    expect(written).toMatchObject({ body: { toolConfig: { toolChoice } }, dropped })
  })

  it.each<[string, JsonObject, unknown, readonly string[]]>([
    [llama, { tool_choice: 'auto' }, undefined, []],
    [llama, { tool_choice: 'required' }, undefined, ['tool_choice']],
    [llama, { tool_choice: { type: 'function', function: { name: 'weather' } } }, undefined, ['tool_choice']],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc', { tool_choice: 'required' }, { any: {} }, []],
    ['mistral.mistral-large-2407-v1:0', { tool_choice: 'auto' }, { auto: {} }, []],
    ['mistral.mistral-large-2407-v1:0', { tool_choice: 'required' }, { any: {} }, []],
    ['mistral.mistral-large-2407-v1:0', { tool_choice: { type: 'function', function: { name: 'weather' } } }, { any: {} }, []],
    ['us.deepseek.v3.2', { tool_choice: { type: 'function', function: { name: 'weather' } } }, { any: {} }, []],
    ['us.deepseek.v3.2', { tool_choice: 'auto' }, { auto: {} }, []],
    ['cohere.command-r-v1:0', { tool_choice: 'required' }, undefined, ['tool_choice']],
    ['openai.gpt-oss-120b-1:0', { tool_choice: { type: 'function', function: { name: 'weather' } } }, { tool: { name: 'weather' } }, []],
    ['qwen.qwen3-coder-480b-a35b-v1:0', { tool_choice: 'required' }, { any: {} }, []],
  ])('are shown to %s with no choice that it refuses: %o', (model, choice, toolChoice, dropped) => {
    const written = write({ tools: [weather], ...choice }, { model })
    expect([written.body['toolConfig'], written.dropped]).toEqual([{ tools: [spec], ...(toolChoice === undefined ? {} : { toolChoice }) }, dropped])
  })

  it('are not shown where none may be called', () => {
    expect(toolConfig({ tools: [weather], tool_choice: 'none' })).toBeUndefined()
    expect(toolConfig({})).toBeUndefined()
  })

  it('have a stand-in where the history has calls and no tool is to be called', () => {
    const standIn = { tools: [{ toolSpec: { name: 'unavailable' } }] }
    expect(toolConfig({ messages: history })).toMatchObject(standIn)
    expect(toolConfig({ messages: history, tools: [weather], tool_choice: 'none' })).toMatchObject(standIn)
    expect(toolConfig({ messages: history, tools: [weather] })).toEqual({ tools: [spec] })
  })
})

describe('parameters', () => {
  it('are inferenceConfig, within its range', () => {
    const { body, dropped } = write({ max_tokens: 9, temperature: 1.4, stop: ['END', ''], top_p: 1 }, { outputTokensMax: 9 })
    expect(body['inferenceConfig']).toEqual({ maxTokens: 9, temperature: 1, stopSequences: ['END'] })
    expect(dropped).toEqual([])
    expect(write({ stop: ['END', ' '] })).toMatchObject({ body: { inferenceConfig: { stopSequences: ['END'] } }, dropped: ['stop'] })
  })

  it('say nothing that nobody asked for', () => {
    expect(write({}, { outputTokensAsked: null }).body).toEqual({ messages: [{ role: 'user', content: [{ text: 'hi' }] }] })
  })

  it.each<[string, JsonObject, unknown]>([
    [claude, { top_k: 5 }, { top_k: 5 }],
    [nova, { top_k: 5 }, { inferenceConfig: { topK: 5 } }],
    ['mistral.mistral-large-2402-v1:0', { top_k: 5 }, { top_k: 5 }],
    ['cohere.command-r-v1:0', { top_k: 5 }, { k: 5 }],
    ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'minimal' }, { reasoning_effort: 'low' }],
    ['us.amazon.nova-2-lite-v1:0', { reasoning_effort: 'medium' }, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } }],
  ])('that belong to a family are in its own words: %s', (model, asked, fields) => {
    const { body, dropped } = write(asked, { model })
    expect(body['additionalModelRequestFields']).toEqual(fields)
    expect(dropped).toEqual([])
  })

  it('ask Claude to think as its generation wants it', () => {
    const older = write({ reasoning_effort: 'medium', temperature: 0.3, top_k: 5 }, { outputTokensMax: 8000 })
    expect(older.body['additionalModelRequestFields']).toEqual({ thinking: { type: 'enabled', budget_tokens: 2048 } })
    expect(older.dropped).toEqual(['temperature', 'top_k'])
    const newer = write({ reasoning_effort: 'high' }, { model: 'global.anthropic.claude-opus-4-6-v1' })
    expect(newer.body['additionalModelRequestFields']).toEqual({ thinking: { type: 'adaptive' } })
    expect(newer.body['outputConfig']).toEqual({ effort: 'high' })
    const unasked = write({}, { model: 'global.anthropic.claude-opus-5-5' })
    expect(unasked.body['additionalModelRequestFields']).toEqual({ thinking: { type: 'adaptive', display: 'summarized' } })
  })

  it('hand a schema over as text, closed for Claude', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } } }
    const response_format = { type: 'json_schema', json_schema: { name: 'place', schema: { $schema: 'x', ...schema } } }
    expect(write({ response_format }).body['outputConfig']).toEqual({
      textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'place', schema: JSON.stringify({ ...schema, additionalProperties: false }) } } },
    })
    expect(JSON.stringify(write({ response_format }, { model: 'amazon.nova-pro-v1:0' }).body['outputConfig'])).toContain(JSON.stringify(JSON.stringify(schema)))
  })

  it('that have no equal are named', () => {
    const asked = {
      seed: 1,
      presence_penalty: 1,
      frequency_penalty: 0,
      logit_bias: { 5: 1 },
      logprobs: true,
      parallel_tool_calls: false,
      response_format: { type: 'json_object' },
      top_k: 5,
      reasoning_effort: 'high',
      user: 'ann',
    }
    expect([...write(asked, { model: llama }).dropped].sort()).toEqual(
      ['seed', 'presence_penalty', 'logit_bias', 'logprobs', 'parallel_tool_calls', 'response_format', 'top_k', 'reasoning_effort'].sort(),
    )
  })

  it('of Bedrock itself pass, and a deployment decides on guardrails and betas', () => {
    const guardrailConfig = { guardrailIdentifier: 'gr-1', guardrailVersion: '1' }
    const callers = { guardrailConfig: { guardrailIdentifier: 'mine', guardrailVersion: 'DRAFT' }, performanceConfig: { latency: 'optimized' } }
    const { body, dropped } = write(callers, { settings: { guardrailConfig, anthropic_beta: ['context-1m-2025-08-07'] } })
    expect(body).toMatchObject({
      guardrailConfig,
      performanceConfig: { latency: 'optimized' },
      additionalModelRequestFields: { anthropic_beta: ['context-1m-2025-08-07'] },
    })
    expect(dropped).toEqual([])
    expect(write(callers).body).toMatchObject(callers)
  })
})
