// The keychain as the vault uses it: asked once per secret, one call at a time, each under its time limit.
// Promises: what was read or saved is remembered until it is removed; a keychain that was missing is looked for again at the next use.
// Leaves alone: the native module (keychain), when it is used (vault).

import { refuse } from '../contract/errors.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import { createLane } from './lane.ts'
import { openKeychain, type OpenStore, type SecretStore } from './keychain.ts'
import { titleOf, wordUnavailable } from './wording.ts'

export interface KeychainStore {
  readonly pendingCalls: number
  /** Asked once: does it answer? */
  probe(): Promise<Probe>
  read(name: string): Promise<Secret | null>
  write(name: string, value: Secret): Promise<void>
  remove(name: string): Promise<void>
}
export interface Probe {
  readonly store: SecretStore | null
  readonly failure: unknown
}
export interface KeychainStoreOptions {
  readonly timeoutMs: number
  readonly platform: NodeJS.Platform
  readonly openStore?: OpenStore
}

export function createKeychainStore({ timeoutMs, platform, openStore = openKeychain }: KeychainStoreOptions): KeychainStore {
  const lane = createLane(timeoutMs, titleOf(platform))
  const cache = new Map<string, Secret>()
  let probe: Promise<Probe> | null = null
  const probeOnce = (): Promise<Probe> => (probe ??= probeStore(openStore, lane.run))

  async function open(): Promise<SecretStore> {
    const found = await probeOnce()
    if (found.store !== null) return found.store
    // Someone who was told to start a keychain may have done so: the next use looks again.
    probe = null
    const again = await probeOnce()
    if (again.store !== null) return again.store
    throw refuse('vault_unavailable', { reason: wordUnavailable(platform, again.failure) }, {}, again.failure)
  }
  return {
    get pendingCalls() {
      return lane.pendingCalls
    },
    probe: probeOnce,
    async read(name) {
      const known = cache.get(name)
      if (known !== undefined) return known
      const store = await open()
      const text = await lane.run(() => store.read(name))
      if (text === null || text === '') return null
      const value = secret(text)
      cache.set(name, value)
      return value
    },
    async write(name, value) {
      const store = await open()
      // A keychain can answer reads and still have no place to write, so a failed write says what else works, too.
      await lane
        .run(() => store.write(name, value.open()))
        .catch((failure: unknown) => {
          throw refuse('vault_unavailable', { reason: wordUnavailable(platform, failure) }, {}, failure)
        })
      cache.set(name, value)
    },
    async remove(name) {
      cache.delete(name)
      const store = await open()
      await lane.run(() => store.remove(name))
      cache.delete(name)
    },
  }
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
