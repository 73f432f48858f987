// Time windows of the panel's sums: whole hours or days of the ledger's zone, and the preceding window of equal length.
// Promises: edges lie on buckets, so roll-ups answer exactly what an export of the same range adds up to.
// Leaves alone: what is summed.

import { refuse } from '../contract/errors.ts'
import { bucketStart, bucketsBetween } from '../kit/calendar.ts'
import { bucketEnd } from './zone-time.ts'

export type Grain = 'hour' | 'day'
export interface Window {
  readonly fromMs: number
  readonly toMs: number
  readonly grain: Grain
}

const hourMs = 3_600_000
const bucketsMax = 2000

/** Widens a range to whole buckets. @throws GatewayError invalid_request when it is empty or has too many */
export function alignWindow(range: Window, zone: string): Window {
  const { fromMs, toMs, grain } = range
  const longestMs = bucketsMax * (grain === 'hour' ? hourMs : 24 * hourMs)
  if (toMs <= fromMs || toMs - fromMs > longestMs) {
    throw refuse('invalid_request', { reason: `The range must have 1 to ${bucketsMax} ${grain}s.` }, { param: 'from' })
  }
  return { fromMs: bucketStart(fromMs, grain, zone), toMs: bucketEnd(bucketStart(toMs - 1, grain, zone), grain, zone), grain }
}

/** Equal in milliseconds. Days of 23 or 25 hours can move its edges off a day, never off an hour: so it is summed by hours. */
export function precedingWindow({ fromMs, toMs }: Window, zone: string): Window {
  return { fromMs: bucketStart(fromMs - (toMs - fromMs), 'hour', zone), toMs: fromMs, grain: 'hour' }
}

/** The window of `count` hours or days that ends with the current one. */
export function currentWindow(count: number, grain: Grain, at: { readonly nowMs: number; readonly zone: string }): Window {
  const { nowMs, zone } = at
  let fromMs = bucketStart(nowMs, grain, zone)
  const toMs = bucketEnd(fromMs, grain, zone)
  for (let step = 1; step < count; step += 1) fromMs = bucketStart(fromMs - 1, grain, zone)
  return { fromMs, toMs, grain }
}

export const bucketsOf = ({ fromMs, toMs, grain }: Window, zone: string): readonly number[] => bucketsBetween(fromMs, toMs, grain, zone)
