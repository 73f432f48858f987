// Price files read to the last digit: LiteLLM's map and our own format, what is understood of them and what is named instead.
// Expected prices are written out by hand as pico-dollars per unit.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import type { PriceRow } from '../../../gateway/contract/prices.ts'
import { readPriceFile, type PriceFile } from '../../../gateway/prices/price-file.ts'

const known: Readonly<Record<string, string>> = { openai: 'openai', anthropic: 'anthropic', deepseek: 'deepseek', 'my-deepseek': 'deepseek' }
const tools = { providerId: (name: string) => known[name] ?? null, modelsMax: 1000 }
const read = async (value: unknown): Promise<PriceFile> => await readPriceFile(typeof value === 'string' ? value : JSON.stringify(value), tools)
const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/prices/${name}`, import.meta.url), 'utf8')
const find = (file: PriceFile, provider: string | null, model: string): PriceRow | undefined =>
  file.rows.find((row) => row.provider === provider && row.model === model)

/** `input: "300000", "300000 >200000: 600000"`. */
function plain(row: PriceRow | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row?.prices ?? {}).map(([meter, { pico, tiers }]) => [
      meter,
      [pico.toString(), ...tiers.map((tier) => `>${String(tier.aboveInputTokens)}: ${tier.pico.toString()}`)].join(' '),
    ]),
  )
}
async function refusalOf(work: Promise<unknown>): Promise<string> {
  const outcome: unknown = await work.catch((error: unknown) => error)
  if (outcome instanceof GatewayError) return outcome.message
  throw new Error('nothing was refused', { cause: outcome })
}
const litellm = await read(fixture('litellm.json'))

describe("LiteLLM's map", () => {
  const file = litellm

  test.each<[string, string, Record<string, string>]>([
    ['openai', 'gpt-4o', { input: '2500000', cacheRead: '1250000', output: '10000000' }],
    [
      'anthropic',
      'claude-sonnet-4-5',
      {
        input: '3000000 >200000: 6000000',
        cacheRead: '300000 >200000: 600000',
        cacheWrite: '3750000 >200000: 7500000',
        cacheWrite1h: '6000000',
        output: '15000000 >200000: 22500000',
        searches: '10000000000',
      },
    ],
    ['gemini', 'gemini-2.5-flash', { input: '300000', cacheRead: '30000', inputAudio: '1000000', output: '2500000', reasoning: '2500000' }],
    ['vertex_ai', 'gemini-1.5-pro', { input: '1250000 >128000: 2500000', output: '5000000 >128000: 10000000' }],
    ['openai', 'dall-e-3-standard', { images: '40000000000' }],
    ['openai', 'whisper-1', { seconds: '100000000' }],
    ['openai', 'tts-1', { characters: '15000000' }],
    ['cohere', 'rerank-v3.5', { input: '0', output: '0', calls: '2000000000' }],
    ['dashscope', 'qwen-plus', { input: '400000 >256000: 1200000', output: '1200000 >256000: 3600000' }],
    ['openrouter', 'openai/gpt-4o', { input: '2500000', output: '10000000' }],
    ['deepseek', 'deepseek-chat', { input: '280000', cacheRead: '28000', output: '420000' }],
    ['openai', 'text-embedding-3-small', { input: '20000', output: '0' }],
  ])('prices %s/%s', (provider, model, prices) => {
    expect(plain(find(file, provider, model))).toEqual(prices)
  })

  test('a double’s noise beyond fifteen digits is not taken for a price', async () => {
    expect(plain(find(file, 'openai', 'noisy'))).toEqual({ input: '200000', output: '300000' })
  })

  test('every other entry is named, with its reason', async () => {
    expect(Object.fromEntries(file.skipped.map(({ model, reason }) => [model, reason]))).toEqual({
      'gemini/gemini-2.5-flash-image': expect.stringContaining('output_cost_per_image_token is not metered here'),
      'azure/gpt-image-1.5': expect.stringContaining('input_cost_per_pixel is not metered here'),
      'deepseek-chat': expect.stringContaining('deepseek/deepseek-chat, prices the same model differently'),
      'ollama/llama3.1': expect.stringContaining('is zero'),
      'github_copilot/gpt-4o': 'the entry has no price.',
      dear: expect.stringContaining('more than a dollar a token'),
      below: 'input_cost_per_token must not be negative.',
      'mistral/ocr': expect.stringContaining('ocr_cost_per_page is not metered here'),
      'perplexity/sonar-deep-research': expect.stringContaining('citation_cost_per_token is not metered here'),
    })
    expect(file).toMatchObject({ format: 'litellm', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(file.rows).toHaveLength(13)
  })

  test('prices that no meter stands for are counted by field', async () => {
    const leftOut = Object.fromEntries(file.leftOut.map(({ field, models }) => [field, models]))
    expect(leftOut).toMatchObject({ input_cost_per_token_batches: 1, input_cost_per_image: 1 })
    expect(leftOut).not.toHaveProperty('input_cost_per_token')
    expect(leftOut).not.toHaveProperty('search_context_cost_per_query')
  })

  test('a search has a price where all searches have the same', async () => {
    const entry = (high: number): string =>
      `{"litellm_provider":"openai","input_cost_per_token":1e-06,"search_context_cost_per_query":{"search_context_size_low":0.01,"search_context_size_high":${high}}}`
    const { rows, leftOut } = await read(`{"one":${entry(0.01)},"several":${entry(0.025)}}`)
    expect(rows.map(({ model, prices }) => [model, prices.searches?.pico])).toEqual([
      ['one', 10_000_000_000n],
      ['several', undefined],
    ])
    expect(leftOut).toEqual([{ field: 'search_context_cost_per_query', models: 1 }])
  })

  test('a name that stands twice is refused, since readers disagree on which one counts', async () => {
    const entry = '{"litellm_provider":"openai","input_cost_per_token":1e-06}'
    const twice = await read(`{"a":${entry},"b":${entry},"a":{"litellm_provider":"openai","input_cost_per_token":2e-06}}`)
    expect(twice.rows.map((row) => row.model)).toEqual(['b'])
    expect(twice.skipped).toEqual([{ model: 'a', reason: 'the name stands in the file twice.' }])
  })

  test('numbers are read digit by digit, never through a double', async () => {
    const one = async (number: string): Promise<string | undefined> =>
      plain(find(await read(`{"m":{"litellm_provider":"openai","input_cost_per_token":${number}}}`), 'openai', 'm'))['input']
    expect(await one('1.5e-07')).toBe('150000')
    expect(await one('0.000000150000')).toBe('150000')
    expect(await one('1.23456789012e-01')).toBe('123456789012')
    // Finer than a pico-dollar rounds up, so a price is never read as less than it is.
    expect(await one('0.0000001500001')).toBe('150001')
    expect(await one('1e-13')).toBe('1')
    // As a double this would be 0.1000000000000000055….
    expect(await one('0.1')).toBe('100000000000')
  })

  test('image tokens at the rate of plain ones change nothing', async () => {
    const entry = { litellm_provider: 'openai', input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 }
    expect(plain(find(await read({ m: { ...entry, input_cost_per_image_token: 1e-6 } }), 'openai', 'm'))).toEqual({ input: '1000000', output: '2000000' })
    expect(await refusalOf(read({ m: { ...entry, input_cost_per_image_token: 2e-6 } }))).toContain('not metered')
  })
})

describe('our own format', () => {
  test('the example is read whole', async () => {
    const file = await read(fixture('tollgate.json'))
    expect(file).toMatchObject({ format: 'tollgate', note: 'The price list of our reseller, winter', skipped: [] })
    expect(file.rows.map(({ provider, model, fromMs }) => [provider, model, fromMs])).toEqual([
      ['openai', 'gpt-4o', 0],
      ['openai', 'gpt-4o', Date.UTC(2027, 0, 1)],
      ['anthropic', 'claude-sonnet-4-5', 0],
      [null, 'house-model', 0],
    ])
    expect(plain(find(file, 'anthropic', 'claude-sonnet-4-5'))).toMatchObject({ input: '3000000 >200000: 6000000', output: '15000000 >200000: 22500000' })
    // Zero is a declaration here, not a gap.
    expect(plain(find(file, null, 'house-model'))).toEqual({ input: '150', output: '0', calls: '1000000000' })
  })

  const entry = (more: object): unknown => ({
    format: 'tollgate-prices/1',
    models: [
      { model: 'fine', prices: { input: '1e-6' } },
      { model: 'm', prices: { input: '0.000001' }, ...more },
    ],
  })
  test.each<[object, string]>([
    [{ prices: { input: '-0.000001' } }, 'input must not be negative.'],
    [{ prices: { input: '1.01' } }, 'input is more than a dollar a token; prices are per token, not per million.'],
    [{ prices: { images: '10001' } }, 'images is more than 10,000 dollars a unit.'],
    [{ prices: { input: 'cheap' } }, 'input must be an amount in dollars.'],
    [{ prices: { input: null } }, 'input must be an amount in dollars.'],
    [{ prices: {} }, 'prices must name at least one meter.'],
    [{ prices: { tokens: '0.1' } }, 'tokens is not a meter; the meters are'],
    [{ prices: { input: { usd: '0.1', tier: [] } } }, 'input.tier is not a field of a price.'],
    [{ prices: { images: { usd: '0.1', tiers: [{ aboveInputTokens: 1, usd: '1' }] } } }, 'images cannot have tiers; only tokens can.'],
    [{ prices: { input: { usd: '0.1', tiers: [{ aboveInputTokens: 0, usd: '1' }] } } }, 'input has a tier without a whole aboveInputTokens'],
    [
      {
        prices: {
          input: {
            usd: '0.1',
            tiers: [
              { aboveInputTokens: 5, usd: '1' },
              { aboveInputTokens: 5, usd: '1' },
            ],
          },
        },
      },
      'input has two tiers with one threshold.',
    ],
    [{ from: 'tomorrow' }, 'from must be a date'],
    [{ form: '2026-01-01' }, 'form is not a field of a price entry.'],
    [{ model: 'fine' }, 'model appears twice for the same provider and moment.'],
  ])('names what is wrong with %j', async (more, reason) => {
    const { rows, skipped } = await read(entry(more))
    expect(rows.map((row) => row.model)).toEqual(['fine'])
    expect(skipped[0]?.reason).toContain(reason)
  })

  test('a provider goes by our own name for it', async () => {
    const file = await read({ format: 'tollgate-prices/1', models: [{ provider: 'my-deepseek', model: 'm', prices: { input: '0.1' } }] })
    expect(file.rows[0]?.provider).toBe('deepseek')
  })
})

describe('what is no price file', () => {
  test.each<[string, string]>([
    ['{', 'not valid JSON: it'],
    ['[]', 'it must be an object'],
    ['{"a":1}', 'This is no price file'],
    ['{"format":"tollgate-prices/9","models":[]}', 'The format tollgate-prices/9 is not known'],
    ['{"format":"tollgate-prices/1","models":[]}', 'No entry of the file can be used.'],
    ['{"m":{"litellm_provider":"openai","input_cost_per_token":9}}', 'The first entry, m: input_cost_per_token is more than a dollar'],
    [`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'nested too deep'],
  ])('%.40s', async (text, message) => {
    expect(await refusalOf(read(text))).toContain(message)
  })

  test('too many models are refused', async () => {
    const models = Array.from({ length: 3 }, (_value, index) => ({ model: `m${String(index)}`, prices: { input: '0' } }))
    expect(await refusalOf(readPriceFile(JSON.stringify({ format: 'tollgate-prices/1', models }), { ...tools, modelsMax: 2 }))).toContain('at most 2 are kept')
  })

  test('a byte order mark does not matter', async () => {
    expect((await read(`\uFEFF${fixture('tollgate.json')}`)).rows).toHaveLength(4)
  })
})
