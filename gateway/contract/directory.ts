// Keys and teams as the gateway keeps them in memory, and the callers made from them.
// Promises: what a write changed is what the next request meets. Leaves alone: persistence (AdminStore).

import type { Caller } from './caller.ts'
import type { KeyHash, KeyId, TeamId } from './ids.ts'
import type { Budget } from './scope.ts'
import type { Team, VirtualKey } from './store.ts'

export interface DirectoryEntry {
  readonly key: VirtualKey
  readonly team: Team | null
  readonly caller: Caller
}
export interface Directory {
  /** Deleted keys are not found. Blocked and expired ones are: `identify` words the refusal. */
  findByHash(hash: KeyHash): DirectoryEntry | null
  findById(id: KeyId): DirectoryEntry | null
  findByAlias(alias: string): DirectoryEntry | null
  entries(): readonly DirectoryEntry[]
  teams(): readonly Team[]
  /** By LiteLLM's text id. */
  findTeam(teamId: string): Team | null
  findTeamById(id: TeamId): Team | null
  readonly adminCaller: Caller
  readonly panelCaller: Caller
  putKey(key: VirtualKey): void
  putTeam(team: Team): void
  setGlobalBudget(budget: Budget): void
}
