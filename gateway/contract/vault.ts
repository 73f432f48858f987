// Where provider credentials live: by reference everywhere, as a Secret only at the moment of use.
// Promises: no reference contains a secret. Leaves alone: which store answers.

import type { Secret } from './sealed.ts'

/**
 * `os.environ/NAME` (environment) · `keychain/<name>` (OS keychain) · `file/<hash>` (a literal in the configuration file, held in memory) ·
 * `credential-file/<path>` (a file that holds one credential).
 */
export type CredentialRef = string & { readonly __credential?: never }

export const credentialFilePrefix = 'credential-file/'
/** Certainly a path: a secret in the wrong place must not become a reference, which is stored and shown. */
const pathForm = /^(?:credential-file\/.+|(?:\/|~\/|\.{1,2}[\\/]|[A-Za-z]:[\\/]).+|[^{"]{1,500}\.json)$/
/** null: it is not the path of a file. */
export function fileReferenceOf(text: string): CredentialRef | null {
  if (!pathForm.test(text)) return null
  return text.startsWith(credentialFilePrefix) ? text : `${credentialFilePrefix}${text}`
}

export type VaultStore = 'keychain' | 'environment'
export interface VaultStatus {
  /** keychain: secrets can be saved · environment: only references to environment variables work. */
  readonly store: VaultStore
  /** "Secret Service", "macOS Keychain", "Windows Credential Manager", or "environment references only". */
  readonly title: string
  /** A sentence for people: what is in use and, where saving is impossible, what to do. */
  readonly sentence: string
  readonly canSave: boolean
}
export interface VaultPort {
  status(): Promise<VaultStatus>
  /** null: there is no such secret. @throws GatewayError vault_unavailable when the store does not answer in time */
  read(ref: CredentialRef): Promise<Secret | null>
  /** Keeps a secret under a name and gives its reference. @throws GatewayError vault_unavailable with a sentence saying what to do */
  save(name: string, value: Secret): Promise<CredentialRef>
  remove(ref: CredentialRef): Promise<void>
}
