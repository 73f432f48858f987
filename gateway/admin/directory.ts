// Keys and teams in memory, and the Callers made from them: what identify and the admin routes look up.
// Promises: a put is seen by the next lookup, in every Caller it concerns; Callers are frozen; deleted keys are not found.
// Leaves alone: persistence (AdminStore writes first, then puts here), and whether a key may be used (identify).

import type { Caller, RateLimit } from '../contract/caller.ts'
import type { Directory, DirectoryEntry } from '../contract/directory.ts'
import type { KeyHash, KeyId, ScopeId, TeamId } from '../contract/ids.ts'
import type { Budget } from '../contract/scope.ts'
import type { StoreSnapshot, Team, VirtualKey } from '../contract/store.ts'

/** The two built-in keys are found by id only (for spend rows): no request may authenticate as them, and no list shows them. */
export function createDirectory(snapshot: StoreSnapshot, globalBudget: Budget = snapshot.globalBudget): Directory {
  const world: World = { globalScopeId: snapshot.globalScopeId, globalBudget, teams: new Map(snapshot.teams.map((team) => [team.id, team])) }
  const byId = new Map<KeyId, DirectoryEntry>()
  const byHash = new Map<KeyHash, DirectoryEntry>()
  const byAlias = new Map<string, DirectoryEntry>()
  const byTeamText = new Map(snapshot.teams.map((team) => [team.teamId, team]))

  const deleted = new Set<KeyId>()

  // Answers to several writes of one moment reach their handlers in any order: the record that was written last is the one that counts.
  function putKey(key: VirtualKey): void {
    const known = byId.get(key.id)
    if (deleted.has(key.id) || (known !== undefined && key.deletedAtMs === null && isOlder(key, known.key))) return
    dropKey(known)
    if (key.deletedAtMs !== null) return void deleted.add(key.id)
    const entry = entryOf(key, world)
    byId.set(key.id, entry)
    if (key.kind !== 'key') return
    byHash.set(key.hash, entry)
    if (key.alias !== null) byAlias.set(key.alias, entry)
  }
  function dropKey(entry: DirectoryEntry | undefined): void {
    if (entry === undefined) return
    byId.delete(entry.key.id)
    byHash.delete(entry.key.hash)
    // An alias that has passed to another key since stays with that one.
    if (entry.key.alias !== null && byAlias.get(entry.key.alias)?.key.id === entry.key.id) byAlias.delete(entry.key.alias)
  }
  function rebuild(concerns: (key: VirtualKey) => boolean): void {
    for (const entry of [...byId.values()]) if (concerns(entry.key)) putKey(entry.key)
  }
  function builtIn(id: KeyId): Caller {
    const entry = byId.get(id)
    if (entry === undefined) throw new Error(`the ledger has no row for its built-in key ${String(id)}`)
    return entry.caller
  }
  for (const key of snapshot.keys) putKey(key)
  // A ledger without these rows could not book the admin's or the panel's calls: better found at start.
  builtIn(snapshot.adminKeyId)
  builtIn(snapshot.panelKeyId)
  return {
    findByHash: (hash) => byHash.get(hash) ?? null,
    findById: (id) => byId.get(id) ?? null,
    findByAlias: (alias) => byAlias.get(alias) ?? null,
    // By id, so that a change does not move a key within the list.
    entries: () => [...byHash.values()].sort((left, right) => left.key.id - right.key.id),
    teams: () => [...world.teams.values()],
    findTeam: (teamId) => byTeamText.get(teamId) ?? null,
    findTeamById: (id) => world.teams.get(id) ?? null,
    get adminCaller() {
      return builtIn(snapshot.adminKeyId)
    },
    get panelCaller() {
      return builtIn(snapshot.panelKeyId)
    },
    putKey,
    putTeam(team) {
      const known = world.teams.get(team.id)
      if (known !== undefined && isOlder(team, known)) return
      world.teams.set(team.id, team)
      byTeamText.set(team.teamId, team)
      rebuild((key) => key.teamId === team.id)
    },
    setGlobalBudget(budget) {
      world.globalBudget = budget
      rebuild(() => true)
    },
  }
}

const isOlder = (one: { readonly updatedAtMs: number }, other: { readonly updatedAtMs: number }): boolean => one.updatedAtMs < other.updatedAtMs

interface World {
  readonly globalScopeId: ScopeId
  globalBudget: Budget
  readonly teams: Map<TeamId, Team>
}

function entryOf(key: VirtualKey, world: World): DirectoryEntry {
  const team = key.teamId === null ? null : (world.teams.get(key.teamId) ?? null)
  // Half a caller would have no team limits: a key whose team is unknown is a defect of the ledger, not a key without a team.
  if (key.teamId !== null && team === null) throw new Error(`key ${String(key.id)} names a team the ledger does not have`)
  return Object.freeze({ key, team, caller: Object.freeze(callerOf(key, team, world)) })
}

function callerOf(key: VirtualKey, team: Team | null, world: World): Caller {
  const keyName = key.alias ?? key.shown
  const limits = [world.globalBudget.limitNanoUsd, team?.budget.limitNanoUsd ?? null, key.budget.limitNanoUsd]
  return {
    kind: key.kind,
    keyId: key.id,
    keyName,
    teamId: team?.id ?? null,
    teamAlias: team?.alias ?? null,
    scopes: Object.freeze(team === null ? [world.globalScopeId, key.scopeId] : [world.globalScopeId, team.scopeId, key.scopeId]),
    // The admin key is what repairs a spent budget, so no limit binds it; its spend still counts in both scopes.
    budgeted: key.kind !== 'admin' && limits.some((limit) => limit !== null),
    rates: Object.freeze(ratesOf(key, team, keyName)),
    models: key.models,
    teamModels: team?.models ?? [],
    metadata: key.metadata,
  }
}

function ratesOf(key: VirtualKey, team: Team | null, keyName: string): RateLimit[] {
  const rates: RateLimit[] = []
  if (isLimited(key)) rates.push(rateOf(`key:${String(key.id)}`, `key ${keyName}`, key))
  if (team !== null && isLimited(team)) rates.push(rateOf(`team:${String(team.id)}`, `team ${team.alias ?? team.teamId}`, team))
  return rates
}

const isLimited = (holder: VirtualKey | Team): boolean => holder.requestsPerMinuteMax !== null || holder.parallelMax !== null

function rateOf(holder: string, label: string, limits: VirtualKey | Team): RateLimit {
  return Object.freeze({ holder, label, requestsPerMinuteMax: limits.requestsPerMinuteMax, parallelMax: limits.parallelMax })
}
