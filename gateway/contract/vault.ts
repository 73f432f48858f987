// Where provider credentials live: by reference everywhere, as a Secret only at the moment of use.
// Promises: no reference contains a secret. Leaves alone: which store answers.

import type { Secret } from './sealed.ts'

/**
 * `os.environ/NAME` (environment) · `keychain/<name>` (OS keychain) · `passphrase/<name>` (our own file, sealed under a passphrase) ·
 * `file/<hash>` (a literal in the configuration file, held in memory) · `credential-file/<path>` (a file that holds one credential).
 */
export type CredentialRef = string & { readonly __credential?: never }

export const keychainPrefix = 'keychain/'
export const passphrasePrefix = 'passphrase/'
/** Kept by us under this name, so that its age is known and it goes with its entry. */
export const isKeptRef = (ref: CredentialRef): boolean => /^(?:keychain|passphrase)\/./.test(ref)

export const credentialFilePrefix = 'credential-file/'
/** Certainly a path: a secret in the wrong place must not become a reference, which is stored and shown. */
const pathForm = /^(?:credential-file\/.+|(?:\/|~\/|\.{1,2}[\\/]|[A-Za-z]:[\\/]).+|[^{"]{1,500}\.json)$/
/** null: it is not the path of a file. */
export function fileReferenceOf(text: string): CredentialRef | null {
  if (!pathForm.test(text)) return null
  return text.startsWith(credentialFilePrefix) ? text : `${credentialFilePrefix}${text}`
}

/** Where new secrets go. keychain, passphrase: they can be saved · environment: only references to environment variables work. */
export const vaultStores = ['keychain', 'passphrase', 'environment'] as const
export type VaultStore = (typeof vaultStores)[number]
/** Of the passphrase vault. absent: no passphrase was ever set. */
export type PassphraseState = 'absent' | 'locked' | 'open'
export const passphraseLengthMin = 12

export interface VaultStatus {
  readonly store: VaultStore
  readonly passphrase: PassphraseState
  /** null: it was not asked, because another store was chosen. */
  readonly keychainAnswers: boolean | null
  /** "Secret Service", "macOS Keychain", "Windows Credential Manager", "passphrase vault", or "environment references only". */
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
export interface PassphrasePort {
  /** @throws GatewayError invalid_request when it is another one, or there is no passphrase vault */
  unlock(passphrase: Secret): Promise<void>
  /** Seals everything anew, and leaves the vault unlocked; null makes a vault where there is none. @throws GatewayError invalid_request, vault_unavailable */
  change(current: Secret | null, next: Secret): Promise<void>
}
