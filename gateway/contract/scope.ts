// Whose money is counted: the one list of budget scopes used by hold, settle, reset, report and refusal.
// Promises: a new kind of scope is a new word here and a row in the ledger, not a new code path.

import type { NanoUsd } from './money.ts'
import type { ScopeId } from './ids.ts'

/** Ordered from widest to narrowest. */
export const scopeKinds = ['global', 'team', 'key'] as const
export type ScopeKind = (typeof scopeKinds)[number]

export interface Budget {
  /** Hard limit for one period; null = unlimited (spend is still counted). */
  readonly limitNanoUsd: NanoUsd | null
  /** LiteLLM's spelling (`30s`, `1d`, `7d`, `30d`, `1mo`); null = one period that never ends. */
  readonly duration: string | null
}

/** Where a scope stands in its current period. Times are epoch milliseconds, half-open. */
export interface ScopeStanding extends Budget {
  readonly scopeId: ScopeId
  readonly kind: ScopeKind
  readonly settledNanoUsd: NanoUsd
  readonly heldNanoUsd: NanoUsd
  readonly periodStartMs: number
  readonly periodEndMs: number | null
}
