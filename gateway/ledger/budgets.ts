// Making scopes and changing their budgets.
// Promises: a new period knows what was spent since it began, and running requests hold in it too; a lowered limit counts at once.
// Leaves alone: periods that roll over by themselves (periods.ts).

import type { Database } from 'better-sqlite3'
import { refuse } from '../contract/errors.ts'
import { scopeId, type ScopeId } from '../contract/ids.ts'
import type { Budget, ScopeKind } from '../contract/scope.ts'
import { bucketStart, isDuration } from '../kit/calendar.ts'
import type { OpenRequests } from './open-requests.ts'
import type { PeriodRow } from './period-rows.ts'
import type { Periods, ScopeState } from './periods.ts'
import type { Rollups } from './rollups.ts'

export interface Budgets {
  createScope(kind: ScopeKind, ref: number, budget: Budget): ScopeId
  setBudget(id: ScopeId, budget: Budget): void
}
export interface BudgetTools {
  readonly periods: Periods
  readonly requests: OpenRequests
  readonly rollups: Rollups
  readonly zone: string
}

const dimensionOf = { global: 'total', team: 'team', key: 'key' } as const

/** @throws GatewayError invalid_request. To be called before anything is written. */
export function checkBudget(budget: Budget): void {
  if (budget.duration !== null && !isDuration(budget.duration))
    throw refuse('invalid_request', { reason: `Not a budget duration: ${budget.duration.slice(0, 40)}. Use 30s, 5m, 2h, 1d, 7d, 30d or 1mo.` })
  if (budget.limitNanoUsd !== null && (budget.limitNanoUsd < 0n || budget.limitNanoUsd > limitMax))
    throw refuse('invalid_request', { reason: 'A budget is at least 0 and at most 1000000000 dollars.' })
}
/** Far below what a 64-bit integer holds, so that sums cannot overflow. */
const limitMax = 1_000_000_000n * 1_000_000_000n

export function createBudgets(db: Database, tools: BudgetTools): Budgets {
  const { periods, requests, rollups, zone } = tools
  const addScope = db.prepare('INSERT INTO scope (kind, ref) VALUES (?, ?)')
  const addBudget = db.prepare('INSERT INTO budget (scope_id, limit_nusd, duration) VALUES (?, ?, ?)')
  const writeBudget = db.prepare('UPDATE budget SET limit_nusd = ?, duration = ? WHERE scope_id = ?')
  const spentSince = db
    .prepare<[string, number, number], { spent: bigint | null }>(
      `SELECT sum(cost_nusd) AS spent FROM rollup WHERE grain = 'day' AND dimension = ? AND member = ? AND bucket_start >= ?`,
    )
    .safeIntegers()

  const seed = (scope: ScopeState, row: PeriodRow): void => {
    if (bucketStart(row.startMs, 'day', zone) !== row.startMs) return
    rollups.flush()
    const spent = spentSince.get(dimensionOf[scope.kind], scope.ref, row.startMs)?.spent ?? 0n
    // The row may be one that was in use before; then only what it missed is added.
    const missed = spent - row.settled
    if (missed <= 0n) return
    row.seeded += missed
    row.settled += missed
    periods.touch(row)
  }
  const joinRunning = (row: PeriodRow): void => {
    for (const open of requests.all()) {
      const counted = open.periods.some((held) => held.scopeId === row.scopeId)
      if (counted && open.receivedAtMs >= row.startMs && !open.periods.includes(row)) requests.join(open, row)
    }
  }
  return {
    createScope(kind, ref, budget) {
      checkBudget(budget)
      const id = scopeId(Number(addScope.run(kind, ref).lastInsertRowid))
      addBudget.run(id, budget.limitNanoUsd, budget.duration)
      const scope = periods.scopeNow(id)
      bound(scope.current ?? scope.lifetime, budget, periods)
      return id
    },
    setBudget(id, budget) {
      checkBudget(budget)
      const scope = periods.scopeNow(id)
      const before = [scope.lifetime, ...(scope.current === null ? [] : [scope.current])]
      const newPeriod = budget.duration !== null && budget.duration !== scope.budget.duration
      writeBudget.run(budget.limitNanoUsd, budget.duration, id)
      scope.budget = { limitNanoUsd: budget.limitNanoUsd, duration: budget.duration }
      periods.scopeNow(id)
      if (newPeriod && scope.current !== null) {
        seed(scope, scope.current)
        joinRunning(scope.current)
      }
      // Running requests may still take more in a period that has ended.
      const running = [...requests.all()].flatMap((open) => open.periods.filter((row) => row.scopeId === id))
      for (const row of new Set([...before, ...running, ...(scope.current === null ? [] : [scope.current])])) bound(row, scope.budget, periods)
    },
  }
}

/** Spending beyond a limit set later is no breach of it: from now on the row may reach the limit, or what it has already. */
function bound(row: PeriodRow, budget: Budget, periods: Periods): void {
  const limit = row.duration === (budget.duration ?? '') ? budget.limitNanoUsd : null
  const reached = row.settled + row.held
  row.ceiling = limit === null ? null : reached > limit ? reached : limit
  periods.touch(row)
}
