// Who is calling: a secret becomes a Caller, or a 401 that does not tell unknown from unusable by its type. Of a key that is
// blocked or expired it tells whose it is as well, so that its refusals appear under its name.
// Promises: keys are looked up by the SHA-256 of the whole string; the admin key is compared in constant time.
// Leaves alone: where in the request the secret stood (door), what the caller may do (admit).

import type { Caller, Identified } from '../contract/caller.ts'
import type { Directory } from '../contract/directory.ts'
import { refuse } from '../contract/errors.ts'
import type { KeyHash } from '../contract/ids.ts'
import type { Secret } from '../contract/sealed.ts'

export interface IdentifyTools {
  readonly directory: Directory
  readonly nowMs: () => number
  readonly hashKey: (text: string) => KeyHash
  readonly isAdminKey: (candidate: string) => boolean
}
/** Was the key, or its team, blocked or deleted after its call began? */
export const createIsRevoked =
  (directory: Pick<Directory, 'findById'>) =>
  ({ keyId }: Pick<Caller, 'keyId'>): boolean => {
    const entry = directory.findById(keyId)
    return entry === null || entry.key.blocked || entry.team?.blocked === true
  }

export type Identify = (credential: Secret | null) => Identified

/** @throws GatewayError missing_key, invalid_api_key */
export function createIdentify(tools: IdentifyTools): Identify {
  // The door asks before it reads a body and the corridor asks again; the hash is the same, the answer need not be.
  const hashes = new WeakMap<Secret, KeyHash>()
  const hashOf = (credential: Secret): KeyHash => {
    const known = hashes.get(credential)
    if (known !== undefined) return known
    const hash = tools.hashKey(credential.open())
    hashes.set(credential, hash)
    return hash
  }
  return (credential) => {
    if (credential === null) throw refuse('missing_key')
    const text = credential.open()
    const entry = tools.directory.findByHash(hashOf(credential))
    if (entry === null) {
      if (tools.isAdminKey(text)) return tools.directory.adminCaller
      throw refuse('invalid_api_key', { reason: text.startsWith('sk-') ? 'This API key is not known here.' : 'A virtual key starts with "sk-".' })
    }
    const { key, team, caller } = entry
    const turnAway = (reason: string): Identified => ({ caller, refusal: refuse('invalid_api_key', { reason }) })
    if (key.blocked) return turnAway('This API key is blocked.')
    if (team?.blocked === true) return turnAway('The team of this API key is blocked.')
    if (key.expiresAtMs !== null && key.expiresAtMs <= tools.nowMs()) return turnAway('This API key has expired.')
    return caller
  }
}
