// How much of a call the scopes can pay for: all of it, fewer output tokens, or nothing.
// Promises: settled + held + hold never passes a limit, and a capped hold uses what the tightest scope has left. Pure.
// Leaves alone: where the amounts are kept.

import { nanoUsd, picoPerNano, priceOf, type NanoUsd } from '../contract/money.ts'
import type { Exposure } from '../contract/price.ts'

export interface Wish {
  readonly exposure: Exposure | null
  readonly outputTokensFloor: number
}
/** `at`: position of the first scope that refuses. */
export type Fit =
  | { readonly kind: 'fits'; readonly holdNanoUsd: NanoUsd; readonly outputTokensMax: number }
  | { readonly kind: 'refused'; readonly at: number; readonly neededNanoUsd: NanoUsd }

const nothing = nanoUsd(0)

/** `left`: what each scope still has (may be negative after a vendor overran a hold), null where nothing limits it. */
export function fitHold(wish: Wish, left: readonly (bigint | null)[]): Fit {
  const { exposure } = wish
  if (exposure === null) {
    const at = left.findIndex((amount) => amount !== null)
    return at < 0 ? { kind: 'fits', holdNanoUsd: nothing, outputTokensMax: 0 } : { kind: 'refused', at, neededNanoUsd: nothing }
  }
  const full = costOf(exposure, exposure.outputTokensMax)
  // What costs nothing never overspends, so a free model answers even where a budget is used up.
  if (full === 0n || left.every((amount) => amount === null || full <= amount))
    return { kind: 'fits', holdNanoUsd: full, outputTokensMax: exposure.outputTokensMax }
  const floor = Math.min(Math.max(1, wish.outputTokensFloor), exposure.outputTokensMax)
  const least = costOf(exposure, floor)
  const at = left.findIndex((amount) => amount !== null && least > amount)
  if (at >= 0) return { kind: 'refused', at, neededNanoUsd: full }
  const outputTokensMax = tokensFor(exposure, tightest(left))
  return { kind: 'fits', holdNanoUsd: costOf(exposure, outputTokensMax), outputTokensMax }
}

function costOf(exposure: Exposure, outputTokens: number): NanoUsd {
  return nanoUsd(exposure.inputNanoUsd + priceOf(outputTokens, exposure.outputPico))
}

/** The most tokens whose cost, rounded up, fits. The full count does not fit and the least does, so the rate is above zero. */
function tokensFor(exposure: Exposure, amount: bigint): number {
  return Number(((amount - exposure.inputNanoUsd) * picoPerNano) / exposure.outputPico)
}

function tightest(left: readonly (bigint | null)[]): bigint {
  let least: bigint | null = null
  for (const amount of left) if (amount !== null && (least === null || amount < least)) least = amount
  return least ?? 0n
}
