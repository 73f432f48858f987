// What each scope has spent and holds, period by period, kept in memory while a group runs and written once per commit.
// Promises: a period's row is one object here; time never goes back; every scope has a row for its whole life.
// Leaves alone: whether a hold fits (affordable.ts), changes of budgets (budgets.ts).

import type { Database } from 'better-sqlite3'
import { scopeId, type ScopeId } from '../contract/ids.ts'
import { nanoUsd } from '../contract/money.ts'
import type { Budget, ScopeKind, ScopeStanding } from '../contract/scope.ts'
import { periodAt } from '../kit/calendar.ts'
import { Misuse } from './ops.ts'

export interface PeriodRow {
  readonly scopeId: ScopeId
  /** '' for the scope's whole life. */
  readonly duration: string
  readonly startMs: number
  readonly endMs: number | null
  /** Spent before this row existed; the rest of `settled` is the sum of requests that held here. */
  seeded: bigint
  settled: bigint
  held: bigint
  /** What settled + held may reach since it was set; null where no limit applies. */
  ceiling: bigint | null
  /** Open requests that hold here; such a row must stay the same object. */
  holders: number
}
export interface ScopeState {
  readonly id: ScopeId
  readonly kind: ScopeKind
  /** Row id of the key or team; 0 for the global scope. */
  readonly ref: number
  budget: Budget
  readonly lifetime: PeriodRow
  current: PeriodRow | null
}

export interface Periods {
  /** The scope with its period of now. @throws Misuse for an unknown scope */
  scopeNow(id: ScopeId): ScopeState
  /** Loads or makes the row; a new one is empty. */
  row(id: ScopeId, duration: string, startMs: number): PeriodRow
  touch(row: PeriodRow): void
  /** An open request begins or ends to hold in the row. */
  pin(row: PeriodRow): void
  unpin(row: PeriodRow): void
  flush(): void
  forget(): void
}

interface StoredPeriod {
  readonly seeded: bigint
  readonly settled: bigint
  readonly held: bigint
  readonly ceiling: bigint | null
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
  const { startMs, endMs } = row
  return {
    ...scope.budget,
    scopeId: scope.id,
    kind: scope.kind,
    settledNanoUsd: nanoUsd(row.settled),
    heldNanoUsd: nanoUsd(row.held),
    periodStartMs: startMs,
    periodEndMs: endMs,
  }
}

export function createPeriods(db: Database, clock: { readonly zone: string; nowMs(): number }): Periods {
  const findPeriod = db
    .prepare<[number, string, number], StoredPeriod>(
      `SELECT seeded_nusd AS seeded, settled_nusd AS settled, held_nusd AS held, ceiling_nusd AS ceiling
       FROM budget_period WHERE scope_id = ? AND duration = ? AND period_start = ?`,
    )
    .safeIntegers()
  const writePeriod = db.prepare(
    `INSERT INTO budget_period VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
     seeded_nusd = excluded.seeded_nusd, settled_nusd = excluded.settled_nusd, held_nusd = excluded.held_nusd, ceiling_nusd = excluded.ceiling_nusd`,
  )
  const findScope = db
    .prepare<[number], StoredScope>('SELECT kind, ref, limit_nusd AS limitNusd, duration FROM scope JOIN budget ON scope_id = id WHERE id = ?')
    .safeIntegers()
  const newest = db.prepare<[], { at: number | null }>('SELECT max(period_start) AS at FROM budget_period')

  const scopes = new Map<ScopeId, ScopeState>()
  const rows = new Map<string, PeriodRow>()
  const dirty = new Set<PeriodRow>()
  // A clock that was set back must not reopen a period that has ended.
  let lastSeenMs = newest.get()?.at ?? 0

  const row = (id: ScopeId, duration: string, startMs: number): PeriodRow => {
    const slot = slotOf(id, duration, startMs)
    const known = rows.get(slot)
    if (known !== undefined) return known
    const stored = findPeriod.get(id, duration, startMs)
    const { endMs } = periodAt(duration === '' ? null : duration, startMs, clock.zone)
    const amounts = stored ?? { seeded: 0n, settled: 0n, held: 0n, ceiling: null }
    const made: PeriodRow = { scopeId: id, duration, startMs, endMs, ...amounts, holders: 0 }
    rows.set(slot, made)
    if (stored === undefined) dirty.add(made)
    return made
  }
  const drop = (old: PeriodRow): void => {
    const scope = scopes.get(old.scopeId)
    if (old.holders === 0 && scope !== undefined && old !== scope.current && old !== scope.lifetime && !dirty.has(old))
      rows.delete(slotOf(old.scopeId, old.duration, old.startMs))
  }
  const roll = (scope: ScopeState): void => {
    const { duration, limitNanoUsd } = scope.budget
    if (duration === null) return
    const { current } = scope
    if (current !== null && current.duration === duration && lastSeenMs < (current.endMs ?? lastSeenMs + 1)) return
    scope.current = row(scope.id, duration, periodAt(duration, lastSeenMs, clock.zone).startMs)
    if (scope.current.settled === 0n && scope.current.held === 0n && scope.current.ceiling !== limitNanoUsd) {
      scope.current.ceiling = limitNanoUsd
      dirty.add(scope.current)
    }
    if (current !== null) drop(current)
  }
  const load = (id: ScopeId): ScopeState => {
    const stored = findScope.get(id)
    if (stored === undefined) throw new Misuse(`there is no scope ${id}`)
    const limitNanoUsd = stored.limitNusd === null ? null : nanoUsd(stored.limitNusd)
    const scope: ScopeState = {
      id,
      kind: stored.kind,
      ref: Number(stored.ref),
      budget: { limitNanoUsd, duration: stored.duration },
      lifetime: row(id, '', 0),
      current: null,
    }
    scopes.set(id, scope)
    return scope
  }
  return {
    scopeNow(id) {
      lastSeenMs = Math.max(lastSeenMs, clock.nowMs())
      const scope = scopes.get(scopeId(id)) ?? load(id)
      roll(scope)
      return scope
    },
    row,
    touch: (touched) => void dirty.add(touched),
    pin(pinned) {
      pinned.holders += 1
    },
    unpin(pinned) {
      pinned.holders -= 1
      drop(pinned)
    },
    flush() {
      for (const { scopeId: id, duration, startMs, endMs, seeded, settled, held, ceiling } of dirty)
        writePeriod.run(id, duration, startMs, endMs, seeded, settled, held, ceiling)
      const written = [...dirty]
      dirty.clear()
      for (const old of written) drop(old)
    },
    forget() {
      scopes.clear()
      rows.clear()
      dirty.clear()
    },
  }
}

const slotOf = (id: ScopeId, duration: string, startMs: number): string => `${id} ${duration} ${startMs}`
