// What can be asked of the ledger without touching the writer: lists, one request, spend, standings.
// Promises: lists are keyset-paged and bounded; totals come from roll-ups; amounts are exact (bigint) until a face words them.
// Leaves alone: JSON shapes (admin/, panel).

import type { KeyId, RequestId, ScopeId, TeamId } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { AdjustmentReason, RequestEnd, Stage } from './ledger.ts'
import type { NanoUsd } from './money.ts'
import type { Meters, Provenance } from './usage.ts'
import type { BillLine, PriceSource } from './price.ts'
import type { Operation, WireId } from './request.ts'
import type { ScopeStandings } from './scope.ts'

/** open: running, or its settlement is still to come · orphaned: cut by a crash and charged its hold provisionally. */
export type RequestState = 'open' | 'closed' | 'orphaned'

export interface RequestRow {
  /** Position in the ledger; the list's cursor. */
  readonly row: number
  readonly requestId: RequestId
  readonly receivedAtMs: number
  readonly state: RequestState
  readonly end: RequestEnd | null
  readonly status: number | null
  readonly errorCode: string | null
  readonly operation: Operation
  readonly wire: WireId
  readonly stream: boolean
  readonly keyId: KeyId
  readonly keyName: string
  readonly teamId: TeamId | null
  readonly teamName: string | null
  /** Asked for. */
  readonly model: string
  /** Answered by; null when nothing did. */
  readonly servedModel: string | null
  readonly deploymentId: string | null
  readonly providerId: string | null
  readonly attempts: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  /** With every later adjustment. */
  readonly costNanoUsd: NanoUsd
  readonly heldNanoUsd: NanoUsd
  /** What it would have cost at a vendor, where none was asked. */
  readonly savedNanoUsd: NanoUsd
  readonly provenance: Provenance | null
  readonly unpriced: boolean
  readonly firstByteUs: number | null
  readonly totalUs: number | null
  readonly userAgent: string | null
  readonly endUser: string | null
  readonly sessionId: string | null
  readonly traceId: string | null
  readonly tags: readonly string[]
}
export interface AttemptRow {
  readonly ordinal: number
  readonly deploymentId: string
  readonly providerId: string
  readonly upstreamModel: string
  readonly reason: string
  readonly state: 'open' | 'settled' | 'void' | 'orphaned'
  readonly end: string | null
  readonly meters: Meters
  readonly provenance: Provenance | null
  /** With its later adjustments. */
  readonly costNanoUsd: NanoUsd
  /** The bill as it was first booked. */
  readonly lines: readonly BillLine[]
  readonly priceSource: PriceSource | null
  readonly priceNote: string | null
  readonly upstreamStatus: number | null
  readonly upstreamId: string | null
  readonly failure: string | null
  readonly startedUs: number
  readonly firstByteUs: number | null
  readonly endedUs: number | null
}
/** A later correction, as it was booked. */
export interface AdjustmentRow {
  readonly atMs: number
  /** null: of a request without attempts. */
  readonly ordinal: number | null
  readonly amountNanoUsd: NanoUsd
  readonly reason: AdjustmentReason
  readonly lines: readonly BillLine[]
  readonly priceSource: PriceSource | null
  readonly priceNote: string | null
  readonly note: string | null
  readonly batch: string | null
}
export interface RequestDetail extends RequestRow {
  readonly errorMessage: string | null
  readonly clientIp: string | null
  readonly stages: readonly Stage[]
  readonly dropped: readonly string[]
  readonly attemptRows: readonly AttemptRow[]
  /** Oldest first. */
  readonly adjustments: readonly AdjustmentRow[]
}

/** Filters combine with and. Times are epoch ms, half-open. */
export interface RequestFilter {
  readonly fromMs?: number
  readonly toMs?: number
  readonly keyId?: KeyId
  readonly teamId?: TeamId
  readonly model?: string
  readonly providerId?: string
  /** 'error' = failed, cut or refused; 'ended' = not open: what totals count. */
  readonly outcome?: 'ok' | 'error' | RequestEnd | 'open' | 'ended'
  readonly endUser?: string
  readonly sessionId?: string
}
export interface RequestPage {
  readonly rows: readonly RequestRow[]
  /** Pass as `before` for the next page; null at the end. */
  readonly next: number | null
  /** Rows that match, counted up to a bound; `more` says the bound was hit. */
  readonly count: number
  readonly more: boolean
}

export const dimensions = ['total', 'key', 'team', 'model', 'provider', 'deployment'] as const
export type Dimension = (typeof dimensions)[number]
export interface SpendSums {
  readonly requests: number
  readonly errors: number
  readonly unpriced: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  readonly costNanoUsd: NanoUsd
  readonly savedNanoUsd: NanoUsd
}
export interface SpendRow extends SpendSums {
  /** Start of the bucket, epoch ms. */
  readonly bucketMs: number
  /** Row id (key, team), name (model, provider, deployment) or '' (total, no team). */
  readonly member: string
  /** Readable name; survives deletion. */
  readonly label: string
}
export interface SpendQuery {
  readonly fromMs: number
  readonly toMs: number
  readonly dimension: Dimension
  readonly grain: 'hour' | 'day'
  /** Raw rows are read instead of roll-ups when these narrow the answer. */
  readonly filter?: Omit<RequestFilter, 'fromMs' | 'toMs'>
}
export interface LatencyFacts {
  /** Newest answered requests looked at. */
  readonly samples: number
  readonly firstByteP50Us: number | null
  readonly firstByteP95Us: number | null
  readonly totalP50Us: number | null
  readonly totalP95Us: number | null
}
export interface Facets {
  readonly models: readonly string[]
  readonly providers: readonly string[]
  readonly keys: readonly { readonly id: KeyId; readonly name: string; readonly deleted: boolean }[]
  readonly teams: readonly { readonly id: TeamId; readonly name: string }[]
}
export interface KeyActivity {
  readonly keyId: KeyId
  readonly lastUsedAtMs: number | null
  readonly spendTotalNanoUsd: NanoUsd
}
export interface LedgerFacts {
  readonly durability: 'full' | 'normal'
  readonly schemaVersion: number
  readonly fileBytes: number
  readonly requests: number
  readonly openRequests: number
  readonly orphanedRequests: number
  readonly orphanedNanoUsd: NanoUsd
  /** Callers nobody knows who were turned away, by error code: since the first run, and in the last 24 hours. */
  readonly unknownRefusals: readonly { readonly code: string; readonly count: number; readonly lastDay: number }[]
}
/** A line of `verify`: an invariant of the books that does not hold, and where. */
export interface Violation {
  readonly invariant: string
  readonly subject: string
  readonly detail: JsonObject
}

export interface ReportsPort {
  listRequests(filter: RequestFilter, page: { readonly before?: number; readonly limit: number }): Promise<RequestPage>
  /** By our id, or by the upstream's. */
  readRequest(id: string): Promise<RequestDetail | null>
  spend(query: SpendQuery): Promise<readonly SpendRow[]>
  latency(fromMs: number, toMs: number): Promise<LatencyFacts>
  facets(): Promise<Facets>
  /** Unknown scopes are left out. */
  standings(scopeIds: readonly ScopeId[]): Promise<readonly ScopeStandings[]>
  keyActivity(): Promise<readonly KeyActivity[]>
  facts(): Promise<LedgerFacts>
  /** Rows oldest first in batches, for exports; a batch is read only when asked for. */
  exportRequests(filter: RequestFilter): AsyncIterable<readonly RequestDetail[]>
  /** Recomputes what can be recomputed; empty = the books balance. */
  verify(): Promise<readonly Violation[]>
}
