// The file of the passphrase vault: what a guess costs, a check value, and each secret sealed under its name.
// Promises: read strictly and bounded; replaced as a whole or not at all, readable by its owner alone; nothing in it is secret without the passphrase.
// Leaves alone: opening what is sealed (sealing).

import { constants } from 'node:fs'
import { chmod, open } from 'node:fs/promises'
import { isJsonObject, numberOf, objectOf, textOf } from '../contract/json.ts'
import { ownerOnly, replaceFile } from '../kit/replace-file.ts'
import { isFitCost, sealedBytesMin, type KeyCost } from './sealing.ts'

export interface VaultFile {
  readonly cost: KeyCost
  /** A known text, sealed: it opens with the right passphrase only. */
  readonly check: Buffer
  /** By name; names are no secrets. */
  readonly entries: ReadonlyMap<string, Buffer>
}

/** A vault that cannot be used as it is; the message is the whole explanation. */
export class VaultUnusable extends Error {
  override readonly name = 'VaultUnusable'
}

const format = 'tollgate-vault/'
const version = 1

/** null: there is none. @throws VaultUnusable */
export async function readVaultFile(path: string, bytesMax: number): Promise<VaultFile | null> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new VaultUnusable(`The vault ${path} cannot be read.`, { cause })
  })
  if (file === null) return null
  try {
    const found = await file.stat()
    if (!found.isFile() || found.size > bytesMax) throw new VaultUnusable(`The vault ${path} is not an ordinary file of at most ${String(bytesMax)} bytes.`)
    return parse(await file.readFile('utf8'), path)
  } finally {
    await file.close()
  }
}

/** The old file is there until the new one is, whatever happens in between. */
export async function replaceVaultFile(path: string, vault: VaultFile, bytesMax: number): Promise<void> {
  const text = print(vault)
  if (Buffer.byteLength(text) > bytesMax) throw new Error(`it would be larger than ${String(bytesMax)} bytes`)
  await replaceFile(path, text)
}

/** For a file that came from elsewhere, a copy or a backup. */
export async function keepToOwner(path: string): Promise<void> {
  if (process.platform !== 'win32') await chmod(path, ownerOnly)
}

function print({ cost, check, entries }: VaultFile): string {
  const { n, r, p, salt } = cost
  const sealed = Object.fromEntries([...entries].map(([name, bytes]) => [name, bytes.toString('base64')]))
  const shown = { format: `${format}${String(version)}`, scrypt: { n, r, p, salt: salt.toString('base64') }, check: check.toString('base64'), entries: sealed }
  return `${JSON.stringify(shown, null, 2)}\n`
}

function parse(text: string, path: string): VaultFile {
  const damaged = new VaultUnusable(
    `The vault ${path} is damaged. Put a copy of it in its place, or move it away and save the provider keys again; nothing was changed.`,
  )
  const found = readJson(text)
  const said = textOf(found['format']) ?? ''
  if (new RegExp(`^${format}\\d+$`).test(said) && said !== `${format}${String(version)}`)
    throw new VaultUnusable(`The vault ${path} was written by a newer Tollgate (${said}); install that version again, nothing was changed.`)
  const cost = readCost(found['scrypt'])
  const check = readBytes(found['check'])
  const sealed = objectOf(found['entries'])
  if (said !== `${format}${String(version)}` || cost === null || check === null || check.length < sealedBytesMin || sealed === undefined) throw damaged
  const entries = new Map<string, Buffer>()
  for (const [name, value] of Object.entries(sealed)) {
    const bytes = readBytes(value)
    if (bytes === null || bytes.length < sealedBytesMin) throw damaged
    entries.set(name, bytes)
  }
  return { cost, check, entries }
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text)
    return isJsonObject(found) ? found : {}
  } catch {
    // No JSON is as damaged as other JSON.
    return {}
  }
}

function readCost(value: unknown): KeyCost | null {
  const given = objectOf(value)
  const salt = readBytes(given?.['salt'])
  if (given === undefined || salt === null) return null
  const cost = { n: numberOf(given['n']) ?? 0, r: numberOf(given['r']) ?? 0, p: numberOf(given['p']) ?? 0, salt }
  return isFitCost(cost) ? cost : null
}

function readBytes(value: unknown): Buffer | null {
  const text = textOf(value)
  if (text === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  return Buffer.from(text, 'base64')
}
