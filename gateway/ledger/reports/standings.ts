// Where scopes stand in the period of now.
// Promises: a period that has ended shows as the next one, empty, before anything was held in it. Leaves alone: enforcing limits.

import { scopeId, type ScopeId } from '../../contract/ids.ts'
import { nanoUsd } from '../../contract/money.ts'
import type { ScopeKind, ScopeStanding } from '../../contract/scope.ts'
import { periodAt } from '../../kit/calendar.ts'
import type { ReportContext } from './context.ts'

interface StoredPeriod {
  readonly startMs: number
  readonly settled: string
  readonly held: string
}

/** Unknown scopes are left out. */
export function readStandings({ db, zone }: ReportContext, scopeIds: readonly ScopeId[], nowMs: number): readonly ScopeStanding[] {
  const findScope = db.prepare<[number], { kind: ScopeKind; limitNusd: string | null; duration: string | null }>(
    'SELECT kind, CAST(limit_nusd AS TEXT) AS limitNusd, duration FROM scope JOIN budget ON scope_id = id WHERE id = ?',
  )
  const findPeriod = db.prepare<[number, string], StoredPeriod>(
    `SELECT period_start AS startMs, CAST(settled_nusd AS TEXT) AS settled, CAST(held_nusd AS TEXT) AS held
     FROM budget_period WHERE scope_id = ? AND duration = ? ORDER BY period_start DESC LIMIT 1`,
  )
  return scopeIds.flatMap((id) => {
    const scope = findScope.get(id)
    if (scope === undefined) return []
    const newest = findPeriod.get(id, scope.duration ?? '')
    // As in the writer, time never goes back behind a period that has begun.
    const period = periodAt(scope.duration, Math.max(nowMs, newest?.startMs ?? 0), zone)
    const amounts = newest !== undefined && newest.startMs === period.startMs ? newest : { settled: '0', held: '0' }
    const standing: ScopeStanding = {
      scopeId: scopeId(id),
      kind: scope.kind,
      limitNanoUsd: scope.limitNusd === null ? null : nanoUsd(BigInt(scope.limitNusd)),
      duration: scope.duration,
      settledNanoUsd: nanoUsd(BigInt(amounts.settled)),
      heldNanoUsd: nanoUsd(BigInt(amounts.held)),
      periodStartMs: period.startMs,
      periodEndMs: period.endMs,
    }
    return [standing]
  })
}
