// Where a request may go, in order, and what each attempt came to.
// Promises: an itinerary is never empty; every attempt carries its reason in words.

import type { GatewayError } from './errors.ts'
import type { NonEmpty } from './ids.ts'
import type { Deployment } from './provider.ts'
import type { Usage } from './usage.ts'

export interface PlannedAttempt {
  readonly deployment: Deployment
  /** "drawn by weight 2 of 3", "retry elsewhere", "fallback from gpt-4o". */
  readonly reason: string
}
export interface Itinerary {
  readonly attempts: NonEmpty<PlannedAttempt>
}

/** answered: the vendor's reply reached its end · failed: the vendor or the network did not serve it · cut: the caller left · refused: never dispatched. */
export type AttemptEnd = 'answered' | 'failed' | 'cut'

export interface AttemptResult {
  /** 1 for the first dispatch of a request. */
  readonly ordinal: number
  readonly deployment: Deployment
  readonly reason: string
  readonly end: AttemptEnd
  /** null: the vendor owes no bill (nothing was produced). */
  readonly usage: Usage | null
  readonly upstreamStatus: number | null
  readonly upstreamId: string | null
  readonly failure: string | null
  /** Offsets from the request's start, in microseconds. */
  readonly startedUs: number
  readonly firstByteUs: number | null
  readonly endedUs: number
}

/** What is sent after the books are closed. */
export interface LastBytes {
  /** Present when nothing was sent yet. */
  readonly head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null
  readonly bytes: Uint8Array
  /** The reply broke off, and its format has no word for that: the connection is cut. */
  readonly cut?: true
}
export interface Outcome {
  readonly end: AttemptEnd
  /** HTTP status the caller gets or got. */
  readonly status: number
  readonly attempts: readonly AttemptResult[]
  readonly lastBytes: LastBytes | null
  /** Why it failed, when it failed in a way the door must word. */
  readonly failure: GatewayError | null
  /** Of all attempts where none answered, in order; `failure` is the first. Absent: there is no other. */
  readonly failures?: readonly GatewayError[]
  /** Parameters dropped on the way. */
  readonly dropped: readonly string[]
}
