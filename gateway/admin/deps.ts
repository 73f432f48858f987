// Everything the admin and panel use-cases are given: ports, live indexes and facts. compose.ts builds it once.
// Promises: no use-case touches HTTP, SQLite, the keychain or the network except through a member of this.
// Leaves alone: how each port keeps its promise.

import type { CarePort } from '../contract/care.ts'
import type { Clock } from '../contract/clock.ts'
import type { Limits } from '../contract/config.ts'
import type { Directory } from '../contract/directory.ts'
import type { DeploymentId } from '../contract/ids.ts'
import type { JsonObject } from '../contract/json.ts'
import type { LanPort } from '../contract/lan.ts'
import type { OwnPath } from '../contract/own-path.ts'
import type { PanelEngine } from '../contract/panel-engine.ts'
import type { PriceDesk } from '../contract/prices.ts'
import type { Catalog, Provider } from '../contract/provider.ts'
import type { ReportsPort } from '../contract/reports.ts'
import type { Reprice } from '../contract/reprice.ts'
import type { ScopeName } from '../contract/scope.ts'
import type { Secret } from '../contract/sealed.ts'
import type { AdminStore, DeploymentEntry, LiveEntries } from '../contract/store.ts'
import type { CredentialRef, PassphrasePort, VaultPort } from '../contract/vault.ts'
import type { Log } from '../kit/log.ts'

/** Paths of the administrator's own. Each change is durable, and counts, when it resolves. */
export interface OwnPaths {
  list(): readonly OwnPath[]
  isFromFile(id: string): boolean
  put(own: OwnPath): Promise<void>
  remove(id: string): Promise<void>
  /** LiteLLM's entry; null makes an id. Literal secrets go into the vault. @throws GatewayError invalid_request, vault_unavailable */
  parse(entry: unknown, id: string | null): Promise<OwnPath>
}

export interface ModelListQuery {
  readonly provider: Provider
  readonly baseUrl: string
  readonly credential: CredentialRef | null
  /** A key typed into the form and not saved yet; wins over `credential`. */
  readonly secret: Secret | null
  readonly gone: AbortSignal
}

/** A real call of a few output tokens through the corridor, as the system key `panel`. */
export interface TestResult {
  readonly ok: boolean
  readonly status: number
  readonly requestId: string
  readonly message: string
  readonly durationMs: number
}

export interface AdminFacts {
  readonly version: string
  /** `http://127.0.0.1:4000/v1`, known once the gateway listens. */
  baseUrl(): string
  readonly dataDir: string
  readonly configFile: string | null
  readonly durability: 'full' | 'normal'
  /** IANA zone of every period and day in the ledger. */
  readonly zone: string
  /** `default_team_settings` of the configuration file: what a team of that id starts with. */
  readonly teamDefaults: readonly JsonObject[]
  /** Whose budgets the configuration file sets. */
  readonly fileBudgets: readonly ScopeName[]
  /** What the configuration file made start-up say. */
  readonly configWarnings: readonly string[]
}

export interface SessionIndex {
  put(hash: string, expiresAtMs: number): void
  delete(hash: string): void
  /** null: unknown or expired. */
  expiresAtMs(hash: string): number | null
}

export interface SignInGate {
  /** True once per valid code. */
  consumeCode(code: string): boolean
  /** Compared in constant time. */
  isAdminKey(candidate: string): boolean
}

export interface AdminDeps {
  readonly store: AdminStore
  readonly reports: ReportsPort
  readonly care: CarePort
  readonly directory: Directory
  readonly catalog: () => Catalog
  readonly entries: LiveEntries
  readonly ownPaths: OwnPaths
  /** LiteLLM's {model_name, litellm_params, model_info} as an entry; literal keys go into the vault. @throws GatewayError invalid_request, vault_unavailable */
  readonly parseDeployment: (entry: unknown) => Promise<DeploymentEntry>
  /** Sentences about entries the catalog had to leave out; each holds the entry's id. */
  readonly problems: () => readonly string[]
  readonly prices: PriceDesk
  readonly reprice: Reprice
  readonly vault: VaultPort
  readonly passphrase: PassphrasePort
  readonly providers: readonly Provider[]
  /** Is the variable set in the gateway's environment? */
  readonly hasVariable: (name: string) => boolean
  /** The vendor's free model list, through egress. @throws GatewayError upstream_*, egress_refused, credential_missing */
  readonly listModels: (query: ModelListQuery) => Promise<readonly string[]>
  readonly runTest: (id: DeploymentId, gone: AbortSignal) => Promise<TestResult>
  readonly engines: (gone: AbortSignal) => Promise<readonly PanelEngine[]>
  /** Called with the highest request row changed so far; gives the way to stop. */
  readonly onChange: (listener: (row: number) => void) => () => void
  readonly clock: Clock
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Log
  readonly facts: AdminFacts
  readonly lan: LanPort
  readonly signIn: SignInGate
  readonly sessions: SessionIndex
  readonly limits: Limits
}
