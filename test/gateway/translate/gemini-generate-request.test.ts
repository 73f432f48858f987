// A chat request on its way to Gemini: contents, tools, parameters.
// Promises: every row is what Google's reference asks for; what is lost is named.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { writeGemini } from '../../../gateway/translate/gemini-generate/write-request.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'

const plain: WriteTarget = { model: 'gemini-2.5-flash', stream: false, outputTokensMax: 700, settings: {}, quirks: {} }
function write(body: JsonObject, target: Partial<WriteTarget> = {}): { body: JsonObject; dropped: readonly string[] } {
  const written = writeGemini(readChat({ messages: [{ role: 'user', content: 'hi' }], ...body }), { ...plain, ...target })
  return { body: JSON.parse(JSON.stringify(written.body)) as JsonObject, dropped: written.dropped }
}
const contents = (messages: readonly JsonObject[], model = 'gemini-2.5-flash'): unknown => write({ messages }, { model }).body['contents']
const call = (id: string, name: string, args: string): JsonObject => ({ id, type: 'function', function: { name, arguments: args } })

describe('contents', () => {
  it('hold the conversation in two roles, the system beside it', () => {
    const { body } = write({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: 'a' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'text', text: 'b' },
          ],
        },
        { role: 'assistant', content: 'c' },
        { role: 'system', content: 'Now in French.' },
      ],
    })
    expect(body['systemInstruction']).toEqual({ parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] })
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }] },
      { role: 'user', parts: [{ text: '<system>\nNow in French.\n</system>' }] },
    ])
  })

  it('begin with the user', () => {
    expect(contents([{ role: 'assistant', content: 'Hello!' }])).toEqual([
      { role: 'user', parts: [{ text: '(start of conversation)' }] },
      { role: 'model', parts: [{ text: 'Hello!' }] },
    ])
  })

  it('hold media inline, and addresses as files', () => {
    const media = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.JPG?size=2' } },
      { type: 'image_url', image_url: { url: 'https://example.com/picture' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,BBBB', filename: 'b.pdf' } },
      { type: 'input_audio', input_audio: { data: 'CCCC', format: 'wav' } },
    ]
    expect(contents([{ role: 'user', content: media }])).toEqual([
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
          { fileData: { fileUri: 'https://example.com/a.JPG?size=2', mimeType: 'image/jpeg' } },
          { fileData: { fileUri: 'https://example.com/picture' } },
          { inlineData: { mimeType: 'application/pdf', data: 'BBBB' } },
          { inlineData: { mimeType: 'audio/wav', data: 'CCCC' } },
        ],
      },
    ])
  })

  const asked = {
    role: 'assistant',
    content: null,
    tool_calls: [call('c1', 'weather', '{"city":"Paris"}'), call('c2', 'clock', ''), call('c3', 'odd', '[1]')],
  }
  it('answer calls by name in the order they were made, results as objects, before anything else', () => {
    const results = [
      { role: 'tool', tool_call_id: 'c3', content: '[2]' },
      { role: 'user', content: 'go on' },
      {
        role: 'tool',
        tool_call_id: 'c2',
        content: [
          { type: 'text', text: '12:00' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"degrees":17}' },
      { role: 'tool', tool_call_id: 'gone', content: 'nobody asked' },
    ]
    expect(contents([{ role: 'user', content: 'ask' }, asked, ...results])).toEqual([
      { role: 'user', parts: [{ text: 'ask' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'c1', name: 'weather', args: { city: 'Paris' } } },
          { functionCall: { id: 'c2', name: 'clock', args: {} } },
          { functionCall: { id: 'c3', name: 'odd', args: { _raw: '[1]' } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'c1', name: 'weather', response: { degrees: 17 } } },
          { functionResponse: { id: 'c2', name: 'clock', response: { output: '12:00' } } },
          { functionResponse: { id: 'c3', name: 'odd', response: { output: '[2]' } } },
          { functionResponse: { id: 'gone', name: 'gone', response: { output: 'nobody asked' } } },
          { text: 'go on' },
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
        ],
      },
    ])
  })

  it('give a call its signature back, and to a model that wants one the mark for a call nobody signed', () => {
    const signedCall = { ...call('c1', 'a', '{}'), extra_content: { google: { thought_signature: 'c2ln' } } }
    const parts = (calls: readonly JsonObject[], model: string): unknown[] => {
      const [, turn] = contents(
        [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: null, tool_calls: calls },
        ],
        model,
      ) as { parts: JsonObject[] }[]
      return (turn?.parts ?? []).map((part) => part['thoughtSignature'])
    }
    expect(parts([signedCall, call('c2', 'b', '{}')], 'gemini-3-pro-preview')).toEqual(['c2ln', undefined])
    expect(parts([signedCall], 'gemini-2.5-pro')).toEqual(['c2ln'])
    expect(parts([call('c1', 'a', '{}'), call('c2', 'b', '{}')], 'gemini-3.5-flash')).toEqual(['skip_thought_signature_validator', undefined])
    expect(parts([call('c1', 'a', '{}')], 'gemini-flash-latest')).toEqual(['skip_thought_signature_validator'])
    expect(parts([call('c1', 'a', '{}')], 'gemini-2.5-flash')).toEqual([undefined])
  })

  it('do not show thoughts, which another vendor may have signed', () => {
    const turn = { role: 'assistant', content: 'b', thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'x' }], reasoning_content: 'hm' }
    expect(contents([{ role: 'user', content: 'a' }, turn])).toEqual([
      { role: 'user', parts: [{ text: 'a' }] },
      { role: 'model', parts: [{ text: 'b' }] },
    ])
  })
})

describe('tools', () => {
  const parameters = {
    type: 'object',
    $schema: 'http://json-schema.org/draft-07/schema#',
    properties: { a: { $ref: '#/$defs/x' } },
    $defs: { x: {} },
    additionalProperties: false,
  }
  const tools = [
    { type: 'function', function: { name: 'f', description: 'does f', parameters, strict: true } },
    { type: 'function', function: { name: 'g' } },
  ]
  it('are declared with the caller’s own JSON Schema', () => {
    const { $schema: _dialect, ...schema } = parameters
    expect(write({ tools }).body['tools']).toEqual([
      {
        functionDeclarations: [
          { name: 'f', description: 'does f', parametersJsonSchema: schema },
          { name: 'g', parametersJsonSchema: { type: 'object', properties: {} } },
        ],
      },
    ])
  })
  it.each([
    [undefined, undefined],
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [
      { type: 'function', function: { name: 'f' } },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
  ])('are chosen: %j as %j', (choice, config) => {
    const { body } = write({ tools, ...(choice === undefined ? {} : { tool_choice: choice }) })
    expect(body['toolConfig']).toEqual(config === undefined ? undefined : { functionCallingConfig: config })
  })
})

describe('parameters', () => {
  it.each<[JsonObject, JsonObject]>([
    [{}, { maxOutputTokens: 700 }],
    [
      { temperature: 2, top_p: 0.5, top_k: 40, seed: 7, stop: ['END', ''] },
      { maxOutputTokens: 700, temperature: 2, topP: 0.5, topK: 40, seed: 7, stopSequences: ['END'] },
    ],
    [{ response_format: { type: 'text' } }, { maxOutputTokens: 700 }],
    [{ response_format: { type: 'json_object' } }, { maxOutputTokens: 700, responseMimeType: 'application/json' }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { $schema: 's', type: 'object', properties: { a: {} } } } } },
      { maxOutputTokens: 700, responseMimeType: 'application/json', responseJsonSchema: { type: 'object', properties: { a: {} } } },
    ],
  ])('%j become %j', (asked, config) => {
    expect(write(asked)).toMatchObject({ body: { generationConfig: config }, dropped: [] })
    expect(write(asked).body['generationConfig']).toEqual(config)
  })

  const half = { presence_penalty: 0.5, frequency_penalty: -0.5 }
  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['gemini-2.0-flash', half, { presencePenalty: 0.5, frequencyPenalty: -0.5 }, []],
    ['gemini-2.0-flash', { frequency_penalty: 0 }, { frequencyPenalty: 0 }, []],
    ['gemma-4-31b-it', half, { presencePenalty: 0.5, frequencyPenalty: -0.5 }, []],
    ['gemini-2.5-flash', half, {}, ['presence_penalty', 'frequency_penalty']],
    ['gemini-2.5-pro', { presence_penalty: 0, frequency_penalty: 0 }, {}, []],
    ['gemini-3-flash-preview', half, {}, ['presence_penalty', 'frequency_penalty']],
    ['gemini-3-flash-preview', { presence_penalty: 0 }, {}, []],
    ['gemini-flash-latest', { frequency_penalty: 0.5 }, {}, ['frequency_penalty']],
  ])('that are penalties go to %s where it takes them: %j', (model, asked, config, dropped) => {
    const written = write(asked, { model })
    expect(written.body['generationConfig']).toEqual({ maxOutputTokens: 700, ...config })
    expect(written.dropped).toEqual(dropped)
  })

  it('leave the cap to the model where nobody asked for one, and take a deployment’s defaults', () => {
    expect(write({}, { outputTokensAsked: null }).body['generationConfig']).toEqual({})
    const settings = { temperature: 0.3, max_tokens: 50, safety_settings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }] }
    const { body } = write({}, { outputTokensAsked: null, settings })
    expect(body['generationConfig']).toEqual({ maxOutputTokens: 50, temperature: 0.3 })
    expect(body['safetySettings']).toEqual(settings.safety_settings)
    expect(write({ safety_settings: [] }, { settings }).body['safetySettings']).toEqual([])
  })

  it('without an equal are named', () => {
    const asked = { logit_bias: { 5: 1 }, logprobs: true, parallel_tool_calls: false, cached_content: 'cachedContents/x', user: 'u', store: true }
    expect([...write(asked).dropped].sort()).toEqual(['cached_content', 'logit_bias', 'logprobs', 'parallel_tool_calls'])
  })

  it('cannot ask for several choices', () => {
    expect(() => write({ n: 2 })).toThrow('n must be 1')
  })
})

describe('reasoning effort', () => {
  const thoughts = { includeThoughts: true }
  it.each([
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
    ['gemini-2.5-flash-lite', 'minimal', { thinkingBudget: 512, ...thoughts }],
    ['gemini-2.5-flash', 'low', { thinkingBudget: 1024, ...thoughts }],
    ['gemini-2.5-flash', 'medium', { thinkingBudget: 2048, ...thoughts }],
    ['gemini-2.5-pro', 'high', { thinkingBudget: 4096, ...thoughts }],
    ['gemini-2.5-pro', 'max', { thinkingBudget: 16384, ...thoughts }],
    ['gemini-3-flash-preview', 'none', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3-pro-preview', 'minimal', { thinkingLevel: 'LOW', ...thoughts }],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH', ...thoughts }],
    ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'MEDIUM', ...thoughts }],
    ['gemini-3.5-flash', 'xhigh', { thinkingLevel: 'HIGH', ...thoughts }],
    ['gemini-pro-latest', 'low', { thinkingLevel: 'LOW', ...thoughts }],
    ['gemini-2.0-flash', 'none', undefined],
    ['gemma-4-31b-it', 'none', undefined],
  ])('%s, %s', (model, effort, config) => {
    const { body, dropped } = write({ reasoning_effort: effort }, { model })
    expect((body['generationConfig'] as JsonObject)['thinkingConfig']).toEqual(config)
    expect(dropped).toEqual([])
  })
  it.each([
    ['gemini-2.0-flash', 'low'],
    ['gemma-4-31b-it', 'high'],
    ['gemini-2.5-pro', 'toString'],
    ['gemini-3.5-flash', 'toString'],
  ])('%s, %s is named as lost', (model, effort) => {
    expect(write({ reasoning_effort: effort }, { model }).dropped).toEqual(['reasoning_effort'])
  })
  it('of a deployment’s thinking is for callers who say nothing of it', () => {
    const config = (asked: JsonObject): unknown => {
      const { body } = write(asked, { settings: { thinking: { type: 'enabled', budget_tokens: 2222 } } })
      return (body['generationConfig'] as JsonObject)['thinkingConfig']
    }
    expect(config({})).toEqual({ thinkingBudget: 2222, ...thoughts })
    expect(config({ reasoning_effort: 'none' })).toEqual({ thinkingBudget: 0 })
    expect(config({ thinking: { type: 'enabled', budget_tokens: 3333 } })).toEqual({ thinkingBudget: 3333, ...thoughts })
  })
  it.each<[string, JsonObject, unknown]>([
    ['gemini-2.5-flash', { type: 'enabled', budget_tokens: 2222 }, { thinkingBudget: 2222, ...thoughts }],
    ['gemini-2.5-flash', { type: 'adaptive' }, { ...thoughts }],
    ['gemini-2.5-flash', { type: 'disabled' }, { thinkingBudget: 0 }],
    ['gemini-2.5-pro', { type: 'disabled' }, { thinkingBudget: 128 }],
    ['gemini-2.5-pro', { type: 'enabled', budget_tokens: 0 }, { thinkingBudget: 128, ...thoughts }],
    ['gemini-3-flash-preview', { type: 'disabled' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3-pro-preview', { type: 'disabled' }, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash-preview', { type: 'enabled', budget_tokens: 1024 }, { thinkingLevel: 'LOW', ...thoughts }],
    ['gemini-3-flash-preview', { type: 'enabled', budget_tokens: 2048 }, { thinkingLevel: 'MEDIUM', ...thoughts }],
    ['gemini-3-pro-preview', { type: 'enabled', budget_tokens: 2048 }, { thinkingLevel: 'HIGH', ...thoughts }],
    ['gemini-3.5-flash', { type: 'enabled', budget_tokens: 10_000 }, { thinkingLevel: 'HIGH', ...thoughts }],
    ['gemini-3.5-flash', { type: 'adaptive' }, { ...thoughts }],
    ['gemini-2.0-flash', { type: 'disabled' }, undefined],
  ])('of %s may be given as %j', (model, thinking, config) => {
    const { body, dropped } = write({ thinking }, { model })
    expect((body['generationConfig'] as JsonObject)['thinkingConfig']).toEqual(config)
    expect(dropped).toEqual([])
  })
})
