// Reads administrators' rows back into the contract's words.
// Promises: what was stored is what is read. Leaves alone: writing (store-writes.ts).

import type { Database } from 'better-sqlite3'
import { deploymentId, keyHash, keyId, scopeId, teamId } from '../contract/ids.ts'
import type { Json, JsonObject } from '../contract/json.ts'
import { nanoUsd } from '../contract/money.ts'
import type { Budget } from '../contract/scope.ts'
import type { CredentialEntry, DeploymentEntry, Session, Team, VirtualKey } from '../contract/store.ts'

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
  readonly scopeId: number
  /** As text: an amount may pass what a JavaScript number holds. */
  readonly limitNusd: string | null
  readonly duration: string | null
}
interface StoredKey extends StoredHolder {
  readonly kind: VirtualKey['kind']
  readonly hash: string
  readonly shown: string
  readonly teamId: number | null
  readonly expiresAt: number | null
  readonly deletedAt: number | null
}
interface StoredTeam extends StoredHolder {
  readonly teamId: string
}

const holder = `h.id, h.alias, h.models, h.requests_per_minute_max AS rpm, h.parallel_max AS parallel, h.blocked, h.metadata, h.created_at AS createdAt, h.updated_at AS updatedAt,
  s.id AS scopeId, CAST(b.limit_nusd AS TEXT) AS limitNusd, b.duration`
const keyColumns = `SELECT ${holder}, h.kind, h.hash, h.shown, h.team_id AS teamId, h.expires_at AS expiresAt, h.deleted_at AS deletedAt
  FROM virtual_key h JOIN scope s ON s.kind = 'key' AND s.ref = h.id JOIN budget b ON b.scope_id = s.id`
const teamColumns = `SELECT ${holder}, h.team_id AS teamId FROM team h JOIN scope s ON s.kind = 'team' AND s.ref = h.id JOIN budget b ON b.scope_id = s.id`

export interface StoreRows {
  key(id: number): VirtualKey | null
  keys(): readonly VirtualKey[]
  team(id: number): Team | null
  teams(): readonly Team[]
  deployments(): readonly DeploymentEntry[]
  credentials(): readonly CredentialEntry[]
  settings(): Readonly<Record<string, Json>>
  sessions(nowMs: number): readonly Session[]
  globalBudget(): Budget
}

export function createStoreRows(db: Database): StoreRows {
  const oneKey = db.prepare<[number], StoredKey>(`${keyColumns} WHERE h.id = ?`)
  const allKeys = db.prepare<[], StoredKey>(`${keyColumns} ORDER BY h.id`)
  const oneTeam = db.prepare<[number], StoredTeam>(`${teamColumns} WHERE h.id = ?`)
  const allTeams = db.prepare<[], StoredTeam>(`${teamColumns} ORDER BY h.id`)
  return {
    key(id) {
      const row = oneKey.get(id)
      return row === undefined ? null : toKey(row)
    },
    keys: () => allKeys.all().map(toKey),
    team(id) {
      const row = oneTeam.get(id)
      return row === undefined ? null : toTeam(row)
    },
    teams: () => allTeams.all().map(toTeam),
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
    globalBudget() {
      const sql = `SELECT CAST(limit_nusd AS TEXT) AS limitNusd, duration FROM budget JOIN scope ON id = scope_id WHERE kind = 'global'`
      return toBudget(db.prepare<[], Pick<StoredHolder, 'limitNusd' | 'duration'>>(sql).get() ?? { limitNusd: null, duration: null })
    },
  }
}

function toBudget(row: Pick<StoredHolder, 'limitNusd' | 'duration'>): Budget {
  return { limitNanoUsd: row.limitNusd === null ? null : nanoUsd(BigInt(row.limitNusd)), duration: row.duration }
}

function toHolder(
  row: StoredHolder,
): Pick<Team, 'alias' | 'models' | 'budget' | 'requestsPerMinuteMax' | 'parallelMax' | 'blocked' | 'metadata' | 'createdAtMs' | 'updatedAtMs' | 'scopeId'> {
  return {
    alias: row.alias,
    models: parseTexts(row.models),
    budget: toBudget(row),
    requestsPerMinuteMax: row.rpm,
    parallelMax: row.parallel,
    blocked: row.blocked === 1,
    metadata: parseObject(row.metadata),
    createdAtMs: row.createdAt,
    updatedAtMs: row.updatedAt,
    scopeId: scopeId(row.scopeId),
  }
}

function toKey(row: StoredKey): VirtualKey {
  const team = row.teamId === null ? null : teamId(row.teamId)
  const { kind, shown, expiresAt, deletedAt } = row
  return { ...toHolder(row), id: keyId(row.id), kind, hash: keyHash(row.hash), shown, teamId: team, expiresAtMs: expiresAt, deletedAtMs: deletedAt }
}

function toTeam(row: StoredTeam): Team {
  return { ...toHolder(row), id: teamId(row.id), teamId: row.teamId }
}

function readDeployments(db: Database): readonly DeploymentEntry[] {
  const sql = 'SELECT id, model_name AS modelName, params, model_info AS modelInfo, credential FROM deployment ORDER BY rowid'
  const rows = db.prepare<[], { id: string; modelName: string; params: string; modelInfo: string; credential: string | null }>(sql).all()
  return rows.map((row) => ({ ...row, id: deploymentId(row.id), params: parseObject(row.params), modelInfo: parseObject(row.modelInfo) }))
}

function readCredentials(db: Database): readonly CredentialEntry[] {
  const sql = 'SELECT name, provider_id AS providerId, ref, "values", created_at AS createdAtMs FROM credential ORDER BY name'
  const rows = db.prepare<[], Omit<CredentialEntry, 'values'> & { values: string }>(sql).all()
  return rows.map((row) => ({ ...row, values: parseObject(row.values) }))
}

export const parseJson = (text: string): Json => JSON.parse(text) as Json
export const parseObject = (text: string): JsonObject => JSON.parse(text) as JsonObject
export const parseTexts = (text: string): readonly string[] => JSON.parse(text) as readonly string[]
