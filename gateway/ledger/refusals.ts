// Requests that never held anything: turned away, or answered without a vendor. Of refusals the first few of a minute get a row, a flood only numbers.
// Promises: each is in the roll-ups; rows of refusals per key, code and minute are bounded; strangers are only counted. Leaves alone: waiting (nobody does).

import type { Database } from 'better-sqlite3'
import type { HitRecord, RefusalRecord } from '../contract/ledger.ts'
import type { HoldTools } from './holds.ts'
import { Misuse } from './ops.ts'
import { hourMs } from './request-rows.ts'
import { noSums, type Rollups, type Sums } from './rollups.ts'
import { sentNowhere, tally } from './tally.ts'

export interface Refusals {
  /** @returns the row made, or null when it was only counted */
  refuse(refusal: RefusalRecord): number | null
  /** @returns the row made */
  hit(hit: HitRecord): number
  /** Callers nobody knows: per code and hour. */
  countUnknown(code: string, atMs: number, count: number): void
  /** After a rollback. */
  forget(): void
}
export interface RefusalTools extends HoldTools {
  readonly rollups: Rollups
  readonly refusalRowsPerMinute: number
}

export const minuteMs = 60_000
const countersMax = 10_000
const codeMax = 100

export function createRefusals(db: Database, tools: RefusalTools): Refusals {
  const { interned, requests, rows, rollups } = tools
  const fold = db.prepare('INSERT INTO refusal_fold VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1')
  const addUnknown = db.prepare('INSERT INTO unknown_refusal VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count')
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
      tally(rollups, { of: { receivedAtMs: countedAtMs, keyId, teamId, modelId }, to: sentNowhere }, sums)
      return row
    },
    hit(hit) {
      if (requests.get(hit.requestId) !== undefined || hit.savedNanoUsd < 0n) throw new Misuse(`request ${hit.requestId} cannot be a hit`)
      const row = rows.insertHit(hit)
      const { receivedAtMs, keyId, teamId } = hit
      const sums: Sums = { ...noSums(), requests: 1, saved: hit.savedNanoUsd }
      tally(rollups, { of: { receivedAtMs, keyId, teamId, modelId: rows.modelId(hit.model) }, to: sentNowhere }, sums)
      return row
    },
    countUnknown: (code, atMs, count) => void addUnknown.run(Math.floor(atMs / hourMs), code.slice(0, codeMax), count),
    forget: () => counts.clear(),
  }
}
