// Vendors' own prices, worked out by hand, against what the price list and the settlement make of them, to the nano-dollar.
// The pages are named at each case; prices are dollars per million tokens, so a token at $3 costs 3,000 nano-dollars.

import { beforeAll, describe, expect, test } from 'vitest'
import type { Meters } from '../../../gateway/contract/usage.ts'
import { createPriceBook } from '../../../gateway/prices/price-book.ts'
import { settle } from '../../../gateway/rooms/settle.ts'
import models from '../../../resources/models.json' with { type: 'json' }

let now = Date.UTC(2026, 10, 21, 12)
const book = createPriceBook({ models, clock: { nowMs: () => now } })
beforeAll(() => book.load(['openai']))

function costOf(vendor: string, model: string, used: Meters): bigint {
  const price = book.cardFor({ vendor, provider: vendor, model, modelName: model, local: false, overrides: {} })
  const bill = settle([{ usage: { meters: used, provenance: 'reported' }, price }])[0]
  expect(bill?.unpriced).toBe(false)
  return bill?.costNanoUsd ?? -1n
}

// https://docs.anthropic.com/en/docs/about-claude/pricing, as known 2026-11-21. Sonnet 4.5: input 3, 5-minute write 3.75, 1-hour write 6, read 0.30,
// output 15; above 200K input tokens the whole call: input 6, output 22.50, caching in proportion.
describe('Anthropic', () => {
  test('cache reads and both kinds of cache writes have rates of their own', () => {
    // 1,234 × 3,000 + 10,007 × 300 + 4,735 × 3,750 + 2,000 × 6,000 + 255 × 15,000
    expect(costOf('anthropic', 'claude-sonnet-4-5-20250929', { input: 1234, cacheRead: 10_007, cacheWrite: 4735, cacheWrite1h: 2000, output: 255 })).toBe(
      40_285_350n,
    )
  })

  test('at 200,000 prompt tokens the base rate holds, with one more the whole call is dearer', () => {
    // 200,000 × 3,000 + 1,000 × 15,000; then 200,001 × 6,000 + 1,000 × 22,500
    expect(costOf('anthropic', 'claude-sonnet-4-5', { input: 200_000, output: 1000 })).toBe(615_000_000n)
    expect(costOf('anthropic', 'claude-sonnet-4-5', { input: 200_001, output: 1000 })).toBe(1_222_506_000n)
  })

  test('cached tokens count towards the threshold', () => {
    // 1 × 6,000 + 200,000 × 600 + 10 × 22,500
    expect(costOf('anthropic', 'claude-sonnet-4-5', { input: 1, cacheRead: 200_000, output: 10 })).toBe(120_231_000n)
  })

  test('a one-hour write costs twice the input rate for every model that has one', () => {
    for (const model of [
      'claude-3-haiku-20240307',
      'claude-opus-4-1',
      'claude-haiku-4-5',
      'claude-opus-4-7',
      'claude-opus-5',
      'claude-sonnet-5',
      'claude-opus-5-5',
    ]) {
      const prices = book.cardFor({ vendor: 'anthropic', provider: 'anthropic', model, modelName: model, local: false, overrides: {} })?.prices
      expect(prices?.cacheWrite1h?.pico, model).toBe(2n * (prices?.input?.pico ?? 0n))
    }
  })
})

describe('OpenAI', () => {
  test('cached input is cheaper', () => {
    // https://platform.openai.com/docs/pricing, as known 2026-11-21. gpt-4o-mini: 0.15, cached 0.075, output 0.60.
    // 1,000 × 150 + 1,024 × 75 + 7 × 600
    expect(costOf('openai', 'gpt-4o-mini', { input: 1000, cacheRead: 1024, output: 7 })).toBe(231_000n)
  })

  test('a dated name costs what its family costs, where the vendor says so', () => {
    // https://platform.openai.com/docs/pricing, as known 2026-11-21. gpt-4o: 2.50 and 10; its first snapshot of 2024-05-13: 5 and 15.
    expect(costOf('openai', 'gpt-4o-2024-08-06', { input: 3, output: 5 })).toBe(57_500n)
    expect(costOf('openai', 'gpt-4o-2024-05-13', { input: 3, output: 5 })).toBe(90_000n)
  })

  test('reasoning is charged as output', () => {
    // https://developers.openai.com/api/docs/guides/reasoning ("reasoning tokens … are billed as output tokens") and the price of gpt-5: 1.25 and 10,
    // both as known 2026-11-21. 75 × 1,250 + 98 × 10,000 + 1,088 × 10,000
    expect(costOf('openai', 'gpt-5', { input: 75, output: 98, reasoning: 1088 })).toBe(11_953_750n)
  })

  test('a long prompt makes the full request dearer: input, cache and output', () => {
    // https://developers.openai.com/api/docs/models/gpt-5.6-luna, as known 2026-11-21: 0.20, cached 0.02, output 1.20; cache writes at 1.25 times the
    // input rate; over 272K input tokens twice the input and one and a half times the output rate for the full request.
    // 300,000 × 400 + 10,000 × 40 + 2,000 × 500 + 500 × 1,800
    expect(costOf('openai', 'gpt-5.6-luna', { input: 300_000, cacheRead: 10_000, cacheWrite: 2000, output: 500 })).toBe(122_300_000n)
    // 3,000 × 200 + 10,000 × 20 + 2,000 × 250 + 500 × 1,200
    expect(costOf('openai', 'gpt-5.6-luna', { input: 3000, cacheRead: 10_000, cacheWrite: 2000, output: 500 })).toBe(1_900_000n)
  })

  test('an embedding has an input price and nothing else', () => {
    // https://platform.openai.com/docs/pricing, as known 2026-11-21. text-embedding-3-small: 0.02.
    expect(costOf('openai', 'text-embedding-3-small', { input: 8191 })).toBe(163_820n)
  })
})

describe('others', () => {
  test('Gemini charges the whole call at the dearer rate above 200,000 prompt tokens', () => {
    // https://ai.google.dev/gemini-api/docs/pricing, as known 2026-11-21. gemini-2.5-pro: 1.25 / 2.50, output 10 / 15, cached 0.125 / 0.25.
    // 200,000 × 2,500 + 50,001 × 250 + 100 × 15,000; then 199,999 × 1,250 + 1 × 125 + 100 × 10,000
    expect(costOf('google', 'gemini-2.5-pro', { input: 200_000, cacheRead: 50_001, output: 100 })).toBe(514_000_250n)
    expect(costOf('google', 'gemini-2.5-pro', { input: 199_999, cacheRead: 1, output: 100 })).toBe(250_998_875n)
  })

  test('Gemini’s thoughts cost what its answers cost, also above the threshold', () => {
    // 1,000 × 1,250 + (100 + 4,000) × 10,000; then 200,001 × 2,500 + (100 + 4,000) × 15,000
    expect(costOf('google', 'gemini-2.5-pro', { input: 1000, output: 100, reasoning: 4000 })).toBe(42_250_000n)
    expect(costOf('google', 'gemini-2.5-pro', { input: 200_001, output: 100, reasoning: 4000 })).toBe(561_502_500n)
    // gemini-2.5-flash: text 0.30, audio 1.00, cached 0.03, output 2.50.
    expect(costOf('google', 'gemini-2.5-flash', { input: 100, inputAudio: 50, cacheRead: 1000, output: 10, reasoning: 30 })).toBe(210_000n)
  })

  test('a rate below a nano-dollar per token rounds up once per line, and prices follow the date', () => {
    // https://api-docs.deepseek.com/quick_start/pricing as listed by genai-prices 0.1.8: deepseek-v4-flash cached input 0.0028 until 2026-08-16.
    // 7 × 2.8 = 19.6, 10 × 140, 3 × 280
    now = Date.UTC(2026, 7, 16, 12)
    expect(costOf('deepseek', 'deepseek-v4-flash', { input: 10, cacheRead: 7, output: 3 })).toBe(20n + 1400n + 840n)
    now = Date.UTC(2026, 10, 21, 12)
  })
})
