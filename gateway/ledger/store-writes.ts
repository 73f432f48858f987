// Administrators' writes: keys, teams, deployments, credentials' references, settings, sessions.
// Promises: checks come before the first write, so a refused op leaves nothing behind. Leaves alone: secrets; LiteLLM's field names.

import type { Database } from 'better-sqlite3'
import { refuse, type GatewayError } from '../contract/errors.ts'
import type { KeyId, TeamId } from '../contract/ids.ts'
import { scopeKinds, type Scope, type ScopeName } from '../contract/scope.ts'
import { ownerNames, type KeyDraft, type KeyPatch, type Team, type TeamDraft, type TeamPatch, type VirtualKey } from '../contract/store.ts'
import { unreachable } from '../kit/assert.ts'
import { checkBudget, type Budgets } from './budgets.ts'
import type { StoreOp } from './ops.ts'
import type { StoreRows } from './store-rows.ts'

export interface StoreTools {
  readonly budgets: Budgets
  readonly stored: StoreRows
  nowMs(): number
}
export type StoreWrites = (op: StoreOp) => VirtualKey | Team | Scope | null

export function createStoreWrites(db: Database, tools: StoreTools): StoreWrites {
  const keys = createKeyWrites(db, tools)
  const teams = createTeamWrites(db, tools)
  const entries = createEntryWrites(db)
  return (op) => {
    switch (op.kind) {
      case 'create-key':
        return keys.create(op.draft)
      case 'update-key':
        return keys.update(op.id, op.patch)
      case 'delete-key':
        return keys.remove(op.id)
      case 'create-team':
        return teams.create(op.draft)
      case 'update-team':
        return teams.update(op.id, op.patch)
      case 'set-budget':
        checkName(op.name, tools.stored)
        return tools.budgets.setNamed(op.name, op.budget)
      default:
        entries(op)
        return null
    }
  }
}

const nameMax = 300

/** A budget for nobody would never be asked. @throws GatewayError record_not_found */
function checkName(name: ScopeName, stored: StoreRows): void {
  if (name.ref.length > nameMax || !scopeKinds.includes(name.kind) || !isThere(name, stored)) throw missing(name.kind.replace('_', ' and '))
}

function isThere({ kind, ref }: ScopeName, stored: StoreRows): boolean {
  // Of a pair; names may hold slashes themselves.
  const [row = '', ...rest] = ref.split('/')
  switch (kind) {
    case 'global':
      return ref === ''
    case 'team':
      return isRow(ref) && stored.team(Number(ref)) !== null
    case 'key':
      return isRow(ref) && isLiving(stored.key(Number(ref)))
    case 'member':
      return isRow(row) && rest.join('/') !== '' && stored.team(Number(row)) !== null
    case 'key_model':
      return isRow(row) && rest.join('/') !== '' && isLiving(stored.key(Number(row)))
    default:
      return ref !== ''
  }
}
const isRow = (text: string): boolean => /^[1-9]\d{0,14}$/.test(text)
const isLiving = (key: VirtualKey | null): boolean => key !== null && key.deletedAtMs === null

/** Two changes within a millisecond, or after the clock was set back: the times still tell which came last. */
const laterThan = (old: { readonly updatedAtMs: number }, tools: StoreTools): number => Math.max(Math.trunc(tools.nowMs()), old.updatedAtMs + 1)

function createKeyWrites(db: Database, tools: StoreTools) {
  const { budgets, stored } = tools
  const taken = db.prepare<[string | null, string, number], { hash: string }>(
    'SELECT hash FROM virtual_key WHERE (alias = ? OR hash = ?) AND deleted_at IS NULL AND id <> ?',
  )
  const insert = db.prepare(
    `INSERT INTO virtual_key (kind, hash, shown, alias, team_id, organization_id, project_id, user_id, models, requests_per_minute_max, parallel_max, expires_at, blocked,
     metadata, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const write = db.prepare(
    `UPDATE virtual_key SET alias = ?, team_id = ?, organization_id = ?, project_id = ?, user_id = ?, models = ?, requests_per_minute_max = ?, parallel_max = ?, expires_at = ?, blocked = ?, metadata = ?, updated_at = ? WHERE id = ?`,
  )
  const markDeleted = db.prepare('UPDATE virtual_key SET deleted_at = ?, updated_at = ? WHERE id = ?')

  const check = (draft: Pick<KeyDraft, 'alias' | 'teamId' | 'budget' | 'hash'>, id: number): void => {
    checkBudget(draft.budget)
    if (draft.teamId !== null && stored.team(draft.teamId) === null) throw refuse('record_not_found', { reason: 'There is no such team.' })
    const other = taken.get(draft.alias, draft.hash, id)
    if (other === undefined) return
    throw refuse('conflict', { reason: other.hash === draft.hash ? 'This key exists already.' : `The key alias ${draft.alias ?? ''} is taken.` })
  }
  const columns = (draft: KeyPatch & KeyDraft): unknown[] => [
    draft.alias,
    draft.teamId,
    draft.organizationId,
    draft.projectId,
    draft.userId,
    JSON.stringify(draft.models),
    draft.requestsPerMinuteMax,
    draft.parallelMax,
    draft.expiresAtMs,
    draft.blocked ? 1 : 0,
    JSON.stringify(draft.metadata),
  ]
  const ensureOwners = (key: KeyDraft): void => {
    for (const name of ownerNames(key, key.teamId === null ? null : stored.team(key.teamId))) budgets.ensureScope(name)
  }
  const existing = (id: KeyId): VirtualKey => {
    const key = stored.key(id)
    if (key === null || key.deletedAtMs !== null) throw missing('key')
    return key
  }
  return {
    create(draft: KeyDraft): VirtualKey | null {
      check(draft, 0)
      const nowMs = tools.nowMs()
      const id = Number(insert.run(draft.kind, draft.hash, draft.shown, ...columns(draft), nowMs, nowMs).lastInsertRowid)
      budgets.setNamed({ kind: 'key', ref: String(id) }, draft.budget)
      ensureOwners(draft)
      return stored.key(id)
    },
    update(id: KeyId, patch: KeyPatch): VirtualKey | null {
      const old = existing(id)
      const next = { ...old, ...patch }
      check(next, id)
      write.run(...columns(next), laterThan(old, tools), id)
      ensureOwners(next)
      if (patch.budget !== undefined) budgets.setBudget(old.scopeId, patch.budget)
      return stored.key(id)
    },
    remove(id: KeyId): null {
      if (existing(id).kind !== 'key') throw refuse('conflict', { reason: 'This key belongs to the gateway itself and cannot be deleted.' })
      markDeleted.run(tools.nowMs(), tools.nowMs(), id)
      return null
    },
  }
}

function createTeamWrites(db: Database, tools: StoreTools) {
  const { budgets, stored } = tools
  const taken = db.prepare<[string], { id: number }>('SELECT id FROM team WHERE team_id = ?')
  const insert = db.prepare(
    `INSERT INTO team (team_id, alias, organization_id, models, requests_per_minute_max, parallel_max, blocked, metadata, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const write = db.prepare(
    'UPDATE team SET alias = ?, organization_id = ?, models = ?, requests_per_minute_max = ?, parallel_max = ?, blocked = ?, metadata = ?, updated_at = ? WHERE id = ?',
  )
  const ensureOwner = ({ organizationId }: TeamDraft): void => {
    if (organizationId !== null) budgets.ensureScope({ kind: 'organization', ref: organizationId })
  }
  const columns = (draft: TeamDraft): unknown[] => [
    draft.alias,
    draft.organizationId,
    JSON.stringify(draft.models),
    draft.requestsPerMinuteMax,
    draft.parallelMax,
    draft.blocked ? 1 : 0,
    JSON.stringify(draft.metadata),
  ]
  return {
    create(draft: TeamDraft): Team | null {
      checkBudget(draft.budget)
      if (taken.get(draft.teamId) !== undefined) throw refuse('conflict', { reason: `The team id ${draft.teamId} is taken.` })
      const nowMs = tools.nowMs()
      const id = Number(insert.run(draft.teamId, ...columns(draft), nowMs, nowMs).lastInsertRowid)
      budgets.setNamed({ kind: 'team', ref: String(id) }, draft.budget)
      ensureOwner(draft)
      return stored.team(id)
    },
    update(id: TeamId, patch: TeamPatch): Team | null {
      const old = stored.team(id)
      if (old === null) throw missing('team')
      const next = { ...old, ...patch }
      checkBudget(next.budget)
      write.run(...columns(next), laterThan(old, tools), id)
      ensureOwner(next)
      if (patch.budget !== undefined) budgets.setBudget(old.scopeId, patch.budget)
      return stored.team(id)
    },
  }
}

type EntryOp = Exclude<StoreOp, { kind: 'create-key' | 'update-key' | 'delete-key' | 'create-team' | 'update-team' | 'set-budget' }>

function createEntryWrites(db: Database): (op: EntryOp) => void {
  const saveDeployment = db.prepare(
    `INSERT INTO deployment VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET model_name = excluded.model_name, params = excluded.params, model_info = excluded.model_info, credential = excluded.credential, saved_at = excluded.saved_at`,
  )
  const deleteDeployment = db.prepare('DELETE FROM deployment WHERE id = ?')
  const saveCredential = db.prepare(
    `INSERT INTO credential VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET provider_id = excluded.provider_id, ref = excluded.ref, "values" = excluded."values", saved_at = excluded.saved_at`,
  )
  const deleteCredential = db.prepare('DELETE FROM credential WHERE name = ?')
  const saveSetting = db.prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const saveSession = db.prepare('INSERT INTO session VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at')
  const deleteSession = db.prepare('DELETE FROM session WHERE hash = ?')
  return (op) => {
    switch (op.kind) {
      case 'save-deployment':
        return void saveDeployment.run(
          op.entry.id,
          op.entry.modelName,
          JSON.stringify(op.entry.params),
          JSON.stringify(op.entry.modelInfo),
          op.entry.credential,
          op.entry.savedAtMs ?? null,
        )
      case 'delete-deployment':
        if (deleteDeployment.run(op.id).changes === 0) throw missing('deployment')
        return
      case 'save-credential':
        return void saveCredential.run(
          op.entry.name,
          op.entry.providerId,
          op.entry.ref,
          JSON.stringify(op.entry.values),
          op.entry.createdAtMs,
          op.entry.savedAtMs ?? null,
        )
      case 'delete-credential':
        if (deleteCredential.run(op.name).changes === 0) throw missing('credential')
        return
      case 'save-setting':
        return void saveSetting.run(op.name, JSON.stringify(op.value))
      case 'save-session':
        return void saveSession.run(op.session.hash, op.session.createdAtMs, op.session.expiresAtMs)
      case 'delete-session':
        return void deleteSession.run(op.hash)
      default:
        return unreachable(op)
    }
  }
}

const missing = (what: string): GatewayError => refuse('record_not_found', { reason: `There is no such ${what}.` })
