// Turns unit prices into a price card with its digest.
// Promises: equal source, note and prices give equal digests, whatever order they were found in; tiers ascend.
// Leaves alone: where the prices come from.

import { createHash } from 'node:crypto'
import type { PriceCard, PriceSource, PriceTier, UnitPrice } from '../contract/price.ts'
import { picoUsd, type PicoUsd } from '../contract/money.ts'
import type { Prices } from '../contract/prices.ts'
import { meters } from '../contract/usage.ts'

export function sealCard(source: PriceSource, note: string, prices: Prices): PriceCard {
  const digest = createHash('sha256')
    .update(canonicalText(source, note, prices))
    .digest('hex')
  return Object.freeze({ digest, source, note, prices: Object.freeze({ ...prices }) })
}

export function toUnitPrice(pico: PicoUsd, tiers: readonly PriceTier[] = []): UnitPrice {
  return { pico, tiers: [...tiers].sort((left, right) => left.aboveInputTokens - right.aboveInputTokens) }
}

/** Every rate raised by so many percent, never rounded down. */
export function surcharged(prices: Prices, percent: number): Prices {
  const raise = (pico: PicoUsd): PicoUsd => picoUsd((pico * BigInt(100 + percent) + 99n) / 100n)
  const lines = Object.entries(prices).map(([meter, { pico, tiers }]) => [
    meter,
    { pico: raise(pico), tiers: tiers.map((tier) => ({ ...tier, pico: raise(tier.pico) })) },
  ])
  return Object.fromEntries(lines) as Prices
}

/** Every meter in the contract's order, amounts as decimal text: JSON has no bigint, and key order must not matter. */
function canonicalText(source: PriceSource, note: string, prices: Prices): string {
  const lines = meters.flatMap((meter) => {
    const line = prices[meter]
    return line === undefined ? [] : [[meter, line.pico.toString(), line.tiers.map((tier) => [tier.aboveInputTokens, tier.pico.toString()])]]
  })
  return JSON.stringify({ source, note, prices: lines })
}
