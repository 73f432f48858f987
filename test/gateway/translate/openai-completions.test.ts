// Legacy completions in OpenAI's format.
// Promises: bounds that hold; what a chat cannot do is refused by name.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriterOptions } from '../../../gateway/contract/wire.ts'
import { openaiCompletions } from '../../../gateway/translate/openai-completions/openai-completions.ts'
import { createCompletionWriter, writeCompletionWhole } from '../../../gateway/translate/openai-completions/reply.ts'
import { boundCompletion, readCompletion, writeCompletion } from '../../../gateway/translate/openai-completions/request.ts'
import { textOfBytes } from '../../conformance/recordings.ts'

const options = (request: JsonObject): WriterOptions => ({ id: '01X', model: 'pub', createdS: 1, request })
const target = { model: 'up', stream: true, outputTokensMax: 50, settings: {}, quirks: {} }

describe('completions', () => {
  it('are read as one user message, from a string or a list of one', () => {
    const expected = {
      operation: 'completion',
      dialect: 'openai',
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'a' }] }],
      tools: [],
      choices: 1,
      stop: ['x'],
      outputTokensMax: 5,
      other: {},
    }
    expect(readCompletion({ model: 'm', prompt: 'a', max_tokens: 5, stop: 'x', echo: false, suffix: null, logprobs: null, best_of: 1 })).toEqual(expected)
    expect(readCompletion({ prompt: ['a'], max_tokens: 5, stop: ['x'] })).toEqual(expected)
  })

  it.each<[JsonObject, string]>([
    [{ prompt: ['a', 'b'] }, 'prompt with several prompts'],
    [{ prompt: [] }, 'prompt with several prompts'],
    [{ prompt: [[1, 2]] }, 'prompt must be a string'],
    [{ prompt: [1] }, 'prompt must be a string'],
    [{}, 'prompt must be a string'],
    [{ prompt: 'a', echo: true }, 'echo cannot be translated'],
    [{ prompt: 'a', suffix: 'z' }, 'suffix cannot be translated'],
    [{ prompt: 'a', logprobs: 0 }, 'logprobs cannot be translated'],
    [{ prompt: 'a', best_of: 2 }, 'best_of cannot be translated'],
  ])('%j is refused by name', (body, sentence) => {
    expect(() => readCompletion(body)).toThrow(sentence)
  })

  it.each<[JsonObject, object]>([
    [{ prompt: 'a' }, { outputTokensMax: undefined, choices: 1 }],
    [
      { prompt: 'a', max_tokens: 3, n: 2, best_of: 4 },
      { outputTokensMax: 3, choices: 4 },
    ],
    [{ prompt: ['a', 'b'], n: 2 }, { choices: 4 }],
    [{ prompt: [1, 2, 3] }, { choices: 1 }],
    [{ prompt: [[1], [2]] }, { choices: 2 }],
    [{ prompt: 'a', best_of: '9' }, { unbounded: ['best_of (not a number)'] }],
  ])('%j is bounded', (body, expected) => {
    expect(boundCompletion(body)).toMatchObject(expected)
  })

  it('pass with the model replaced and the cap of their own name', () => {
    const text = '{"prompt":"a","model":"alias"}'
    const passed = openaiCompletions.pass?.edit(Buffer.from(text), JSON.parse(text) as JsonObject, {
      model: 'up',
      outputTokensMax: 9,
      askUsage: true,
      quirks: { outputCapField: 'max_completion_tokens' },
      defaults: {},
    })
    expect(textOfBytes([passed?.body ?? new Uint8Array()])).toBe('{"max_tokens":9,"prompt":"a","model":"up"}')
  })

  it('are written as text objects, streamed and whole', () => {
    const writer = createCompletionWriter(options({ stream_options: { include_usage: true } }))
    const usage = { type: 'usage', usage: { meters: { input: 1, output: 2 }, provenance: 'reported' } } as const
    const lines = textOfBytes([
      writer.write({ type: 'text-delta', text: 'a' }),
      writer.write({ type: 'reasoning-delta', text: 'no' }),
      writer.write(usage),
      writer.write({ type: 'finish', reason: 'length' }),
      writer.end(),
      writer.end(),
    ]).split('\n\n')
    expect(lines.slice(0, 3).map((line) => JSON.parse(line.slice(6)) as unknown)).toMatchObject([
      { id: 'cmpl-01X', object: 'text_completion', choices: [{ text: 'a', index: 0, logprobs: null, finish_reason: null }] },
      { choices: [{ text: '', finish_reason: 'length' }] },
      { choices: [], usage: { total_tokens: 3 } },
    ])
    expect(lines.slice(3)).toEqual(['data: [DONE]', ''])
    expect(writeCompletionWhole([{ type: 'text-delta', text: 'a' }, usage, { type: 'finish', reason: 'stop' }], options({}))).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'a', finish_reason: 'stop' }],
      usage: { prompt_tokens: 1 },
    })
    expect(textOfBytes([createCompletionWriter(options({})).fail({ message: 'm', type: 't', code: 'c' })])).toBe(
      'data: {"error":{"message":"m","type":"t","param":null,"code":"c"}}\n\ndata: [DONE]\n\n',
    )
  })

  it('go back to a prompt for a provider that has nothing else', () => {
    const written = writeCompletion(readCompletion({ prompt: 'a', temperature: 0.5, logit_bias: { 1: 1 } }), target)
    expect(JSON.parse(JSON.stringify(written))).toEqual({
      body: { model: 'up', prompt: 'a', stream: true, stream_options: { include_usage: true }, max_tokens: 50, temperature: 0.5 },
      dropped: ['logit_bias'],
    })
    expect(() => writeCompletion({ ...readCompletion({ prompt: 'a' }), messages: [] }, target)).toThrow('messages must be one user message')
  })
})
