// Moves saved secrets into the store in use: after a keychain has come or gone, or a passphrase was set.
// Promises: an old copy goes only when every entry names the new one; what cannot be moved stays where it is and is named with the reason.
// Leaves alone: references to the environment and to files; how old a secret is (it stays the same secret).

import { GatewayError, refuse } from '../contract/errors.ts'
import { textOf, type JsonObject } from '../contract/json.ts'
import type { OwnPath } from '../contract/own-path.ts'
import { credentialRefsOf, furtherSecrets, secretRefsOf } from '../contract/store.ts'
import { isKeptRef, type CredentialRef } from '../contract/vault.ts'
import type { AdminDeps } from './deps.ts'
import { ownPathRefsOf, refsInUse } from './refs-in-use.ts'

export interface Moved {
  readonly moved: number
  /** Sentences. */
  readonly left: readonly string[]
}
type Renamed = ReadonlyMap<CredentialRef, CredentialRef>

/** @throws GatewayError vault_unavailable when the store in use cannot save */
export async function moveSecrets(deps: AdminDeps): Promise<Moved> {
  const { store, canSave, sentence } = await deps.vault.status()
  if (!canSave) throw refuse('vault_unavailable', { reason: sentence })
  const left: string[] = []
  const elsewhere = [...new Set(changeableRefs(deps))].filter((ref) => isKeptRef(ref) && !ref.startsWith(`${store}/`))
  const renamed = new Map<CredentialRef, CredentialRef>()
  for (const ref of elsewhere) {
    const next = await orLeft(copy(deps, ref), ref, left)
    if (next !== null) renamed.set(ref, next)
  }
  await rename(deps, renamed)
  const used = refsInUse(deps)
  for (const ref of renamed.keys()) {
    if (used.has(ref)) left.push(`The old copy of ${ref}: the configuration file names it.`)
    else await orLeft(deps.vault.remove(ref), `The old copy of ${ref}`, left)
  }
  return { moved: renamed.size, left }
}

/** What the configuration file brought is not ours to rename. */
const ownPathsOf = (deps: AdminDeps): readonly OwnPath[] => deps.ownPaths.list().filter(({ id }) => !deps.ownPaths.isFromFile(id))

function changeableRefs(deps: AdminDeps): readonly CredentialRef[] {
  return [
    ...deps.entries.credentials().flatMap(credentialRefsOf),
    ...deps.entries.deployments().flatMap(secretRefsOf),
    ...ownPathsOf(deps).flatMap(ownPathRefsOf),
  ]
}

async function copy(deps: AdminDeps, ref: CredentialRef): Promise<CredentialRef> {
  const value = await deps.vault.read(ref)
  if (value === null) throw refuse('vault_unavailable', { reason: 'There is no such secret any more.' })
  return await deps.vault.save(ref.slice(ref.indexOf('/') + 1), value)
}

async function orLeft<Value>(work: Promise<Value>, what: string, left: string[]): Promise<Value | null> {
  try {
    return await work
  } catch (failure) {
    if (!(failure instanceof GatewayError)) throw failure
    left.push(`${what}: ${failure.message}`)
    return null
  }
}

async function rename(deps: AdminDeps, renamed: Renamed): Promise<void> {
  const moves = (refs: readonly CredentialRef[]): boolean => refs.some((ref) => renamed.has(ref))
  const nextOf = (ref: CredentialRef): CredentialRef => renamed.get(ref) ?? ref
  for (const entry of deps.entries.credentials().filter((one) => moves(credentialRefsOf(one))))
    await deps.entries.putCredential({ ...entry, ref: nextOf(entry.ref), values: renameIn(entry.values, renamed) })
  for (const entry of deps.entries.deployments().filter((one) => moves(secretRefsOf(one)))) {
    const { credential, params } = entry
    await deps.entries.putDeployment({ ...entry, credential: credential === null ? null : nextOf(credential), params: renameIn(params, renamed) })
  }
  for (const own of ownPathsOf(deps).filter(({ headers }) => moves(ownPathRefsOf({ headers })))) {
    const headers = Object.entries(own.headers).map(([name, header]) => [name, { ...header, ref: header.ref === null ? null : nextOf(header.ref) }] as const)
    await deps.ownPaths.put({ ...own, headers: Object.fromEntries(headers) })
  }
}

function renameIn(values: JsonObject, renamed: Renamed): JsonObject {
  const changed = furtherSecrets.flatMap((name) => {
    const next = renamed.get(textOf(values[name]) ?? '')
    return next === undefined ? [] : [[name, next] as const]
  })
  return { ...values, ...Object.fromEntries(changed) }
}
