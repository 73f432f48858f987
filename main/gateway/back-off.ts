// How long to wait before the next start. Promises: doubles with each crash in a row, stays between its bounds, and is not the same on every machine.
// Leaves alone: counting crashes.

export interface BackOff {
  readonly firstMs: number
  readonly mostMs: number
  /** From 0 to below 1. */
  readonly random: () => number
}

/** @param crashes in a row, this one included; from 1 */
export function backOffMs(crashes: number, { firstMs, mostMs, random }: BackOff): number {
  const planned = Math.min(mostMs, firstMs * 2 ** (crashes - 1))
  // A quarter to either side: several apps on one machine do not start in step.
  return Math.round(Math.min(mostMs, Math.max(firstMs, planned * (0.75 + random() / 2))))
}
