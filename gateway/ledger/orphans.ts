// What a crash left behind: requests of an earlier run that are still open.
// Promises: one that was dispatched is charged its hold, flagged and counted; one that was not is closed without cost; all in one transaction.
// Leaves alone: later corrections.

import type { Database } from 'better-sqlite3'
import type { OpenRequest, OpenRequests } from './open-requests.ts'
import type { Periods } from './periods.ts'
import { noSums, type Rollups, type Sums } from './rollups.ts'
import { sentNowhere, tallyAttempt, tallyRequest } from './tally.ts'

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
    tallyRequest(rollups, open, sums)
    tallyAttempt(rollups, { receivedAtMs: open.receivedAtMs, to: last ?? sentNowhere }, sums)
    settle(open, { cost, ...tools })
    if (last !== undefined) charged += 1
  }
  return charged
}

/** Turns a hold into a cost, in every period it was taken from. */
export function settle(open: OpenRequest, by: { readonly cost: bigint; readonly periods: Periods; readonly requests: OpenRequests }): void {
  for (const row of open.periods) {
    row.held -= open.hold
    row.settled += by.cost
    by.periods.touch(row)
  }
  by.requests.remove(open)
}
