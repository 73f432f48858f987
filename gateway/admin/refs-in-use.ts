// Where secrets are that somebody still needs: deployments, named credentials, paths of the administrator's own.
// Promises: every kind of entry that refers to the vault is asked. Leaves alone: removing.

import { credentialRefsOf, secretRefsOf } from '../contract/store.ts'
import type { OwnPath } from '../contract/own-path.ts'
import type { CredentialRef } from '../contract/vault.ts'
import type { AdminDeps } from './deps.ts'

export const ownPathRefsOf = ({ headers }: Pick<OwnPath, 'headers'>): readonly CredentialRef[] => Object.values(headers).flatMap(({ ref }) => ref ?? [])

/** An entry that does not count, because it is going or changes. */
interface Going {
  readonly ownPathId?: string
  readonly credentialName?: string
}

export function refsInUse({ entries, ownPaths, catalog }: Pick<AdminDeps, 'entries' | 'ownPaths' | 'catalog'>, going: Going = {}): ReadonlySet<CredentialRef> {
  const credentials = entries.credentials().filter(({ name }) => name !== going.credentialName)
  const paths = ownPaths.list().filter(({ id }) => id !== going.ownPathId)
  // The configuration file's deployments are in the catalog alone.
  const served = catalog()
    .deployments()
    .flatMap(({ credential, secrets }) => [...(credential === null ? [] : [credential]), ...Object.values(secrets)])
  return new Set([...served, ...entries.deployments().flatMap(secretRefsOf), ...credentials.flatMap(credentialRefsOf), ...paths.flatMap(ownPathRefsOf)])
}
