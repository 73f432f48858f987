// The requests that are running: a mirror in memory of the rows in state `open`.
// Promises: what is here is what the file (with the transaction in progress) says. Leaves alone: opening and closing them.

import type { Database } from 'better-sqlite3'
import { requestId, scopeId, type RequestId } from '../contract/ids.ts'
import type { Interned } from './interned.ts'
import type { PeriodRow } from './period-rows.ts'
import type { Periods } from './periods.ts'

export interface OpenAttempt {
  readonly ordinal: number
  readonly deploymentId: number
  readonly providerId: number
  readonly upstreamModelId: number
}
export interface OpenRequest {
  readonly row: number
  readonly requestId: RequestId
  readonly receivedAtMs: number
  readonly keyId: number
  readonly teamId: number | null
  readonly modelId: number
  hold: bigint
  /** Every period it holds in: each scope's whole life, and the one of now where the budget has a duration. */
  periods: readonly PeriodRow[]
  readonly attempts: OpenAttempt[]
  /** Limits are not asked for it. */
  readonly unlimited: boolean
}

export interface OpenRequests {
  get(id: RequestId): OpenRequest | undefined
  all(): Iterable<OpenRequest>
  put(open: OpenRequest): void
  remove(open: OpenRequest): void
  /** Makes a running request hold in one more period. */
  join(open: OpenRequest, row: PeriodRow): void
  /** Reads everything again. Expects fresh periods. */
  reload(): void
}

interface StoredOpen {
  readonly row: bigint
  readonly requestId: string
  readonly receivedAt: bigint
  readonly keyId: bigint
  readonly teamId: bigint | null
  readonly modelId: bigint
  readonly hold: bigint
  readonly periods: string
}

/** JSON [[scope, duration, start], ...]: equal sets are equal texts. */
export function toPeriodsText(periods: readonly PeriodRow[]): string {
  return `[${periods.map((row) => `[${row.scopeId},"${row.duration}",${row.startMs}]`).join(',')}]`
}
export function parsePeriods(text: string): readonly (readonly [number, string, number])[] {
  return JSON.parse(text) as (readonly [number, string, number])[]
}

export function createOpenRequests(db: Database, tools: { readonly periods: Periods; readonly interned: Interned }): OpenRequests {
  const { periods, interned } = tools
  const readOpen = db
    .prepare<[], StoredOpen>(
      `SELECT r.id AS row, request_id AS requestId, received_at AS receivedAt, key_id AS keyId, team_id AS teamId, model_id AS modelId, hold_nusd AS hold, s.periods AS periods
       FROM request r INDEXED BY request_unclosed JOIN period_set s ON s.id = r.period_set_id WHERE state <> 'closed' AND state = 'open' ORDER BY r.id`,
    )
    .safeIntegers()
  const readAttempts = db.prepare<[number], OpenAttempt>(
    `SELECT ordinal, deployment_id AS deploymentId, provider_id AS providerId, upstream_model_id AS upstreamModelId FROM attempt WHERE request_id = ? ORDER BY ordinal`,
  )
  const writeSet = db.prepare<[number, number]>('UPDATE request SET period_set_id = ? WHERE id = ?')
  const running = new Map<RequestId, OpenRequest>()

  const put = (open: OpenRequest): void => {
    running.set(open.requestId, open)
    for (const row of open.periods) periods.pin(row)
  }
  return {
    get: (id) => running.get(id),
    all: () => running.values(),
    put,
    remove(open) {
      running.delete(open.requestId)
      for (const row of open.periods) periods.unpin(row)
    },
    join(open, row) {
      open.periods = [...open.periods, row]
      periods.pin(row)
      row.held += open.hold
      periods.touch(row)
      writeSet.run(interned.periodSetId(toPeriodsText(open.periods)), open.row)
    },
    reload() {
      running.clear()
      for (const stored of readOpen.all()) {
        const row = Number(stored.row)
        put({
          row,
          requestId: requestId(stored.requestId),
          receivedAtMs: Number(stored.receivedAt),
          keyId: Number(stored.keyId),
          teamId: stored.teamId === null ? null : Number(stored.teamId),
          modelId: Number(stored.modelId),
          hold: stored.hold,
          periods: parsePeriods(stored.periods).map(([scope, duration, startMs]) => periods.row(scopeId(scope), duration, startMs)),
          attempts: readAttempts.all(row),
          // Asked again after a rollback only; then the limits count.
          unlimited: false,
        })
      }
    },
  }
}
