// The shape of the gateway's configuration: one frozen value, made by gateway/config.ts, handed down by compose.
// Promises: every limit has a number and a name here or in its default table. Leaves alone: reading files and the environment.

import type { OwnPath } from './own-path.ts'
import type { LanConfig } from './lan.ts'
import type { FileNetwork, NetworkSettings } from './network.ts'
import type { NamedBudget } from './scope.ts'
import type { Secret } from './sealed.ts'
import type { DeploymentEntry } from './store.ts'
import type { CredentialRef, VaultStore } from './vault.ts'
import type { JsonObject } from './json.ts'

export interface Limits {
  readonly connectionsMax: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly headerBytesMax: number
  readonly inferenceBodyBytesMax: number
  readonly adminBodyBytesMax: number
  /** All request bodies being held at once. */
  readonly bodiesInFlightBytesMax: number
  readonly jsonDepthMax: number
  /** Of a multipart form: its parts, the headers of one, the text of one field. */
  readonly formPartsMax: number
  readonly formHeaderBytesMax: number
  readonly formFieldBytesMax: number
  readonly inflatedRatioMax: number
  readonly upstreamHeadersTimeoutMs: number
  readonly upstreamColdLoadTimeoutMs: number
  readonly upstreamIdleTimeoutMs: number
  readonly upstreamTotalTimeoutMs: number
  readonly upstreamConnectTimeoutMs: number
  readonly upstreamConnectionsPerOriginMax: number
  /** Whose connections are kept for the next call; those with a call running come on top. */
  readonly upstreamOriginsMax: number
  readonly upstreamBodyBytesMax: number
  readonly upstreamErrorBytesMax: number
  readonly streamBytesMax: number
  readonly callerDrainTimeoutMs: number
  /** How often running calls are held against their keys. */
  readonly revocationCheckMs: number
  /** Calls read to their end after their caller left, because the vendor bills them to it: how many at once, how long and how much each. */
  readonly drainCallsMax: number
  readonly drainTimeMs: number
  readonly drainBytesMax: number
  readonly keepAliveCommentMs: number
  readonly lastByteWaitMs: number
  readonly attemptsMax: number
  readonly outputTokensFloor: number
  /** Output tokens per choice that a stream held in blocks is paid for at a time. */
  readonly outputBlockTokens: number
  readonly ledgerQueueMax: number
  readonly ledgerGroupMax: number
  readonly refusalRowsPerMinute: number
  /** Below this much free space, or this share of the disk, nothing new is admitted. */
  readonly ledgerFreeBytesMin: number
  readonly ledgerFreeShareMin: number
  /** Given up when the disk is full, so that what is running can still be written. 0: none. */
  readonly ledgerBallastBytes: number
  readonly ledgerSpaceCheckMs: number
  /** After a start; then by the newest backup's age. */
  readonly ledgerBackupFirstMs: number
  readonly ledgerBackupEveryMs: number
  readonly ledgerVerifyFirstMs: number
  readonly ledgerVerifyEveryMs: number
  readonly ledgerVerifyFullEveryMs: number
  readonly ledgerUpkeepRetryMs: number
  readonly ledgerJobTimeoutMs: number
  readonly ledgerPruneEveryMs: number
  readonly ledgerPruneRowsMax: number
  readonly ledgerPrunePauseMs: number
  readonly reportTimeoutMs: number
  readonly reportRowsMax: number
  readonly countMax: number
  readonly sessionMs: number
  readonly signInCodeMs: number
  readonly signInAttemptsPerMinute: number
  readonly vaultTimeoutMs: number
  readonly vaultFileBytesMax: number
  readonly passphraseAttemptsPerMinute: number
  /** Of a token server: longest wait for its whole answer, and most of it that is read. */
  readonly tokenFetchTimeoutMs: number
  readonly tokenReplyBytesMax: number
  readonly tokensKeptMax: number
  /** A token is renewed in the background from here on, and not used any more from there on; both before its end. */
  readonly tokenRenewBeforeMs: number
  readonly tokenMarginMs: number
  /** After a failed fetch, and between two tokens given up because the vendor refused them. */
  readonly tokenBackOffMs: number
  readonly tokenDropEveryMs: number
  readonly probeTimeoutMs: number
  readonly engineProbeTimeoutMs: number
  readonly modelListBytesMax: number
  readonly priceFileBytesMax: number
  readonly priceModelsMax: number
  readonly priceTablesMax: number
  readonly repriceBatch: number
  readonly shutdownDrainMs: number
  /** Idempotency keys remembered at once, those of running calls included. */
  readonly idempotencyKeysMax: number
  /** All answers kept for them. */
  readonly idempotencyBytesMax: number
  /** One answer; a larger one is not kept. */
  readonly idempotencyReplyBytesMax: number
  readonly idempotencyKeptMs: number
  /** Responses that a later request may go on from, all keys together. */
  readonly responsesKeptMax: number
  readonly responsesKeptBytesMax: number
  /** One of them, with all it answered; a larger one is not kept. */
  readonly responseKeptBytesMax: number
  readonly responsesKeptMs: number
  /** Of one remote address at the LAN entrance. */
  readonly lanConnectionsPerAddressMax: number
  /** How long a certificate by our own authority is good for, how soon it is made anew, how often its names are looked at. */
  readonly lanCertificateMs: number
  readonly lanRenewEveryMs: number
  readonly lanCheckEveryMs: number
}

/** What --config brought, translated into our words (gateway/intake). */
export interface FileConfig {
  readonly path: string
  readonly deployments: readonly DeploymentEntry[]
  /**
   * Literal secrets, held in memory only: by reference `file/<hash>`, or `os.environ/NAME` for a variable that the file
   * itself sets (`environment_variables`); the real environment comes first for those.
   */
  readonly literalSecrets: ReadonlyMap<CredentialRef, Secret>
  readonly adminKey: Secret | null
  readonly aliases: Readonly<Record<string, string>>
  /** Aliases that work but are not listed (`hidden: true`). */
  readonly hiddenAliases: readonly string[]
  readonly fallbacks: Readonly<Record<string, readonly string[]>>
  readonly retries: number | null
  readonly timeoutMs: number | null
  readonly streamTimeoutMs: number | null
  readonly dropParams: boolean | null
  /** Lists of models ask the providers what stands behind a pattern. */
  readonly checkProviderEndpoint: boolean | null
  readonly defaultTeamSettings: readonly JsonObject[]
  /** Of the gateway, of providers (by LiteLLM's names), of tags, of the file's own deployments. */
  readonly budgets: readonly NamedBudget[]
  readonly network: FileNetwork
  /** `pass_through_endpoints`. */
  readonly ownPaths: readonly OwnPath[]
  /** Settings the file fixes, by name, for "set by config.yaml" in the panel. */
  readonly locked: readonly string[]
  /** Sentences to print at start: unsupported keys by name, literal keys by line. */
  readonly warnings: readonly string[]
}

/** Where secrets are kept, and what opens the passphrase vault. */
export interface VaultConfig {
  /** null: the keychain where it answers, else the passphrase vault where there is one. */
  readonly choice: VaultStore | null
  readonly passphrase: Secret | null
  /** Its path; wins over `passphrase`. */
  readonly passphraseFile: string | null
}

export interface GatewayConfig {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly panelDir: string
  readonly resourcesDir: string
  /** null: none was given; the gateway uses the one it generated at its first start. */
  readonly adminKey: { readonly value: Secret; readonly from: 'option' | 'file' } | null
  /** Extra names the Host header may carry, with or without a port. */
  readonly hosts: readonly string[]
  readonly durability: 'full' | 'normal'
  readonly vault: VaultConfig
  /** null: this machine alone is answered, on `host`. */
  readonly lan: LanConfig | null
  readonly file: FileConfig | null
  readonly network: NetworkSettings
  readonly limits: Limits
  readonly version: string
}
