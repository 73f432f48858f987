// Scopes in memory: their budgets and the period of now.
// Promises: time never goes back; every scope has a row for its whole life, and one for now where its budget has a duration.
// Leaves alone: whether a hold fits (affordable.ts), changes of budgets (budgets.ts), writing rows (period-rows.ts).

import type { Database } from 'better-sqlite3'
import { scopeId, type ScopeId } from '../contract/ids.ts'
import { nanoUsd } from '../contract/money.ts'
import type { Budget, ScopeKind, ScopeStanding } from '../contract/scope.ts'
import { periodAt } from '../kit/calendar.ts'
import { Misuse } from './ops.ts'
import { createPeriodRows, type PeriodRow, type PeriodRows } from './period-rows.ts'

export interface ScopeState {
  readonly id: ScopeId
  readonly kind: ScopeKind
  /** Row id of the key or team; 0 for the global scope. */
  readonly ref: number
  budget: Budget
  readonly lifetime: PeriodRow
  current: PeriodRow | null
}
export interface Periods extends PeriodRows {
  /** The scope with its period of now. @throws Misuse for an unknown scope */
  scopeNow(id: ScopeId): ScopeState
}

interface StoredScope {
  readonly kind: ScopeKind
  readonly ref: bigint
  readonly limitNusd: bigint | null
  readonly duration: string | null
}

/** The row a scope's limit applies to; null without a limit. */
export function limitedRow(scope: ScopeState): PeriodRow | null {
  return scope.budget.limitNanoUsd === null ? null : (scope.current ?? scope.lifetime)
}
export const leftIn = (limit: bigint, row: PeriodRow): bigint => limit - row.settled - row.held

export function toStanding(scope: ScopeState, row: PeriodRow): ScopeStanding {
  return {
    ...scope.budget,
    scopeId: scope.id,
    kind: scope.kind,
    settledNanoUsd: nanoUsd(row.settled),
    heldNanoUsd: nanoUsd(row.held),
    periodStartMs: row.startMs,
    periodEndMs: row.endMs,
  }
}

export function createPeriods(db: Database, clock: { readonly zone: string; nowMs(): number }): Periods {
  const rows = createPeriodRows(db, clock.zone)
  const find = db
    .prepare<[number], StoredScope>('SELECT kind, ref, limit_nusd AS limitNusd, duration FROM scope JOIN budget ON scope_id = id WHERE id = ?')
    .safeIntegers()
  const scopes = new Map<ScopeId, ScopeState>()
  // A clock that was set back must not reopen a period that has ended.
  let lastSeenMs = db.prepare<[], { at: number | null }>('SELECT max(period_start) AS at FROM budget_period').get()?.at ?? 0

  const load = (id: ScopeId): ScopeState => {
    const stored = find.get(id)
    if (stored === undefined) throw new Misuse(`there is no scope ${id}`)
    const budget = { limitNanoUsd: stored.limitNusd === null ? null : nanoUsd(stored.limitNusd), duration: stored.duration }
    const scope: ScopeState = { id: scopeId(id), kind: stored.kind, ref: Number(stored.ref), budget, lifetime: rows.row(id, '', 0), current: null }
    rows.pin(scope.lifetime)
    scopes.set(id, scope)
    return scope
  }
  const roll = (scope: ScopeState): void => {
    const { duration } = scope.budget
    const old = scope.current
    if (old !== null && old.duration === duration && lastSeenMs < (old.endMs ?? lastSeenMs + 1)) return
    if (old === null && duration === null) return
    scope.current = duration === null ? null : begin(scope, duration)
    if (old !== null) rows.unpin(old)
  }
  const begin = (scope: ScopeState, duration: string): PeriodRow => {
    const row = rows.row(scope.id, duration, periodAt(duration, lastSeenMs, clock.zone).startMs)
    rows.pin(row)
    if (row.settled === 0n && row.held === 0n && row.ceiling !== scope.budget.limitNanoUsd) {
      row.ceiling = scope.budget.limitNanoUsd
      rows.touch(row)
    }
    return row
  }
  return {
    ...rows,
    scopeNow(id) {
      lastSeenMs = Math.max(lastSeenMs, clock.nowMs())
      const scope = scopes.get(id) ?? load(id)
      roll(scope)
      return scope
    },
    forget() {
      scopes.clear()
      rows.forget()
    },
  }
}
