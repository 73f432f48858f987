// Gives a provider credential for its reference: from the environment, the OS keychain, the passphrase vault, a file of its own, or the configuration file's literals.
// Promises: secrets are Secret from the moment they are read; every keychain call has a time limit; none is logged.
// Leaves alone: which deployment uses which reference, and when `process.env` is read (the caller passes `readVariable`).

import { refuse, type GatewayError } from '../contract/errors.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import {
  credentialFilePrefix,
  keychainPrefix,
  passphrasePrefix,
  type CredentialRef,
  type VaultPort,
  type VaultStatus,
  type VaultStore,
} from '../contract/vault.ts'
import { createFileReader } from './credential-file.ts'
import type { OpenStore } from './keychain.ts'
import { createKeychainStore } from './keychain-store.ts'
import type { PassphraseStore } from './passphrase-store.ts'
import { wordPassphraseStatus, wordStatus } from './wording.ts'

export interface VaultOptions {
  /** The gateway's environment; only names that a reference mentions are asked for. */
  readonly readVariable: (name: string) => string | undefined
  /** Literals of the configuration file, by reference: `file/<hash>`, or `os.environ/NAME` for variables the file sets. */
  readonly literals: ReadonlyMap<CredentialRef, Secret>
  /** Longest wait for one keychain call, in milliseconds, queueing included. */
  readonly timeoutMs: number
  readonly platform?: NodeJS.Platform
  /** The keychain, or a test's stand-in. Rejects where there is none. */
  readonly openStore?: OpenStore
  readonly passphrase?: PassphraseStore
  /** Where new secrets go, as chosen. Absent: the keychain where it answers, else the passphrase vault where there is one. */
  readonly choice?: VaultStore | null
  /** Told after each secret that was saved or removed: what was made of an old one is worth nothing. */
  readonly onChange?: () => void
  /** Told once for each file that could be kept better. */
  readonly onWarning?: (sentence: string) => void
}

export interface Vault extends VaultPort {
  /** Keychain calls that have not come back. More than zero at exit: leave by SIGKILL, or `process.exit` hangs behind them. */
  readonly pendingCalls: number
}

export const environmentPrefix = 'os.environ/'

const nameMax = 200

export function createVault(options: VaultOptions): Vault {
  const { passphrase, choice = null } = options
  const platform = options.platform ?? process.platform
  const keychain = createKeychainStore({ ...options, platform })
  const readFile = createFileReader(platform, options.onWarning ?? (() => undefined))

  /** By what answers, where nobody chose. */
  async function storeInUse(): Promise<VaultStore> {
    if (choice !== null) return choice
    if ((await keychain.probe()).store !== null) return 'keychain'
    return passphrase === undefined || passphrase.state === 'absent' ? 'environment' : 'passphrase'
  }
  async function status(): Promise<VaultStatus> {
    const inUse = await storeInUse()
    if (inUse === 'passphrase' && passphrase !== undefined) return wordPassphraseStatus(passphrase, choice !== null)
    const { store, failure } = choice === 'environment' ? { store: null, failure: null } : await keychain.probe()
    return wordStatus({ platform, choice, available: store !== null, failure, passphrase })
  }
  async function saveInUse(name: string, value: Secret): Promise<CredentialRef> {
    if (choice === 'environment') throw refuse('vault_unavailable', { reason: (await status()).sentence })
    if ((await storeInUse()) === 'passphrase' && passphrase !== undefined) {
      await passphrase.write(name, value.open())
      return `${passphrasePrefix}${name}`
    }
    // Where nothing answered before, a keychain may have been started since.
    await keychain.write(name, value)
    return `${keychainPrefix}${name}`
  }
  return {
    get pendingCalls() {
      return keychain.pendingCalls
    },
    status,
    async read(ref) {
      if (ref.startsWith(environmentPrefix)) return readEnvironment(ref, options)
      if (ref.startsWith(keychainPrefix)) return keychain.read(ref.slice(keychainPrefix.length))
      if (ref.startsWith(passphrasePrefix)) return toSecret((await passphrase?.read(ref.slice(passphrasePrefix.length))) ?? null)
      if (ref.startsWith(credentialFilePrefix)) return readFile(ref.slice(credentialFilePrefix.length))
      return options.literals.get(ref) ?? null
    },
    async save(name, value) {
      checkName(name)
      const ref = await saveInUse(name, value)
      options.onChange?.()
      return ref
    },
    async remove(ref) {
      if (ref.startsWith(keychainPrefix)) await keychain.remove(ref.slice(keychainPrefix.length))
      else if (ref.startsWith(passphrasePrefix)) await passphrase?.remove(ref.slice(passphrasePrefix.length))
      // Variables and literals are not ours to remove.
      else return
      options.onChange?.()
    },
  }
}

const toSecret = (text: string | null): Secret | null => (text === null ? null : secret(text))

function readEnvironment(ref: CredentialRef, options: VaultOptions): Secret | null {
  // Key files written on Windows or by `echo` leave a line end that no HTTP header can carry.
  const text = options.readVariable(ref.slice(environmentPrefix.length))?.trim() ?? ''
  return text === '' ? (options.literals.get(ref) ?? null) : secret(text)
}

function checkName(name: string): void {
  if (name === '' || name.length > nameMax || /[\u0000-\u001f\u007f]/.test(name)) throw nameRefusal()
}

function nameRefusal(): GatewayError {
  return refuse('invalid_request', { reason: `A credential's name has 1 to ${String(nameMax)} printable characters.` })
}
