// Unit prices as they are pinned to an attempt, and the bill that follows from them.
// Promises: a card is immutable; its `digest` names its content, so a ledger row can be recomputed years later.
// Leaves alone: where prices come from (gateway/prices).

import { picoUsd, type NanoUsd, type PicoUsd } from './money.ts'
import { unitMeters, type Meter, type Provenance } from './usage.ts'

/** The rate above (not at) `aboveInputTokens` prompt tokens; it then applies to every unit of the call (how vendors tier). */
export interface PriceTier {
  readonly aboveInputTokens: number
  readonly pico: PicoUsd
}
export interface UnitPrice {
  readonly pico: PicoUsd
  /** Ascending by `aboveInputTokens`; empty for a flat price. */
  readonly tiers: readonly PriceTier[]
}
/** bundled: genai-prices · imported: a price file · deployment / model: an override by the admin · declared: a local engine or a model that its vendor gives away, free by declaration. */
export type PriceSource = 'bundled' | 'imported' | 'deployment' | 'model' | 'declared'
export interface PriceCard {
  /** SHA-256 (hex) over source, note and prices: equal cards are one ledger row. */
  readonly digest: string
  readonly source: PriceSource
  /** Where it was taken from, for people: "genai-prices 0.1.8 openai/gpt-4o". */
  readonly note: string
  readonly prices: Readonly<Partial<Record<Meter, UnitPrice>>>
}

/** Meters priced like a base meter when their own line is missing, nearest first: vendors list only the rates that differ. */
const fallbacks: Readonly<Record<Meter, readonly Meter[]>> = {
  input: [],
  cacheRead: ['input'],
  cacheWrite: ['input'],
  cacheWrite1h: ['cacheWrite', 'input'],
  inputAudio: ['input'],
  cacheReadAudio: ['cacheRead', 'input'],
  inputImage: ['input'],
  cacheReadImage: ['cacheRead', 'inputImage', 'input'],
  output: [],
  reasoning: ['output'],
  outputAudio: ['output'],
  outputImage: ['output'],
  calls: [],
  seconds: [],
  images: [],
  pixels: [],
  characters: [],
  searches: [],
}

/**
 * The rate of one unit in a call with this many prompt tokens (cached ones included): the line of the meter or of its base meter, at the highest
 * tier whose threshold the prompt exceeds. null: the card has no line a token meter could use, though it sells tokens. Most models are not sold by whole
 * units: no line for one means that it costs nothing, not that its price is unknown.
 */
export function rateOf(card: PriceCard, meter: Meter, promptTokens: number): PicoUsd | null {
  const line = lineFor(card, meter)
  if (line === undefined) return isIncluded(card, meter) ? picoUsd(0) : null
  return line.tiers.findLast((tier) => promptTokens > tier.aboveInputTokens)?.pico ?? line.pico
}

function lineFor({ prices }: Pick<PriceCard, 'prices'>, meter: Meter): UnitPrice | undefined {
  const own = prices[meter]
  const base = own === undefined ? fallbacks[meter].find((candidate) => prices[candidate] !== undefined) : undefined
  return base === undefined ? own : prices[base]
}

/** The card has no line for it, which means that it costs nothing. */
export const isIncluded = (card: Pick<PriceCard, 'prices'>, meter: Meter): boolean =>
  lineFor(card, meter) === undefined && (unitMeters.includes(meter) || isSoldOtherwise(card))

/** By calls, seconds, images, pixels or characters alone: what is used of tokens is included. Searches are sold beside tokens, never in their place. */
export const isSoldOtherwise = ({ prices }: Pick<PriceCard, 'prices'>): boolean => {
  const lines = Object.keys(prices)
  return lines.length > 0 && lines.every((line) => line !== 'searches' && unitMeters.some((meter) => meter === line))
}

/** Nothing on it costs anything, at any size. */
export const isFree = (card: PriceCard): boolean => Object.values(card.prices).every(isFreeLine)
export const isFreeLine = (line: UnitPrice): boolean => line.pico === 0n && line.tiers.every((tier) => tier.pico === 0n)

export interface BillLine {
  readonly meter: Meter
  readonly units: number
  /** The rate used, after tier and fall-back to a base meter. */
  readonly pico: PicoUsd
  readonly costNanoUsd: NanoUsd
}
/** What one attempt costs. `unpriced`: there was no card, the cost is zero because unknown, and every report says so. */
export interface Bill {
  readonly costNanoUsd: NanoUsd
  readonly lines: readonly BillLine[]
  readonly provenance: Provenance
  readonly unpriced: boolean
}

/** The worst a call can cost with one candidate: everything but output, and the dearest rate of one output token. */
export interface Exposure {
  readonly inputNanoUsd: NanoUsd
  readonly outputPico: PicoUsd
  /** Most output tokens of the whole call (all choices), before the budget has its say. */
  readonly outputTokensMax: number
}
