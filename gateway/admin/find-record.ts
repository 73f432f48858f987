// Finds keys and teams as administrators name them: a key by itself or by its hash, a team by LiteLLM's text id.
// Promises: the gateway's own two callers are not found; an error never repeats a key.
// Leaves alone: keys that were deleted (they are not found either).

import type { Directory, DirectoryEntry } from '../contract/directory.ts'
import { refuse } from '../contract/errors.ts'
import { keyHash, type KeyHash } from '../contract/ids.ts'
import type { Team } from '../contract/store.ts'
import { hashKey } from '../kit/virtual-key.ts'

/** The hash itself when 64 hex digits were given, else the hash of the text. */
export function toHash(keyOrHash: string): KeyHash {
  return keyHash(/^[0-9a-f]{64}$/.test(keyOrHash) ? keyOrHash : hashKey(keyOrHash))
}

/** @throws GatewayError record_not_found */
export function findKey(directory: Directory, keyOrHash: string): DirectoryEntry {
  const entry = directory.findByHash(toHash(keyOrHash))
  if (entry === null || entry.key.kind !== 'key')
    throw refuse('record_not_found', { reason: `There is no virtual key ${wordKey(keyOrHash)}.` }, { param: 'key' })
  return entry
}

/** @throws GatewayError record_not_found */
export function findKeyByAlias(directory: Directory, alias: string): DirectoryEntry {
  const entry = directory.findByAlias(alias)
  if (entry === null || entry.key.kind !== 'key')
    throw refuse('record_not_found', { reason: `There is no virtual key with the alias ${alias}.` }, { param: 'key_aliases' })
  return entry
}

/** @throws GatewayError record_not_found */
export function findTeam(directory: Directory, teamId: string): Team {
  const team = directory.findTeam(teamId)
  if (team === null) throw refuse('record_not_found', { reason: `There is no team ${teamId}.` }, { param: 'team_id' })
  return team
}

/** Virtual keys only, without the admin key and the panel's own. */
export function listKeys(directory: Directory): readonly DirectoryEntry[] {
  return directory.entries().filter((entry) => entry.key.kind === 'key' && entry.key.deletedAtMs === null)
}

const wordKey = (keyOrHash: string): string => (keyOrHash.startsWith('sk-') ? 'with that value' : `with the hash ${keyOrHash.slice(0, 64)}`)
