// What is drawn: the spend chart's series and the waterfall of a request.
// Promises: figures in the prepared data are exact, colours stable, nothing lost in Other.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PanelSpend } from '../../gateway/contract/panel.ts'
import { assignSlots, prepareSpendChart, seriesMax } from '../../renderer/lib/chart.ts'
import { readNano, sumUsd } from '../../renderer/lib/money.ts'
import { prepareWaterfall, ticksFor } from '../../renderer/lib/waterfall.ts'

const sums = (costUsd: string, requests: number) => ({
  requests,
  errors: 0,
  unpriced: 0,
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  costUsd,
})
const dayMs = 86_400_000
const startMs = Date.parse('2026-11-01T00:00:00Z')

function spendOf(members: readonly (readonly string[])[]): PanelSpend {
  const buckets = members[0]?.map((_, index) => startMs + index * dayMs) ?? []
  const rows = members.map((costs, index) => ({
    ...sums(sumUsd(costs), costs.length),
    member: `model-${String(index)}`,
    label: `model-${String(index)}`,
    byBucket: costs.map((costUsd) => ({ costUsd, requests: 1 })),
  }))
  return {
    fromMs: startMs,
    toMs: startMs + buckets.length * dayMs,
    zone: 'UTC',
    grain: 'day',
    group: 'model',
    totals: sums(sumUsd(rows.map((row) => row.costUsd)), 9),
    previous: sums('10', 5),
    buckets,
    rows,
  }
}

describe('the spend chart', () => {
  it('keeps seven members and adds the rest up as Other', () => {
    const chart = prepareSpendChart(spendOf(Array.from({ length: 10 }, (_, index) => [`${String(10 - index)}.000000001`, '0'])), {
      measure: 'cost',
      nowMs: startMs,
      before: null,
    })
    expect(chart.series).toHaveLength(seriesMax + 1)
    expect(chart.series.at(-1)).toMatchObject({ label: 'Other', slot: 0, texts: ['$6.00', '$0'] })
    expect(chart.members).toBe(10)
    expect(chart.totals[0]).toBe('$55.00')
  })

  it.each([
    ['provider', 'Not served'],
    ['team', 'No team'],
    ['total', 'All requests'],
  ])('has a name for what belongs to no %s', (group, label) => {
    const spend = spendOf([['1'], ['2']])
    const rows = spend.rows.map((row, index) => (index === 0 ? row : { ...row, member: '', label: '' }))
    const chart = prepareSpendChart({ ...spend, group, rows }, { measure: 'cost', nowMs: startMs, before: null })
    expect(chart.series.map((series) => series.label)).toEqual(['model-0', label])
  })

  it('marks the bucket that is still running and says the peak', () => {
    const spend = spendOf([['1', '5', '2']])
    const chart = prepareSpendChart(spend, { measure: 'cost', nowMs: startMs + 2 * dayMs + 5, before: null })
    expect(chart.running).toBe(2)
    expect(chart.summary).toBe('Spend, 1–3 Nov 2026: $8.00, down 20.0 % on the period before, highest on 2 Nov 2026 with $5.00')
    expect(prepareSpendChart(spend, { measure: 'cost', nowMs: startMs + 9 * dayMs, before: null }).running).toBe(-1)
  })

  it('counts requests when asked to, and carries the period before', () => {
    const chart = prepareSpendChart(spendOf([['1', '5']]), { measure: 'requests', nowMs: 0, before: spendOf([['3', '4']]) })
    expect(chart.series[0]?.heights).toEqual([1, 1])
    expect(chart.before).toEqual([1, 1])
  })

  it.each([
    [31, [2, 3, 31]],
    [30, [1, 2, 30]],
    [29, [0, 1, 29]],
  ])('ends together with a period before that has %d buckets for 30', (count, [first, second, last]) => {
    const before = spendOf([Array.from({ length: count }, (_, index) => String(index + 1))])
    const chart = prepareSpendChart(spendOf([Array.from({ length: 30 }, () => '1')]), { measure: 'cost', nowMs: 0, before })
    expect(chart.before).toHaveLength(30)
    expect([chart.before?.[0], chart.before?.[1], chart.before?.[29]]).toEqual([first, second, last])
  })

  it('gives every member of a chart its own colour and the same one each time', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: seriesMax }), (members) => {
        const slots = assignSlots(members)
        expect(new Set(slots).size).toBe(members.length)
        expect(slots.every((slot) => slot >= 1 && slot <= seriesMax)).toBe(true)
        expect(assignSlots(members)).toEqual(slots)
      }),
    )
    expect(assignSlots(['gpt-4o'])).toEqual(assignSlots(['gpt-4o', 'claude']).slice(0, 1))
  })

  it('draws heights that add up to the ledger total', () => {
    const spend = spendOf([
      ['0.1', '0.2'],
      ['0.3', '0.4'],
    ])
    const chart = prepareSpendChart(spend, { measure: 'cost', nowMs: 0, before: null })
    expect(chart.totalHeights.reduce((total, height) => total + height, 0)).toBeCloseTo(Number(readNano(spend.totals.costUsd)) / 1e9, 9)
  })
})

describe('the waterfall', () => {
  const attempt = (ordinal: number, [startedMs, firstByteMs, endedMs]: readonly [number, number | null, number | null]) => ({
    ordinal,
    deploymentId: 'd',
    providerId: 'p',
    providerTitle: 'P',
    upstreamModel: 'm',
    reason: 'r',
    state: 'settled' as const,
    end: 'answered',
    provenance: null,
    costUsd: '0',
    lines: [],
    priceSource: null,
    priceNote: null,
    upstreamStatus: 200,
    upstreamId: null,
    failure: null,
    startedMs,
    firstByteMs,
    endedMs,
  })
  const stages = [
    { name: 'identify', startMs: 0, endMs: 1 },
    { name: 'call', startMs: 1, endMs: 9 },
    { name: 'record', startMs: 9, endMs: 10 },
  ]

  it('puts attempts below the call and counts overlapping ones once', () => {
    const chart = prepareWaterfall({ stages, attemptRows: [attempt(1, [1, null, 4]), attempt(2, [3, 5, 9])], totalMs: 10 })
    expect(chart?.bars.map((bar) => bar.label)).toEqual([
      'Identify',
      'Call the provider',
      'Attempt 1: m',
      'Attempt 2: m',
      'Wait for the first byte',
      'Receive the reply',
      'Write the ledger',
    ])
    expect(chart?.providerMs).toBe(8)
    expect(chart?.gatewayMs).toBe(2)
  })

  it('is nothing while nothing is known, and all gateway when no provider was called', () => {
    expect(prepareWaterfall({ stages: [], attemptRows: [attempt(1, [1, null, null])], totalMs: null })).toBeNull()
    expect(prepareWaterfall({ stages: [{ name: 'identify', startMs: 0, endMs: 2 }], attemptRows: [], totalMs: 2 })).toMatchObject({
      gatewayMs: 2,
      providerMs: 0,
    })
  })

  it.each([
    [10, [0, 2.5, 5, 7.5, 10]],
    [9200, [0, 2500, 5000, 7500]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [0, [0]],
  ])('marks an axis of %d ms at %j', (totalMs, ticks) => {
    expect(ticksFor(totalMs)).toEqual(ticks)
  })
})
