// What people read about the vault: which store is in use, and what to do where none can save.
// Promises: one plain sentence per state and platform. Leaves alone: finding the state out (vault).

import type { VaultStatus } from '../contract/vault.ts'

const titles: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Secret Service',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
}

export function wordStatus(platform: NodeJS.Platform, available: boolean, failure: unknown): VaultStatus {
  if (!available) return { store: 'environment', title: 'environment references only', sentence: wordUnavailable(platform, failure), canSave: false }
  const title = titleOf(platform)
  return {
    store: 'keychain',
    title,
    sentence: `Provider keys are kept in the ${title} under the name Tollgate; references to environment variables work as well.`,
    canSave: true,
  }
}

export const titleOf = (platform: NodeJS.Platform): string => titles[platform] ?? 'keychain'

/** Says why nothing can be saved and what to do instead. */
export function wordUnavailable(platform: NodeJS.Platform, failure: unknown): string {
  const open = remedies[platform] ?? ''
  // A store that is there but did not answer has its own sentence (lane); one that is missing gives only a module's error text.
  const why =
    failure instanceof Error && failure.name === 'GatewayError'
      ? failure.message
      : `There is no ${titleOf(platform)} that this process can reach, so keys cannot be saved.`
  return `${why} To use a provider key, set the key in an environment variable and refer to it as os.environ/NAME${open}.`
}

const remedies: Partial<Record<NodeJS.Platform, string>> = {
  linux: ', or start a Secret Service such as gnome-keyring in the session that runs the gateway',
  darwin: ', or unlock the login keychain',
  win32: ', or start the Credential Manager service',
}
