// Reads administrators' rows back into the contract's words.
// Promises: what was stored is what is read. Leaves alone: writing (store-writes.ts).

import type { Database } from 'better-sqlite3'
import { deploymentId, keyHash, keyId, teamId } from '../contract/ids.ts'
import type { Json, JsonObject } from '../contract/json.ts'
import type { Scope, ScopeName } from '../contract/scope.ts'
import { ownerNames, type CredentialEntry, type DeploymentEntry, type Session, type Team, type VirtualKey } from '../contract/store.ts'
import { assert } from '../kit/assert.ts'
import type { ScopeReads } from './scope-rows.ts'

interface StoredHolder {
  readonly id: number
  readonly alias: string | null
  readonly models: string
  readonly rpm: number | null
  readonly parallel: number | null
  readonly blocked: number
  readonly metadata: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly organizationId: string | null
}
interface StoredKey extends StoredHolder {
  readonly kind: VirtualKey['kind']
  readonly hash: string
  readonly shown: string
  readonly teamId: number | null
  readonly teamOrganizationId: string | null
  readonly projectId: string | null
  readonly userId: string | null
  readonly expiresAt: number | null
  readonly deletedAt: number | null
}
interface StoredTeam extends StoredHolder {
  readonly teamId: string
}

const holder = `h.id, h.alias, h.models, h.requests_per_minute_max AS rpm, h.parallel_max AS parallel, h.blocked, h.metadata, h.created_at AS createdAt, h.updated_at AS updatedAt,
  h.organization_id AS organizationId`
const keyColumns = `SELECT ${holder}, h.kind, h.hash, h.shown, h.team_id AS teamId, t.organization_id AS teamOrganizationId, h.project_id AS projectId, h.user_id AS userId,
  h.expires_at AS expiresAt, h.deleted_at AS deletedAt FROM virtual_key h LEFT JOIN team t ON t.id = h.team_id`
const teamColumns = `SELECT ${holder}, h.team_id AS teamId FROM team h`

export interface StoreRows {
  key(id: number): VirtualKey | null
  keys(): readonly VirtualKey[]
  team(id: number): Team | null
  teams(): readonly Team[]
  deployments(): readonly DeploymentEntry[]
  credentials(): readonly CredentialEntry[]
  settings(): Readonly<Record<string, Json>>
  sessions(nowMs: number): readonly Session[]
  scopes(): readonly Scope[]
}
type FindScope = (name: ScopeName) => Scope | null

export function createStoreRows(db: Database, scopeReads: ScopeReads): StoreRows {
  const oneKey = db.prepare<[number], StoredKey>(`${keyColumns} WHERE h.id = ?`)
  const allKeys = db.prepare<[], StoredKey>(`${keyColumns} ORDER BY h.id`)
  const oneTeam = db.prepare<[number], StoredTeam>(`${teamColumns} WHERE h.id = ?`)
  const allTeams = db.prepare<[], StoredTeam>(`${teamColumns} ORDER BY h.id`)
  const find: FindScope = (name) => scopeReads.find(name)
  return {
    key(id) {
      const row = oneKey.get(id)
      return row === undefined ? null : toKey(row, find)
    },
    keys() {
      const known = indexed(scopeReads.all())
      return allKeys.all().map((row) => toKey(row, known))
    },
    team(id) {
      const row = oneTeam.get(id)
      return row === undefined ? null : toTeam(row, find)
    },
    teams() {
      const known = indexed(scopeReads.all())
      return allTeams.all().map((row) => toTeam(row, known))
    },
    deployments: () => readDeployments(db),
    credentials: () => readCredentials(db),
    settings: () =>
      Object.fromEntries(
        db
          .prepare<[], { name: string; value: string }>('SELECT name, value FROM setting')
          .all()
          .map(({ name, value }) => [name, parseJson(value)]),
      ),
    sessions: (nowMs) =>
      db.prepare<[number], Session>('SELECT hash, created_at AS createdAtMs, expires_at AS expiresAtMs FROM session WHERE expires_at > ?').all(nowMs),
    scopes: () => scopeReads.all(),
  }
}

function indexed(scopes: readonly Scope[]): FindScope {
  const known = new Map(scopes.map((scope) => [`${scope.kind} ${scope.ref}`, scope]))
  return ({ kind, ref }) => known.get(`${kind} ${ref}`) ?? null
}

type Held = 'alias' | 'models' | 'budget' | 'requestsPerMinuteMax' | 'parallelMax' | 'blocked' | 'metadata' | 'createdAtMs' | 'updatedAtMs' | 'scopeId'

function toHolder(row: StoredHolder, own: Scope | null): Pick<Team, Held | 'organizationId'> {
  assert(own !== null, `row ${row.id} of a key or team has no scope`)
  return {
    alias: row.alias,
    organizationId: row.organizationId,
    models: parseTexts(row.models),
    budget: own.budget,
    requestsPerMinuteMax: row.rpm,
    parallelMax: row.parallel,
    blocked: row.blocked === 1,
    metadata: parseObject(row.metadata),
    createdAtMs: row.createdAt,
    updatedAtMs: row.updatedAt,
    scopeId: own.id,
  }
}

function toKey(row: StoredKey, find: FindScope): VirtualKey {
  const team = row.teamId === null ? null : teamId(row.teamId)
  const { kind, shown, projectId, userId, organizationId, expiresAt, deletedAt } = row
  const owners = ownerNames({ organizationId, projectId, userId, teamId: team }, { organizationId: row.teamOrganizationId })
  return {
    ...toHolder(row, find({ kind: 'key', ref: String(row.id) })),
    id: keyId(row.id),
    kind,
    hash: keyHash(row.hash),
    shown,
    teamId: team,
    projectId,
    userId,
    expiresAtMs: expiresAt,
    deletedAtMs: deletedAt,
    ownerScopes: owners.flatMap((name) => find(name) ?? []),
  }
}

function toTeam(row: StoredTeam, find: FindScope): Team {
  const owner = row.organizationId === null ? null : find({ kind: 'organization', ref: row.organizationId })
  return {
    ...toHolder(row, find({ kind: 'team', ref: String(row.id) })),
    id: teamId(row.id),
    teamId: row.teamId,
    ownerScopes: owner === null ? [] : [owner],
  }
}

function readDeployments(db: Database): readonly DeploymentEntry[] {
  const sql = 'SELECT id, model_name AS modelName, params, model_info AS modelInfo, credential, saved_at AS savedAtMs FROM deployment ORDER BY rowid'
  const rows = db
    .prepare<[], { id: string; modelName: string; params: string; modelInfo: string; credential: string | null; savedAtMs: number | null }>(sql)
    .all()
  return rows.map(({ savedAtMs, ...row }) => ({
    ...row,
    id: deploymentId(row.id),
    params: parseObject(row.params),
    modelInfo: parseObject(row.modelInfo),
    ...toAge(savedAtMs),
  }))
}

function readCredentials(db: Database): readonly CredentialEntry[] {
  const sql = 'SELECT name, provider_id AS providerId, ref, "values", created_at AS createdAtMs, saved_at AS savedAtMs FROM credential ORDER BY name'
  const rows = db.prepare<[], Omit<CredentialEntry, 'values' | 'savedAtMs'> & { values: string; savedAtMs: number | null }>(sql).all()
  return rows.map(({ savedAtMs, ...row }) => ({ ...row, values: parseObject(row.values), ...toAge(savedAtMs) }))
}

const toAge = (savedAtMs: number | null): { readonly savedAtMs?: number } => (savedAtMs === null ? {} : { savedAtMs })

export const parseJson = (text: string): Json => JSON.parse(text) as Json
export const parseObject = (text: string): JsonObject => JSON.parse(text) as JsonObject
export const parseTexts = (text: string): readonly string[] => JSON.parse(text) as readonly string[]
