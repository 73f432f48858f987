// Counts, durations, times and ranges as people read them.
// Promises: zone and daylight saving are part of the cases.

import { describe, expect, it } from 'vitest'
import { bucketStart, bucketsBetween } from '../../gateway/kit/calendar.ts'
import { formatBucket, formatDay, formatExact, formatMoment, formatMs, formatRelative, formatSpan, formatTokens, plural } from '../../renderer/lib/format.ts'
import { customSpan, daySpan, describeSpan, previousSpan, rollingStartMs, toDateText } from '../../renderer/lib/ranges.ts'

const at = (text: string): number => Date.parse(text)

describe('figures', () => {
  it.each([
    [0, '0 ms'],
    [0.001, '< 0.01 ms'],
    [0.42, '0.42 ms'],
    [6.4, '6.4 ms'],
    [842, '842 ms'],
    [999.6, '1 s'],
    [3200, '3.2 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d ms reads %s', (durationMs, shown) => {
    expect(formatMs(durationMs)).toBe(shown)
  })

  it.each([
    [0, '0'],
    [842, '842'],
    [12_400, '12.4k'],
    [999_950, '1M'],
    [3_100_000, '3.1M'],
  ])('%d tokens read %s', (tokens, shown) => {
    expect(formatTokens(tokens)).toBe(shown)
  })

  it('gives a count its noun', () => {
    expect(plural(1, 'request', 'requests')).toBe('1 request')
    expect(plural(1204, 'request', 'requests')).toBe('1,204 requests')
  })
})

describe('times', () => {
  const noon = at('2026-11-21T11:00:00Z')
  it('shows only the clock today and the date before', () => {
    expect(formatMoment(at('2026-11-21T10:03:11Z'), noon, 'Europe/Berlin')).toBe('11:03:11')
    expect(formatMoment(at('2026-11-20T22:30:00Z'), noon, 'Europe/Berlin')).toBe('20 Nov 23:30')
    expect(formatMoment(at('2026-11-20T23:30:00Z'), noon, 'Europe/Berlin')).toBe('00:30:00')
  })

  it('names the offset in exact times', () => {
    expect(formatExact(noon, 'Europe/Berlin')).toBe('21 Nov 2026, 12:00:00 GMT+01:00')
    expect(formatExact(noon, 'Pacific/Auckland')).toBe('22 Nov 2026, 00:00:00 GMT+13:00')
  })

  it.each([
    [-20_000, 'just now'],
    [-180_000, '3 min ago'],
    [-7_200_000, '2 hours ago'],
    [-5 * 86_400_000, '5 days ago'],
    [5 * 86_400_000, 'in 5 days'],
    [5 * 86_400_000 - 1000, 'in 5 days'],
    [30_000, 'in under a minute'],
  ])('%d ms from now reads %s', (differenceMs, shown) => {
    expect(formatRelative(noon + differenceMs, noon)).toBe(shown)
  })

  it('words spans with the end left out', () => {
    expect(formatSpan(at('2026-10-31T23:00:00Z'), at('2026-11-30T23:00:00Z'), 'Europe/Berlin')).toBe('1–30 Nov 2026')
    expect(formatDay(noon, 'UTC')).toBe('21 Nov 2026')
    expect(formatBucket(noon, 'Europe/Berlin', 'hour')).toBe('12:00')
    expect(formatBucket(noon, 'Europe/Berlin', 'day')).toBe('21 Nov')
  })
})

describe('ranges', () => {
  it('begin at midnight of the zone, also when the clocks change in between', () => {
    const span = daySpan('month', at('2026-10-27T12:00:00Z'), 'Europe/Berlin')
    expect(new Date(span.fromMs).toISOString()).toBe('2026-09-30T22:00:00.000Z')
    expect(new Date(span.toMs).toISOString()).toBe('2026-10-27T23:00:00.000Z')
  })

  it('count today as the last of seven days', () => {
    const span = daySpan('7d', at('2026-11-21T11:00:00Z'), 'Pacific/Auckland')
    expect(toDateText(span.fromMs, 'Pacific/Auckland')).toBe('2026-11-16')
    expect(toDateText(span.toMs, 'Pacific/Auckland')).toBe('2026-11-23')
  })

  it('end the last month where this one begins', () => {
    const nowMs = at('2026-01-15T00:00:00Z')
    const last = daySpan('last-month', nowMs, 'UTC')
    expect(describeSpan(last, 'UTC')).toBe('1–31 Dec 2025, UTC')
    expect(last.toMs).toBe(daySpan('month', nowMs, 'UTC').fromMs)
  })

  it('include both days of a custom range and refuse nonsense', () => {
    const span = customSpan('2026-11-01', '2026-11-30', 'Europe/Berlin')
    expect(span === null ? null : describeSpan(span, 'Europe/Berlin')).toBe('1–30 Nov 2026, Europe/Berlin')
    expect(customSpan('2026-11-30', '2026-11-01', 'UTC')).toBeNull()
    expect(customSpan('', '2026-11-01', 'UTC')).toBeNull()
  })

  it('compare with the same length right before', () => {
    expect(previousSpan({ fromMs: 100, toMs: 150 })).toEqual({ fromMs: 50, toMs: 100 })
    expect(rollingStartMs('1h', 7_200_000)).toBe(3_600_000)
    expect(rollingStartMs('all', 7_200_000)).toBeNull()
  })

  it.each([
    ['UTC', '2026-11-21T12:00:00.000Z'],
    ['America/New_York', '2026-11-21T12:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-21T11:30:00.000Z'],
    ['Asia/Kathmandu', '2026-11-21T12:15:00.000Z'],
    ['America/St_Johns', '2026-11-21T11:30:00.000Z'],
  ])('align twenty-four hours to whole hours of the clock in %s', (zone, end) => {
    const span = daySpan('24h', at('2026-11-21T11:20:00Z'), zone)
    expect(new Date(span.toMs).toISOString()).toBe(end)
    expect(span.toMs - span.fromMs).toBe(86_400_000)
    expect(bucketsBetween(span.fromMs, span.toMs, 'hour', zone)).toHaveLength(24)
  })

  it.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    // Midnight is skipped.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z'],
    ['America/Asuncion', '2023-10-01', '2023-10-01T04:00:00.000Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z'],
    ['America/Toronto', '1919-03-31', '1919-03-31T04:30:00.000Z'],
    // Midnight comes twice.
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-01', '2026-10-31T18:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-01', '2026-10-31T10:00:00.000Z'],
  ])('begin in %s on %s with its first instant', (zone, day, start) => {
    const startMs = customSpan(day, day, zone)?.fromMs ?? 0
    expect(new Date(startMs).toISOString()).toBe(start)
    expect(startMs).toBe(bucketStart(startMs, 'day', zone))
  })
})
