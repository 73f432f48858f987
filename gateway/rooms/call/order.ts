// The words of the call room: its tools, an order, a running attempt, a way out.
// Promises: types only.

import type { Authorize } from '../../contract/authorize.ts'
import type { Clock } from '../../contract/clock.ts'
import type { Limits } from '../../contract/config.ts'
import type { CallScopes } from '../../contract/directory.ts'
import type { Egress, EgressReply } from '../../contract/egress.ts'
import type { GatewayError } from '../../contract/errors.ts'
import type { Hold } from '../../contract/hold.ts'
import type { DeploymentId } from '../../contract/ids.ts'
import type { AttemptEnd, AttemptResult, Itinerary, LastBytes, Outcome, PlannedAttempt } from '../../contract/itinerary.ts'
import type { LedgerPort } from '../../contract/ledger.ts'
import type { NanoUsd } from '../../contract/money.ts'
import type { PriceCard } from '../../contract/price.ts'
import type { Deployment } from '../../contract/provider.ts'
import type { Reply } from '../../contract/reply.ts'
import type { GuardedRequest } from '../../contract/request.ts'
import type { TextTally, Usage } from '../../contract/usage.ts'
import type { RequestBound, Wires } from '../../contract/wire.ts'
import type { Drains } from './drains.ts'
import type { Exchange } from './exchange.ts'
import type { Failure } from './failure.ts'

export interface CallTools {
  /** Scopes of the vendor's side that an attempt is counted in. */
  readonly scopesOf: (providerId: string, deploymentId: DeploymentId) => Pick<CallScopes, 'scopeIds'>
  readonly ledger: Pick<LedgerPort, 'openAttempt' | 'extend'>
  readonly egress: Egress
  readonly wires: Wires
  readonly authorize: Authorize
  readonly costOf: (usage: Usage, price: PriceCard | null) => NanoUsd
  /** No call of this size can be billed for more input. */
  readonly inputTokensMost: (deployment: Deployment, bound: RequestBound, bodyBytes: number) => number
  readonly drains: Drains
  /** A vendor's own word on how many tokens so many bytes were. */
  readonly onUsage: (deploymentId: DeploymentId, bodyBytes: number, promptTokens: number) => void
  readonly clock: Clock
  readonly random: () => number
  readonly limits: Limits
}
export interface CallOrder {
  readonly request: GuardedRequest
  readonly itinerary: Itinerary
  readonly hold: Hold
  readonly reply: Reply
  /** Monotonic start of the request; results carry offsets from it. */
  readonly arrivedUs: number
}
export type Call = (order: CallOrder) => Promise<Outcome>

/** One attempt's way out. `result` is null when nothing was dispatched. */
export type Run =
  | {
      readonly kind: 'done'
      readonly result: AttemptResult
      readonly status: number
      readonly lastBytes: LastBytes
      readonly dropped: readonly string[]
      readonly failure: Failure | null
    }
  | { readonly kind: 'failed'; readonly result: AttemptResult | null; readonly failure: Failure }

export interface AttemptRun extends CallOrder {
  readonly planned: PlannedAttempt
  readonly ordinal: number
  readonly earlier: readonly AttemptResult[]
}

/**
 * complete: the reply reached its end · refused: an error instead of a reply, or after a part of it · broken: the vendor or the network gave up ·
 * stopped: we did, and the vendor may not have noticed.
 */
export type Ending = 'complete' | 'refused' | 'broken' | 'stopped'

/** Of a stream held in blocks. */
export interface Meter {
  /** null: what has come so far is paid for. An error: it is not, and the stream ends here. Waits only when more has come than is held. */
  pay(): Promise<GatewayError | null>
}

export interface Tether {
  readonly signal: AbortSignal
  /** Why we broke it off: the caller left · it took too long · reading on took too much · its budget ended · the gateway stops. null: we did not. */
  readonly cause: 'left' | 'time' | 'bound' | 'spent' | 'stopping' | null
  /** Bytes that were read. */
  count(bytes: number): void
  /** The budget does not cover what comes next. */
  endSpent(): void
  close(): void
}

export interface Progress {
  /** A connection has taken the request: from here on the vendor may bill it. */
  sent: boolean
  status: number | null
  usage: Usage | null
  upstreamId: string | null
  readonly text: TextTally
  /** Of that text, what had passed when usage was last reported. */
  textBytesAtUsage: number
  /** Output tokens that are paid for so far, where the call is held in blocks. */
  outputTokensHeld: number | null
  markFirstByte(): void
  result(end: AttemptEnd, ending: Ending, failure?: string): AttemptResult
}

/** What becomes of an attempt's use. */
export interface Used {
  readonly run: AttemptRun
  readonly seen: Progress
  /** Per choice, as it was enforced at the vendor. */
  readonly outputTokensMax: number | null
}

/** Everything about a running attempt that its readers need. */
export interface Reading {
  readonly run: AttemptRun
  readonly exchange: Exchange
  /** Never shown: the vendor may echo them. */
  readonly secrets: readonly string[]
  readonly reply: EgressReply
  readonly progress: Progress
  readonly tether: Tether
  readonly meter: Meter | null
}
