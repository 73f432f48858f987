// What a deployment's secrets become for one call: the shelf of authorizers, and the plain key in a header that most vendors want.
// Promises: a key in a header wins where a vendor takes both; a secret that is not there is a sentence that names it, never an empty header.
// Leaves alone: where secrets are kept (vault), what they are called (providers).

import type { Authorization, Authorize, Authorizer } from '../contract/authorize.ts'
import { refuse } from '../contract/errors.ts'
import type { AuthorizerId } from '../contract/provider.ts'
import type { Secret } from '../contract/sealed.ts'
import type { CredentialRef } from '../contract/vault.ts'

export interface AuthorizeTools {
  /** null: there is no such secret. */
  readonly readSecret: (ref: CredentialRef) => Promise<Secret | null>
  readonly authorizers: Readonly<Partial<Record<AuthorizerId, Authorizer>>>
}

export function createAuthorize({ readSecret, authorizers }: AuthorizeTools): Authorize {
  const open = async (ref: CredentialRef, title: string): Promise<string> => {
    const found = await readSecret(ref)
    if (found === null) throw refuse('credential_missing', { provider: title, reason: `${ref} is not set` })
    return found.open()
  }
  return async ({ provider, baseUrl, credential, secrets, place }, signal) => {
    const { title } = provider
    if (credential !== null) {
      const key = await open(credential, title)
      return inHeader(provider.headers(key), [key])
    }
    const authorizer = provider.authorizer === undefined ? undefined : authorizers[provider.authorizer]
    if (authorizer !== undefined) {
      const opened = await Promise.all(Object.entries(secrets).map(async ([name, ref]): Promise<[string, string]> => [name, await open(ref, title)]))
      return await authorizer({ title, baseUrl, secrets: Object.fromEntries(opened), place, signal })
    }
    if (provider.needsKey) throw refuse('credential_missing', { provider: title, reason: 'none is configured' })
    return inHeader(provider.headers(null), [])
  }
}

const inHeader = (headers: Readonly<Record<string, string>>, secrets: readonly string[]): Authorization => ({ headers: () => headers, secrets })
