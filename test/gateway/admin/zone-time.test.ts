// Times as people write them, read in a zone: dates, ISO times, epoch milliseconds; and expiry dates.

import { describe, expect, test } from 'vitest'
import { expiryAt } from '../../../gateway/admin/expiry.ts'
import { alignWindow, currentWindow, precedingWindow } from '../../../gateway/admin/spend-windows.ts'
import { checkZone, endOfDay, readTime, toDateText, toZonedText } from '../../../gateway/admin/zone-time.ts'

const iso = (atMs: number): string => new Date(atMs).toISOString()
const hourMs = 3_600_000

describe('reading a time', () => {
  test.each([
    ['2026-11-01', 'Europe/Berlin', '2026-10-31T23:00:00.000Z'],
    ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
    ['2026-11-01T10:30', 'America/New_York', '2026-11-01T15:30:00.000Z'],
    ['2026-11-01 10:30:15', 'UTC', '2026-11-01T10:30:15.000Z'],
    ['2026-11-01T10:30:15.1234Z', 'Europe/Berlin', '2026-11-01T10:30:15.123Z'],
    ['2026-11-01T10:30:15+05:30', 'Europe/Berlin', '2026-11-01T05:00:15.000Z'],
    ['1793491200000', 'Europe/Berlin', iso(1793491200000)],
    // Midnight of 2026-09-06 does not exist in Santiago: the day begins at 01:00.
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ])('%s in %s', (text, zone, expected) => {
    expect(iso(readTime(text, zone, 'from'))).toBe(expected)
  })

  test.each(['', 'yesterday', '2026-13-01', '2026-02-31', '2026-11-01T25:00', '2026-11-1', '-5', '1e3'])('refuses %j by the name of its parameter', (text) => {
    expect(() => readTime(text, 'UTC', 'end_date')).toThrow('end_date')
  })

  test('a written time is read back', () => {
    for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe']) {
      for (let atMs = Date.UTC(2026, 0); atMs < Date.UTC(2027, 0); atMs += 37 * hourMs + 12_345) {
        expect(readTime(toZonedText(atMs, zone), 'UTC', 'at')).toBe(atMs)
        expect(toDateText(readTime(toDateText(atMs, zone), zone, 'at'), zone)).toBe(toDateText(atMs, zone))
      }
    }
  })

  test('a day of 25 hours ends 25 hours later', () => {
    const start = readTime('2026-10-25', 'Europe/Berlin', 'from')
    expect(endOfDay(start, 'Europe/Berlin') - start).toBe(25 * hourMs)
  })

  test('an unknown zone is refused', () => {
    expect(() => checkZone('Mars/Olympus')).toThrow('zone')
    expect(checkZone('Europe/Berlin')).toBe('Europe/Berlin')
  })
})

describe('windows of sums', () => {
  const zone = 'Europe/Berlin'
  test('a range is widened to whole days', () => {
    const window = alignWindow(
      { fromMs: readTime('2026-11-03T15:00', zone, 'from'), toMs: readTime('2026-11-05T00:00:00.001', zone, 'to'), grain: 'day' },
      zone,
    )
    expect([iso(window.fromMs), iso(window.toMs)]).toEqual(['2026-11-02T23:00:00.000Z', '2026-11-05T23:00:00.000Z'])
    expect(alignWindow(window, zone)).toEqual(window)
  })

  test('24h is the current hour and the 23 before it, and is compared with the 24 before those', () => {
    const window = currentWindow(24, 'hour', { nowMs: readTime('2026-11-21T09:30', zone, 'now'), zone })
    expect([iso(window.fromMs), iso(window.toMs)]).toEqual(['2026-11-20T09:00:00.000Z', '2026-11-21T09:00:00.000Z'])
    expect(precedingWindow(window, zone)).toMatchObject({ fromMs: window.fromMs - 24 * hourMs, toMs: window.fromMs })
  })

  test('7d begins at a midnight also across a change of the clock', () => {
    const window = currentWindow(7, 'day', { nowMs: readTime('2026-10-28T12:00', zone, 'now'), zone })
    expect(iso(window.fromMs)).toBe('2026-10-21T22:00:00.000Z')
    expect(window.toMs - window.fromMs).toBe(7 * 24 * hourMs + hourMs)
  })

  test.each([
    [5, 5],
    [5, 4],
    [0, 3000 * 24 * hourMs],
  ])('the range %d to %d is refused', (fromMs, toMs) => {
    expect(() => alignWindow({ fromMs, toMs, grain: 'day' }, 'UTC')).toThrow('range')
  })
})

describe('a key’s duration', () => {
  const at = Date.UTC(2026, 0, 31, 12, 30, 15)
  test.each([
    ['30s', '2026-01-31T12:30:45.000Z'],
    ['15m', '2026-01-31T12:45:15.000Z'],
    ['12h', '2026-02-01T00:30:15.000Z'],
    ['30d', '2026-03-02T12:30:15.000Z'],
    ['2w', '2026-02-14T12:30:15.000Z'],
    ['1mo', '2026-02-28T12:30:15.000Z'],
    ['2mo', '2026-03-31T12:30:15.000Z'],
    ['25mo', '2028-02-29T12:30:15.000Z'],
  ])('%s is counted exactly from now', (text, expected) => {
    expect(iso(expiryAt(text, at))).toBe(expected)
  })

  test.each(['', '0s', '5', 'd', '1y', '-1', '1.5h', '999999999mo', '999999999w'])('%j is refused', (text) => {
    expect(() => expiryAt(text, at)).toThrow('duration')
  })
})
