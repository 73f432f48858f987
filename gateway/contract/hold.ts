// What `admit` gives: the right to dispatch, within bounds, at the caller's expense.
// Promises: `settle` and `route` cannot be reached without one.

import type { GatewayError } from './errors.ts'
import type { NonEmpty, RequestId } from './ids.ts'
import type { NanoUsd } from './money.ts'
import type { ModelGroup } from './provider.ts'

export interface Hold {
  readonly requestId: RequestId
  readonly heldNanoUsd: NanoUsd
  /** Output tokens per choice that the hold covers, to be enforced at the vendor; null for callers without a hard limit. */
  readonly outputTokensMax: number | null
  /** The group asked for, then the fallbacks this caller may use. */
  readonly groups: NonEmpty<ModelGroup>
  /** Gives the parallel slot back. Safe to call twice. */
  release(): void
}

/** `refusal` set: the request may not go on; a hold that was already taken is voided by `record`. */
export type Admission = { readonly hold: Hold; readonly refusal: null } | { readonly hold: Hold | null; readonly refusal: GatewayError }
