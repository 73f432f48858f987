// What a crash left behind: requests of an earlier run that are still open.
// Promises: one that was dispatched is charged its hold, flagged and counted; one that was not is closed without cost; all in one transaction.
// Leaves alone: later corrections.

import type { Database } from 'better-sqlite3'
import type { Holding, OpenRequest, OpenRequests } from './open-requests.ts'
import type { PeriodRow } from './period-rows.ts'
import type { Periods } from './periods.ts'
import { noSums, type Rollups, type Sums } from './rollups.ts'
import { sentNowhere, tally } from './tally.ts'

export interface OrphanTools {
  readonly periods: Periods
  readonly requests: OpenRequests
  readonly rollups: Rollups
}
export const crashMessage = 'The gateway stopped while this request was running.'

/** @returns how many were charged. Expects to run before this run's first request, inside a transaction. */
export function closeOrphans(db: Database, tools: OrphanTools): number {
  const { requests, rollups } = tools
  const closeRequest = db.prepare(
    `UPDATE request SET state = ?, "end" = 'failed', error_code = 'internal', error_message = '${crashMessage}', provider_id = ?, deployment_id = ?, cost_nusd = ?, provenance = ? WHERE id = ?`,
  )
  const closeAttempt = db.prepare(`UPDATE attempt SET state = 'orphaned', cost_nusd = ?, provenance = 'estimated' WHERE request_id = ? AND ordinal = ?`)
  let charged = 0
  for (const open of [...requests.all()]) {
    const last = open.attempts.at(-1)
    const cost = last === undefined ? 0n : open.hold
    // The hold covers all attempts together; it is booked where the request was sent last.
    for (const attempt of open.attempts) closeAttempt.run(attempt === last ? cost : 0n, open.row, attempt.ordinal)
    if (last === undefined) closeRequest.run('closed', null, null, 0n, null, open.row)
    else closeRequest.run('orphaned', last.providerId, last.deploymentId, cost, 'estimated', open.row)
    const sums: Sums = { ...noSums(), requests: 1, errors: 1, cost }
    tally(rollups, { of: open, to: last ?? sentNowhere }, sums)
    settle(open, { cost, costOf: (ordinal) => (ordinal === last?.ordinal ? cost : 0n), ...tools })
    if (last !== undefined) charged += 1
  }
  return charged
}

interface Costs {
  readonly cost: bigint
  costOf(ordinal: number): bigint
  readonly periods: Periods
  readonly requests: OpenRequests
}

/** Turns holds into costs: the request's in the periods of its caller, each attempt's where it was sent. */
export function settle(open: OpenRequest, by: Costs): void {
  book(open, by.cost, by.periods)
  for (const attempt of open.attempts) book(attempt, by.costOf(attempt.ordinal), by.periods)
  by.requests.remove(open)
}

function book(holding: Holding, cost: bigint, periods: Periods): void {
  for (const row of holding.periods) {
    row.held -= holding.hold
    row.settled += cost
    // More than was held: the vendor ignored its cap, or a stream was one block ahead. The true cost counts, and is no breach by the ledger.
    if (cost > holding.hold) allowReached(row)
    periods.touch(row)
  }
}

/** From now on the row may reach what it has. */
export function allowReached(row: PeriodRow): void {
  const reached = row.settled + row.held
  if (row.ceiling !== null && reached > row.ceiling) row.ceiling = reached
}
