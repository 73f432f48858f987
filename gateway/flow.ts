// The corridor: the one place that knows the order of the rooms.
//
//   caller ── identify ── admit ── guard ── route ── call ── settle ── record ── last byte
//             who?    │   may they? safe?   where?   dial    cost?     written
//                     ├─ converse (what it goes on from takes its place)
//                     └─ replay (sent before under the same Idempotency-Key?) ── record ── last byte
//
// Promises: every visit, however it ends, passes the one `finally` that settles and records it, exactly once;
// the last byte leaves after that. Leaves alone: what happens inside a room, and how an error is worded (door).

import { isTurnedAway, type Caller, type Identified } from './contract/caller.ts'
import type { Clock } from './contract/clock.ts'
import type { Converse } from './contract/converse.ts'
import type { GatewayError } from './contract/errors.ts'
import { toHeaderText } from './contract/header-text.ts'
import type { Hold } from './contract/hold.ts'
import type { Itinerary, Outcome } from './contract/itinerary.ts'
import type { Stage } from './contract/ledger.ts'
import { toUsdText, type NanoUsd } from './contract/money.ts'
import type { Bill, PriceCard } from './contract/price.ts'
import type { KeyedVisit, Turn } from './contract/replay.ts'
import type { Reply } from './contract/reply.ts'
import type { GuardedRequest, InferenceRequest } from './contract/request.ts'
import type { Secret } from './contract/sealed.ts'
import type { Usage } from './contract/usage.ts'

export interface Rooms {
  identify(credential: Secret | null): Identified
  replay(visit: KeyedVisit): Promise<Turn>
  converse: Converse
  admit(caller: Caller, request: InferenceRequest): Promise<Hold>
  guard(request: InferenceRequest): Promise<GuardedRequest>
  route(request: GuardedRequest, hold: Hold): Itinerary
  call(order: { request: GuardedRequest; itinerary: Itinerary; hold: Hold; reply: Reply; arrivedUs: number }): Promise<Outcome>
  settle(attempts: readonly { usage: Usage | null; price: PriceCard | null }[]): readonly Bill[]
  record(visit: {
    request: InferenceRequest
    caller: Caller | null
    hold: Hold | null
    outcome: Outcome | null
    bills: readonly Bill[]
    failure: unknown
    savedNanoUsd: NanoUsd | null
    stages: readonly Stage[]
    endedUs: number
  }): Promise<void>
}

/** What the door hands in. `arrivedUs` is the monotonic time its first byte was read. */
export interface Visit {
  readonly request: InferenceRequest
  /** Who calls: a secret to be looked up, or a caller the house itself vouches for (its own test calls). */
  readonly credential: Secret | null
  readonly vouched?: Caller
  /** Why the request could not be read: refused under the caller's name. */
  readonly unreadable?: GatewayError
  /** Sent again under the same key, the same call is answered once. */
  readonly idempotencyKey?: string
  readonly arrivedUs: number
}
export type Flow = (visit: Visit, reply: Reply) => Promise<void>

/** @throws whatever ended the visit before its first byte; the door words it. */
export function createFlow(rooms: Rooms, clock: Clock): Flow {
  return async ({ request, credential, vouched, unreadable, idempotencyKey, arrivedUs }, connection) => {
    const stages = createStages(clock, arrivedUs)
    let reply = connection
    let caller: Caller | null = null
    let turn: Turn | null = null
    let hold: Hold | null = null
    let outcome: Outcome | null = null
    let bills: readonly Bill[]
    let failure: unknown = null
    try {
      stages.enter('identify')
      const who = vouched ?? rooms.identify(credential)
      caller = isTurnedAway(who) ? who.caller : who
      if (isTurnedAway(who)) throw who.refusal
      if (unreadable !== undefined) throw unreadable
      if (idempotencyKey !== undefined) {
        stages.enter('replay')
        turn = await rooms.replay({ caller, request, idempotencyKey, reply })
      }
      if (turn?.kind === 'again') outcome = turn.outcome
      else {
        reply = turn?.reply ?? reply
        const asked = rooms.converse.resume(caller, request)
        stages.enter('admit')
        hold = await rooms.admit(caller, asked)
        stages.enter('guard')
        const guarded = await rooms.guard(asked)
        stages.enter('route')
        const itinerary = rooms.route(guarded, hold)
        stages.enter('call')
        outcome = await rooms.call({ request: guarded, itinerary, hold, reply, arrivedUs })
        failure = outcome.failure
        rooms.converse.keep({ caller, request: asked, outcome })
      }
    } catch (error) {
      failure = error
    } finally {
      stages.enter('settle')
      bills = rooms.settle((outcome?.attempts ?? []).map((attempt) => ({ usage: attempt.usage, price: attempt.deployment.price })))
      const times = { stages: stages.leave(), endedUs: clock.monotonicUs() - arrivedUs }
      const savedNanoUsd = turn?.kind === 'again' ? turn.savedNanoUsd : null
      await rooms.record({ request, caller, hold, outcome, bills, failure, savedNanoUsd, ...times })
      hold?.release()
      if (turn?.kind === 'again') turn.release()
      if (turn?.kind === 'first') turn.close({ outcome, failure, bills })
    }
    if (outcome !== null && outcome.lastBytes !== null) sendLast(reply, { outcome, bills, requestId: request.id })
    else if (failure !== null && !reply.started) throw failure
    else reply.end()
  }
}

function sendLast(reply: Reply, visit: { outcome: Outcome; bills: readonly Bill[]; requestId: string }): void {
  const { outcome, bills } = visit
  const { head, bytes } = outcome.lastBytes ?? { head: null, bytes: new Uint8Array() }
  if (head !== null) reply.start(head.status, { ...head.headers, 'content-length': String(bytes.length), ...factsOf(outcome, bills) })
  if (outcome.lastBytes?.cut === true) reply.cut()
  else reply.end(bytes)
}

/** LiteLLM's reply headers (docs/proxy/response_headers.md, as known 2026-11-21), where their facts are known. */
function factsOf(outcome: Outcome, bills: readonly Bill[]): Record<string, string> {
  const last = outcome.attempts.at(-1)
  const dropped = outcome.dropped.length === 0 ? {} : { 'x-tollgate-dropped-params': toHeaderText(outcome.dropped.join(',')) }
  if (last === undefined) return dropped
  const cost = bills.reduce((sum, bill) => sum + bill.costNanoUsd, 0n) as NanoUsd
  const fallbacks = outcome.attempts.filter((attempt) => attempt.deployment.modelName !== outcome.attempts[0]?.deployment.modelName).length
  return {
    ...dropped,
    'x-litellm-model-id': last.deployment.id,
    'x-litellm-model-group': toHeaderText(last.deployment.modelName),
    'x-litellm-attempted-retries': String(outcome.attempts.length - 1 - fallbacks),
    'x-litellm-attempted-fallbacks': String(fallbacks),
    'x-litellm-response-cost': toUsdText(cost),
  }
}

/** Times each room; a room's stage ends where the next begins. */
function createStages(clock: Clock, arrivedUs: number): { enter(name: string): void; leave(): readonly Stage[] } {
  const stages: Stage[] = [{ name: 'receive', startUs: 0, endUs: clock.monotonicUs() - arrivedUs }]
  let open: { name: string; startUs: number } | null = null
  const leave = (): readonly Stage[] => {
    if (open !== null) stages.push({ ...open, endUs: clock.monotonicUs() - arrivedUs })
    open = null
    return stages
  }
  const enter = (name: string): void => {
    leave()
    open = { name, startUs: clock.monotonicUs() - arrivedUs }
  }
  return { enter, leave }
}
