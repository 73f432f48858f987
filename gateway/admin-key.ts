// The admin key of a gateway that was given none: made at the first start, kept as a hash.
// Promises: shown once on a terminal, else written to a file only its owner can read; never in the database in plain.
// Leaves alone: given keys (option, environment, configuration file).

import { join } from 'node:path'
import { secret, type Secret } from './contract/sealed.ts'
import type { AdminStore, StoreSnapshot } from './contract/store.ts'
import { replaceFileSync } from './kit/replace-file.ts'
import { hashKey, keyRandomBytes, makeVirtualKey } from './kit/virtual-key.ts'

/** given: by the configuration · known: made by an earlier start · made: by this one. */
export type AdminKey = { readonly kind: 'given' | 'known'; readonly hash: string } | { readonly kind: 'made'; readonly hash: string; readonly secret: Secret }

export interface AdminKeyTools {
  readonly given: Secret | null
  readonly snapshot: Pick<StoreSnapshot, 'settings'>
  readonly randomBytes: (count: number) => Uint8Array
}

const settingName = 'admin_key_hash'

export function findAdminKey(tools: AdminKeyTools): AdminKey {
  if (tools.given !== null) return { kind: 'given', hash: hashKey(tools.given.open()) }
  const known = tools.snapshot.settings[settingName]
  if (typeof known === 'string') return { kind: 'known', hash: known }
  const made = makeVirtualKey(tools.randomBytes(keyRandomBytes))
  return { kind: 'made', hash: hashKey(made), secret: secret(made) }
}

/** Called when it can be shown: a start that fails before that must not leave behind a key that nobody has seen. */
export async function keepAdminKey(key: AdminKey, store: Pick<AdminStore, 'saveSetting'>): Promise<void> {
  if (key.kind === 'made') await store.saveSetting(settingName, key.hash)
}

/** Where a made key can be found when no terminal shows it. */
export function adminKeyFile(dataDir: string): string {
  return join(dataDir, 'admin-key')
}

export function writeAdminKey(key: Secret, dataDir: string): void {
  replaceFileSync(adminKeyFile(dataDir), `${key.open()}\n`)
}
