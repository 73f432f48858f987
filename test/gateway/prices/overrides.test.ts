// LiteLLM's price fields, one by one: which meter they mean, and how wrong ones are named.
// Field names and meanings: https://docs.litellm.ai/docs/proxy/custom_pricing, as known 2026-11-21.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { Json, JsonObject } from '../../../gateway/contract/json.ts'
import type { Meter } from '../../../gateway/contract/usage.ts'
import { applyOverrides, parseOverrides } from '../../../gateway/prices/overrides.ts'

const read = (fields: JsonObject) => applyOverrides({}, parseOverrides(fields))

function refusalOf(fields: JsonObject): GatewayError {
  try {
    read(fields)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test.each<[string, Meter]>([
  ['input_cost_per_token', 'input'],
  ['output_cost_per_token', 'output'],
  ['cache_read_input_token_cost', 'cacheRead'],
  ['input_cost_per_token_cache_hit', 'cacheRead'],
  ['cache_creation_input_token_cost', 'cacheWrite'],
  ['cache_creation_input_token_cost_above_1hr', 'cacheWrite1h'],
  ['output_cost_per_reasoning_token', 'reasoning'],
  ['input_cost_per_audio_token', 'inputAudio'],
  ['cache_read_input_audio_token_cost', 'cacheReadAudio'],
  ['output_cost_per_audio_token', 'outputAudio'],
  ['input_cost_per_request', 'calls'],
  ['input_cost_per_query', 'calls'],
  ['input_cost_per_second', 'seconds'],
  ['output_cost_per_second', 'seconds'],
  ['input_cost_per_image', 'images'],
  ['output_cost_per_image', 'images'],
  ['input_cost_per_character', 'characters'],
  ['output_cost_per_character', 'characters'],
])('%s prices %s', (field, meter) => {
  expect(read({ [field]: 0.25 })).toEqual({ [meter]: { pico: 250_000_000_000n, tiers: [] } })
})

describe('tiers', () => {
  test('any threshold in thousands, sorted by number and not as text', () => {
    expect(
      read({
        input_cost_per_token: 1e-6,
        input_cost_per_token_above_1000k_tokens: 4e-6,
        input_cost_per_token_above_200k_tokens: 3e-6,
        input_cost_per_token_above_64k_tokens: 2e-6,
      }),
    ).toEqual({
      input: {
        pico: 1_000_000n,
        tiers: [
          { aboveInputTokens: 64_000, pico: 2_000_000n },
          { aboveInputTokens: 200_000, pico: 3_000_000n },
          { aboveInputTokens: 1_000_000, pico: 4_000_000n },
        ],
      },
    })
  })

  test('the cache fields have tiers too, the one-hour write among them', () => {
    const fields = ['output_cost_per_token', 'cache_read_input_token_cost', 'cache_creation_input_token_cost', 'cache_creation_input_token_cost_above_1hr']
    const prices = read(
      Object.fromEntries(
        fields.flatMap((field) => [
          [field, 1e-6],
          [`${field}_above_200k_tokens`, 2e-6],
        ]),
      ),
    )
    for (const meter of ['output', 'cacheRead', 'cacheWrite', 'cacheWrite1h'] as const)
      expect(prices[meter]).toEqual({ pico: 1_000_000n, tiers: [{ aboveInputTokens: 200_000, pico: 2_000_000n }] })
  })

  test('a tier alone keeps the base price of the list and replaces its tiers; a flat price replaces both', () => {
    const base = read({ input_cost_per_token: 5e-6, input_cost_per_token_above_7k_tokens: 9e-6 })
    expect(applyOverrides(base, parseOverrides({ input_cost_per_token_above_128k_tokens: 6e-6 })).input).toEqual({
      pico: 5_000_000n,
      tiers: [{ aboveInputTokens: 128_000, pico: 6_000_000n }],
    })
    expect(applyOverrides(base, parseOverrides({ input_cost_per_token: 1e-6 })).input).toEqual({ pico: 1_000_000n, tiers: [] })
  })

  test('a tier without any base price is refused by name', () => {
    expect(refusalOf({ output_cost_per_token_above_200k_tokens: 1e-6 }).hints.param).toBe('output_cost_per_token_above_200k_tokens')
  })
})

describe('amounts', () => {
  test('decimal text is exact, where a float is not', () => {
    expect(read({ input_cost_per_token: '0.000000123456' }).input?.pico).toBe(123_456n)
    expect(read({ input_cost_per_token: '1.5e-7' }).input?.pico).toBe(150_000n)
  })

  test.each<[Json]>([[-1e-6], ['-0.1'], [Number.NaN], [Number.POSITIVE_INFINITY], ['NaN'], ['free'], [''], [true], [[]], [{}], [2.5], ['1.01']])(
    'refuses %j for a token, naming the field',
    (value) => {
      const error = refusalOf({ api_base: 'x', output_cost_per_token: value })
      expect(error.code).toBe('invalid_request')
      expect(error.hints.param).toBe('output_cost_per_token')
      expect(error.message).toMatch(/^output_cost_per_token /)
    },
  )

  test('zero is a price; null and absent are none', () => {
    expect(read({ input_cost_per_token: 0, output_cost_per_token: null })).toEqual({ input: { pico: 0n, tiers: [] } })
  })

  test('a search has a price where all have the same, however much is read for it', () => {
    const sizes = (low: number, high: number): JsonObject => ({ search_context_size_low: low, search_context_size_high: high })
    expect(read({ search_context_cost_per_query: sizes(0.01, 0.01) })).toEqual({ searches: { pico: 10_000_000_000n, tiers: [] } })
    for (const several of [sizes(0.01, 0.02), {}, null, 'x']) expect(read({ search_context_cost_per_query: several })).toEqual({})
    expect(refusalOf({ search_context_cost_per_query: sizes(-1, -1) }).hints.param).toBe('search_context_cost_per_query')
  })

  test('two fields for one unit must agree', () => {
    expect(refusalOf({ input_cost_per_image: 0.1, output_cost_per_image: 0.2 }).hints.param).toBe('output_cost_per_image')
    expect(read({ input_cost_per_image: 0.1, output_cost_per_image: '0.10' })).toEqual({ images: { pico: 100_000_000_000n, tiers: [] } })
  })

  test.each<[Json, Json]>([
    [0, 0.25],
    ['0.0', '0.25'],
    [0.25, '0e-9'],
  ])('of %j on the way in and %j on the way out, the one that is not zero is the price', (input, output) => {
    for (const [unit, meter] of [
      ['second', 'seconds'],
      ['image', 'images'],
      ['pixel', 'pixels'],
      ['character', 'characters'],
    ] as const)
      expect(read({ [`input_cost_per_${unit}`]: input, [`output_cost_per_${unit}`]: output })).toEqual({ [meter]: { pico: 250_000_000_000n, tiers: [] } })
  })

  test('zero on both ways is free, and zero beside what is no amount hides nothing', () => {
    expect(read({ input_cost_per_second: 0, output_cost_per_second: 0 })).toEqual({ seconds: { pico: 0n, tiers: [] } })
    expect(refusalOf({ input_cost_per_second: 0, output_cost_per_second: 'free' }).hints.param).toBe('output_cost_per_second')
  })

  test('other keys are left alone, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.oneof(
            fc.string(),
            fc.constantFrom(
              'constructor',
              'toString',
              'toString_above_8k_tokens',
              'input_cost_per_token_batches',
              'input_cost_per_token_priority',
              'input_cost_per_request_above_8k_tokens',
            ),
          ),
          fc.jsonValue(),
        ),
        (fields) => {
          expect(read(JSON.parse(JSON.stringify(fields)) as JsonObject)).toEqual({})
        },
      ),
    )
  })
})
