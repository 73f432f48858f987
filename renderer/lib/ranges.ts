// Time ranges of the panel: their names, and the instants they mean in the gateway's zone.
// Promises: day ranges begin at midnight of that zone, also across daylight saving; ends are exclusive.
// Leaves alone: what is counted inside (the gateway).

import { formatSpan } from './format.ts'

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}
export const requestRanges = ['15m', '1h', '24h', '7d', '30d', 'all'] as const
export type RequestRange = (typeof requestRanges)[number]
export const spendRanges = ['24h', 'today', '7d', '30d', 'month', 'last-month', 'custom'] as const
export type SpendRange = (typeof spendRanges)[number]

export const rangeNames: Readonly<Record<RequestRange | SpendRange, string>> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  all: 'All time',
  today: 'Today',
  month: 'This month',
  'last-month': 'Last month',
  custom: 'Custom',
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const halfDayMs = 12 * hourMs
const backMs: Readonly<Record<RequestRange, number | null>> = {
  '15m': 15 * minuteMs,
  '1h': 60 * minuteMs,
  '24h': 1440 * minuteMs,
  '7d': 7 * 1440 * minuteMs,
  '30d': 30 * 1440 * minuteMs,
  all: null,
}
/** Start of a rolling range; null = everything. Rolling ranges have no end, so new requests keep appearing. */
export function rollingStartMs(range: RequestRange, nowMs: number): number | null {
  const back = backMs[range]
  return back === null ? null : nowMs - back
}

/**
 * Whole days in the zone (whole hours of its clock for 24h), up to and with today: a period that still runs ends tonight, so that the one before it
 * has the same length.
 */
export function daySpan(range: Exclude<SpendRange, 'custom'>, nowMs: number, zone: string): Span {
  if (range === '24h') {
    const offset = offsetMs(nowMs, zone)
    const toMs = Math.ceil((nowMs + offset) / hourMs) * hourMs - offset
    return { fromMs: toMs - 24 * hourMs, toMs }
  }
  const today = dateIn(nowMs, zone)
  const tomorrowMs = startOfDayMs({ ...today, day: today.day + 1 }, zone)
  const from = (date: CalendarDate): Span => ({ fromMs: startOfDayMs(date, zone), toMs: tomorrowMs })
  if (range === 'today') return from(today)
  if (range === '7d') return from({ ...today, day: today.day - 6 })
  if (range === '30d') return from({ ...today, day: today.day - 29 })
  if (range === 'month') return from({ ...today, day: 1 })
  return { fromMs: startOfDayMs({ year: today.year, month: today.month - 1, day: 1 }, zone), toMs: startOfDayMs({ ...today, day: 1 }, zone) }
}

/** From two `2026-11-01` texts, both days included. null when they are not dates or the wrong way round. */
export function customSpan(first: string, last: string, zone: string): Span | null {
  const from = readDate(first)
  const to = readDate(last)
  if (from === null || to === null) return null
  const span = { fromMs: startOfDayMs(from, zone), toMs: startOfDayMs({ ...to, day: to.day + 1 }, zone) }
  return span.toMs > span.fromMs ? span : null
}

/** `2026-11-01` in the zone, for date fields. */
export function toDateText(atMs: number, zone: string): string {
  const { year, month, day } = dateIn(atMs, zone)
  return `${String(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The preceding span of equal length, as the gateway compares. */
export function previousSpan(span: Span): Span {
  return { fromMs: span.fromMs - (span.toMs - span.fromMs), toMs: span.fromMs }
}

export function describeSpan(span: Span, zone: string): string {
  return `${formatSpan(span.fromMs, span.toMs, zone)}, ${zone}`
}

interface CalendarDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

function readDate(text: string): CalendarDate | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return match === null ? null : { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }
}

function dateIn(atMs: number, zone: string): CalendarDate {
  const local = new Date(atMs + offsetMs(atMs, zone))
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() }
}

/** The first instant at which the zone's clock shows the date; where midnight is skipped, the change of the clock. */
function startOfDayMs(date: CalendarDate, zone: string): number {
  const wallMs = Date.UTC(date.year, date.month - 1, date.day)
  const guessMs = wallMs - offsetMs(wallMs, zone)
  const before = offsetMs(guessMs - halfDayMs, zone)
  const after = offsetMs(guessMs + halfDayMs, zone)
  if (offsetMs(wallMs - before, zone) === before) return wallMs - before
  return Math.max(wallMs - after, changeBetween(guessMs - halfDayMs, guessMs + halfDayMs, zone))
}

/** The first instant after `early` with the offset of `late`, to the second. */
function changeBetween(early: number, late: number, zone: string): number {
  const after = offsetMs(late, zone)
  let low = Math.floor(early / 1000)
  let high = Math.ceil(late / 1000)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetMs(middle * 1000, zone) === after) high = middle
    else low = middle
  }
  return high * 1000
}

function offsetMs(atMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(atMs)
  const value = (type: string): number => Number(parts.find((piece) => piece.type === type)?.value ?? '0')
  const wallMs = Date.UTC(value('year'), value('month') - 1, value('day'), value('hour'), value('minute'), value('second'))
  return wallMs - Math.floor(atMs / 1000) * 1000
}
