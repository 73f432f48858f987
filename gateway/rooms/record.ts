// Closes the books on a visit: attempts, hold and request in one durable write, or a refusal that nobody waits for.
// Promises: exactly one row per request that had a caller; the reply waits for it a bounded time, a ledger that is busy or full is asked again after.
// Leaves alone: prices (settle), what is sent (the corridor).

import type { Caller } from '../contract/caller.ts'
import { GatewayError, refuse } from '../contract/errors.ts'
import type { Hold } from '../contract/hold.ts'
import type { RequestId } from '../contract/ids.ts'
import type { AttemptRecord, LedgerPort, RefusalRecord, RequestEnd, Stage, VisitRecord } from '../contract/ledger.ts'
import type { Outcome } from '../contract/itinerary.ts'
import type { NanoUsd } from '../contract/money.ts'
import type { Bill } from '../contract/price.ts'
import { withTags, type InferenceRequest } from '../contract/request.ts'

export interface Visit {
  readonly request: InferenceRequest
  /** null: nobody was identified; such calls are only counted. */
  readonly caller: Caller | null
  readonly hold: Hold | null
  readonly outcome: Outcome | null
  readonly bills: readonly Bill[]
  readonly failure: unknown
  /** Answered from memory, without a call: what that saved. */
  readonly savedNanoUsd: NanoUsd | null
  readonly stages: readonly Stage[]
  readonly endedUs: number
}
export interface RecordTools {
  readonly ledger: Pick<LedgerPort, 'record' | 'recordHit' | 'refuse' | 'countUnknown'>
  /** Longest the reply's last byte waits for the write. */
  readonly waitMs: number
  /** A write that failed for good; the row stays open, and the next start settles it. */
  readonly onTrouble: (id: RequestId, error: unknown) => void
}
export type Record = (visit: Visit) => Promise<void>

export function createRecord(tools: RecordTools): Record {
  return async (visit) => {
    const failure = visit.failure === null ? null : toGatewayError(visit.failure)
    const { caller, hold, savedNanoUsd } = visit
    if (caller === null) return tools.ledger.countUnknown(failure?.code ?? 'internal')
    const close = async (): Promise<void> => {
      if (savedNanoUsd !== null) {
        const hit = { ...toFacts(visit, caller), status: visit.outcome?.status ?? 200, savedNanoUsd }
        return await write(hit.requestId, () => tools.ledger.recordHit(hit), tools)
      }
      if (hold !== null && (await isTaken(hold))) {
        const record = toVisitRecord(visit, failure)
        return await write(record.requestId, () => tools.ledger.record(record), tools)
      }
      tools.ledger.refuse(toRefusal(visit, caller, failure ?? refuse('internal')))
    }
    await withinTime(close(), tools.waitMs)
  }
}

async function isTaken(hold: Hold): Promise<boolean> {
  try {
    await hold.money
    return true
  } catch {
    // Its reason is the visit's failure already, or the visit failed earlier for one of its own.
    return false
  }
}

/** A full disk or a group rolled back for another's sake passes; what it held would otherwise stay held until the next start. */
const pausesMs = [100, 500, 2000, 10_000, 30_000]

/** Keeps the record alone while it waits, not the visit with its bodies. */
async function write(id: RequestId, attempt: () => Promise<void>, tools: RecordTools): Promise<void> {
  for (const pauseMs of [...pausesMs, null]) {
    try {
      return await attempt()
    } catch (error) {
      if (pauseMs === null || !(error instanceof GatewayError && error.code === 'ledger_unavailable')) return tools.onTrouble(id, error)
      // A gateway that is stopping does not wait: the next start settles what is open.
      await new Promise<void>((resolve) => setTimeout(resolve, pauseMs).unref())
    }
  }
}

function toGatewayError(failure: unknown): GatewayError {
  return failure instanceof GatewayError ? failure : refuse('internal', {}, {}, failure)
}

function toVisitRecord(visit: Visit, failure: GatewayError | null): VisitRecord {
  const { request, outcome } = visit
  return {
    requestId: request.id,
    end: endOf(outcome, failure),
    status: outcome?.status ?? failure?.status ?? 500,
    errorCode: failure?.code ?? null,
    errorMessage: failure?.storedMessage ?? null,
    attempts: (outcome?.attempts ?? []).map((attempt, index): AttemptRecord => {
      const { ordinal, end, usage, upstreamStatus, upstreamId, startedUs, firstByteUs, endedUs } = attempt
      return {
        ordinal,
        end,
        usage,
        bill: visit.bills[index] ?? emptyBill,
        upstreamStatus,
        upstreamId,
        failure: attempt.failure,
        startedUs,
        firstByteUs,
        endedUs,
      }
    }),
    stages: visit.stages,
    firstByteUs: outcome?.attempts.at(-1)?.firstByteUs ?? null,
    endedUs: visit.endedUs,
    dropped: outcome?.dropped ?? [],
  }
}

const emptyBill: Bill = { costNanoUsd: 0n as Bill['costNanoUsd'], lines: [], provenance: 'reported', unpriced: false }

/** Policy's no before any dispatch is a refusal; everything else that did not end well failed. */
function endOf(outcome: Outcome | null, failure: GatewayError | null): RequestEnd {
  // What the house answers itself is answered without an attempt.
  if (outcome !== null && (outcome.attempts.length > 0 || outcome.end !== 'failed')) return outcome.end
  return failure !== null && failure.row.blame !== 'house' && failure.row.blame !== 'provider' ? 'refused' : 'failed'
}

function toRefusal(visit: Visit, caller: Caller, failure: GatewayError): RefusalRecord {
  return { ...toFacts(visit, caller), status: failure.status, errorCode: failure.code, errorMessage: failure.storedMessage }
}

/** What a row without a hold says about its request. */
function toFacts({ request, stages, endedUs }: Visit, { keyId, teamId, tags }: Caller): Omit<RefusalRecord, 'status' | 'errorCode' | 'errorMessage'> {
  const { id, receivedAtMs, operation, wire, stream, model, trace } = request
  return { requestId: id, keyId, teamId, receivedAtMs, operation, wire, stream, model, trace: withTags(trace, tags), stages, endedUs }
}

async function withinTime(work: Promise<void>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
