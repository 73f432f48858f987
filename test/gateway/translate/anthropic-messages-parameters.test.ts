// Chat parameters to Anthropic's, by model generation, and what has no equal.
// Promises: each rule of the mapping is a row.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { readTraits } from '../../../gateway/translate/anthropic-messages/model-traits.ts'
import { writeMessages } from '../../../gateway/translate/anthropic-messages/write-request.ts'
import { readOllamaChat } from '../../../gateway/translate/ollama-chat/read-request.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'

const hi = { role: 'user', content: 'hi' }
interface Target {
  readonly model?: string
  readonly cap?: number
  readonly settings?: JsonObject
}
function write(body: JsonObject, target: Target = {}): { body: JsonObject; dropped: readonly string[] } {
  const written = writeMessages(readChat(body), {
    model: target.model ?? 'claude-opus-4-6',
    stream: false,
    outputTokensMax: target.cap ?? 4096,
    settings: target.settings ?? {},
    quirks: {},
  })
  return { body: JSON.parse(JSON.stringify(written.body)) as JsonObject, dropped: written.dropped }
}
const ollamaTarget = { stream: false, outputTokensMax: 4096, settings: {}, quirks: {} }
const text = (value: string): object => ({ type: 'text', text: value })

describe('parameters', () => {
  const tool = {
    type: 'function',
    function: { name: 'f', description: 'd', parameters: { $schema: 'https://json-schema.org/draft/2020-12/schema', properties: { a: {} } } },
  }

  it('lose stop texts of white space, and say so: completion clients end at a line with them', () => {
    const { body, dropped } = write({ messages: [hi], stop: ['END', ' ', '\n'] })
    expect([body['stop_sequences'], dropped]).toEqual([['END'], ['stop']])
  })

  it('that turn something on by being there are named, empty or not', () => {
    expect(write({ messages: [hi], web_search_options: {}, logit_bias: {} }).dropped).toEqual(['web_search_options'])
  })

  it('have what is required and nothing that was not asked for', () => {
    expect(write({ messages: [hi] })).toEqual({
      body: { model: 'claude-opus-4-6', max_tokens: 4096, stream: false, messages: [{ role: 'user', content: [text('hi')] }] },
      dropped: [],
    })
  })

  it.each<[string, JsonObject, Target, JsonObject]>([
    ['temperature above 1', { temperature: 1.7 }, {}, { temperature: 1 }],
    ['sampling', { temperature: 0.2, top_k: 5 }, {}, { temperature: 0.2, top_k: 5 }],
    ['both samplers on an old model', { temperature: 0.2, top_p: 0.5 }, { model: 'claude-3-5-haiku-latest' }, { temperature: 0.2, top_p: 0.5 }],
    ['stop texts', { stop: ['END', ''] }, {}, { stop_sequences: ['END'] }],
    ['the user', { user: 'u1' }, {}, { metadata: { user_id: 'u1' } }],
    [
      'a schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { $schema: 'x', type: 'object' } } } },
      {},
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    ],
    ['a tool', { tools: [tool] }, {}, { tools: [{ name: 'f', description: 'd', input_schema: { type: 'object', properties: { a: {} } } }] }],
    ['choice required', { tools: [tool], tool_choice: 'required' }, {}, { tool_choice: { type: 'any' } }],
    ['choice none', { tools: [tool], tool_choice: 'none', parallel_tool_calls: false }, {}, { tool_choice: { type: 'none' } }],
    ['choice of one', { tools: [tool], tool_choice: { type: 'function', function: { name: 'f' } } }, {}, { tool_choice: { type: 'tool', name: 'f' } }],
    ['one call at a time', { tools: [tool], parallel_tool_calls: false }, {}, { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }],
    ['adaptive effort', { reasoning_effort: 'high' }, {}, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['minimal effort', { reasoning_effort: 'minimal' }, {}, { output_config: { effort: 'low' } }],
    ['an effort the model lacks', { reasoning_effort: 'xhigh' }, {}, { output_config: { effort: 'high' } }],
    ['an effort the model has', { reasoning_effort: 'xhigh' }, { model: 'claude-opus-5' }, { output_config: { effort: 'xhigh' } }],
    ['no effort', { reasoning_effort: 'none' }, {}, { thinking: { type: 'disabled' } }],
    ['a budget on an older model', { reasoning_effort: 'medium' }, { model: 'claude-sonnet-4-5' }, { thinking: { type: 'enabled', budget_tokens: 2048 } }],
    [
      'a budget below the cap',
      { reasoning_effort: 'high' },
      { model: 'claude-sonnet-4-5', cap: 2000 },
      { thinking: { type: 'enabled', budget_tokens: 1999 }, max_tokens: 2000 },
    ],
    ['the vendor’s own object', { thinking: { type: 'enabled', budget_tokens: 1500 } }, {}, { thinking: { type: 'enabled', budget_tokens: 1500 } }],
    ['a deployment’s defaults', {}, { settings: { temperature: 0.5, max_tokens: 100 } }, { temperature: 0.5, max_tokens: 100 }],
    [
      'a caller’s own values over defaults',
      { temperature: 0, max_tokens: 4000 },
      { settings: { temperature: 0.5, max_tokens: 100 } },
      { temperature: 0, max_tokens: 4096 },
    ],
  ])('carry %s', (_, asked, target, expected) => {
    const { body, dropped } = write({ messages: [hi], ...asked }, target)
    expect(body).toMatchObject(expected)
    expect(dropped).toEqual([])
  })

  it.each<[string, JsonObject, Target, readonly string[]]>([
    [
      'what has no equal',
      { seed: 1, frequency_penalty: 0.5, logit_bias: { 1: 2 }, logprobs: true, verbosity: 'low' },
      {},
      ['logit_bias', 'logprobs', 'verbosity', 'seed', 'frequency_penalty'],
    ],
    ['JSON mode', { response_format: { type: 'json_object' } }, {}, ['response_format']],
    ['sampling on new models', { temperature: 0.2, top_p: 0.5, top_k: 3 }, { model: 'claude-opus-4-7' }, ['temperature', 'top_p', 'top_k']],
    ['a second sampler', { temperature: 0.2, top_p: 0.5 }, {}, ['top_p']],
    ['sampling while thinking', { temperature: 0.2, reasoning_effort: 'low' }, {}, ['temperature']],
    ['thinking on a model that cannot', { reasoning_effort: 'low' }, { model: 'claude-3-haiku-20240307' }, ['reasoning_effort']],
    ['thinking under a cap too small for it', { reasoning_effort: 'low' }, { model: 'claude-sonnet-4-5', cap: 1024 }, ['reasoning_effort']],
  ])('name %s', (_, asked, target, names) => {
    const { body, dropped } = write({ messages: [hi], ...asked }, target)
    expect([...dropped].sort()).toEqual([...names].sort())
    for (const name of names) expect(Object.keys(body)).not.toContain(name)
  })

  it('name nothing that only asks for its own default or is bookkeeping', () => {
    const asked = {
      n: 1,
      temperature: 1,
      top_p: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
      logprobs: false,
      logit_bias: {},
      stream_options: { include_usage: true },
      store: true,
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      parallel_tool_calls: true,
    }
    expect(write({ messages: [hi], ...asked }, { model: 'claude-opus-5' }).dropped).toEqual([])
  })

  it('never think with a forced tool, nor when a tool turn comes back without its reasoning', () => {
    const forced = write({ messages: [hi], tools: [tool], tool_choice: 'required', reasoning_effort: 'high' })
    expect(forced.body['thinking']).toBeUndefined()
    expect(forced.body['output_config']).toEqual({ effort: 'high' })
    const history = [
      hi,
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'r' },
    ]
    const unsigned = write({ messages: history, tools: [tool], reasoning_effort: 'low' }, { model: 'claude-sonnet-4-5' })
    expect(unsigned).toMatchObject({ dropped: [] })
    expect(unsigned.body['thinking']).toBeUndefined()
  })

  it.each<[string, unknown, unknown]>([
    ['claude-sonnet-4-5', { type: 'disabled' }, undefined],
    ['claude-opus-4-6', { type: 'disabled' }, undefined],
    ['claude-opus-4-7', undefined, undefined],
    ['claude-sonnet-5', { type: 'disabled' }, undefined],
    ['claude-opus-5', { type: 'disabled' }, undefined],
    ['claude-opus-5-20260701', { type: 'disabled' }, undefined],
    ['claude-haiku-5-5', { type: 'disabled' }, undefined],
    ['claude-sonnet-5-5', { type: 'between_tools' }, undefined],
    ['claude-opus-5-5', undefined, { effort: 'low' }],
    ['claude-fable-5', undefined, { effort: 'low' }],
    ['claude-fable-5-1', undefined, { effort: 'low' }],
    ['claude-mythos-5', undefined, { effort: 'low' }],
    ['claude-mythos-preview', undefined, { effort: 'low' }],
    ['a-name-of-ones-own', { type: 'disabled' }, undefined],
  ])('tell %s not to think in the way it takes, for callers of OpenAI’s dialect and of Ollama’s', (model, thinking, output_config) => {
    const ollama = writeMessages(readOllamaChat({ model, messages: [hi], think: false }), { ...ollamaTarget, model })
    for (const { body, dropped } of [write({ messages: [hi], reasoning_effort: 'none' }, { model }), ollama]) {
      expect([body['thinking'], body['output_config'], dropped]).toEqual([thinking, output_config, []])
    }
  })

  it.each<[string, boolean]>([
    ['claude-sonnet-4-5', true],
    ['claude-opus-5', true],
    ['claude-sonnet-5', true],
    ['claude-haiku-5-5', true],
    ['claude-fable-5', true],
    ['a-name-of-ones-own', true],
    ['claude-opus-5-5', false],
    ['claude-sonnet-5-5', false],
    ['claude-fable-5-1', false],
    ['claude-mythos-5-2', false],
  ])('force %s to call a tool: %s', (model, forced) => {
    const single = { tools: [tool], parallel_tool_calls: false }
    const any = write({ messages: [hi], ...single, tool_choice: 'required' }, { model })
    const one = write({ messages: [hi], ...single, tool_choice: { type: 'function', function: { name: 'f' } } }, { model })
    const choices = [any.body['tool_choice'], one.body['tool_choice']]
    expect([any.dropped, one.dropped]).toEqual(forced ? [[], []] : [['tool_choice'], ['tool_choice']])
    expect(choices).toMatchObject(forced ? [{ type: 'any' }, { type: 'tool', name: 'f' }] : [{ type: 'auto' }, { type: 'auto' }])
    expect(choices).toMatchObject([{ disable_parallel_tool_use: true }, { disable_parallel_tool_use: true }])
    expect(write({ messages: [hi], tools: [tool], tool_choice: 'none' }, { model })).toMatchObject({ body: { tool_choice: { type: 'none' } }, dropped: [] })
  })

  it('think beside a choice that a model cannot be forced to', () => {
    const { body } = write({ messages: [hi], tools: [tool], tool_choice: 'required', reasoning_effort: 'high' }, { model: 'claude-opus-5-5' })
    expect(body).toMatchObject({ thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' }, tool_choice: { type: 'auto' } })
  })

  const budget = { type: 'enabled', budget_tokens: 2000 }
  it.each<[string, JsonObject, Target, unknown]>([
    ['goes to who says nothing of it', {}, {}, budget],
    ['gives way to the caller’s object', { thinking: { type: 'disabled' } }, {}, { type: 'disabled' }],
    ['gives way to the caller’s effort', { reasoning_effort: 'low' }, {}, { type: 'enabled', budget_tokens: 1024 }],
    ['gives way to the wish not to think', { reasoning_effort: 'none' }, {}, { type: 'disabled' }],
    ['is left out beside a forced tool', { tools: [tool], tool_choice: 'required' }, {}, undefined],
    ['is left out where it is no less than the cap', {}, { cap: 2000 }, undefined],
    ['says no thinking in the model’s own way', {}, { settings: { thinking: { type: 'disabled' } }, model: 'claude-sonnet-5-5' }, { type: 'between_tools' }],
  ])('a deployment’s thinking %s', (_, asked, target, thinking) => {
    const settings = target.settings ?? { thinking: budget }
    expect(write({ messages: [hi], ...asked }, { model: 'claude-sonnet-4-5', ...target, settings }).body['thinking']).toEqual(thinking)
  })

  const shown = { type: 'adaptive', display: 'summarized' }
  it.each<[string, JsonObject, unknown, unknown]>([
    ['claude-opus-4-6', { reasoning_effort: 'high' }, { type: 'adaptive' }, { effort: 'high' }],
    ['claude-opus-4-7', { reasoning_effort: 'high' }, shown, { effort: 'high' }],
    ['claude-opus-4-8', {}, undefined, undefined],
    ['claude-sonnet-5', {}, shown, undefined],
    ['claude-opus-5', {}, shown, undefined],
    ['claude-opus-5', { reasoning_effort: 'low' }, shown, { effort: 'low' }],
    ['claude-opus-5', { tools: [tool], tool_choice: 'required' }, undefined, undefined],
    ['claude-opus-5-5', { tools: [tool], tool_choice: 'required' }, shown, undefined],
    ['claude-fable-5', {}, shown, undefined],
    ['claude-mythos-preview', {}, shown, undefined],
    ['claude-fable-5', { thinking: { type: 'adaptive' } }, { type: 'adaptive' }, undefined],
    ['a-name-of-ones-own', {}, undefined, undefined],
    ['a-name-of-ones-own', { reasoning_effort: 'low' }, { type: 'adaptive' }, { effort: 'low' }],
  ])('have %s show its thoughts where it would leave their text out: %j', (model, asked, thinking, output_config) => {
    const { body } = write({ messages: [hi], ...asked }, { model })
    expect([body['thinking'], body['output_config']]).toEqual([thinking, output_config])
  })

  it('refuse several choices', () => {
    expect(() => write({ messages: [hi], n: 2 })).toThrow('n must be 1')
  })

  it.each([
    ['claude-3-haiku-20240307', 'none', true],
    ['claude-3-7-sonnet-latest', 'budget', true],
    ['claude-opus-4-20250514', 'budget', true],
    ['claude-haiku-4-5', 'budget', true],
    ['anthropic.claude-opus-4.6-v1', 'adaptive', true],
    ['claude-opus-4-7', 'adaptive', false],
    ['claude-sonnet-5', 'adaptive', false],
    ['claude-opus-5-5', 'adaptive', false],
    ['my-own-name', 'adaptive', true],
  ])('%s thinks by %s', (model, thinking, sampling) => {
    expect(readTraits(model)).toMatchObject({ thinking, sampling })
  })
})
