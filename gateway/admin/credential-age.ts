// How old the secret is that a deployment uses.
// Promises: a time only for what this gateway saved; a variable's or a file's age nobody knows. Leaves alone: what is too old.

import type { Deployment } from '../contract/provider.ts'
import { usesCredential } from '../contract/store.ts'
import type { AdminDeps } from './deps.ts'

export type ReadAge = (deployment: Deployment) => number | null

/** Looks both lists up once, for many deployments. */
export function createReadAge({ entries }: Pick<AdminDeps, 'entries'>): ReadAge {
  const credentials = entries.credentials()
  const own = new Map(entries.deployments().map((entry) => [entry.id, entry.savedAtMs ?? null]))
  return (deployment) => {
    const named = credentials.find((entry) => usesCredential(deployment, entry))
    return named === undefined ? (own.get(deployment.id) ?? null) : (named.savedAtMs ?? null)
  }
}

export const toIsoOrNull = (atMs: number | null | undefined): string | null => (atMs === null || atMs === undefined ? null : new Date(atMs).toISOString())
