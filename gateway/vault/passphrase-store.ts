// The vault of machines without a keychain: secrets in one file, sealed under a passphrase.
// Promises: a wrong passphrase is refused and changes nothing; what is written is whole or as before; a write is durable when it resolves.
// Leaves alone: where the passphrase comes from, how often one may be tried (admin/).

import type { KeyObject } from 'node:crypto'
import { refuse, type GatewayError } from '../contract/errors.ts'
import type { Secret } from '../contract/sealed.ts'
import { passphraseLengthMin, type PassphrasePort, type PassphraseState } from '../contract/vault.ts'
import type { SecretStore } from './keychain.ts'
import { deriveKey, makeCost, seal, unseal, type KeyCost } from './sealing.ts'
import { keepToOwner, readVaultFile, replaceVaultFile, type VaultFile } from './vault-file.ts'

export interface PassphraseStore extends SecretStore, PassphrasePort {
  readonly path: string
  readonly state: PassphraseState
  /** How many secrets it holds; known also while it is locked. */
  readonly count: number
}
export interface PassphraseStoreOptions {
  readonly path: string
  readonly bytesMax: number
  /** scrypt's N for a new passphrase, where it is to cost less than usual. */
  readonly n?: number
}

const checkName = 'tollgate-vault/1 check'
const checkText = 'this is the passphrase'
const entryName = (name: string): string => `tollgate-vault/1 entry ${name}`

/** @throws VaultUnusable where there is a file and it is none of ours */
export async function openPassphraseStore({ path, bytesMax, n }: PassphraseStoreOptions): Promise<PassphraseStore> {
  let file = await readVaultFile(path, bytesMax)
  let key: KeyObject | null = null
  let turn: Promise<unknown> = Promise.resolve()
  if (file !== null) await keepToOwner(path)

  /** Changes follow one another: each starts from what the one before has written. */
  async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const mine = turn.catch(() => undefined).then(work)
    turn = mine
    return await mine
  }
  async function replace(next: VaultFile): Promise<void> {
    await replaceVaultFile(path, next, bytesMax).catch((cause: unknown) => {
      const said = cause instanceof Error ? cause.message : String(cause)
      throw refuse('vault_unavailable', { reason: `The vault ${path} could not be written: ${said.slice(0, 300)}` }, {}, cause)
    })
    file = next
  }
  function opened(): { readonly file: VaultFile; readonly key: KeyObject } {
    if (file === null) throw unavailable(`There is no passphrase yet, so ${path} does not exist.`)
    if (key === null) throw unavailable(wordLocked(path))
    return { file, key }
  }
  return {
    path,
    get state() {
      return file === null ? 'absent' : key === null ? 'locked' : 'open'
    },
    get count() {
      return file?.entries.size ?? 0
    },
    unlock: (passphrase) =>
      inTurn(async () => {
        if (file === null) throw refuse('invalid_request', { reason: 'There is no passphrase vault yet: set its passphrase first.' })
        key = await keyFor({ path, file }, passphrase)
      }),
    change: (current, next) =>
      inTurn(async () => {
        checkStrength(next)
        if (file !== null && current === null) throw refuse('invalid_request', { reason: 'The present passphrase is needed as well.' }, { param: 'current' })
        const before = file === null || current === null ? null : { path, file, key: await keyFor({ path, file }, current) }
        const cost = makeCost(n)
        const sealing = { cost, key: await deriveKey(next, cost) }
        await replace(newFile(sealing, before === null ? new Map() : reseal(before, sealing.key)))
        key = sealing.key
      }),
    async read(name) {
      const sealed = file?.entries.get(name)
      if (sealed === undefined) return null
      const text = unseal(opened().key, entryName(name), sealed)
      if (text === null) throw changedEntry(name, path)
      return await Promise.resolve(text)
    },
    write: (name, text) =>
      inTurn(async () => {
        const now = opened()
        await replace({ ...now.file, entries: new Map(now.file.entries).set(name, seal(now.key, entryName(name), text)) })
      }),
    remove: (name) =>
      inTurn(async () => {
        const now = opened()
        const entries = new Map(now.file.entries)
        if (entries.delete(name)) await replace({ ...now.file, entries })
      }),
  }
}

interface Place {
  readonly path: string
  readonly file: VaultFile
}

/** @throws GatewayError invalid_request */
async function keyFor({ path, file }: Place, passphrase: Secret): Promise<KeyObject> {
  const candidate = await deriveKey(passphrase, file.cost)
  if (unseal(candidate, checkName, file.check) !== checkText)
    throw refuse('invalid_request', { reason: `This is not the passphrase of the vault ${path}.` }, { param: 'passphrase' })
  return candidate
}

function newFile({ cost, key }: { readonly cost: KeyCost; readonly key: KeyObject }, entries: VaultFile['entries']): VaultFile {
  return { cost, check: seal(key, checkName, checkText), entries }
}

/** @throws GatewayError vault_unavailable when one does not open */
function reseal({ path, file, key }: Place & { readonly key: KeyObject }, next: KeyObject): VaultFile['entries'] {
  const entries = [...file.entries].map(([name, sealed]): [string, Buffer] => {
    const text = unseal(key, entryName(name), sealed)
    if (text === null) throw changedEntry(name, path)
    return [name, seal(next, entryName(name), text)]
  })
  return new Map(entries)
}

export const wordLocked = (path: string): string =>
  `The passphrase vault ${path} is locked, so the keys in it cannot be used. Unlock it in the panel under Providers, or start with TOLLGATE_PASSPHRASE or --passphrase-file.`

const unavailable = (reason: string): GatewayError => refuse('vault_unavailable', { reason })
const changedEntry = (name: string, path: string): GatewayError =>
  unavailable(`The entry ${name.slice(0, 200)} of the vault ${path} is damaged or was changed. Save that key again.`)

/** @throws GatewayError invalid_request */
function checkStrength(passphrase: Secret): void {
  if (passphrase.open().length < passphraseLengthMin)
    throw refuse('invalid_request', { reason: `A passphrase has at least ${String(passphraseLengthMin)} characters.` }, { param: 'passphrase' })
}
