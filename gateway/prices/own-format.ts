// Tollgate's own price file: JSON with exact decimal strings, one entry per model, provider and moment.
// Promises: what is written reads back equal; a field or meter that is not known is refused by name, entry by entry.
// Leaves alone: LiteLLM's format (litellm-format.ts), where rows are kept. Documented in this folder's README.

import { GatewayError } from '../contract/errors.ts'
import { isJsonObject, listOf, textOf, type Json, type JsonObject } from '../contract/json.ts'
import type { PriceTier, UnitPrice } from '../contract/price.ts'
import { toPricesJson, type FoundRows, type PriceRow, type Prices, type SkippedPrice } from '../contract/prices.ts'
import { meters, unitMeters, type Meter } from '../contract/usage.ts'
import { parseAmount, wrongPrice } from './amount.ts'
import { toUnitPrice } from './card.ts'

export const ownFormat = 'tollgate-prices/1'

/** `root` as `parseExactJson` gives it: numbers are text. */
export function readOwnFormat(root: JsonObject, providerId: (name: string) => string | null): FoundRows {
  const rows: PriceRow[] = []
  const skipped: SkippedPrice[] = []
  const seen = new Set<string>()
  listOf(root['models']).forEach((entry, index) => {
    const model = isJsonObject(entry) ? textOf(entry['model']) : undefined
    try {
      const row = readEntry(entry, providerId)
      const slot = JSON.stringify([row.provider, row.model, row.fromMs])
      if (seen.has(slot)) throw wrongPrice('model', 'appears twice for the same provider and moment')
      seen.add(slot)
      rows.push(row)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      skipped.push({ model: model ?? `entry ${String(index + 1)}`, reason: error.message })
    }
  })
  return { rows, skipped, leftOut: [] }
}

const entryFields = ['provider', 'model', 'from', 'prices', 'note']

function readEntry(entry: unknown, providerId: (name: string) => string | null): PriceRow {
  if (!isJsonObject(entry)) throw wrongPrice('the entry', 'must be an object')
  for (const field of Object.keys(entry)) if (!entryFields.includes(field)) throw wrongPrice(field, 'is not a field of a price entry')
  const model = textOf(entry['model'])?.trim() ?? ''
  if (model === '' || model.length > 300) throw wrongPrice('model', 'must be a name of at most 300 characters')
  const provider = entry['provider'] ?? null
  if (provider !== null && (typeof provider !== 'string' || provider === '')) throw wrongPrice('provider', 'must be the id of a provider, or left out for any')
  return {
    provider: provider === null ? null : (providerId(provider) ?? provider),
    model,
    fromMs: readFrom(entry['from']),
    prices: parsePrices(entry['prices']),
  }
}

function readFrom(value: Json | undefined): number {
  if (value === undefined || value === null) return 0
  const text = textOf(value) ?? ''
  const fromMs = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isFinite(fromMs) || fromMs < 0) throw wrongPrice('from', 'must be a date (its first instant in UTC) or an ISO time with its offset')
  return fromMs
}

/** Meters with a decimal string each, or `{ usd, tiers: [{ aboveInputTokens, usd }] }`. @throws GatewayError invalid_request naming the meter */
export function parsePrices(value: Json | undefined): Prices {
  if (!isJsonObject(value) || Object.keys(value).length === 0) throw wrongPrice('prices', 'must name at least one meter')
  const prices: Partial<Record<Meter, UnitPrice>> = {}
  for (const [name, line] of Object.entries(value)) {
    const meter = meters.find((known) => known === name)
    if (meter === undefined) throw wrongPrice(name.slice(0, 100), `is not a meter; the meters are ${meters.join(', ')}`)
    prices[meter] = readLine(meter, line)
  }
  return prices
}

function readLine(meter: Meter, line: Json | undefined): UnitPrice {
  if (!isJsonObject(line)) return toUnitPrice(parseAmount(meter, line, meter))
  for (const field of Object.keys(line)) if (field !== 'usd' && field !== 'tiers') throw wrongPrice(`${meter}.${field}`, 'is not a field of a price')
  const tiers = listOf(line['tiers']).map((tier) => readTier(meter, tier))
  if (tiers.length > 0 && unitMeters.includes(meter)) throw wrongPrice(meter, 'cannot have tiers; only tokens can')
  if (new Set(tiers.map((tier) => tier.aboveInputTokens)).size < tiers.length) throw wrongPrice(meter, 'has two tiers with one threshold')
  return toUnitPrice(parseAmount(meter, line['usd'], meter), tiers)
}

function readTier(meter: Meter, tier: unknown): PriceTier {
  const above = isJsonObject(tier) ? Number(tier['aboveInputTokens']) : Number.NaN
  if (!isJsonObject(tier) || !Number.isSafeInteger(above) || above < 1) throw wrongPrice(meter, 'has a tier without a whole aboveInputTokens of at least 1')
  return { aboveInputTokens: above, pico: parseAmount(`${meter} above ${String(above)} tokens`, tier['usd'], meter) }
}

export function writeOwnFormat(rows: readonly PriceRow[], note: string | null): JsonObject {
  return { format: ownFormat, ...(note === null ? {} : { note }), models: rows.map(writeEntry) }
}

function writeEntry({ provider, model, fromMs, prices }: PriceRow): JsonObject {
  return {
    ...(provider === null ? {} : { provider }),
    model,
    ...(fromMs === 0 ? {} : { from: new Date(fromMs).toISOString() }),
    prices: toPricesJson(prices),
  }
}
