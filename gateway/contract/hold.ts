// What `admit` gives: the right to dispatch, within bounds, at the caller's expense.
// Promises: `settle` and `route` cannot be reached without one; nothing is dispatched before its money is taken.

import type { NonEmpty, RequestId } from './ids.ts'
import type { NanoUsd } from './money.ts'
import type { ModelGroup } from './provider.ts'
import type { RequestBound } from './wire.ts'

/** What the ledger took, in every scope of the caller. */
export interface HeldMoney {
  readonly nanoUsd: NanoUsd
  /** Output tokens per choice that it covers, to be enforced at the vendor; null for callers without a hard limit. */
  readonly outputTokensMax: number | null
  /** Held in blocks: output tokens over all choices that are paid for so far; more has to be asked for on the way. null: all of the call is. */
  readonly outputTokensHeld: number | null
}

export interface Hold {
  readonly requestId: RequestId
  /**
   * The ledger has been asked; its answer travels with the first attempt's row, so that both are one message and one commit. Rejects with
   * GatewayError insufficient_quota or ledger_unavailable: then there is no hold.
   */
  readonly money: Promise<HeldMoney>
  /** What `outputTokensMax` will be if the budget affords the whole call, which it nearly always does. */
  readonly outputTokensExpected: number | null
  /** Read once from the request as it came; guardrails see to it that it still holds. */
  readonly bound: RequestBound
  /** The group asked for, then the fallbacks this caller may use. */
  readonly groups: NonEmpty<ModelGroup>
  /** Gives the parallel slot back. Safe to call twice. */
  release(): void
}
