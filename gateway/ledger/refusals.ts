// Requests turned away: the first few of a minute get a row, a flood of them only numbers.
// Promises: every refusal is in the roll-ups; rows per key, code and minute are bounded. Leaves alone: waiting (nobody does).

import type { Database } from 'better-sqlite3'
import type { RefusalRecord } from '../contract/ledger.ts'
import type { HoldTools } from './holds.ts'
import { Misuse } from './ops.ts'
import { noSums, type Rollups, type Sums } from './rollups.ts'
import { sentNowhere, tallyAttempt, tallyRequest } from './tally.ts'

export interface Refusals {
  /** @returns the row made, or null when it was only counted */
  refuse(refusal: RefusalRecord): number | null
  /** After a rollback. */
  forget(): void
}
export interface RefusalTools extends HoldTools {
  readonly rollups: Rollups
  readonly refusalRowsPerMinute: number
}

export const minuteMs = 60_000
const countersMax = 10_000

export function createRefusals(db: Database, tools: RefusalTools): Refusals {
  const { interned, requests, rows, rollups } = tools
  const fold = db.prepare('INSERT INTO refusal_fold VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1')
  const counts = new Map<string, number>()

  const isFolded = (refusal: RefusalRecord, minute: number): boolean => {
    const slot = `${minute} ${refusal.keyId} ${refusal.errorCode}`
    const count = (counts.get(slot) ?? 0) + 1
    if (counts.size >= countersMax) counts.clear()
    counts.set(slot, count)
    return count > tools.refusalRowsPerMinute
  }
  return {
    refuse(refusal) {
      if (requests.get(refusal.requestId) !== undefined) throw new Misuse(`request ${refusal.requestId} is running and cannot be refused`)
      const { receivedAtMs, keyId, teamId } = refusal
      const minute = Math.floor(receivedAtMs / minuteMs)
      const folded = isFolded(refusal, minute)
      const row = folded ? null : rows.insertRefused(refusal)
      const modelId = folded ? (interned.knownNameId('model', refusal.model) ?? 0) : rows.modelId(refusal.model)
      if (folded) fold.run(minute, keyId, refusal.errorCode, teamId ?? 0, modelId)
      const sums: Sums = { ...noSums(), requests: 1, errors: 1 }
      // A folded refusal keeps only its minute, so it is summed up by that.
      const countedAtMs = folded ? minute * minuteMs : receivedAtMs
      tallyRequest(rollups, { receivedAtMs: countedAtMs, keyId, teamId, modelId }, sums)
      tallyAttempt(rollups, { receivedAtMs: countedAtMs, to: sentNowhere }, sums)
      return row
    },
    forget: () => counts.clear(),
  }
}
