// Reads LiteLLM's price fields (dollars per unit) as lines that replace those of a price list.
// Promises: exact decimals; an amount that is negative, not a number or absurd is refused by the field's name.
// Leaves alone: fields that are not prices, and prices for things not offered here (batches, service tiers).
// Source: https://docs.litellm.ai/docs/proxy/custom_pricing and model_prices_and_context_window.json, as known 2026-11-21.

import { objectOf, type Json, type JsonObject } from '../contract/json.ts'
import type { PicoUsd } from '../contract/money.ts'
import type { PriceTier, UnitPrice } from '../contract/price.ts'
import type { Prices } from '../contract/prices.ts'
import { meters, unitMeters, type Meter } from '../contract/usage.ts'
import { parseAmount, wrongPrice } from './amount.ts'
import { toUnitPrice } from './card.ts'

/** What the fields say of one meter; a null price with tiers means "dearer above, otherwise as it was". */
interface OverrideLine {
  readonly pico: PicoUsd | null
  readonly tiers: readonly PriceTier[]
  /** The field to name when something is wrong. */
  readonly field: string
}
export interface Overrides {
  readonly lines: ReadonlyMap<Meter, OverrideLine>
  /** The price fields found, in the order of their meters. */
  readonly fields: readonly string[]
}

/** @throws GatewayError invalid_request naming the field */
export function parseOverrides(source: JsonObject): Overrides {
  const lines = new Map<Meter, OverrideLine>()
  const fields: string[] = []
  for (const [field, listed] of Object.entries(withoutZeroTwins(source))) {
    const match = matchField(field)
    const value = field === searchField ? searchPrice(listed) : listed
    if (match === null || value === undefined || value === null) continue
    const before = lines.get(match.meter) ?? { pico: null, tiers: [], field }
    const pico = parseAmount(field, value, match.meter)
    if (match.aboveInputTokens !== null) {
      lines.set(match.meter, { ...before, tiers: [...before.tiers, { aboveInputTokens: match.aboveInputTokens, pico }] })
    } else {
      if (before.pico !== null && before.pico !== pico) throw wrongPrice(field, 'contradicts another price for the same unit')
      lines.set(match.meter, { ...before, pico })
    }
    fields.push(field)
  }
  return { lines, fields: fields.sort() }
}

/** LiteLLM's map prices a unit on its way in and on its way out; where one of the two is zero, the other is the price. */
function withoutZeroTwins(fields: JsonObject): JsonObject {
  const kept: Record<string, Json | undefined> = { ...fields }
  for (const unit of ['second', 'image', 'pixel', 'character']) {
    const names = [`input_cost_per_${unit}`, `output_cost_per_${unit}`]
    const [zero, ...others] = names.filter((name) => isZero(kept[name]))
    const isTwin = names.every((name) => kept[name] !== undefined && kept[name] !== null)
    if (zero !== undefined && others.length === 0 && isTwin) kept[zero] = undefined
  }
  return kept
}
const isZero = (value: Json | undefined): boolean => value === 0 || (typeof value === 'string' && /^-?(?:0+\.?0*|\.0+)(?:[eE][-+]?\d+)?$/.test(value.trim()))

/** Puts the lines over a list's. A flat override replaces the list's tiers too: the admin said what a unit costs. */
export function applyOverrides(base: Prices, overrides: Overrides): Prices {
  const merged: Partial<Record<Meter, UnitPrice>> = { ...base }
  for (const meter of meters) {
    const line = overrides.lines.get(meter)
    if (line === undefined) continue
    const pico = line.pico ?? base[meter]?.pico
    if (pico === undefined) throw wrongPrice(line.field, 'needs the price below its threshold as well')
    merged[meter] = toUnitPrice(pico, line.tiers)
  }
  return merged
}

export const searchField = 'search_context_cost_per_query'
const fieldMeters: Readonly<Record<string, Meter>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cacheRead',
  input_cost_per_token_cache_hit: 'cacheRead',
  cache_creation_input_token_cost: 'cacheWrite',
  cache_creation_input_token_cost_above_1hr: 'cacheWrite1h',
  output_cost_per_reasoning_token: 'reasoning',
  input_cost_per_audio_token: 'inputAudio',
  cache_read_input_audio_token_cost: 'cacheReadAudio',
  output_cost_per_audio_token: 'outputAudio',
  input_cost_per_image_token: 'inputImage',
  cache_read_input_image_token_cost: 'cacheReadImage',
  output_cost_per_image_token: 'outputImage',
  input_cost_per_request: 'calls',
  input_cost_per_query: 'calls',
  input_cost_per_second: 'seconds',
  output_cost_per_second: 'seconds',
  input_cost_per_image: 'images',
  output_cost_per_image: 'images',
  input_cost_per_pixel: 'pixels',
  output_cost_per_pixel: 'pixels',
  input_cost_per_character: 'characters',
  output_cost_per_character: 'characters',
  [searchField]: 'searches',
}

/** LiteLLM prices a search by how much of the web is read for it; vendors that sell all alike have one price. null: several, or none. */
export function searchPrice(value: Json | undefined): Json | null {
  const [price, ...others] = new Set(Object.values(objectOf(value) ?? {}))
  return price === undefined || others.length > 0 ? null : price
}

/** Is this a price field that has a meter? */
export const hasMeter = (field: string): boolean => matchField(field) !== null

function matchField(field: string): { readonly meter: Meter; readonly aboveInputTokens: number | null } | null {
  const flat = Object.hasOwn(fieldMeters, field) ? fieldMeters[field] : undefined
  if (flat !== undefined) return { meter: flat, aboveInputTokens: null }
  const [, name = '', thousands = ''] = /^(\w+)_above_(\d{1,6})k_tokens$/.exec(field) ?? []
  const tiered = Object.hasOwn(fieldMeters, name) ? fieldMeters[name] : undefined
  return tiered === undefined || unitMeters.includes(tiered) ? null : { meter: tiered, aboveInputTokens: Number(thousands) * 1000 }
}
