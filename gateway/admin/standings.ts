// Where scopes stand now, asked once for many records, and the small conversions their LiteLLM shapes share.
// Promises: one question to the ledger per answer, however many records. Leaves alone: the records' shapes.

import type { ScopeId } from '../contract/ids.ts'
import { nanoUsd, toUsdNumber, type NanoUsd } from '../contract/money.ts'
import type { ReportsPort } from '../contract/reports.ts'
import type { Budget, ScopeStanding } from '../contract/scope.ts'

export async function readStandings(reports: Pick<ReportsPort, 'standings'>, scopeIds: readonly ScopeId[]): Promise<ReadonlyMap<ScopeId, ScopeStanding>> {
  const rows = scopeIds.length === 0 ? [] : await reports.standings(scopeIds)
  return new Map(rows.map((row) => [row.scopeId, row]))
}

export const zero: NanoUsd = nanoUsd(0)
export const toIso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString())
export const toLimitNumber = (budget: Budget): number | null => (budget.limitNanoUsd === null ? null : toUsdNumber(budget.limitNanoUsd))
