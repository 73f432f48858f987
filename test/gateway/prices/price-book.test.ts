// Which price wins, what is said about it, and that unknown never means free.
// Digests are compared with each other and with one computed apart from the code.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { picoUsd } from '../../../gateway/contract/money.ts'
import type { PriceCard } from '../../../gateway/contract/price.ts'
import type { PriceOverride, PriceQuery, PriceRow, Prices } from '../../../gateway/contract/prices.ts'
import type { Meter } from '../../../gateway/contract/usage.ts'
import { bundledVersion } from '../../../gateway/prices/bundled.ts'
import { createPriceBook } from '../../../gateway/prices/price-book.ts'
import models from '../../../resources/models.json' with { type: 'json' }

let now = Date.UTC(2026, 10, 21, 12)
const book = createPriceBook({ models, clock: { nowMs: () => now } })
beforeAll(() => book.load([null, 'openai']))

const query = (model: string, more: Partial<PriceQuery> = {}): PriceQuery => ({
  vendor: 'openai',
  provider: more.vendor ?? 'openai',
  model,
  modelName: `public-${model}`,
  local: false,
  overrides: {},
  ...more,
})
const cardFor = (model: string, overrides: JsonObject = {}, vendor: string | null = 'openai'): PriceCard | null =>
  book.cardFor(query(model, { vendor, overrides }))
const picos = (card: PriceCard | null): Record<string, bigint> =>
  Object.fromEntries(Object.entries(card?.prices ?? {}).map(([meter, line]) => [meter, line.pico]))

const lines = (rates: Readonly<Partial<Record<Meter, bigint>>>): Prices =>
  Object.fromEntries(Object.entries(rates).map(([meter, pico]) => [meter, { pico: picoUsd(pico), tiers: [] }]))
const row = (model: string, rates: Parameters<typeof lines>[0], more: Partial<PriceRow> = {}): PriceRow => ({
  provider: 'openai',
  model,
  fromMs: 0,
  prices: lines(rates),
  ...more,
})
const override = ([id, fromMs]: readonly [number, number], model: string, rates: Parameters<typeof lines>[0] | null): PriceOverride => ({
  id,
  model,
  fromMs,
  prices: rates === null ? null : lines(rates),
  note: null,
  changedBy: 'a test',
  createdAtMs: 0,
})
beforeEach(() => book.use({ table: null, overrides: [] }))

describe('precedence', () => {
  test('without overrides the bundled list is quoted', () => {
    expect(cardFor('gpt-4o')).toMatchObject({ source: 'bundled', note: `genai-prices ${bundledVersion} openai/gpt-4o` })
    expect(picos(cardFor('gpt-4o'))).toEqual({ input: 2_500_000n, cacheRead: 1_250_000n, output: 10_000_000n, searches: 10_000_000_000n })
  })

  test('the deployment wins over the model, the model over the imported table, that over the list', () => {
    book.use({ table: { version: 7, rows: [row('gpt-4o', { input: 3n, output: 4n }), row('gpt-4o-mini', { input: 8n })] }, overrides: [] })
    expect(cardFor('gpt-4o')).toMatchObject({ source: 'imported', note: 'price table 7 openai/gpt-4o' })
    expect(picos(cardFor('gpt-4o'))).toEqual({ input: 3n, output: 4n })
    // What the table does not name is still in the bundled list; another provider's model of that name is another model.
    expect(cardFor('gpt-4.1')).toMatchObject({ source: 'bundled' })
    expect(cardFor('gpt-4o', {}, 'azure')).toMatchObject({ source: 'bundled' })

    book.use({ table: { version: 7, rows: [row('gpt-4o', { input: 3n, output: 4n })] }, overrides: [override([1, 0], 'gpt-4o', { input: 9n, calls: 1n })] })
    expect(picos(cardFor('gpt-4o'))).toEqual({ input: 9n, output: 4n, calls: 1n })
    expect(cardFor('gpt-4o')).toMatchObject({
      source: 'model',
      note: 'set on the model: input, calls (price override 1); otherwise price table 7 openai/gpt-4o',
    })
    const own = cardFor('gpt-4o', { input_cost_per_token: '0.000001' })
    expect(picos(own)).toEqual({ input: 1_000_000n, output: 4n, calls: 1n })
    expect(own?.source).toBe('deployment')
    expect(own?.note).toMatch(/^set on the deployment: input_cost_per_token; set on the model: .*; otherwise price table 7/)
  })

  test('an override of the public name comes before one of the vendor’s name', () => {
    book.use({ table: null, overrides: [override([1, 0], 'gpt-4o', { input: 1n }), override([2, 0], 'public-gpt-4o', { input: 2n })] })
    expect(picos(cardFor('gpt-4o'))['input']).toBe(2n)
    expect(picos(book.cardFor(query('gpt-4o', { modelName: 'another' })))['input']).toBe(1n)
  })

  test('an override alone makes a card', () => {
    book.use({ table: null, overrides: [override([1, 0], 'mine', { input: 500_000n })] })
    expect(book.cardFor(query('mine', { vendor: null }))).toMatchObject({ source: 'model', prices: { input: { pico: 500_000n } } })
  })

  test('a row for any provider stands behind one of the provider itself', () => {
    book.use({ table: { version: 1, rows: [row('m', { input: 1n }, { provider: null }), row('m', { input: 2n })] }, overrides: [] })
    expect(picos(book.cardFor(query('m', { vendor: null, provider: 'openai' })))['input']).toBe(2n)
    expect(picos(book.cardFor(query('m', { vendor: null, provider: 'openai_compatible' })))['input']).toBe(1n)
  })

  test('an imported table never prices a local engine', () => {
    book.use({ table: { version: 1, rows: [row('llama', { input: 1n }, { provider: null })] }, overrides: [] })
    expect(book.cardFor(query('llama', { vendor: null, provider: 'ollama', local: true }))?.source).toBe('declared')
  })

  test('a local engine is free by declaration, whatever its model is called, and an override still counts', () => {
    const local = (overrides: JsonObject) => book.cardFor(query('gpt-4o', { local: true, overrides }))
    expect(local({})).toMatchObject({ source: 'declared', note: 'local engine' })
    expect(picos(local({}))).toEqual({ input: 0n, output: 0n })
    expect(local({ output_cost_per_token: 1e-6 })).toMatchObject({ source: 'deployment', prices: { input: { pico: 0n }, output: { pico: 1_000_000n } } })
  })

  test('fields that are not prices change nothing', () => {
    expect(cardFor('gpt-4o', { api_base: 'https://example.org', input_cost_per_token: null, input_cost_per_video_per_second: 'odd', mode: 'chat' })).toEqual(
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
    // Sold by video tokens too, but an embedding is rarely sent any.
    expect(picos(cardFor('gemini-embedding-2', {}, 'google'))).toMatchObject({ input: 200_000n, inputImage: 450_000n, inputAudio: 6_500_000n })
  })

  test('a price per request is a price per call', () => {
    expect(picos(cardFor('sonar', {}, 'perplexity'))['calls']).toBe(12_000_000_000n)
  })

  test('asking before the list is loaded is a bug that shows', async () => {
    const unloaded = createPriceBook({ models })
    await unloaded.load([null])
    expect(() => unloaded.cardFor(query('gpt-4o'))).toThrow(/before it was loaded/)
    expect(unloaded.cardFor(query('x', { vendor: null, local: true }))?.source).toBe('declared')
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
    expect(book.cardFor(query('x', { vendor: null, local: true }))?.digest).toBe(createHash('sha256').update(text).digest('hex'))
  })
})

describe('dated prices', () => {
  test('the date decides, and the next change is announced', () => {
    now = Date.UTC(2026, 2, 12, 23, 59)
    expect(cardFor('claude-opus-4-6', {}, 'anthropic')?.prices.input?.tiers).toHaveLength(1)
    expect(book.nextChangeMs([query('claude-opus-4-6', { vendor: 'anthropic' }), query('llama', { vendor: null }), query('gpt-4o')])).toBe(
      Date.UTC(2026, 2, 13),
    )
    now = Date.UTC(2026, 2, 13)
    expect(cardFor('claude-opus-4-6', {}, 'anthropic')?.prices.input?.tiers).toHaveLength(0)
    expect(book.nextChangeMs([query('claude-opus-4-6', { vendor: 'anthropic' })])).toBeNull()
  })

  test('the hour decides where a vendor prices by the hour', () => {
    const deepseek = query('deepseek-v4-pro', { vendor: 'deepseek' })
    now = Date.UTC(2026, 10, 21, 2)
    expect(picos(cardFor(deepseek.model, {}, 'deepseek'))['input']).toBe(1_320_000n)
    expect(book.nextChangeMs([deepseek])).toBe(Date.UTC(2026, 10, 21, 4))
    now = Date.UTC(2026, 10, 21, 12)
    expect(picos(cardFor(deepseek.model, {}, 'deepseek'))['input']).toBe(660_000n)
    expect(book.nextChangeMs([deepseek])).toBe(Date.UTC(2026, 10, 22, 1))
  })
})

describe('effective dates', () => {
  const day = (date: number): number => Date.UTC(2026, 10, date)

  test('a price holds from its moment on, by the clock, and the moment is announced', () => {
    book.use({
      table: { version: 2, rows: [row('m', { input: 1n }), row('m', { input: 2n }, { fromMs: day(24) })] },
      overrides: [override([1, day(26)], 'm', { input: 5n }), override([2, day(28)], 'm', null)],
    })
    const seen = [23, 24, 25, 26, 27, 28, 29].map((date) => {
      now = day(date)
      return [picos(book.cardFor(query('m', { vendor: null })))['input'], book.nextChangeMs([query('m', { vendor: null })])]
    })
    expect(seen).toEqual([
      [1n, day(24)],
      [2n, day(26)],
      [2n, day(26)],
      [5n, day(28)],
      [5n, day(28)],
      [2n, null],
      [2n, null],
    ])
  })

  test('what was set later for an earlier moment ends where the next one begins', () => {
    book.use({ table: null, overrides: [override([1, day(26)], 'm', { input: 1n }), override([2, day(22)], 'm', { input: 2n })] })
    now = day(25)
    expect(picos(book.cardFor(query('m', { vendor: null })))['input']).toBe(2n)
    now = day(26)
    expect(picos(book.cardFor(query('m', { vendor: null })))['input']).toBe(1n)
    expect(book.history('m').map(({ id }) => id)).toEqual([2, 1])
  })

  test('of two for one moment the later word counts', () => {
    book.use({ table: null, overrides: [override([2, day(22)], 'm', { input: 2n }), override([1, day(22)], 'm', { input: 1n })] })
    now = day(22)
    expect(picos(book.cardFor(query('m', { vendor: null })))['input']).toBe(2n)
  })
})

describe('the reason for no price', () => {
  test('names what was looked into', () => {
    now = Date.UTC(2026, 10, 21, 12)
    expect(book.whyUnpriced(query('gpt-99'))).toMatch(/^The bundled list \(0\.1\.8\) has no gpt-99 of openai\. Set an override or import/)
    expect(book.whyUnpriced(query('x', { vendor: null, provider: 'openai_compatible' }))).toMatch(/^The bundled list has no prices of openai_compatible\./)
    expect(book.whyUnpriced(query('sonar-deep-research', { vendor: 'perplexity' }))).toMatch(/in units that are not metered here/)
    book.use({ table: { version: 3, rows: [row('m', { input: 1n })] }, overrides: [] })
    expect(book.whyUnpriced(query('gpt-99'))).toMatch(/^Price table 3 has no gpt-99 of openai, and the bundled list/)
  })
})

test('the version in the notes is the installed one', () => {
  const manifest: unknown = JSON.parse(readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8'))
  expect(manifest).toMatchObject({ version: bundledVersion })
})
