// Which price wins, what is said about it, and that unknown never means free.
// Digests are compared with each other and with one computed apart from the code.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PriceCard } from '../../../gateway/contract/price.ts'
import { bundledVersion } from '../../../gateway/prices/bundled.ts'
import { createPriceBook } from '../../../gateway/prices/price-book.ts'
import models from '../../../resources/models.json' with { type: 'json' }

let now = Date.UTC(2026, 10, 21, 12)
const book = createPriceBook({ models, clock: { nowMs: () => now } })
beforeAll(() => book.load([null, 'openai']))

const cardFor = (model: string, overrides: JsonObject = {}, vendor: string | null = 'openai'): PriceCard | null =>
  book.cardFor({ vendor, model, local: false, overrides })
const picos = (card: PriceCard | null): Record<string, bigint> =>
  Object.fromEntries(Object.entries(card?.prices ?? {}).map(([meter, line]) => [meter, line.pico]))

describe('precedence', () => {
  test('without overrides the bundled list is quoted', () => {
    expect(cardFor('gpt-4o')).toMatchObject({ source: 'bundled', note: `genai-prices ${bundledVersion} openai/gpt-4o` })
    expect(picos(cardFor('gpt-4o'))).toEqual({ input: 2_500_000n, cacheRead: 1_250_000n, output: 10_000_000n })
  })

  test('the deployment wins over the model, the model over the list, field by field', () => {
    const card = book.cardFor({
      vendor: 'openai',
      model: 'gpt-4o',
      local: false,
      overrides: { input_cost_per_token: 1e-6 },
      modelOverride: { input_cost_per_token: 9e-6, output_cost_per_token: 2e-6 },
    })
    expect(picos(card)).toEqual({ input: 1_000_000n, cacheRead: 1_250_000n, output: 2_000_000n })
    expect(card?.source).toBe('deployment')
    expect(card?.note).toMatch(/^set on the deployment: input_cost_per_token; set on the model: .*; otherwise genai-prices/)
  })

  test('a model override alone is marked as such', () => {
    expect(book.cardFor({ vendor: null, model: 'mine', local: false, overrides: {}, modelOverride: { input_cost_per_token: '0.5e-6' } })).toMatchObject({
      source: 'model',
      prices: { input: { pico: 500_000n } },
    })
  })

  test('a local engine is free by declaration, whatever its model is called, and an override still counts', () => {
    const local = (overrides: JsonObject) => book.cardFor({ vendor: 'openai', model: 'gpt-4o', local: true, overrides })
    expect(local({})).toMatchObject({ source: 'declared', note: 'local engine' })
    expect(picos(local({}))).toEqual({ input: 0n, output: 0n })
    expect(local({ output_cost_per_token: 1e-6 })).toMatchObject({ source: 'deployment', prices: { input: { pico: 0n }, output: { pico: 1_000_000n } } })
  })

  test('fields that are not prices change nothing', () => {
    expect(cardFor('gpt-4o', { api_base: 'https://example.org', input_cost_per_token: null, input_cost_per_pixel: 'odd', mode: 'chat' })).toEqual(
      cardFor('gpt-4o'),
    )
  })
})

describe('what is unknown', () => {
  test('a model nobody listed has no card', () => {
    expect(cardFor('gpt-99-imaginary')).toBeNull()
    expect(cardFor('gpt-4o', {}, null)).toBeNull()
  })

  test('a name is only looked up at its own vendor', () => {
    expect(cardFor('claude-3-haiku-20240307', {}, 'openai')).toBeNull()
    expect(cardFor('gpt-4o', {}, 'some-openai-reseller')).toBeNull()
    expect(cardFor('claude-3-haiku-20240307', {}, 'anthropic')).not.toBeNull()
  })

  test('a model sold in units that are not metered is unpriced until someone prices it', () => {
    // Image output is thirty dollars a million tokens where text output is two and a half.
    expect(cardFor('gemini-2.5-flash-image', {}, 'google')).toBeNull()
    expect(cardFor('sonar-deep-research', {}, 'perplexity')).toBeNull()
    expect(cardFor('gemini-2.5-flash', {}, 'google')).not.toBeNull()
    // Sold by image and video tokens too, but an embedding is only ever sent text.
    expect(picos(cardFor('gemini-embedding-2', {}, 'google'))).toMatchObject({ input: 200_000n })
  })

  test('a price per request is a price per call', () => {
    expect(picos(cardFor('sonar', {}, 'perplexity'))['calls']).toBe(12_000_000_000n)
  })

  test('asking before the list is loaded is a bug that shows', async () => {
    const unloaded = createPriceBook({ models })
    await unloaded.load([null])
    expect(() => unloaded.cardFor({ vendor: 'openai', model: 'gpt-4o', local: false, overrides: {} })).toThrow(/before it was loaded/)
    expect(unloaded.cardFor({ vendor: null, model: 'x', local: true, overrides: {} })?.source).toBe('declared')
  })
})

describe('digest', () => {
  test('equal cards have equal digests, whatever order their fields came in', () => {
    const one = cardFor(
      'x',
      {
        input_cost_per_token: 1e-6,
        output_cost_per_token: '0.000002',
        input_cost_per_token_above_128k_tokens: 3e-6,
        input_cost_per_token_above_64k_tokens: 2e-6,
      },
      null,
    )
    const two = cardFor(
      'x',
      { input_cost_per_token_above_64k_tokens: 2e-6, output_cost_per_token: 2e-6, input_cost_per_token_above_128k_tokens: 3e-6, input_cost_per_token: '1e-6' },
      null,
    )
    expect(one).toEqual(two)
    expect(one?.digest).toMatch(/^[0-9a-f]{64}$/)
  })

  test('any difference in source, note, price or tier is another digest', () => {
    const cards = [
      { input_cost_per_token: 1e-6 },
      { input_cost_per_token: 2e-6 },
      { output_cost_per_token: 1e-6 },
      { input_cost_per_token: 1e-6, input_cost_per_token_above_1k_tokens: 1e-6 },
    ].map((fields) => cardFor('x', fields, null)?.digest)
    expect(new Set([...cards, cardFor('gpt-4o')?.digest]).size).toBe(5)
  })

  test('it is the SHA-256 of a text that can be written down', () => {
    const text = '{"source":"declared","note":"local engine","prices":[["input","0",[]],["output","0",[]]]}'
    expect(book.cardFor({ vendor: null, model: 'x', local: true, overrides: {} })?.digest).toBe(createHash('sha256').update(text).digest('hex'))
  })
})

describe('dated prices', () => {
  test('the date decides, and the next change is announced', () => {
    now = Date.UTC(2026, 2, 12, 23, 59)
    expect(cardFor('claude-opus-4-6', {}, 'anthropic')?.prices.input?.tiers).toHaveLength(1)
    expect(
      book.nextChangeMs([
        { vendor: 'anthropic', model: 'claude-opus-4-6' },
        { vendor: null, model: 'llama' },
        { vendor: 'openai', model: 'gpt-4o' },
      ]),
    ).toBe(Date.UTC(2026, 2, 13))
    now = Date.UTC(2026, 2, 13)
    expect(cardFor('claude-opus-4-6', {}, 'anthropic')?.prices.input?.tiers).toHaveLength(0)
    expect(book.nextChangeMs([{ vendor: 'anthropic', model: 'claude-opus-4-6' }])).toBeNull()
  })

  test('the hour decides where a vendor prices by the hour', () => {
    const deepseek = { vendor: 'deepseek', model: 'deepseek-v4-pro' }
    now = Date.UTC(2026, 10, 21, 2)
    expect(picos(cardFor(deepseek.model, {}, 'deepseek'))['input']).toBe(1_320_000n)
    expect(book.nextChangeMs([deepseek])).toBe(Date.UTC(2026, 10, 21, 4))
    now = Date.UTC(2026, 10, 21, 12)
    expect(picos(cardFor(deepseek.model, {}, 'deepseek'))['input']).toBe(660_000n)
    expect(book.nextChangeMs([deepseek])).toBe(Date.UTC(2026, 10, 22, 1))
  })
})

test('the version in the notes is the installed one', () => {
  const manifest: unknown = JSON.parse(readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8'))
  expect(manifest).toMatchObject({ version: bundledVersion })
})
