// Turns an answer about spend into what a chart draws and a table shows: series, colours, labels, one sentence.
// Promises: at most seven series and Other; a member keeps its colour on every page; figures in text come from exact amounts.
// Leaves alone: drawing (ui/column-chart).

import type { PanelSpend } from '../../gateway/contract/panel.ts'
import { formatCount, formatSpan } from './format.ts'
import { changeOf, formatUsd, sumUsd, toChartUsd } from './money.ts'

export const seriesMax = 7
export type Measure = 'cost' | 'requests'
/** 1 to 7 name a palette colour; 0 is Other. */
export type Slot = number

export interface Series {
  readonly member: string
  readonly label: string
  readonly slot: Slot
  /** Column heights, one per bucket. */
  readonly heights: readonly number[]
  /** The same as text. */
  readonly texts: readonly string[]
}
export interface SpendChart {
  readonly buckets: readonly number[]
  readonly series: readonly Series[]
  /** Totals per bucket, as text. */
  readonly totals: readonly string[]
  readonly totalHeights: readonly number[]
  /** Totals of the period before, bucket by bucket, both ending together; null when not compared. */
  readonly before: readonly number[] | null
  /** Index of the bucket that is still running; -1 when none is. */
  readonly running: number
  readonly members: number
  readonly summary: string
}
export interface ChartFrame {
  readonly measure: Measure
  readonly nowMs: number
  readonly before: PanelSpend | null
}

export function prepareSpendChart(spend: PanelSpend, frame: ChartFrame): SpendChart {
  const shown = spend.rows.slice(0, seriesMax)
  const rest = spend.rows.slice(seriesMax)
  const slots = assignSlots(shown.map((row) => row.member))
  const series = shown.map((row, index) =>
    toSeries([row], { member: row.member, label: labelOf(row, spend.group), slot: slots[index] ?? 0 }, { spend, measure: frame.measure }),
  )
  if (rest.length > 0) series.push(toSeries(rest, { member: '', label: 'Other', slot: 0 }, { spend, measure: frame.measure }))
  const everything = toSeries(spend.rows, { member: '', label: 'Total', slot: 0 }, { spend, measure: frame.measure })
  const next = (index: number): number => spend.buckets[index + 1] ?? spend.toMs
  return {
    buckets: spend.buckets,
    series,
    totals: everything.texts,
    totalHeights: everything.heights,
    before: frame.before === null ? null : endingWith(spend.buckets.length, toBefore(frame.before, frame.measure)),
    running: spend.buckets.findIndex((startMs, index) => startMs <= frame.nowMs && frame.nowMs < next(index)),
    members: spend.rows.length,
    summary: summarise(spend, everything, frame.measure),
  }
}

function toBefore(before: PanelSpend, measure: Measure): readonly number[] {
  return toSeries(before.rows, { member: '', label: '', slot: 0 }, { spend: before, measure }).heights
}

/** A period of equal length can have a bucket more or less, where the clock changed: its last one belongs to the last. */
function endingWith(count: number, heights: readonly number[]): readonly number[] {
  return Array.from({ length: count }, (_, index) => heights[index + heights.length - count] ?? 0)
}

/** What a member is called; requests that belong to none have a name as well. `group` as in PanelSpend. */
export function labelOf(row: Pick<PanelSpend['rows'][number], 'label'>, group: string): string {
  return row.label !== '' ? row.label : group === 'team' ? 'No team' : group === 'total' ? 'All requests' : 'Not served'
}

/** A palette place per member: a stable hash, moved on when two of one chart meet. */
export function assignSlots(members: readonly string[]): readonly Slot[] {
  const taken = new Set<Slot>()
  return members.map((member) => {
    let slot = (hash(member) % seriesMax) + 1
    while (taken.has(slot) && taken.size < seriesMax) slot = (slot % seriesMax) + 1
    taken.add(slot)
    return slot
  })
}

interface Source {
  readonly spend: PanelSpend
  readonly measure: Measure
}
function toSeries(rows: PanelSpend['rows'], name: Pick<Series, 'member' | 'label' | 'slot'>, source: Source): Series {
  const cells = source.spend.buckets.map((_, bucket) => rows.flatMap((row) => row.byBucket[bucket] ?? []))
  if (source.measure === 'cost') {
    const sums = cells.map((cell) => sumUsd(cell.map((item) => item.costUsd)))
    return { ...name, heights: sums.map(toChartUsd), texts: sums.map(formatUsd) }
  }
  const counts = cells.map((cell) => cell.reduce((total, item) => total + item.requests, 0))
  return { ...name, heights: counts, texts: counts.map(formatCount) }
}

function summarise(spend: PanelSpend, everything: Series, measure: Measure): string {
  const span = formatSpan(spend.fromMs, spend.toMs, spend.zone)
  const total = measure === 'cost' ? formatUsd(spend.totals.costUsd) : formatCount(spend.totals.requests)
  const change = changeOf(
    measure === 'cost' ? spend.totals.costUsd : String(spend.totals.requests),
    measure === 'cost' ? spend.previous.costUsd : String(spend.previous.requests),
  )
  const trend = change.percent === null || change.direction === 'same' ? '' : `, ${change.direction} ${change.percent} on the period before`
  const peak = everything.heights.reduce((best, height, index) => (height > (everything.heights[best] ?? 0) ? index : best), 0)
  const startMs = spend.buckets[peak]
  const highest =
    startMs === undefined || everything.heights[peak] === 0
      ? ''
      : `, highest on ${formatSpan(startMs, startMs + 1, spend.zone)} with ${everything.texts[peak] ?? ''}`
  return `${measure === 'cost' ? 'Spend' : 'Requests'}, ${span}: ${total}${trend}${highest}`
}

// FNV-1a, 32 bits: spreads short names well and never changes.
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
