// Closing the books of a request: what each attempt came to, exactly once.
// Promises: held goes down by the hold and settled up by the cost in every period, with the roll-ups; checks come before the first write.
// Leaves alone: how a cost is computed (the bill arrives priced).

import type { Database } from 'better-sqlite3'
import { refuse } from '../contract/errors.ts'
import type { AttemptRecord, VisitRecord } from '../contract/ledger.ts'
import type { BillLine } from '../contract/price.ts'
import { cachedTokens, completionTokens, promptTokens, type Provenance } from '../contract/usage.ts'
import type { Log } from '../kit/log.ts'
import { Misuse } from './ops.ts'
import type { OpenRequest } from './open-requests.ts'
import { settle, type OrphanTools } from './orphans.ts'
import { capped, toStagesText, whole } from './request-rows.ts'
import { addSums, noSums, type Rollups, type Sums } from './rollups.ts'
import { sentNowhere, tally, tallyAttempt, tallyRequest } from './tally.ts'

export interface Closing {
  /** @returns the row changed. @throws GatewayError ledger_unavailable when the hold was lost, Misuse when the request is closed already */
  record(visit: VisitRecord): number
}
export interface ClosingTools extends OrphanTools {
  readonly log: Log
}

const strength = { reported: 2, counted: 1, estimated: 0 } as const

export function createClosing(db: Database, tools: ClosingTools): Closing {
  const { requests, rollups, log } = tools
  const closeAttempt = db.prepare(
    `UPDATE attempt SET state = ?, "end" = ?, meters = ?, lines = ?, cost_nusd = ?, prompt_tokens = ?, completion_tokens = ?, cached_tokens = ?, reasoning_tokens = ?,
     provenance = ?, unpriced = ?, upstream_status = ?, upstream_id = ?, failure = ?, first_byte_us = ?, ended_us = ? WHERE request_id = ? AND ordinal = ?`,
  )
  const closeRequest = db.prepare(
    `UPDATE request SET state = 'closed', "end" = ?, status = ?, error_code = ?, error_message = ?, upstream_id = ?, provider_id = ?, deployment_id = ?, cost_nusd = ?,
     prompt_tokens = ?, completion_tokens = ?, cached_tokens = ?, reasoning_tokens = ?, provenance = ?, unpriced = ?, first_byte_us = ?, total_us = ?, stages = ?, dropped = ?, saved_nusd = ? WHERE id = ?`,
  )
  const stateOf = db.prepare<[string], { state: string }>('SELECT state FROM request WHERE request_id = ?')

  return {
    record(visit) {
      const open = requests.get(visit.requestId)
      if (open === undefined) {
        if (stateOf.get(visit.requestId) === undefined) throw refuse('ledger_unavailable', { reason: 'the hold of this request was lost' })
        throw new Misuse(`request ${visit.requestId} is already closed`)
      }
      const parts = visit.attempts.map((attempt): Part => ({ attempt, sums: sumsOf(attempt) }))
      checkVisit(open, visit, parts)
      for (const part of parts) closeAttempt.run(...attemptValues(part), open.row, part.attempt.ordinal)
      const sums = sumUp(visit, parts)
      tallyVisit(rollups, open, { sums, parts })
      closeRequest.run(...requestValues(open, visit, sums), open.row)
      if (sums.cost > open.hold && open.hold > 0n)
        log(open.mode === 'block' ? 'info' : 'warn', 'cost-above-hold', { requestId: visit.requestId, holdNanoUsd: open.hold, costNanoUsd: sums.cost })
      settle(open, { cost: sums.cost, costOf: (ordinal) => visit.attempts.find((attempt) => attempt.ordinal === ordinal)?.bill.costNanoUsd ?? 0n, ...tools })
      return open.row
    },
  }
}

/** An attempt, and what it adds to the request's sums. */
interface Part {
  readonly attempt: AttemptRecord
  readonly sums: Sums
}

function checkVisit(open: OpenRequest, visit: VisitRecord, parts: readonly Part[]): void {
  // No two of those that were opened have the same ordinal.
  if (parts.length !== open.attempts.length || !open.attempts.every(({ ordinal }) => parts.some(({ attempt }) => attempt.ordinal === ordinal)))
    throw new Misuse(`request ${visit.requestId} opened the attempts [${ordinalsOf(open.attempts)}] and closes [${ordinalsOf(visit.attempts)}]`)
  if ((visit.savedNanoUsd ?? 0n) < 0n) throw new Misuse(`request ${visit.requestId} saves less than nothing`)
  for (const { attempt, sums } of parts) {
    const lines = attempt.bill.lines.reduce((total, line) => total + line.costNanoUsd, 0n)
    if (attempt.bill.costNanoUsd < 0n || lines !== attempt.bill.costNanoUsd)
      throw new Misuse(`the bill of request ${visit.requestId} is not the sum of its lines`)
    const { promptTokens: prompt, completionTokens: completion, cachedTokens: cached, reasoningTokens: reasoning } = sums
    if (![prompt, completion, cached, reasoning].every(Number.isSafeInteger)) throw new Misuse(`request ${visit.requestId} counts fractions of tokens`)
  }
}
const ordinalsOf = (attempts: readonly { readonly ordinal: number }[]): string => attempts.map(({ ordinal }) => ordinal).join()

function attemptValues({ attempt, sums }: Part): unknown[] {
  const { bill, usage } = attempt
  const state = bill.costNanoUsd === 0n && usage === null ? 'void' : 'settled'
  return [
    state,
    attempt.end,
    usage === null ? '{}' : JSON.stringify(usage.meters),
    toLinesText(bill.lines),
    bill.costNanoUsd,
    sums.promptTokens,
    sums.completionTokens,
    sums.cachedTokens,
    sums.reasoningTokens,
    bill.provenance,
    bill.unpriced ? 1 : 0,
    attempt.upstreamStatus,
    capped(attempt.upstreamId),
    capped(attempt.failure),
    whole(attempt.firstByteUs),
    whole(attempt.endedUs),
  ]
}

function requestValues(open: OpenRequest, visit: VisitRecord, sums: Sums): unknown[] {
  const last = open.attempts.at(-1)
  const answering = visit.attempts.findLast((attempt) => attempt.end !== 'failed')
  const served = open.attempts.find((attempt) => attempt.ordinal === answering?.ordinal)
  return [
    visit.end,
    visit.status,
    visit.errorCode,
    capped(visit.errorMessage),
    served?.upstreamModelId ?? null,
    last?.providerId ?? null,
    last?.deploymentId ?? null,
    sums.cost,
    sums.promptTokens,
    sums.completionTokens,
    sums.cachedTokens,
    sums.reasoningTokens,
    weakest(visit.attempts),
    sums.unpriced,
    whole(visit.firstByteUs),
    whole(visit.endedUs),
    toStagesText(visit.stages),
    visit.dropped.length === 0 ? null : JSON.stringify(visit.dropped),
    sums.saved,
  ]
}

function sumUp(visit: VisitRecord, parts: readonly Part[]): Sums {
  const unpriced = visit.attempts.some(({ bill }) => bill.unpriced) ? 1 : 0
  const total: Sums = { ...noSums(), requests: 1, errors: visit.end === 'answered' ? 0 : 1, unpriced, saved: visit.savedNanoUsd ?? 0n }
  for (const { sums } of parts) addSums(total, sums)
  return total
}

function tallyVisit(rollups: Rollups, open: OpenRequest, { sums, parts }: { readonly sums: Sums; readonly parts: readonly Part[] }): void {
  const last = open.attempts.at(-1) ?? sentNowhere
  if (parts.length < 2) return tally(rollups, { of: open, to: last }, sums)
  const { receivedAtMs } = open
  const { requests, errors, unpriced, saved } = sums
  tallyRequest(rollups, open, sums)
  tallyAttempt(rollups, { receivedAtMs, to: last }, { ...noSums(), requests, errors, unpriced, saved })
  for (const part of parts)
    tallyAttempt(rollups, { receivedAtMs, to: open.attempts.find(({ ordinal }) => ordinal === part.attempt.ordinal) ?? sentNowhere }, part.sums)
}

function sumsOf({ usage, bill }: AttemptRecord): Sums {
  const meters = usage?.meters ?? {}
  return {
    ...noSums(),
    promptTokens: promptTokens(meters),
    completionTokens: completionTokens(meters),
    cachedTokens: cachedTokens(meters),
    reasoningTokens: meters.reasoning ?? 0,
    cost: bill.costNanoUsd,
  }
}

/** [[meter, units, pico-USD, nano-USD], ...]; money as text, because JSON numbers would round. */
export function toLinesText(lines: readonly BillLine[]): string {
  return JSON.stringify(lines.map((line) => [line.meter, line.units, line.pico.toString(), line.costNanoUsd.toString()]))
}

/** A sum is known no better than its worst part; attempts that used nothing say nothing. */
function weakest(attempts: readonly AttemptRecord[]): Provenance | null {
  let found: Provenance | null = null
  for (const { usage, bill } of attempts) {
    if (usage === null && bill.costNanoUsd === 0n) continue
    if (found === null || strength[bill.provenance] < strength[found]) found = bill.provenance
  }
  return found
}
