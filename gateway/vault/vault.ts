// Gives a provider credential for its reference: from the environment, the OS keychain, a file of its own, or the configuration file's literals.
// Promises: secrets are Secret from the moment they are read; every keychain call has a time limit; none is logged.
// Leaves alone: which deployment uses which reference, and when `process.env` is read (the caller passes `readVariable`).

import { refuse, type GatewayError } from '../contract/errors.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import { credentialFilePrefix, type CredentialRef, type VaultPort, type VaultStatus } from '../contract/vault.ts'
import { createFileReader } from './credential-file.ts'
import { createLane } from './lane.ts'
import { openKeychain, type OpenStore, type SecretStore } from './keychain.ts'
import { wordUnavailable, wordStatus, titleOf } from './wording.ts'

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
  /** Told once for each file that could be kept better. */
  readonly onWarning?: (sentence: string) => void
}

export interface Vault extends VaultPort {
  /** Keychain calls that have not come back. More than zero at exit: leave by SIGKILL, or `process.exit` hangs behind them. */
  readonly pendingCalls: number
}

export const environmentPrefix = 'os.environ/'
export const keychainPrefix = 'keychain/'

const nameMax = 200

export function createVault(options: VaultOptions): Vault {
  const platform = options.platform ?? process.platform
  const lane = createLane(options.timeoutMs, titleOf(platform))
  const cache = new Map<CredentialRef, Secret>()
  let probe: Promise<Probe> | null = null
  const probeOnce = (): Promise<Probe> => (probe ??= probeStore(options.openStore ?? openKeychain, lane.run))

  async function openStore(): Promise<SecretStore> {
    const found = await probeOnce()
    if (found.store !== null) return found.store
    // Someone who was told to start a keychain may have done so: the next use looks again.
    probe = null
    const again = await probeOnce()
    if (again.store !== null) return again.store
    throw refuse('vault_unavailable', { reason: wordUnavailable(platform, again.failure) }, {}, again.failure)
  }
  async function readKeychain(ref: CredentialRef): Promise<Secret | null> {
    const known = cache.get(ref)
    if (known !== undefined) return known
    const store = await openStore()
    const text = await lane.run(() => store.read(ref.slice(keychainPrefix.length)))
    if (text === null || text === '') return null
    const value = secret(text)
    cache.set(ref, value)
    return value
  }
  const readFile = createFileReader(platform, options.onWarning ?? (() => undefined))
  return {
    get pendingCalls() {
      return lane.pendingCalls
    },
    async status(): Promise<VaultStatus> {
      const { store, failure } = await probeOnce()
      return wordStatus(platform, store !== null, failure)
    },
    async read(ref) {
      if (ref.startsWith(environmentPrefix)) return readEnvironment(ref, options)
      if (ref.startsWith(keychainPrefix)) return readKeychain(ref)
      if (ref.startsWith(credentialFilePrefix)) return readFile(ref.slice(credentialFilePrefix.length))
      return options.literals.get(ref) ?? null
    },
    async save(name, value) {
      checkName(name)
      const store = await openStore()
      // A keychain can answer reads and still have no place to write, so a failed write says what else works, too.
      await lane
        .run(() => store.write(name, value.open()))
        .catch((failure: unknown) => {
          throw refuse('vault_unavailable', { reason: wordUnavailable(platform, failure) }, {}, failure)
        })
      const ref: CredentialRef = `${keychainPrefix}${name}`
      cache.set(ref, value)
      return ref
    },
    async remove(ref) {
      // Variables and literals are not ours to remove.
      if (!ref.startsWith(keychainPrefix)) return
      cache.delete(ref)
      const store = await openStore()
      await lane.run(() => store.remove(ref.slice(keychainPrefix.length)))
      cache.delete(ref)
    },
  }
}

interface Probe {
  readonly store: SecretStore | null
  readonly failure: unknown
}

/** Really opens the store and looks a name up that nobody saves: only that shows whether it answers. */
async function probeStore(open: OpenStore, run: <Value>(work: () => Promise<Value>) => Promise<Value>): Promise<Probe> {
  try {
    const store = await open()
    await run(() => store.read('probe'))
    return { store, failure: null }
  } catch (failure) {
    // Having no keychain is a state of the machine, told by status(), not an error of the start.
    return { store: null, failure }
  }
}

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
