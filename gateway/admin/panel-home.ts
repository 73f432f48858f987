// GET /panel/home: is it fine, what did it cost, what needs me.
// Promises: every figure comes from roll-ups or a bounded list; `previous` is the preceding window of equal length.
// Leaves alone: the setup steps themselves.

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import { toUsdText } from '../contract/money.ts'
import type { PanelBudget, PanelHome } from '../contract/panel.ts'
import type { LatencyFacts, SpendRow } from '../contract/reports.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { listAttention, usedPercent } from './attention.ts'
import { defineRoute, json, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { plus } from './export-groups.ts'
import { listKeys } from './find-record.ts'
import { readBudgetLimits, toPanelBudgetOf, type Limit } from './panel-budgets.ts'
import { noSums, toMs, titlesOf, toPanelRequest, toPanelSums } from './panel-json.ts'
import { homeSchema } from './panel-schemas.ts'
import { readTotals } from './panel-spend.ts'
import { bucketsOf, currentWindow, precedingWindow, type Window } from './spend-windows.ts'

const homeQuery = z.strictObject({
  range: z
    .string()
    .regex(/^[1-9]\d{0,2}[hd]$/, 'write hours or days, such as 24h or 7d')
    .default('24h'),
})
const hoursMax = 72
const daysMax = 400
const shownMax = 5
const recentMax = 8

export function createPanelHomeRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    defineRoute(deps, {
      method: 'GET',
      path: '/panel/home',
      auth: 'admin',
      tag: 'panel',
      summary: 'The first page: sums, budgets, newest requests, what needs attention',
      query: homeQuery,
      reply: homeSchema,
      handle: (call) => home(deps, call),
    }),
  ]
}

async function home(deps: AdminDeps, call: ParsedCall<z.infer<typeof homeQuery>, undefined>): Promise<RouteAnswer> {
  const { zone } = deps.facts
  const window = readRange(call.query.range, { nowMs: deps.clock.nowMs(), zone })
  const { reports } = deps
  const [series, models, previous, latency, page, ledger, vault, limits] = await Promise.all([
    reports.spend({ ...window, dimension: 'total' }),
    reports.spend({ ...window, dimension: 'model' }),
    readTotals(deps, precedingWindow(window, zone)),
    reports.latency(window.fromMs, window.toMs),
    reports.listRequests({}, { limit: recentMax }),
    reports.facts(),
    deps.vault.status(),
    readBudgetLimits(deps),
  ])
  const budgets = toBudgets(limits, true)
  const value: PanelHome = {
    fromMs: window.fromMs,
    toMs: window.toMs,
    totals: toPanelSums(series.reduce(plus, noSums)),
    previous: toPanelSums(previous),
    series: toSeries(series, bucketsOf(window, zone)),
    grain: window.grain,
    latency: toLatency(latency),
    topModels: toTopModels(models),
    budgets: budgets.slice(0, shownMax),
    recent: page.rows.map((row) => toPanelRequest(row, titlesOf(deps))),
    attention: listAttention(deps, { budgets, softBudgets: toBudgets(limits, false), ledger, vault }),
    setup: { models: deps.catalog().deployments().length, keys: listKeys(deps.directory).length, requests: ledger.requests },
  }
  return json(value)
}

/** `24h` is the current hour and the 23 before it; `7d` today and the six days before. */
function readRange(text: string, at: { readonly nowMs: number; readonly zone: string }): Window {
  const count = Number.parseInt(text, 10)
  const grain = text.endsWith('h') ? 'hour' : 'day'
  if (count > (grain === 'hour' ? hoursMax : daysMax))
    throw refuse('invalid_request', { reason: `range is at most ${hoursMax}h or ${daysMax}d.` }, { param: 'range' })
  return currentWindow(count, grain, at)
}

function toSeries(rows: readonly SpendRow[], buckets: readonly number[]): PanelHome['series'] {
  const byBucket = new Map(rows.map((row) => [row.bucketMs, row]))
  return buckets.map((bucketMs) => {
    const { requests, errors, costNanoUsd } = byBucket.get(bucketMs) ?? noSums
    return { bucketMs, requests, errors, costUsd: toUsdText(costNanoUsd) }
  })
}

function toTopModels(rows: readonly SpendRow[]): PanelHome['topModels'] {
  // Calls that were refused before their body was read asked for no model that anybody knows.
  const named = rows.filter((row) => row.member !== '')
  const byModel = Map.groupBy(named, (row) => row.member)
  const sums = [...byModel.values()].map((group) => ({ model: group[0]?.label ?? '', ...group.reduce(plus, noSums) }))
  const order = sums.toSorted((left, right) =>
    left.costNanoUsd === right.costNanoUsd ? right.requests - left.requests : left.costNanoUsd < right.costNanoUsd ? 1 : -1,
  )
  return order.slice(0, shownMax).map(({ model, costNanoUsd, requests, unpriced }) => ({ model, costUsd: toUsdText(costNanoUsd), requests, unpriced }))
}

function toLatency({ samples, firstByteP50Us, firstByteP95Us, totalP95Us }: LatencyFacts): PanelHome['latency'] {
  return { samples, firstByteP50Ms: toMs(firstByteP50Us), firstByteP95Ms: toMs(firstByteP95Us), totalP95Ms: toMs(totalP95Us) }
}

/** The fullest first. */
function toBudgets(limits: readonly Limit[], hard: boolean): readonly PanelBudget[] {
  return limits
    .filter(({ window }) => window.hard === hard)
    .map(toPanelBudgetOf)
    .toSorted((left, right) => usedPercent(right) - usedPercent(left))
}
