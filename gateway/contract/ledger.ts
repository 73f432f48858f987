// The ledger as the corridor sees it: hold, extend, open an attempt, record, refuse, adjust. All asynchronous, one writer behind it.
// Promises: what is awaited is durable, except `hold` and `extend`, which become durable with the next group (nothing is dispatched before `openAttempt`).
// Leaves alone: SQL, threads, files.

import type { DeploymentId, KeyId, RequestId, ScopeId, TeamId } from './ids.ts'
import type { AttemptResult } from './itinerary.ts'
import type { NanoUsd } from './money.ts'
import type { Bill, BillLine, Exposure, PriceCard } from './price.ts'
import type { Operation, TraceFacts, WireId } from './request.ts'
import type { HoldSize, ScopeStanding } from './scope.ts'

/** Of every request, whatever becomes of it: whose it is, when it came, what it asks for. */
interface RequestFacts {
  readonly requestId: RequestId
  readonly keyId: KeyId
  readonly teamId: TeamId | null
  readonly receivedAtMs: number
  readonly operation: Operation
  readonly wire: WireId
  readonly stream: boolean
  readonly model: string
  readonly trace: TraceFacts
}
export interface HoldOrder extends RequestFacts {
  /** Taken all or none. */
  readonly scopes: readonly ScopeId[]
  /** Limits are not asked: the administrator's own calls and the panel's tests. They are still counted. */
  readonly unlimited?: boolean
  /** false: no hard limit stands above this call, so it may go on while the books are being checked. */
  readonly budgeted?: boolean
  /** Strict worst case over every candidate; null for callers without a hard limit whose call cannot be bounded or priced. */
  readonly exposure: Exposure | null
  /** Least output tokens worth calling for; a budget that affords fewer refuses. */
  readonly outputTokensFloor: number
  /**
   * What is held at first when every scope with a hard window holds in blocks: an estimate of the input (at most the exposure's) and the first block
   * of output. null: this call cannot be held in blocks (not streamed, hidden reasoning, …).
   */
  readonly block: { readonly inputNanoUsd: NanoUsd; readonly outputTokens: number } | null
}
export type HoldAnswer =
  | {
      readonly kind: 'held'
      readonly heldNanoUsd: NanoUsd
      /** Most output tokens of the call, over all choices: what a strict budget affords, or what was asked where blocks are extended on the way. */
      readonly outputTokensMax: number
      readonly mode: HoldSize
      /** Output tokens that are paid for now; in blocks, `extend` before more are produced. */
      readonly outputTokensHeld: number
    }
  | { readonly kind: 'refused'; readonly standing: ScopeStanding; readonly neededNanoUsd: NanoUsd }

/** More output for a call held in blocks. */
export interface ExtendOrder {
  readonly requestId: RequestId
  readonly outputTokens: number
}
/** extended: never beyond the call's own maximum · refused: nothing changed · lost: the hold is gone, stop the call. */
export type ExtendAnswer =
  { readonly kind: 'extended'; readonly outputTokensHeld: number } | { readonly kind: 'refused'; readonly standing: ScopeStanding } | { readonly kind: 'lost' }

export interface AttemptOrder {
  readonly requestId: RequestId
  readonly ordinal: number
  readonly deploymentId: DeploymentId
  readonly providerId: string
  readonly upstreamModel: string
  readonly reason: string
  /** Pinned for this attempt; null = unpriced. */
  readonly price: PriceCard | null
  /** More than the hold, when earlier attempts of this request were billed. Usually 0. */
  readonly topUpNanoUsd: NanoUsd
  /** The provider's and the deployment's, where they have budgets: each is held for the whole call while the attempt runs. */
  readonly scopes: readonly ScopeId[]
  /** Earlier attempts of this request that are over, and what they are billed: no more than that stays held where they went. */
  readonly ended: readonly EndedAttempt[]
  /** It has been dispatched already, before a fault took its row away: limits are not asked. */
  readonly unlimited?: boolean
  readonly startedUs: number
}
export interface EndedAttempt {
  readonly ordinal: number
  readonly costNanoUsd: NanoUsd
}
/** refused: the scope of `standing` cannot pay for it; a provider's or deployment's leaves the others free. lost: the hold is gone (its group was rolled back): answer 503, do not dispatch. */
export type AttemptAnswer = { readonly kind: 'opened' } | { readonly kind: 'refused'; readonly standing: ScopeStanding } | { readonly kind: 'lost' }

/** Where it went and why was written when it was opened. */
export interface AttemptRecord extends Omit<AttemptResult, 'deployment' | 'reason'> {
  readonly bill: Bill
}
/** A stage of the waterfall; offsets from the request's start in microseconds. */
export interface Stage {
  readonly name: string
  readonly startUs: number
  readonly endUs: number
}
export type RequestEnd = 'answered' | 'refused' | 'failed' | 'cut'
export interface VisitRecord {
  readonly requestId: RequestId
  readonly end: RequestEnd
  readonly status: number
  /** Error code of contract/errors.ts, or null. */
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly attempts: readonly AttemptRecord[]
  readonly stages: readonly Stage[]
  readonly firstByteUs: number | null
  readonly endedUs: number
  readonly dropped: readonly string[]
  /** What an answer without a vendor would have cost there. */
  readonly savedNanoUsd?: NanoUsd
}
/** A request turned away before it held anything (or whose hold was refused). */
export interface RefusalRecord extends RequestFacts {
  readonly status: number
  readonly errorCode: string
  readonly errorMessage: string
  readonly stages: readonly Stage[]
  readonly endedUs: number
}
/** A request answered without a hold and without a vendor: a cache's or a replay's. It costs nothing. */
export interface HitRecord extends Omit<RefusalRecord, 'errorCode' | 'errorMessage'> {
  readonly savedNanoUsd: NanoUsd
}

export const adjustmentReasons = ['reprice', 'correction', 'late_usage'] as const
export type AdjustmentReason = (typeof adjustmentReasons)[number]
/** A later correction of what a closed request cost. The request's own row never changes. */
export interface AdjustmentEntry {
  readonly requestId: RequestId
  /** null: its last attempt; the request itself when it had none. */
  readonly ordinal: number | null
  /** Added to the cost; negative gives back. */
  readonly amountNanoUsd: NanoUsd
  readonly reason: AdjustmentReason
  readonly price: PriceCard | null
  /** The whole corrected bill of that attempt: their sum is what it costs from now on. Empty when only the amount is known. */
  readonly lines: readonly BillLine[]
  readonly note: string | null
}
export interface AdjustOrder {
  readonly entries: readonly AdjustmentEntry[]
  /** Names entries that were made together. */
  readonly batch: string | null
}

export interface LedgerPort {
  /** Applied in order, not yet durable. @throws GatewayError ledger_unavailable */
  hold(order: HoldOrder): Promise<HoldAnswer>
  /** For calls held in blocks: every scope, or none. Applied in order, not yet durable. @throws GatewayError ledger_unavailable */
  extend(order: ExtendOrder): Promise<ExtendAnswer>
  /** Durable when it resolves, and so is the hold before it. @throws GatewayError ledger_unavailable */
  openAttempt(order: AttemptOrder): Promise<AttemptAnswer>
  /** Closes attempts, hold and request in one transaction; durable when it resolves. With no attempts the hold is voided. @throws GatewayError ledger_unavailable */
  record(visit: VisitRecord): Promise<void>
  /** Never waits, never throws; folded per key, code and minute under flood. */
  refuse(refusal: RefusalRecord): void
  /** Durable when it resolves. @throws GatewayError ledger_unavailable */
  recordHit(hit: HitRecord): Promise<void>
  /** A caller nobody knows was turned away: counted per code and hour, nothing more. Never waits, never throws. */
  countUnknown(code: string): void
  /** All entries or none; durable when it resolves. @throws GatewayError record_not_found, conflict (running, or the lines do not add up), invalid_request, ledger_unavailable */
  adjust(order: AdjustOrder): Promise<void>
}
