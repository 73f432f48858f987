// The ledger's state machine over one SQLite connection: apply ops inside a transaction, commit or roll back the group.
// Promises: an op that is refused wrote nothing; after a rollback memory is read again from the file; nothing here knows of threads.
// Leaves alone: when to commit (group-commit.ts).

import type { Database } from 'better-sqlite3'
import type { Limits } from '../contract/config.ts'
import type { StoredPrices } from '../contract/prices.ts'
import type { Team, VirtualKey } from '../contract/store.ts'
import type { AttemptAnswer, ExtendAnswer, HoldAnswer } from '../contract/ledger.ts'
import type { Scope } from '../contract/scope.ts'
import type { Log } from '../kit/log.ts'
import { createAdjustments } from './adjustments.ts'
import { createBudgets } from './budgets.ts'
import { createClosing } from './closing.ts'
import { beginRun, type Run } from './first-run.ts'
import { createHolds } from './holds.ts'
import { createInterned } from './interned.ts'
import { checkLight, InvariantBroken } from './invariants.ts'
import { migrate } from './migrate.ts'
import { createOpenRequests } from './open-requests.ts'
import type { LedgerOp } from './ops.ts'
import { closeOrphans } from './orphans.ts'
import { createPeriods } from './periods.ts'
import { createPriceWrites, isPriceOp, readStoredPrices, type PriceOpAnswer } from './price-rows.ts'
import { createRefusals } from './refusals.ts'
import { createRequestRows } from './request-rows.ts'
import { createRollups } from './rollups.ts'
import { createScopeRows } from './scope-rows.ts'
import { createSpentBefore } from './spent-before.ts'
import { createStoreRows, type StoreRows } from './store-rows.ts'
import { createStoreWrites } from './store-writes.ts'

/** Named places where a test makes the disk fail or the process die. */
export type FaultPoint = 'op-applied' | 'before-commit' | 'after-commit'

export interface CoreOptions {
  /** IANA zone; used at the first run, then the file's own counts. */
  readonly zone: string
  readonly limits: Pick<Limits, 'refusalRowsPerMinute'>
  readonly log: Log
  /** The run to go on with after the connection or the writer's thread was lost: its open requests are still running. */
  readonly resume?: Run | null
  nowMs(): number
  fault?(point: FaultPoint): void
}
export type OpAnswer = HoldAnswer | ExtendAnswer | AttemptAnswer | VirtualKey | Team | Scope | PriceOpAnswer | null

export interface Core extends Run {
  /** Requests of earlier runs found open and charged their hold. */
  readonly recoveredRequests: number
  readonly stored: StoreRows
  storedPrices(): StoredPrices
  /** Ops applied since the last commit. */
  readonly uncommitted: number
  /** @throws Misuse or GatewayError: the op wrote nothing. Anything else: the group must be rolled back. */
  apply(op: LedgerOp): OpAnswer
  /** @returns the highest request row changed, or null. @throws InvariantBroken, or when it could not be made durable; roll back then. */
  commit(): number | null
  rollback(): void
  /** Marks the run's end, after the last commit. */
  end(): void
}

/** Migrates the file, makes the built-in rows, closes what a crash left open, and is ready for ops. */
export function createCore(db: Database, options: CoreOptions): Core {
  migrate(db)
  const { resume = null } = options
  const run = resume ?? db.transaction(() => beginRun(db, options)).immediate()
  const parts = createParts(db, run, options)
  parts.requests.reload()
  const recoveredRequests = resume === null ? recover(db, parts) : 0
  const transaction = createTransaction(db)

  let uncommitted = 0
  let changedRow: number | null = null
  return {
    ...run,
    recoveredRequests,
    stored: parts.stored,
    storedPrices: () => readStoredPrices(db),
    get uncommitted() {
      return uncommitted
    },
    apply(op) {
      transaction.begin()
      uncommitted += 1
      parts.periods.see()
      const { answer, row } = applyOp(parts, op)
      if (row !== null && (changedRow === null || row > changedRow)) changedRow = row
      options.fault?.('op-applied')
      return answer
    },
    commit() {
      if (uncommitted === 0) return null
      const broken = checkLight(parts.periods.touched())
      if (broken.length > 0) throw new InvariantBroken(broken)
      parts.flush()
      options.fault?.('before-commit')
      transaction.commit()
      const row = changedRow
      uncommitted = 0
      changedRow = null
      options.fault?.('after-commit')
      return row
    },
    rollback() {
      uncommitted = 0
      changedRow = null
      transaction.rollback()
      parts.forget()
    },
    end() {
      db.prepare('UPDATE boot SET ended_at = ? WHERE id = ?').run(options.nowMs(), run.bootId)
    },
  }
}

function recover(db: Database, parts: ReturnType<typeof createParts>): number {
  const closeAll = db.transaction(() => {
    const charged = closeOrphans(db, parts)
    parts.flush()
    return charged
  })
  return closeAll.immediate()
}

function createParts(db: Database, run: Run, options: CoreOptions) {
  const { zone, bootId } = run
  const nowMs = (): number => options.nowMs()
  const interned = createInterned(db)
  const scopeRows = createScopeRows(db)
  const periods = createPeriods(db, { zone, nowMs, scopeRows })
  const requests = createOpenRequests(db, { periods, interned })
  const rollups = createRollups(db, zone)
  const rows = createRequestRows(db, { interned, bootId })
  const holds = createHolds(db, { periods, interned, requests, rows })
  const closing = createClosing(db, { periods, requests, rollups, log: options.log })
  const refusals = createRefusals(db, { periods, interned, requests, rows, rollups, refusalRowsPerMinute: options.limits.refusalRowsPerMinute })
  const adjustments = createAdjustments(db, { periods, rollups, interned })
  const stored = createStoreRows(db, scopeRows)
  const budgets = createBudgets({ periods, requests, scopeRows, spentBefore: createSpentBefore(db, { interned, rollups, zone }) })
  const store = createStoreWrites(db, { budgets, stored, nowMs })
  return {
    periods,
    requests,
    rollups,
    holds,
    closing,
    refusals,
    adjustments,
    stored,
    store,
    nowMs,
    prices: createPriceWrites(db, nowMs),
    flush() {
      for (const part of [rollups, periods, rows]) part.flush()
    },
    forget() {
      for (const part of [interned, periods, rollups, rows, refusals]) part.forget()
      requests.reload()
    },
  }
}

/** `row`: the request row that this changed, for those who watch. */
function applyOp(parts: ReturnType<typeof createParts>, op: LedgerOp): { answer: OpAnswer; row: number | null } {
  if (isPriceOp(op)) return { answer: parts.prices(op), row: null }
  switch (op.kind) {
    case 'hold':
      return { answer: parts.holds.hold(op.order), row: null }
    case 'open-attempt':
      return { answer: parts.holds.openAttempt(op.order), row: parts.requests.get(op.order.requestId)?.row ?? null }
    case 'record':
      return { answer: null, row: parts.closing.record(op.visit) }
    case 'extend':
      return { answer: parts.holds.extend(op.order), row: null }
    case 'refuse':
      return { answer: null, row: parts.refusals.refuse(op.refusal) }
    case 'hit':
      return { answer: null, row: parts.refusals.hit(op.hit) }
    case 'count-unknown':
      parts.refusals.countUnknown(op.code, op.atMs, op.count)
      return { answer: null, row: null }
    case 'adjust':
      return { answer: null, row: parts.adjustments.adjust(op.order, parts.nowMs()) }
    default:
      return { answer: parts.store(op), row: null }
  }
}

function createTransaction(db: Database): { begin(): void; commit(): void; rollback(): void } {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  let begun = false
  return {
    begin() {
      if (begun) return
      begin.run()
      begun = true
    },
    commit() {
      commit.run()
      begun = false
    },
    rollback() {
      begun = false
      // SQLite ends a transaction by itself on some errors (sqlite.org/lang_transaction.html, as known 2026-11-21).
      if (db.inTransaction) rollback.run()
    },
  }
}
