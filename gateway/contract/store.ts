// What administrators keep: keys, teams, deployments, credentials' references, settings, sessions. Written through the ledger's one writer.
// Promises: every write is durable when it resolves. Leaves alone: LiteLLM's field names (admin/), secrets (vault).

import type { DeploymentId, KeyHash, KeyId, ScopeId, TeamId } from './ids.ts'
import { numberOf, textOf, type Json, type JsonObject } from './json.ts'
import { parseUsd } from './money.ts'
import type { StoredPrices } from './prices.ts'
import { oneWindow, type Budget, type Scope, type ScopeName } from './scope.ts'
import type { CallerKind } from './caller.ts'
import type { Deployment } from './provider.ts'
import { isKeptRef, type CredentialRef } from './vault.ts'

export interface VirtualKey {
  readonly id: KeyId
  readonly kind: CallerKind
  readonly hash: KeyHash
  readonly alias: string | null
  /** `sk-…` and the last four characters. */
  readonly shown: string
  readonly teamId: TeamId | null
  readonly organizationId: string | null
  readonly projectId: string | null
  readonly userId: string | null
  readonly models: readonly string[]
  readonly budget: Budget
  readonly requestsPerMinuteMax: number | null
  readonly parallelMax: number | null
  readonly expiresAtMs: number | null
  readonly blocked: boolean
  readonly metadata: JsonObject
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Deleted keys stay, so that spend keeps its names. */
  readonly deletedAtMs: number | null
  readonly scopeId: ScopeId
  /** The scopes of its organization (its own or its team's), project, member and user, as far as it has them: made when a key first names them. */
  readonly ownerScopes: readonly Scope[]
}
export type KeyDraft = Omit<VirtualKey, 'id' | 'createdAtMs' | 'updatedAtMs' | 'deletedAtMs' | 'scopeId' | 'ownerScopes'>
export type KeyPatch = Partial<Omit<KeyDraft, 'kind' | 'hash' | 'shown'>>

export interface Team {
  readonly id: TeamId
  /** LiteLLM's `team_id`: given by the admin or a UUID. */
  readonly teamId: string
  readonly organizationId: string | null
  readonly alias: string | null
  readonly models: readonly string[]
  readonly budget: Budget
  readonly requestsPerMinuteMax: number | null
  readonly parallelMax: number | null
  readonly blocked: boolean
  readonly metadata: JsonObject
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly scopeId: ScopeId
  /** Its organization's scope, when it has one. */
  readonly ownerScopes: readonly Scope[]
}
export type TeamDraft = Omit<Team, 'id' | 'createdAtMs' | 'updatedAtMs' | 'scopeId' | 'ownerScopes'>
export type TeamPatch = Partial<Omit<TeamDraft, 'teamId'>>

/** Whose money a key spends besides its team's and its own, widest first. A key's own organization stands before its team's. */
export function ownerNames(
  key: Pick<VirtualKey, 'organizationId' | 'projectId' | 'userId' | 'teamId'>,
  team: Pick<Team, 'organizationId'> | null,
): readonly ScopeName[] {
  const { projectId, userId, teamId } = key
  const organizationId = key.organizationId ?? team?.organizationId ?? null
  const names: ScopeName[] = []
  if (organizationId !== null) names.push({ kind: 'organization', ref: organizationId })
  if (projectId !== null) names.push({ kind: 'project', ref: projectId })
  if (userId !== null && teamId !== null) names.push({ kind: 'member', ref: `${String(teamId)}/${userId}` })
  if (userId !== null) names.push({ kind: 'user', ref: userId })
  return names
}

/** A deployment as configured (LiteLLM's shape), secrets replaced by references. */
export interface DeploymentEntry {
  readonly id: DeploymentId
  readonly modelName: string
  readonly params: JsonObject
  readonly modelInfo: JsonObject
  readonly credential: CredentialRef | null
  /** When a secret of its own was last put into the vault; absent: there is none, or that was not noted. */
  readonly savedAtMs?: number
}
/** LiteLLM's parameters that hold secrets beside `api_key`, for providers that want more than a key. An entry holds references in their place. */
export const furtherSecrets: readonly string[] = [
  'azure_ad_token',
  'client_secret',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'vertex_credentials',
]
/** It is JSON, or the path of a file that holds it. */
export const isCredentialFile = (name: string): boolean => name === 'vertex_credentials'
/** Where the secrets of an entry are. */
export const secretRefsOf = ({ credential, params }: DeploymentEntry): readonly CredentialRef[] => [
  ...(credential === null ? [] : [credential]),
  ...furtherSecrets.flatMap((name) => textOf(params[name]) ?? []),
]
/** LiteLLM's `max_budget` and `budget_duration` of one deployment; null without. */
export function budgetOf({ params }: Pick<DeploymentEntry, 'params'>): Budget | null {
  const dollars = numberOf(params['max_budget'])
  return dollars === undefined ? null : oneWindow(parseUsd(dollars), textOf(params['budget_duration']) ?? null)
}
export interface CredentialEntry {
  readonly name: string
  readonly providerId: string | null
  /** Of its key; empty where it has none. */
  readonly ref: CredentialRef
  /** Values that are not secret (api_base …), and references to further secrets. */
  readonly values: JsonObject
  readonly createdAtMs: number
  /** When one of its secrets was last put into the vault; absent: it is kept elsewhere, or that was not noted. */
  readonly savedAtMs?: number
}
/** Where the secrets of a credential are. */
export const credentialRefsOf = ({ ref, values }: Pick<CredentialEntry, 'ref' | 'values'>): readonly CredentialRef[] => [
  ...(ref === '' ? [] : [ref]),
  ...furtherSecrets.flatMap((name) => textOf(values[name]) ?? []),
]
/** Does a deployment use this credential? A variable is nobody's: several may read the same one. */
export const usesCredential = (used: Pick<Deployment, 'credential' | 'credentialName' | 'secrets'>, entry: CredentialEntry): boolean => {
  if (used.credentialName === entry.name) return true
  const refs = credentialRefsOf(entry).filter(isKeptRef)
  return [used.credential, ...Object.values(used.secrets)].some((ref) => ref !== null && refs.includes(ref))
}
export interface Session {
  readonly hash: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** Everything the gateway keeps in memory, as read at start. */
export interface StoreSnapshot {
  /** The rows of the two built-in callers included. */
  readonly keys: readonly VirtualKey[]
  readonly teams: readonly Team[]
  readonly deployments: readonly DeploymentEntry[]
  readonly credentials: readonly CredentialEntry[]
  readonly settings: Readonly<Record<string, Json>>
  readonly sessions: readonly Session[]
  /** Every scope there is, with its budget. */
  readonly scopes: readonly Scope[]
  readonly globalScopeId: ScopeId
  /** Rows of the two built-in callers. */
  readonly adminKeyId: KeyId
  readonly panelKeyId: KeyId
  /** Holds of an earlier run found open at start, charged provisionally. */
  readonly recoveredRequests: number
  /** IANA zone of all periods, frozen at first run. */
  readonly zone: string
  readonly prices: StoredPrices
}

export interface AdminStore {
  /** @throws GatewayError conflict when alias or hash is taken */
  createKey(draft: KeyDraft): Promise<VirtualKey>
  /** `updatedAtMs` grows with every update of a record, so that the later of two answers can be told. @throws GatewayError record_not_found */
  updateKey(id: KeyId, patch: KeyPatch): Promise<VirtualKey>
  deleteKey(id: KeyId): Promise<void>
  createTeam(draft: TeamDraft): Promise<Team>
  updateTeam(id: TeamId, patch: TeamPatch): Promise<Team>
  saveDeployment(entry: DeploymentEntry): Promise<void>
  deleteDeployment(id: DeploymentId): Promise<void>
  saveCredential(entry: CredentialEntry): Promise<void>
  deleteCredential(name: string): Promise<void>
  saveSetting(name: string, value: Json): Promise<void>
  /**
   * Any scope's budget; the scope is made when it is missing. What it spent before is read from roll-ups (provider, deployment) or rows (customer, key_model);
   * others count from now on, and so do calls that are running. @throws GatewayError record_not_found for a key or team that is not there, invalid_request
   */
  setBudget(name: ScopeName, budget: Budget): Promise<Scope>
  saveSession(session: Session): Promise<void>
  deleteSession(hash: string): Promise<void>
}

/** The ledger's own deployments and credentials, in the file and in memory. Each change is durable, and the catalog shows it, when it resolves. */
export interface LiveEntries {
  deployments(): readonly DeploymentEntry[]
  credentials(): readonly CredentialEntry[]
  putDeployment(entry: DeploymentEntry): Promise<void>
  removeDeployment(id: DeploymentId): Promise<void>
  putCredential(entry: CredentialEntry): Promise<void>
  removeCredential(name: string): Promise<void>
}
