// What people read about the vault: which store is in use, and what to do where none can save or one is locked.
// Promises: one plain sentence per state and platform. Leaves alone: finding the state out (vault).

import type { PassphraseState, VaultStatus, VaultStore } from '../contract/vault.ts'
import { wordLocked, type PassphraseStore } from './passphrase-store.ts'

const titles: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Secret Service',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
}

export interface VaultFacts {
  readonly platform: NodeJS.Platform
  readonly choice: VaultStore | null
  readonly available: boolean
  /** Why it is not. */
  readonly failure: unknown
  readonly passphrase: PassphraseStore | undefined
}

/** Where the keychain is used, or nothing. */
export function wordStatus({ platform, choice, available, failure, passphrase }: VaultFacts): VaultStatus {
  const state = passphrase?.state ?? 'absent'
  if (choice === 'environment') return { ...environmentOnly, passphrase: state, keychainAnswers: null, sentence: wordChosen }
  if (!available) return { ...environmentOnly, passphrase: state, keychainAnswers: false, sentence: wordUnavailable(platform, failure) }
  const title = titleOf(platform)
  const locked = passphrase !== undefined && state === 'locked' && passphrase.count > 0 ? ` ${wordLocked(passphrase.path)}` : ''
  return {
    store: 'keychain',
    passphrase: state,
    keychainAnswers: true,
    title,
    sentence: `Provider keys are kept in the ${title} under the name Tollgate; references to environment variables work as well.${locked}`,
    canSave: true,
  }
}

const environmentOnly = { store: 'environment', title: 'environment references only', canSave: false } as const
const wordChosen =
  'No key is saved, as --vault environment asks. To use a provider key, set the key in an environment variable and refer to it as os.environ/NAME.'

/** Where the passphrase vault is used, because it was chosen or no keychain answers. */
export function wordPassphraseStatus({ state, path }: PassphraseStore, chosen: boolean): VaultStatus {
  const sentences: Readonly<Record<PassphraseState, string>> = {
    absent: `There is no passphrase yet, so keys cannot be saved. Set one ${wherePassphrase}.`,
    locked: wordLocked(path),
    open: `Provider keys are kept in ${path}, encrypted under your passphrase; references to environment variables work as well.`,
  }
  const keychainAnswers = chosen ? null : false
  return { store: 'passphrase', passphrase: state, keychainAnswers, title: 'passphrase vault', sentence: sentences[state], canSave: state === 'open' }
}

const wherePassphrase = 'in the panel under Providers, or start with TOLLGATE_PASSPHRASE or --passphrase-file'

export const titleOf = (platform: NodeJS.Platform): string => titles[platform] ?? 'keychain'

/** Says why nothing can be saved and what to do instead. */
export function wordUnavailable(platform: NodeJS.Platform, failure: unknown): string {
  const open = remedies[platform] ?? ''
  // A store that is there but did not answer has its own sentence (lane); one that is missing gives only a module's error text.
  const why =
    failure instanceof Error && failure.name === 'GatewayError'
      ? failure.message
      : `There is no ${titleOf(platform)} that this process can reach, so keys cannot be saved.`
  return `${why} To use a provider key, set the key in an environment variable and refer to it as os.environ/NAME${open}. Or keep keys in an encrypted file: set its passphrase ${wherePassphrase}.`
}

const remedies: Partial<Record<NodeJS.Platform, string>> = {
  linux: ', or start a Secret Service such as gnome-keyring in the session that runs the gateway',
  darwin: ', or unlock the login keychain',
  win32: ', or start the Credential Manager service',
}
