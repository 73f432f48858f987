// Later corrections of what closed requests cost: each is a row of its own, the rows it corrects never change.
// Promises: all entries or none; a correction counts in the periods and roll-ups its request counted in; nothing ever costs less than nothing.
// Leaves alone: computing a correction (the bill arrives priced).

import type { Database } from 'better-sqlite3'
import { refuse } from '../contract/errors.ts'
import { scopeId } from '../contract/ids.ts'
import { adjustmentReasons, type AdjustmentEntry, type AdjustOrder } from '../contract/ledger.ts'
import { toLinesText } from './closing.ts'
import type { Interned } from './interned.ts'
import { parsePeriods } from './open-requests.ts'
import { allowReached, type OrphanTools } from './orphans.ts'
import { stillUnpriced } from './reports/request-read.ts'
import { capped } from './request-rows.ts'
import { noSums } from './rollups.ts'
import { sentNowhere, tally, type Counted, type SentTo } from './tally.ts'

export interface Adjustments {
  /** @returns the highest row of a request it concerns. @throws GatewayError record_not_found, conflict, invalid_request: nothing was written */
  adjust(order: AdjustOrder, nowMs: number): number | null
}
export interface AdjustmentTools extends Pick<OrphanTools, 'periods' | 'rollups'> {
  readonly interned: Interned
}

/** One op must not keep the writer for long. */
const entriesMax = 1000

interface StoredRequest {
  readonly row: bigint
  readonly state: string
  readonly receivedAtMs: bigint
  readonly keyId: bigint
  readonly teamId: bigint | null
  readonly modelId: bigint
  readonly cost: bigint
  readonly unpriced: bigint
  /** Where it was sent last. */
  readonly providerId: bigint | null
  readonly deploymentId: bigint | null
  readonly periods: string | null
}
interface StoredAttempt {
  readonly ordinal: bigint
  readonly providerId: bigint
  readonly deploymentId: bigint
  readonly cost: bigint
  readonly periods: string | null
}
interface Planned {
  readonly entry: AdjustmentEntry
  readonly request: StoredRequest
  readonly attempt: StoredAttempt | null
}

export function createAdjustments(db: Database, { periods, rollups, interned }: AdjustmentTools): Adjustments {
  const insert = db.prepare(
    'INSERT INTO adjustment (request_id, ordinal, at, reason, amount_nusd, price_id, lines, note, batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const plan = createPlan(db)
  const isUnpriced = db.prepare<[number], { unpriced: number }>(`SELECT ${stillUnpriced} AS unpriced FROM request r WHERE r.id = ?`)

  const book = (text: string | null, amount: bigint): void => {
    for (const [scope, duration, startMs] of text === null ? [] : parsePeriods(text)) {
      const row = periods.row(scopeId(scope), duration, startMs)
      row.settled += amount
      if (amount > 0n) allowReached(row)
      periods.touch(row)
    }
  }
  /** The last attempt without a price has one now: the request is no longer counted as unpriced. */
  const countPriced = (request: StoredRequest): void => {
    const to = { providerId: Number(request.providerId ?? 0), deploymentId: Number(request.deploymentId ?? 0) }
    tally(rollups, { of: toCounted(request), to }, { ...noSums(), unpriced: -1 })
  }
  return {
    adjust({ entries, batch }, nowMs) {
      if (entries.length > entriesMax) throw refuse('invalid_request', { reason: `At most ${entriesMax} adjustments at once.` })
      const planned = plan(entries)
      let highest: number | null = null
      const settled = new Map<number, StoredRequest>()
      for (const { entry, request, attempt } of planned) {
        const { amountNanoUsd, reason, price, lines, note } = entry
        const row = Number(request.row)
        const priceId = price === null ? null : interned.priceId(price)
        insert.run(row, attempt?.ordinal ?? null, Math.trunc(nowMs), reason, amountNanoUsd, priceId, toLinesText(lines), capped(note), capped(batch))
        book(request.periods, amountNanoUsd)
        book(attempt?.periods ?? null, amountNanoUsd)
        const sums = { ...noSums(), cost: amountNanoUsd }
        tally(rollups, { of: toCounted(request), to: attempt === null ? sentNowhere : sentTo(attempt) }, sums)
        if (request.unpriced === 1n && price !== null && isUnpriced.get(row)?.unpriced === 0) settled.set(row, request)
        highest = Math.max(highest ?? 0, row)
      }
      for (const request of settled.values()) countPriced(request)
      return highest
    },
  }
}

const toCounted = ({ receivedAtMs, keyId, teamId, modelId }: StoredRequest): Counted => ({
  receivedAtMs: Number(receivedAtMs),
  keyId: Number(keyId),
  teamId: teamId === null ? null : Number(teamId),
  modelId: Number(modelId),
})
const sentTo = (attempt: StoredAttempt): SentTo => ({ providerId: Number(attempt.providerId), deploymentId: Number(attempt.deploymentId) })

/** Every check, before anything is written. */
function createPlan(db: Database): (entries: readonly AdjustmentEntry[]) => Planned[] {
  const adjusted = 'coalesce((SELECT sum(d.amount_nusd) FROM adjustment d WHERE d.request_id ='
  const findRequest = db
    .prepare<[string], StoredRequest>(
      `SELECT r.id AS row, r.state, r.received_at AS receivedAtMs, r.key_id AS keyId, r.team_id AS teamId, r.model_id AS modelId, s.periods,
       ${stillUnpriced} AS unpriced, r.provider_id AS providerId, r.deployment_id AS deploymentId,
       r.cost_nusd + ${adjusted} r.id), 0) AS cost FROM request r LEFT JOIN period_set s ON s.id = r.period_set_id WHERE r.request_id = ?`,
    )
    .safeIntegers()
  const findAttempts = db
    .prepare<[bigint], StoredAttempt>(
      `SELECT a.ordinal, a.provider_id AS providerId, a.deployment_id AS deploymentId, s.periods,
       a.cost_nusd + ${adjusted} a.request_id AND d.ordinal = a.ordinal), 0) AS cost
       FROM attempt a LEFT JOIN period_set s ON s.id = a.period_set_id WHERE a.request_id = ? ORDER BY a.ordinal`,
    )
    .safeIntegers()

  return (entries) => {
    // Entries of one order may follow each other on one attempt.
    const earlier = new Map<string, bigint>()
    return entries.map((entry) => {
      const request = findRequest.get(entry.requestId)
      if (request === undefined) throw refuse('record_not_found', { reason: `There is no request ${entry.requestId}.` })
      if (request.state === 'open') throw refuse('conflict', { reason: `The request ${entry.requestId} is still running.` })
      const attempts = findAttempts.all(request.row)
      const attempt = (entry.ordinal === null ? attempts.at(-1) : attempts.find(({ ordinal }) => Number(ordinal) === entry.ordinal)) ?? null
      if (attempt === null && entry.ordinal !== null)
        throw refuse('record_not_found', { reason: `The request ${entry.requestId} has no attempt ${entry.ordinal}.` })
      const slot = `${request.row} ${attempt?.ordinal ?? ''}`
      const sum = (earlier.get(slot) ?? 0n) + entry.amountNanoUsd
      earlier.set(slot, sum)
      checkEntry(entry, (attempt ?? request).cost + sum)
      return { entry, request, attempt }
    })
  }
}

/** Far below what 64 bits hold: no call costs a billion dollars. */
const costMax = 1_000_000_000n * 1_000_000_000n

function checkEntry(entry: AdjustmentEntry, cost: bigint): void {
  const { requestId, reason, lines } = entry
  if (!adjustmentReasons.includes(reason)) throw refuse('invalid_request', { reason: 'An adjustment is a reprice, a correction or late usage.' })
  if (cost < 0n || cost > costMax) throw refuse('invalid_request', { reason: `The request ${requestId} cannot cost less than nothing, or a billion dollars.` })
  const total = lines.reduce((sum, line) => sum + line.costNanoUsd, 0n)
  if (lines.length > 0 && total !== cost)
    throw refuse('conflict', { reason: `The lines of the request ${requestId} do not add up to what it would cost; it was adjusted since.` })
}
