// A call sent again under the same Idempotency-Key: answered from memory, without another call to a vendor.
// Promises: as long as a key is remembered, one caller's key stands for one body and one call to a vendor that answered; a repeated answer is
// charged to the rate limits, costs nothing and has a row of its own. Leaves alone: where the key stood (door), restarts (nothing is on disk).

import type { Clock } from '../../contract/clock.ts'
import { GatewayError, refuse } from '../../contract/errors.ts'
import type { RequestId } from '../../contract/ids.ts'
import type { Outcome } from '../../contract/itinerary.ts'
import type { Limiter, RateRefusal } from '../../contract/limits.ts'
import { nanoUsd, toUsdText } from '../../contract/money.ts'
import type { KeyedVisit, Turn } from '../../contract/replay.ts'
import type { InferenceRequest } from '../../contract/request.ts'
import { content } from '../../contract/sealed.ts'
import { boundaryOf, withoutBoundary } from '../../kit/multipart.ts'
import { createShelf, type Entry, type KeptReply, type Shelf, type ShelfLimits } from './shelf.ts'
import { createTape } from './tape.ts'

export interface ReplayTools {
  readonly limiter: Pick<Limiter, 'charge'>
  readonly clock: Pick<Clock, 'monotonicUs'>
  /** Equal for equal bytes only. */
  readonly digest: (bytes: Uint8Array) => string
  readonly limits: ShelfLimits
}
export type Replay = (visit: KeyedVisit) => Promise<Turn>

/**
 * The first use of a key claims it; a later one gets what the first came to.
 * @throws GatewayError idempotency_conflict, idempotency_in_progress, idempotency_reply_not_kept, rate_limit_exceeded, concurrency_limit, overloaded,
 * and the vendor's refusal of then
 */
export function createReplay(tools: ReplayTools): Replay {
  const shelf = createShelf(tools.limits, tools.clock)
  return async (visit) => {
    const { caller, request, idempotencyKey } = visit
    const slot = `${caller.keyId} ${idempotencyKey}`
    const { wire, stream, framing = '', answeredIn = '', model } = request
    // Not every dialect has all of it in the body.
    const digest = `${wire} ${stream} ${framing} ${answeredIn} ${tools.digest(sameBody(request))} ${tools.digest(besidesBody(request))} ${model}`
    const entry = shelf.find(slot)
    if (entry === null) return begin(shelf, shelf.claim({ slot, digest, firstId: request.id }), visit)
    if (entry.digest !== digest) throw refuse('idempotency_conflict')
    const { state } = entry
    if (state.kind === 'running') throw refuse('idempotency_in_progress', {}, { retryAfterS: 1 })
    if (state.kind === 'gone') throw refuse('idempotency_reply_not_kept', { id: entry.firstId })
    const charge = tools.limiter.charge(caller.rates)
    if (charge.kind === 'refused') throw wordRate(charge.refusal)
    if (state.kind === 'reply') return repeat({ firstId: entry.firstId, reply: state, charge })
    charge.release()
    throw refuse(state.code, state.details, { ...state.hints, headers: { ...state.hints.headers, [replayHeader]: entry.firstId } })
  }
}

/** A form is the same under another boundary. */
function sameBody({ body, contentType }: InferenceRequest): Uint8Array {
  const boundary = contentType === undefined ? null : boundaryOf(contentType)
  return boundary === null ? body.open() : withoutBoundary(body.open(), boundary)
}

/** A guardrail, a beta, the project that pays: a vendor's path and a dialect's headers change the answer as a body does. */
function besidesBody({ passing, dialectHeaders = {} }: InferenceRequest): Uint8Array {
  const headers = Object.entries(dialectHeaders).sort(([left], [right]) => (left < right ? -1 : 1))
  return Buffer.from(JSON.stringify([passing?.prefix, passing?.asked, headers]))
}

const replayHeader = 'x-tollgate-idempotent-replay'

function begin(shelf: Shelf, entry: Entry, { reply }: KeyedVisit): Turn {
  let costNanoUsd = nanoUsd(0)
  let keeping = false
  const tape = createTape({
    reply,
    grow: (bytes) => shelf.grow(entry, bytes),
    onEnd(recording) {
      if (!keeping) return
      shelf.settle(entry, recording === null ? { kind: 'gone' } : { ...recording, kind: 'reply', bytes: content(recording.bytes), costNanoUsd })
    },
  })
  return {
    kind: 'first',
    reply: tape,
    close({ outcome, failure, bills }) {
      if (outcome !== null && failure === null && isAnswer(outcome)) {
        costNanoUsd = nanoUsd(bills.reduce((sum, bill) => sum + bill.costNanoUsd, 0n))
        keeping = true
      } else if (outcome !== null && isFinalRefusal(outcome, failure) && !reply.started && shelf.grow(entry, sizeOf(failure))) {
        const { code, details, hints } = failure
        shelf.settle(entry, { kind: 'refusal', code, details, hints })
      }
      // The vendor may answer next time, or the caller did not wait: the next use of the key is a call of its own.
      else shelf.forget(entry)
    },
  }
}

const isAnswer = (outcome: Outcome): boolean => outcome.end === 'answered' && outcome.status >= 200 && outcome.status < 300

/** Statuses that may be different next time; clients try these again. */
const passing = new Set([408, 409, 425, 429])

/** The vendors' own no to this very request: whoever was busy may say yes next time. What was refused here, before any dispatch, is looked at anew: a budget or a list may have changed. */
function isFinalRefusal(outcome: Outcome, failure: unknown): failure is GatewayError {
  return (
    outcome.end === 'failed' &&
    outcome.attempts.length > 0 &&
    failure instanceof GatewayError &&
    [failure, ...(outcome.failures ?? [])].every(({ status }) => status >= 400 && status < 500 && !passing.has(status))
  )
}

const sizeOf = ({ message, hints }: GatewayError): number => message.length + (hints.vendor?.message.length ?? 0) + (hints.passthrough?.body.length ?? 0)

interface Repetition {
  readonly firstId: RequestId
  readonly reply: KeptReply
  readonly charge: { release(): void }
}

function repeat({ firstId, reply, charge }: Repetition): Turn {
  const headers = { ...reply.headers, 'x-litellm-response-cost': toUsdText(nanoUsd(0)), [replayHeader]: firstId }
  return {
    kind: 'again',
    outcome: {
      end: 'answered',
      status: reply.status,
      attempts: [],
      lastBytes: { head: { status: reply.status, headers }, bytes: reply.bytes.open() },
      failure: null,
      dropped: [],
    },
    savedNanoUsd: reply.costNanoUsd,
    release: charge.release,
  }
}

function wordRate({ kind, label, limit, retryAfterS }: RateRefusal): GatewayError {
  if (kind === 'parallel')
    return refuse('concurrency_limit', { reason: `The ${label} already has ${limit} requests running, which is its limit.` }, { retryAfterS })
  const reason = `The ${label} has reached its limit of ${limit} requests per minute. Try again in ${retryAfterS} s.`
  return refuse('rate_limit_exceeded', { reason }, { retryAfterS })
}
