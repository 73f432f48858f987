// GET /panel/attention: what may have to interrupt a person, as facts in one answer, for the desktop shell.
// Promises: reads only; every list is bounded, the most pressing first. Leaves alone: sentences for the first page (attention.ts), telling anyone.

import { panelAlertsSchema, type PanelAlerts } from '../contract/alerts.ts'
import { toUsdText } from '../contract/money.ts'
import type { JsonRoute } from '../contract/route.ts'
import { defineRoute, json } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { plus } from './export-groups.ts'
import { listKeys } from './find-record.ts'
import { listOutages, outageWindowMs } from './outages.ts'
import { readBudgetLimits, type Limit } from './panel-budgets.ts'
import { noSums, titlesOf } from './panel-json.ts'
import { readSightings } from './sightings.ts'
import { currentWindow } from './spend-windows.ts'

const budgetPercentMin = 80
const expiryNoticeMs = 7 * 86_400_000
const shownMax = 100

export function createPanelAttentionRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    defineRoute(deps, {
      method: 'GET',
      path: '/panel/attention',
      auth: 'admin',
      tag: 'panel',
      summary: 'Budgets near their end, failing providers, expiring keys, and the day so far',
      reply: panelAlertsSchema,
      handle: async () => json(await readAlerts(deps)),
    }),
  ]
}

async function readAlerts(deps: AdminDeps): Promise<PanelAlerts> {
  const nowMs = deps.clock.nowMs()
  const { reports, facts } = deps
  const [days, ledger, limits, sightings] = await Promise.all([
    reports.spend({ ...currentWindow(1, 'day', { nowMs, zone: facts.zone }), dimension: 'total' }),
    reports.facts(),
    readBudgetLimits(deps),
    readSightings(deps, { fromMs: nowMs - outageWindowMs }),
  ])
  const { requests, errors, costNanoUsd } = days.reduce(plus, noSums)
  const titleOf = titlesOf(deps)
  return {
    today: { requests, errors, costUsd: toUsdText(costNanoUsd) },
    running: ledger.openRequests,
    budgets: toBudgets(limits),
    providers: listOutages(sightings)
      .slice(0, shownMax)
      .map((outage) => ({ ...outage, title: titleOf(outage.id) })),
    keys: expiringKeys(deps, nowMs),
  }
}

/** Settled money only: a reservation may take a whole budget for the second it takes to answer. A limit of 0 is a decision, not a budget running out. */
function percentOf({ window, limitNanoUsd }: Limit): number {
  return limitNanoUsd <= 0n ? 0 : Number((window.settledNanoUsd * 200n + limitNanoUsd) / (limitNanoUsd * 2n))
}

function toBudgets(limits: readonly Limit[]): PanelAlerts['budgets'] {
  const near = limits.map((limit) => ({ limit, percent: percentOf(limit) })).filter(({ percent }) => percent >= budgetPercentMin)
  const fullest = near.toSorted((left, right) => right.percent - left.percent).slice(0, shownMax)
  return fullest.map(({ limit: { scope, window, limitNanoUsd }, percent }) => ({
    id: [scope.kind, scope.ref, window.hard ? 'hard' : 'soft', window.duration ?? 'life'].join(' '),
    kind: scope.kind,
    name: scope.name,
    href: scope.href,
    hard: window.hard,
    duration: window.duration,
    limitUsd: toUsdText(limitNanoUsd),
    percent,
    periodStartMs: window.periodStartMs,
  }))
}

function expiringKeys({ directory }: Pick<AdminDeps, 'directory'>, nowMs: number): PanelAlerts['keys'] {
  const soon = listKeys(directory).flatMap(({ key: { id, alias, shown, blocked, expiresAtMs } }) =>
    blocked || expiresAtMs === null || expiresAtMs <= nowMs || expiresAtMs - nowMs > expiryNoticeMs
      ? []
      : [{ id, name: alias ?? shown, expiresAtMs, href: `/ui/keys/${String(id)}` }],
  )
  return soon.toSorted((left, right) => left.expiresAtMs - right.expiresAtMs).slice(0, shownMax)
}
