// Reads LiteLLM's price map, model_prices_and_context_window.json, as people download it.
// Promises: exact decimals; a model sold in units that are not metered here is left out and named, never priced by half.
// Leaves alone: limits and capabilities of models (resources/models.json), prices of things not offered here.
// Source: https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json, its fields as known 2026-11-21.

import { setImmediate } from 'node:timers/promises'
import { GatewayError } from '../contract/errors.ts'
import { isJsonObject, listOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import type { FoundRows, LeftOutPrice, PriceRow, Prices, SkippedPrice } from '../contract/prices.ts'
import { scanObject } from '../kit/json-scan.ts'
import { wrongPrice } from './amount.ts'
import { applyOverrides, hasMeter, parseOverrides, searchField, searchPrice } from './overrides.ts'

interface LitellmTools {
  /** The file's own text, in which a name that stands twice can still be seen. */
  readonly text: string
  readonly providerId: (name: string) => string | null
}

/** Entries read before other callers get their turn: a map of today holds more than three thousand. */
const atOnce = 100

export async function readLitellmFormat(root: JsonObject, tools: LitellmTools): Promise<FoundRows> {
  const found = new Map<string, { readonly key: string; readonly row: PriceRow }>()
  const skipped: SkippedPrice[] = []
  const leftOut = new Map<string, number>()
  const twice = namesTwice(tools.text)
  for (const [index, [key, entry]] of Object.entries(root).entries()) {
    if (index % atOnce === 0) await setImmediate()
    if (!isJsonObject(entry) || key === 'sample_spec') continue
    try {
      if (twice.has(key)) throw wrongPrice('the name', 'stands in the file twice')
      const { row, unused } = readEntry(key, entry, tools)
      const slot = JSON.stringify([row.provider, row.model])
      const other = found.get(slot)
      // LiteLLM asks for provider/model first, so that spelling counts.
      if (other === undefined || key.includes('/')) found.set(slot, { key, row })
      if (other !== undefined && !isSame(other.row.prices, row.prices))
        skipped.push({
          model: key.includes('/') ? other.key : key,
          reason: `another entry, ${key.includes('/') ? key : other.key}, prices the same model differently.`,
        })
      for (const field of unused) leftOut.set(field, (leftOut.get(field) ?? 0) + 1)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      skipped.push({ model: key, reason: error.message })
    }
  }
  return { rows: [...found.values()].map(({ row }) => row), skipped, leftOut: [...leftOut].map(([field, models]): LeftOutPrice => ({ field, models })) }
}

function namesTwice(text: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { key } of scanObject(Buffer.from(text)).members) (seen.has(key) ? twice : seen).add(key)
  return twice
}

function readEntry(key: string, entry: JsonObject, tools: LitellmTools): { readonly row: PriceRow; readonly unused: readonly string[] } {
  const provider = providerOf(textOf(entry['litellm_provider']) ?? '', tools)
  if (provider === '') throw wrongPrice('litellm_provider', 'is missing')
  const { kept, unused } = sortFields({ ...entry, ...flattenTiers(entry['tiered_pricing']) })
  const prices = applyOverrides({}, parseOverrides(kept))
  if (Object.keys(prices).length === 0) throw wrongPrice('the entry', 'has no price')
  // The map writes 0 for free and for unknown alike.
  if (Object.values(prices).every((line) => line.pico === 0n && line.tiers.every((tier) => tier.pico === 0n)))
    throw wrongPrice('every price', 'is zero, which in this format may also mean unknown; set an override if the model is free')
  return { row: { provider, model: modelOf(key, provider, tools), fromMs: 0, prices }, unused }
}

/** Families of one vendor that the map lists as providers of their own. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^vertex_ai-/, 'vertex_ai'],
  [/^bedrock_converse$/, 'bedrock'],
  [/^text-completion-openai$/, 'openai'],
  [/^fireworks_ai-/, 'fireworks_ai'],
]
function providerOf(named: string, tools: LitellmTools): string {
  const family = families.find(([pattern]) => pattern.test(named))?.[1] ?? named
  return tools.providerId(family) ?? family
}

/** The vendor's own name: `openai/gpt-4o` is gpt-4o at openai, `openrouter/openai/gpt-4o` is openai/gpt-4o at openrouter. */
function modelOf(key: string, provider: string, tools: LitellmTools): string {
  const slash = key.indexOf('/')
  return slash > 0 && providerOf(key.slice(0, slash), tools) === provider ? key.slice(slash + 1) : key
}

/** Prices of things that cannot be asked for here, or that only requests naming a hosted tool pay: token prices are right without them. */
const elsewhere = /_(?:batches|batch_requests|priority|flex)$|^(?:file_search|code_interpreter|computer_use|vector_store|web_search)_|_dbu_cost|^google_maps_/
/** Audio written to a cache is reported by no wire here, so it is never billed apart. */
const unreported = /^cache_creation_input_audio_token_cost/
/** Other ways to say what a token costs, of a model that is sold by tokens. */
const alternative = /_per_(?:image|pixel|second|character|audio_per_second|video_per_second)(?:_above_|$)/
/** Tokens that are not metered apart in a conversation: harmless when they cost what the plain ones cost. */
const shadowed: Readonly<Record<string, string>> = {
  input_cost_per_image_token: 'input_cost_per_token',
  input_cost_per_video_token: 'input_cost_per_token',
  output_cost_per_image_token: 'output_cost_per_token',
  cache_read_input_image_token_cost: 'cache_read_input_token_cost',
}
/** The map's prices by the pixel stand for the one size and quality that an entry's name says. */
const byPixel = /_per_pixel$/
const isCost = (field: string): boolean => /(?:^|_)costs?(?:_|$)/.test(field)
const isZero = (value: Json | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'string' && /^-?[0.]+(?:[eE][-+]?\d+)?$/.test(value))

function sortFields(entry: JsonObject): { readonly kept: JsonObject; readonly unused: readonly string[] } {
  const byToken = !isZero(entry['input_cost_per_token']) || !isZero(entry['output_cost_per_token'])
  const kept: Record<string, Json | undefined> = {}
  const unused: string[] = []
  for (const [field, value] of Object.entries(entry)) {
    if (!isCost(field) || value === null) continue
    if (field === searchField && searchPrice(value) === null) unused.push(field)
    else if (elsewhere.test(field) || unreported.test(field) || (byToken && alternative.test(field))) unused.push(field)
    else if (hasMeter(field) && !Object.hasOwn(shadowed, field) && !byPixel.test(field)) kept[field] = withoutNoise(value)
    else if (!isZero(value) && !isShadow(field, entry))
      throw wrongPrice(`the unit of ${field.slice(0, 100)}`, 'is not metered here, so its price would be wrong; set an override')
  }
  return { kept, unused }
}

function isShadow(field: string, entry: JsonObject): boolean {
  const base = Object.hasOwn(shadowed, field) ? entry[shadowed[field] ?? ''] : undefined
  return base !== undefined && (base === entry[field] || (typeof base === 'string' && Number(base) === Number(entry[field])))
}

/**
 * Some amounts were computed by the map's authors in floating point (1.9999999999999998e-07). More than fifteen significant digits can only be that,
 * since a double holds no more: such a number is read at twelve, in decimal. All others are read digit by digit.
 */
function withoutNoise(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,3}))?$/.exec(value) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  if (digits.length <= 15) return value
  const cut = digits.length - 12
  const rounded = (BigInt(digits) + 5n * 10n ** BigInt(cut - 1)) / 10n ** BigInt(cut)
  return `${sign}${rounded.toString()}e${String(Number(exponent) - fraction.length + cut)}`
}

/** `tiered_pricing: [{ range: [0, 128000], input_cost_per_token, … }, …]` as the fields it stands for. A range begins above its first number. */
function flattenTiers(value: Json | undefined): JsonObject {
  const flat: Record<string, Json | undefined> = {}
  for (const tier of listOf(value)) {
    const from = isJsonObject(tier) ? Number(listOf(tier['range'])[0]) : Number.NaN
    if (!isJsonObject(tier) || !Number.isSafeInteger(from) || from < 0 || from % 1000 !== 0)
      throw wrongPrice('tiered_pricing', 'is not by ranges of whole thousands of prompt tokens')
    for (const [field, price] of Object.entries(tier)) if (field !== 'range') flat[from === 0 ? field : `${field}_above_${String(from / 1000)}k_tokens`] = price
  }
  return flat
}

const isSame = (left: Prices, right: Prices): boolean => plain(left) === plain(right)
const plain = (prices: Prices): string =>
  JSON.stringify(
    Object.entries(prices).sort(([left], [right]) => left.localeCompare(right)),
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  )
