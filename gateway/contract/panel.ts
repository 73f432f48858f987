// What the panel reads under /panel/: plain JSON, money as decimal strings in dollars, times as epoch milliseconds.
// Promises: the renderer imports these types and nothing else of the gateway.
// Leaves alone: writes (they go through the admin routes in LiteLLM's shapes).

import type { Json } from './json.ts'
import type { LanState } from './lan.ts'
import type { SettingField } from './provider.ts'
import type { SpendSums } from './reports.ts'
import type { HoldSize, ScopeKind } from './scope.ts'
import type { VaultStatus } from './vault.ts'

export interface PanelSession {
  readonly role: 'owner'
  readonly version: string
  readonly baseUrl: string
  readonly zone: string
  readonly dataDir: string
  readonly vault: Omit<VaultStatus, 'keychainAnswers'>
  readonly durability: 'full' | 'normal'
  readonly configFile: string | null
  readonly expiresAtMs: number
  readonly lan: LanState | null
}
export interface PanelSums extends Omit<SpendSums, 'costNanoUsd' | 'savedNanoUsd'> {
  readonly costUsd: string
}
/** GET /panel/home?range=24h */
export interface PanelHome {
  readonly fromMs: number
  readonly toMs: number
  readonly totals: PanelSums
  readonly previous: PanelSums
  readonly series: readonly { readonly bucketMs: number; readonly requests: number; readonly errors: number; readonly costUsd: string }[]
  readonly grain: 'hour' | 'day'
  readonly latency: {
    readonly samples: number
    readonly firstByteP50Ms: number | null
    readonly firstByteP95Ms: number | null
    readonly totalP95Ms: number | null
  }
  /** `unpriced` of the requests have no known price. */
  readonly topModels: readonly { readonly model: string; readonly costUsd: string; readonly requests: number; readonly unpriced: number }[]
  readonly budgets: readonly PanelBudget[]
  readonly recent: readonly PanelRequest[]
  readonly attention: readonly PanelAttention[]
  /** The setup checklist: what is still missing. */
  readonly setup: { readonly models: number; readonly keys: number; readonly requests: number }
}
export interface PanelAttention {
  readonly kind: 'budget' | 'expiring' | 'unpriced' | 'orphaned' | 'vault' | 'credential' | 'config' | 'ledger' | 'strangers'
  readonly level: 'warn' | 'bad'
  readonly text: string
  /** A panel path to open. */
  readonly href: string
}
export interface PanelBudget {
  readonly kind: ScopeKind
  readonly name: string
  readonly href: string
  /** LiteLLM's spelling; null: the whole life. */
  readonly duration: string | null
  /** With a running increase. */
  readonly limitUsd: string
  readonly settledUsd: string
  readonly heldUsd: string
  readonly resetsAtMs: number | null
}
export interface PanelRequest {
  readonly row: number
  readonly requestId: string
  readonly receivedAtMs: number
  readonly state: 'open' | 'closed' | 'orphaned'
  readonly end: 'answered' | 'refused' | 'failed' | 'cut' | null
  readonly status: number | null
  readonly errorCode: string | null
  readonly operation: string
  readonly wire: string
  readonly stream: boolean
  readonly keyId: number
  readonly keyName: string
  readonly teamName: string | null
  readonly model: string
  readonly servedModel: string | null
  readonly providerId: string | null
  /** For people. */
  readonly providerTitle: string | null
  readonly attempts: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  readonly costUsd: string
  readonly heldUsd: string
  /** What it would have cost at a provider, where none was asked. */
  readonly savedUsd: string
  readonly provenance: 'reported' | 'counted' | 'estimated' | null
  readonly unpriced: boolean
  readonly firstByteMs: number | null
  readonly totalMs: number | null
  readonly userAgent: string | null
}
/** GET /panel/requests?before&limit&from&to&key&team&model&provider&outcome */
export interface PanelRequestPage {
  readonly rows: readonly PanelRequest[]
  readonly next: number | null
  readonly count: number
  readonly more: boolean
}
export interface PanelAttempt {
  readonly ordinal: number
  readonly deploymentId: string
  readonly providerId: string
  readonly providerTitle: string
  readonly upstreamModel: string
  readonly reason: string
  readonly state: 'open' | 'settled' | 'void' | 'orphaned'
  readonly end: string | null
  readonly provenance: string | null
  readonly costUsd: string
  readonly lines: readonly { readonly meter: string; readonly units: number; readonly usdPerMillion: string; readonly costUsd: string }[]
  readonly priceSource: string | null
  readonly priceNote: string | null
  readonly upstreamStatus: number | null
  readonly upstreamId: string | null
  readonly failure: string | null
  readonly startedMs: number
  readonly firstByteMs: number | null
  readonly endedMs: number | null
}
/** GET /panel/requests/{id} */
export interface PanelRequestDetail extends PanelRequest {
  readonly errorMessage: string | null
  readonly clientIp: string | null
  readonly endUser: string | null
  readonly sessionId: string | null
  readonly traceId: string | null
  readonly dropped: readonly string[]
  /** Milliseconds from the request's start, fractional. */
  readonly stages: readonly { readonly name: string; readonly startMs: number; readonly endMs: number }[]
  readonly attemptRows: readonly PanelAttempt[]
  readonly tags: readonly string[]
  /** Later corrections, oldest first. `costUsd` of request and attempts has them; an attempt's lines are the bill as first booked. */
  readonly adjustments: readonly {
    readonly atMs: number
    readonly ordinal: number | null
    readonly amountUsd: string
    readonly reason: 'reprice' | 'correction' | 'late_usage'
    readonly note: string | null
  }[]
}
export interface PanelWindow {
  readonly hard: boolean
  readonly limitUsd: string
  readonly duration: string | null
  readonly settledUsd: string
  readonly heldUsd: string
  readonly resetsAtMs: number | null
}
/** GET /panel/keys */
export interface PanelKey {
  readonly id: number
  /** The hash: what /key/update, /key/block … take as `key`. */
  readonly token: string
  readonly name: string
  readonly alias: string | null
  readonly shown: string
  readonly teamId: string | null
  readonly teamName: string | null
  readonly models: readonly string[]
  readonly budget: {
    readonly limitUsd: string | null
    readonly duration: string | null
    readonly settledUsd: string
    readonly heldUsd: string
    readonly resetsAtMs: number | null
    readonly softUsd: string | null
    readonly holds: HoldSize
    /** Every limit, the first one included; `limitUsd` with a running increase. */
    readonly windows: readonly PanelWindow[]
    readonly increase: { readonly amountUsd: string; readonly untilMs: number } | null
  }
  readonly organizationId: string | null
  readonly projectId: string | null
  readonly userId: string | null
  readonly spendTotalUsd: string
  readonly rpm: number | null
  readonly parallel: number | null
  readonly expiresAtMs: number | null
  readonly blocked: boolean
  readonly metadata: Json
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | null
}
/** GET /panel/teams */
export interface PanelTeam {
  readonly teamId: string
  readonly name: string
  readonly keys: number
  readonly budget: PanelKey['budget']
}
/** GET /panel/providers */
export interface PanelProviders {
  readonly catalogue: readonly PanelProviderKind[]
  readonly deployments: readonly PanelDeployment[]
  readonly credentials: readonly {
    readonly name: string
    readonly providerId: string | null
    readonly ref: string
    readonly createdAtMs: number
    readonly savedAtMs: number | null
    readonly usedBy: number
  }[]
}
export interface PanelProviderKind {
  readonly id: string
  readonly title: string
  readonly local: boolean
  readonly needsKey: boolean
  readonly defaultBaseUrl: string | null
  readonly keyVariable: string | null
  /** The variable is set in the gateway's environment. */
  readonly keyVariableSet: boolean
  readonly settings: readonly SettingField[]
  readonly documentationUrl: string
  /** What it is sent is held against its documentation. */
  readonly verified: boolean
  /** Many look for it. */
  readonly common: boolean
}
export interface PanelDeployment {
  readonly id: string
  readonly modelName: string
  readonly providerId: string
  readonly providerTitle: string
  readonly local: boolean
  readonly upstreamModel: string
  readonly baseUrl: string
  readonly credential: string | null
  readonly credentialSavedAtMs: number | null
  readonly origin: 'file' | 'ledger'
  readonly weight: number
  readonly priced: boolean
  readonly priceNote: string | null
  /** Dollars per million tokens, for people. */
  readonly inputUsdPerMillion: string | null
  readonly outputUsdPerMillion: string | null
  readonly contextTokensMax: number | null
  readonly outputTokensMax: number | null
}
/** POST /panel/probe {provider, api_base?, credential_name?, api_key?}: free model listing through egress. */
export interface PanelProbe {
  readonly ok: boolean
  readonly models: readonly string[]
  readonly problem: string | null
}
/** GET /panel/spend?from&to&group=key|team|model|provider|deployment|total&grain=hour|day&key&team&model&provider */
export interface PanelSpend {
  readonly fromMs: number
  readonly toMs: number
  readonly zone: string
  readonly grain: 'hour' | 'day'
  readonly group: string
  readonly totals: PanelSums
  readonly previous: PanelSums
  /** Every bucket start in range, empty ones included. */
  readonly buckets: readonly number[]
  /** One per member, dearest first; `costUsd[i]` belongs to `buckets[i]`. */
  readonly rows: readonly (PanelSums & {
    readonly member: string
    readonly label: string
    readonly byBucket: readonly { readonly costUsd: string; readonly requests: number }[]
  })[]
}
/** GET /panel/facets */
export interface PanelFacets {
  readonly models: readonly string[]
  readonly providers: readonly { readonly id: string; readonly title: string }[]
  readonly keys: readonly { readonly id: number; readonly name: string; readonly deleted: boolean }[]
  readonly teams: readonly { readonly id: number; readonly name: string }[]
}
/** GET /panel/events (SSE): `event: change`, data = this, at most 4 a second. `requests`: highest request row changed so far. */
export interface PanelChange {
  readonly requests: number
}
/** Error body of /panel/ and of the admin routes. */
export interface PanelError {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string }
}
