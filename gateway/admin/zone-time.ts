// Times as people and spreadsheets write them, in the ledger's zone or one they name.
// Promises: ISO 8601 with the zone's offset at that very instant; a date means its first instant, also where midnight is skipped.
// Leaves alone: budget periods and buckets (kit/calendar.ts).

import { refuse } from '../contract/errors.ts'
import { bucketStart, bucketsBetween, firstInstantAt, offsetAt } from '../kit/calendar.ts'

const minuteMs = 60_000
const wallPattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/
const epochPattern = /^\d{1,14}$/

/** `2026-11-21T03:30:31.123+01:00`. */
export function toZonedText(atMs: number, zone: string): string {
  const offset = offsetAt(atMs, zone)
  const minutes = Math.round(Math.abs(offset) / minuteMs)
  const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  return `${new Date(atMs + offset).toISOString().slice(0, -1)}${offset < 0 ? '-' : '+'}${clock}`
}

/** `2026-11-21`, the zone's own date. */
export function toDateText(atMs: number, zone: string): string {
  return new Date(atMs + offsetAt(atMs, zone)).toISOString().slice(0, 10)
}

/** Reads epoch milliseconds, a date, or an ISO time (with an offset, else in `zone`). @throws GatewayError invalid_request naming the parameter */
export function readTime(text: string, zone: string, param: string): number {
  const atMs = epochPattern.test(text) ? Number(text) : readWall(text, zone)
  if (atMs === null || !Number.isFinite(atMs)) {
    throw refuse('invalid_request', { reason: `${param} must be a date (2026-11-01), an ISO time, or epoch milliseconds.` }, { param })
  }
  return atMs
}

/** The first instant of the day after the one that holds `atMs`. */
export function endOfDay(atMs: number, zone: string): number {
  return bucketEnd(bucketStart(atMs, 'day', zone), 'day', zone)
}

/** Where the bucket that starts at `startMs` ends. */
export function bucketEnd(startMs: number, grain: 'hour' | 'day', zone: string): number {
  // No bucket is longer than 25 hours, so the second one in this window starts where the first ends.
  const [, next] = bucketsBetween(startMs, startMs + 26 * 60 * minuteMs, grain, zone)
  return next ?? startMs
}

/** @throws GatewayError invalid_request */
export function checkZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch (error) {
    throw refuse('invalid_request', { reason: `zone must be an IANA time zone such as Europe/Berlin, not ${zone.slice(0, 60)}.` }, { param: 'zone' }, error)
  }
}

function readWall(text: string, zone: string): number | null {
  const match = wallPattern.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((digits) => Number(digits ?? 0))
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second, Number((match[7] ?? '0').padEnd(3, '0').slice(0, 3)))
  // 31 February would silently become 3 March.
  if (new Date(wallMs).getUTCDate() !== day || month > 12 || hour > 23 || minute > 59 || second > 59) return null
  const offset = match[8]
  return offset === undefined ? firstInstantAt(wallMs, zone) : wallMs - readOffset(offset)
}

function readOffset(text: string): number {
  if (text === 'Z') return 0
  const digits = text.replace(':', '')
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))
  return (text.startsWith('-') ? -minutes : minutes) * minuteMs
}
