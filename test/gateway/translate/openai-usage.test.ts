// OpenAI's usage objects and error bodies, as vendors really write them.
// Promises: the sum of meters is the vendor's total; its wording survives.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { readOpenaiTextUsage, readOpenaiUsage, writeOpenaiUsage } from '../../../gateway/translate/openai-usage.ts'
import { readVendorError } from '../../../gateway/translate/vendor-error.ts'

describe('usage', () => {
  it.each<[string, JsonObject, object]>([
    ['plain', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, { input: 10, output: 5 }],
    [
      'with details',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10, audio_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 4 },
      },
      { input: 25, cacheRead: 60, cacheWrite: 10, inputAudio: 5, output: 16, reasoning: 30, outputAudio: 4 },
    ],
    [
      'DeepSeek’s cache',
      { prompt_tokens: 30, completion_tokens: 2, prompt_cache_hit_tokens: 20, prompt_cache_miss_tokens: 10 },
      { input: 10, cacheRead: 20, output: 2 },
    ],
    ['Moonshot’s cache', { prompt_tokens: 30, completion_tokens: 2, total_tokens: 32, cached_tokens: 20 }, { input: 10, cacheRead: 20, output: 2 }],
    [
      'a cache told twice, once',
      { prompt_tokens: 30, completion_tokens: 2, cached_tokens: 20, prompt_tokens_details: { cached_tokens: 12 } },
      { input: 18, cacheRead: 12, output: 2 },
    ],
    [
      'Alibaba’s explicit cache',
      { prompt_tokens: 100, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 20, cache_creation_input_tokens: 60, cache_type: 'ephemeral' } },
      { input: 20, cacheRead: 20, cacheWrite: 60, output: 2 },
    ],
    ['reasoning that only the total shows', { prompt_tokens: 20, completion_tokens: 424, total_tokens: 1016 }, { input: 20, output: 424, reasoning: 572 }],
    [
      'a cache that only the total has',
      { prompt_tokens: 20, completion_tokens: 5, total_tokens: 525, cache_read_input_tokens: 500 },
      { cacheRead: 20, input: 0, output: 5 },
    ],
    [
      'Perplexity’s cache',
      {
        prompt_tokens: 100,
        completion_tokens: 2,
        total_tokens: 102,
        prompt_tokens_details: { cache_creation_input_tokens: 0, cache_read_input_tokens: 80 },
      },
      { input: 20, cacheRead: 80, output: 2 },
    ],
    [
      'caches above their total',
      { prompt_tokens: 10, completion_tokens: 2, cached_tokens: 8, prompt_tokens_details: { cache_creation_input_tokens: 99 } },
      { input: 0, cacheRead: 8, cacheWrite: 2, output: 2 },
    ],
    ['a cache that is no count', { prompt_tokens: 10, completion_tokens: 2, cached_tokens: '8' }, { input: 10, output: 2 }],
    ['a cache below nothing', { prompt_tokens: 10, completion_tokens: 2, cached_tokens: -8 }, { input: 10, output: 2 }],
    [
      'details above their total',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 99, audio_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 9 },
      },
      { input: 0, cacheRead: 10, output: 0, reasoning: 5 },
    ],
    [
      'reasoning beside the total',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } },
      { input: 10, output: 5, reasoning: 7 },
    ],
    ['embeddings', { prompt_tokens: 8, total_tokens: 8 }, { input: 8 }],
    ['a total alone', { total_tokens: 8 }, { input: 8 }],
  ])('%s', (_, usage, meters) => {
    expect(readOpenaiUsage(usage)).toEqual({ meters, provenance: 'reported' })
  })

  it.each([
    [null],
    [undefined],
    ['12'],
    [{}],
    [{ prompt_tokens: '12' }],
    [{ prompt_tokens: -1 }],
    [{ prompt_tokens: 0, completion_tokens: 0 }],
    [{ completion_tokens: 5 }],
    [{ prompt_tokens: 2, completion_tokens: 1e300 }],
    [[]],
  ])('%j says nothing', (usage) => {
    expect(readOpenaiUsage(usage)).toBeNull()
  })

  it('takes no report without output for the report of a text', () => {
    expect(readOpenaiTextUsage({ prompt_tokens: 8, total_tokens: 8 })).toBeNull()
    expect(readOpenaiTextUsage({ prompt_tokens: 8, completion_tokens: 0 })?.meters).toEqual({ input: 8, output: 0 })
  })

  it('writes what it would read, with the names Roo Code looks for', () => {
    const meters = { input: 25, cacheRead: 60, cacheWrite: 10, cacheWrite1h: 5, output: 16, reasoning: 30 }
    const written = writeOpenaiUsage({ meters, provenance: 'reported' })
    expect(written).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 46,
      total_tokens: 146,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 15,
    })
    expect(readOpenaiUsage(written)?.meters).toEqual({ input: 25, cacheRead: 60, cacheWrite: 15, output: 16, reasoning: 30 })
  })
})

it.each<[unknown, object]>([
  [{ error: { message: 'm', type: 't', param: 'p', code: 'c' } }, { message: 'm', type: 't', param: 'p', code: 'c' }],
  [[{ error: { code: 400, message: 'm', status: 'INVALID_ARGUMENT' } }], { message: 'm', code: '400' }],
  [{ detail: 'Not Found' }, { message: 'Not Found' }],
  [{ detail: [{ loc: ['body', 'messages'], msg: 'Field required' }] }, { message: 'body.messages: Field required' }],
  ['<html>Bad Gateway</html>', { message: '<html>Bad Gateway</html>' }],
  [{}, { message: 'status 502 without a message' }],
  [null, { message: 'status 502 without a message' }],
  [
    {
      object: 'error',
      message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'messages', 0, 'name'], msg: 'Extra inputs are not permitted', input: 'x' }] },
    },
    { message: 'body.messages.0.name: Extra inputs are not permitted' },
  ],
  [
    { object: 'Error', message: [{ loc: ['body', 'tools'], msg: 'Extra inputs are not permitted' }] },
    { message: 'body.tools: Extra inputs are not permitted' },
  ],
  [{ success: false, errors: [{ code: 5006, message: 'required properties are missing' }] }, { message: 'required properties are missing' }],
])('an error body %j says %j', (body, expected) => {
  expect(readVendorError(502, body)).toMatchObject(expected)
})
