// What each attempt costs, from what it used and the prices pinned to it. Pure.
// Promises: exact integers, one rounding up per meter line; what has no known price is flagged, never silently free; never throws.
// Leaves alone: budgets, holds, rows (record).

import { nanoUsd, priceOf, type NanoUsd } from '../contract/money.ts'
import { rateOf, type Bill, type BillLine, type PriceCard } from '../contract/price.ts'
import { meters, promptTokens, type Meter, type Usage } from '../contract/usage.ts'

export interface SettleItem {
  /** null: the vendor owes no bill. */
  readonly usage: Usage | null
  /** null: no price was known when the attempt was opened. */
  readonly price: PriceCard | null
}

/** One bill per attempt, in order. */
export function settle(attempts: readonly SettleItem[]): readonly Bill[] {
  return attempts.map(({ usage, price }) => {
    if (usage === null) return { costNanoUsd: nanoUsd(0), lines: [], provenance: 'reported', unpriced: false }
    if (price === null) return { costNanoUsd: nanoUsd(0), lines: [], provenance: usage.provenance, unpriced: true }
    return billOf(usage, price)
  })
}

/** A meter without a rate leaves its line out and flags the bill: what is known is charged, what is not shows. */
function billOf(usage: Usage, price: PriceCard): Bill {
  const prompt = promptTokens(usage.meters)
  const lines: BillLine[] = []
  let total = 0n
  let unpriced = false
  for (const meter of meters) {
    const units = unitsOf(usage, price, meter)
    if (units === 0) continue
    const pico = rateOf(price, meter, prompt)
    if (pico === null) {
      unpriced = true
      continue
    }
    const costNanoUsd: NanoUsd = priceOf(units, pico)
    total += costNanoUsd
    lines.push({ meter, units, pico, costNanoUsd })
  }
  return { costNanoUsd: nanoUsd(total), lines, provenance: usage.provenance, unpriced }
}

/** Whole units, parts counting as one. Vendors do not report calls: an attempt that is billed is one. */
function unitsOf(usage: Usage, price: PriceCard, meter: Meter): number {
  const units = usage.meters[meter] ?? (meter === 'calls' && price.prices.calls !== undefined ? 1 : 0)
  return Number.isFinite(units) && units > 0 ? Math.ceil(units) : 0
}
