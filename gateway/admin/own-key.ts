// What a caller with an ordinary virtual key may read on routes that administrators share with it: itself, nothing else.
// Promises: admin and panel callers pass. Leaves alone: routes declared for administrators only (the door refuses those).

import type { Caller } from '../contract/caller.ts'
import type { KeyHash, KeyId } from '../contract/ids.ts'

/** `asked` null means "about myself". */
export function mayReadKey(caller: Caller | null, ownHash: KeyHash | null, asked: KeyHash | null): boolean {
  if (caller === null) return false
  return caller.kind !== 'key' || asked === null || asked === ownHash
}

/** The key whose rows alone the caller may see; null = all. */
export function onlyKey(caller: Caller | null): KeyId | null {
  return caller?.kind === 'key' ? caller.keyId : null
}
