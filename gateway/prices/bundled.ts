// The price list inside @pydantic/genai-prices, read as exact unit prices.
// Promises: its unit prices only, never its float totals; anchored to the vendor; a model sold in units we do not meter has no card.
// Leaves alone: overrides, free local engines. Source: https://github.com/pydantic/genai-prices (0.1.8, as known 2026-11-21).

import type { ConditionalPrice, ModelPrice } from '@pydantic/genai-prices'
import { parseUnitPrice, picoUsd, type PicoUsd } from '../contract/money.ts'
import type { UnitPrice } from '../contract/price.ts'
import type { Prices } from '../contract/prices.ts'
import type { Meter } from '../contract/usage.ts'
import { toUnitPrice } from './card.ts'

export const bundledVersion = '0.1.8'

export interface BundledModel {
  readonly note: string
  readonly prices: Prices
}
export interface BundledPrices {
  /** null: the vendor or the model is unknown, or sold in units that are not metered here. */
  find(vendor: string, model: string, atMs: number): BundledModel | null
  /** The same for a model that makes pictures and reports their tokens apart. */
  findPictured(vendor: string, model: string, atMs: number): BundledModel | null
  /** The list has the model, at rates or in units that cannot be metered here, or leaves out what it is there for. */
  isUnmetered(vendor: string, model: string, atMs: number): boolean
  /** When the price of a model next changes by date or time of day; null = never, as far as is published. */
  nextChangeMs(vendor: string, model: string, afterMs: number): number | null
}

/** The list is 0.8 MB of source and takes about 25 ms and 19 MB to import, so it is loaded by those who need it. */
export async function loadBundledPrices(): Promise<BundledPrices> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices')
  // The list also guesses vendors from parts of names; only its exact id counts here.
  const look = (vendor: string, model: string, atMs: number): ReturnType<typeof calcPrice> =>
    findProvider({ providerId: vendor })?.id === vendor ? calcPrice({}, model, { providerId: vendor, timestamp: new Date(atMs) }) : null
  const findBy =
    (keys: Keys) =>
    (vendor: string, model: string, atMs: number): BundledModel | null => {
      const found = look(vendor, model, atMs)
      const prices = found === null ? null : toPrices(found.model_price, keys)
      if (found === null || prices === null || isSilent(model, prices)) return null
      return { note: `genai-prices ${bundledVersion} ${vendor}/${found.model.id}`, prices: withHourWrites(found.model.id, prices) }
    }
  return {
    find: findBy(textKeys),
    findPictured: findBy({ ...textKeys, ...pictureKeys }),
    isUnmetered(vendor, model, atMs) {
      const found = look(vendor, model, atMs)
      const prices = found === null ? null : toPrices(found.model_price, textKeys)
      return found !== null && (prices === null || isSilent(model, prices))
    },
    nextChangeMs(vendor, model, afterMs) {
      const listed = look(vendor, model, afterMs)?.model.prices
      const moments = Array.isArray(listed) ? listed.flatMap((entry) => momentsOf(entry, afterMs)).filter((moment) => moment > afterMs) : []
      return moments.length === 0 ? null : Math.min(...moments)
    },
  }
}

/** The list's price key, and how many of our units its price buys. */
type Keys = Readonly<Record<string, { readonly meter: Meter; readonly per: 'million' | 'thousand' | 'hour' }>>
const textKeys: Keys = {
  input_mtok: { meter: 'input', per: 'million' },
  cache_read_mtok: { meter: 'cacheRead', per: 'million' },
  cache_write_mtok: { meter: 'cacheWrite', per: 'million' },
  // Anthropic sells one-hour writes at twice the input rate: https://platform.claude.com/docs/en/about-claude/pricing, as known 2026-11-21.
  cache_write_1h_mtok: { meter: 'cacheWrite1h', per: 'million' },
  input_audio_mtok: { meter: 'inputAudio', per: 'million' },
  cache_audio_read_mtok: { meter: 'cacheReadAudio', per: 'million' },
  output_mtok: { meter: 'output', per: 'million' },
  output_reasoning_mtok: { meter: 'reasoning', per: 'million' },
  output_audio_mtok: { meter: 'outputAudio', per: 'million' },
  requests_kcount: { meter: 'calls', per: 'thousand' },
  web_searches_kcount: { meter: 'searches', per: 'thousand' },
  audio_hours: { meter: 'seconds', per: 'hour' },
  input_audio_hours: { meter: 'seconds', per: 'hour' },
}
/** Tokens of pictures: no conversation reports them apart. */
const pictureInput: Keys = { input_image_mtok: { meter: 'inputImage', per: 'million' } }
const pictureKeys: Keys = {
  ...pictureInput,
  cache_image_read_mtok: { meter: 'cacheReadImage', per: 'million' },
  output_image_mtok: { meter: 'outputImage', per: 'million' },
}
/** Sold only to requests that name a hosted tool, which hard budgets refuse: they do not make the token prices wrong. */
const toolKey = /^(?:rerank|social|storage)_searches_kcount$/

function toPrices(listed: ModelPrice, keys: Keys): Prices | null {
  const prices: Partial<Record<Meter, UnitPrice>> = {}
  const odd: string[] = []
  // An embedding tells the tokens of its pictures apart.
  const all = listed['output_mtok'] === undefined ? { ...keys, ...pictureInput } : keys
  for (const [key, value] of Object.entries(listed)) {
    const known = all[key]
    if (value === undefined || toolKey.test(key)) continue
    if (known === undefined) odd.push(key)
    else prices[known.meter] = toLine(value, known.per)
  }
  if (Object.keys(prices).length === 0 || isMisleading(odd, listed)) return null
  return prices
}

/**
 * Would our meters price this model wrongly? What has no key is not metered apart, so a model that sells it at a rate of its
 * own cannot be billed from text rates: it has to be priced by hand. A model without output (embeddings) is rarely sent anything else.
 */
function isMisleading(odd: readonly string[], listed: ModelPrice): boolean {
  return odd.some((key) => {
    const base = key.startsWith('output_') ? 'output_mtok' : key.startsWith('cache_') ? 'cache_read_mtok' : 'input_mtok'
    const sellsOutput = listed['output_mtok'] !== undefined
    return (key.startsWith('output_') || sellsOutput) && JSON.stringify(listed[key]) !== JSON.stringify(listed[base])
  })
}

/**
 * Does the list leave out what the model is there for? Its text rates alone would make every bill too small: gpt-4o-audio-preview hears at sixteen times
 * the rate of text, and gpt-4o-search-preview searches for a fee at each call (https://platform.openai.com/docs/pricing, as known 2026-11-22).
 */
function isSilent(model: string, prices: Prices): boolean {
  if (/(?:^|[-/])(?:audio|realtime)(?:-|$)/.test(model)) return prices.inputAudio === undefined && prices.outputAudio === undefined
  return /-search-(?:preview|api)(?:-|$)/.test(model) && prices.searches === undefined && prices.calls === undefined
}

/**
 * Claude's writes for an hour cost twice the input rate wherever it is sold (https://platform.claude.com/docs/en/about-claude/pricing; at Bedrock as the list
 * itself has it for the newest, at OpenRouter by https://openrouter.ai/docs/guides/best-practices/prompt-caching, as known 2026-11-22). The list leaves them
 * out for most resellers' models, and at the rate of five minutes they would be billed at five eighths.
 */
function withHourWrites(model: string, prices: Prices): Prices {
  const { input, cacheWrite, cacheWrite1h } = prices
  if (!model.includes('claude') || input === undefined || cacheWrite === undefined || cacheWrite1h !== undefined) return prices
  const twice = (pico: PicoUsd): PicoUsd => picoUsd(pico * 2n)
  const tiers = input.tiers.map((tier) => ({ ...tier, pico: twice(tier.pico) }))
  return { ...prices, cacheWrite1h: toUnitPrice(twice(input.pico), tiers) }
}

type Listed = NonNullable<ModelPrice[string]>
function toLine(value: Listed, per: 'million' | 'thousand' | 'hour'): UnitPrice {
  if (typeof value === 'number') return toUnitPrice(toPico(value, per))
  // `start` is exclusive in the list too: the tier holds for more tokens than that, and then for the whole call.
  return toUnitPrice(
    toPico(value.base, per),
    value.tiers.map((tier) => ({ aboveInputTokens: tier.start, pico: toPico(tier.price, per) })),
  )
}

/**
 * A number's decimal text is what was published, so the conversion is decimal and exact down to a pico-dollar; finer digits round up. Digits beyond
 * the twelfth are noise of the list's own arithmetic (0.18000000000000002).
 */
function toPico(listed: number, per: 'million' | 'thousand' | 'hour'): PicoUsd {
  const dollars = Number(listed.toPrecision(12))
  if (per === 'hour') return picoUsd((parseUnitPrice(dollars) + 3599n) / 3600n)
  const [digits = '', exponent = '0'] = String(dollars).toLowerCase().split('e')
  return parseUnitPrice(`${digits}e${Number(exponent) - (per === 'million' ? 6 : 3)}`)
}

/** Moments at which one listed price may begin or end: its date, or its hours today and tomorrow. */
function momentsOf(entry: ConditionalPrice, afterMs: number): number[] {
  const { constraint } = entry
  if (constraint === undefined) return []
  if (constraint.type === 'start_date') return [Date.parse(constraint.start_date)]
  const days = [0, 1].map((ahead) => new Date(afterMs + ahead * dayMs).toISOString().slice(0, 10))
  return days.flatMap((day) => [Date.parse(`${day}T${constraint.start_time}`), Date.parse(`${day}T${constraint.end_time}`)])
}
const dayMs = 86_400_000
