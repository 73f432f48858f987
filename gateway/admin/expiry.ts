// When a key with LiteLLM's `duration` expires: exactly now plus the duration, not aligned to any calendar.
// Promises: months end on the same day of a later month, or on its last day when it is shorter. UTC throughout.
// Leaves alone: budget periods, which are calendar-aligned (kit/calendar.ts).

import { refuse } from '../contract/errors.ts'

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const latestMs = Date.UTC(9999, 0)

/** `text` is `<n>s|m|h|d|w|mo`. @throws GatewayError invalid_request */
export function expiryAt(text: string, nowMs: number): number {
  const match = /^(\d{1,9})(s|m|h|d|w|mo)$/.exec(text)
  const count = Number(match?.[1] ?? Number.NaN)
  const unit = match?.[2] ?? ''
  const atMs = unit === 'mo' ? addMonths(nowMs, count) : nowMs + count * (units[unit] ?? Number.NaN)
  if (!(count >= 1) || !(atMs < latestMs))
    throw refuse('invalid_request', { reason: 'duration must be like 30s, 15m, 12h, 30d, 2w or 1mo.' }, { param: 'duration' })
  return atMs
}

function addMonths(nowMs: number, count: number): number {
  const now = new Date(nowMs)
  const month = now.getUTCMonth() + count
  const lastDay = new Date(Date.UTC(now.getUTCFullYear(), month + 1, 0)).getUTCDate()
  return Date.UTC(now.getUTCFullYear(), month, Math.min(now.getUTCDate(), lastDay)) + (nowMs % 86_400_000)
}
