// Keeps the authority in the data folder: made once, read at every later start.
// Promises: both files are their owner's alone; half of it, a damaged one or one that others can read stops the start with a sentence; nothing
// that is there is ever overwritten.
// Leaves alone: what it signs.

import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsIdentity } from '../contract/lan.ts'
import { secret } from '../contract/sealed.ts'
import { replaceFile } from '../kit/replace-file.ts'
import { makeAuthority } from './issue.ts'
import { belongsTogether } from './pair.ts'
import { LanUnusable } from './lan-unusable.ts'

export interface AuthorityPlace {
  readonly folder: string
  /** For its name, which people see when they trust it. */
  readonly machine: string
  readonly nowMs: number
  readonly platform?: NodeJS.Platform
}

/** @throws LanUnusable */
export async function openAuthority(place: AuthorityPlace): Promise<TlsIdentity> {
  const { folder, nowMs } = place
  const certificatePath = authorityFile(folder)
  const keyPath = join(folder, 'authority-key.pem')
  const certificate = await readIfThere(certificatePath)
  if (certificate === null) {
    const made = await makeAuthority(place.machine, nowMs)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // The certificate last: with it, the authority counts as made.
    await replaceFile(keyPath, made.key.open())
    await replaceFile(certificatePath, made.certificate)
    return made
  }
  await checkOwner(keyPath, place.platform ?? process.platform)
  const key = await readIfThere(keyPath)
  const lost = `Move the folder ${folder} away and start again for a new authority, which callers must then be told to trust; nothing was changed.`
  if (key === null) throw new LanUnusable(`The key of the LAN authority, ${keyPath}, is not there. ${lost}`)
  const found = { certificate, key: secret(key) }
  if (!belongsTogether(found)) throw new LanUnusable(`The LAN authority in ${folder} is damaged, or its key is the key of another one. ${lost}`)
  if (new X509Certificate(certificate).validToDate.getTime() <= nowMs) throw new LanUnusable(`The LAN authority in ${folder} has expired. ${lost}`)
  return found
}

export const authorityFile = (folder: string): string => join(folder, 'authority.pem')

const othersMask = 0o077

async function checkOwner(path: string, platform: NodeJS.Platform): Promise<void> {
  if (platform === 'win32') return
  const mode = (await stat(path).catch(() => null))?.mode ?? 0
  if ((mode & othersMask) !== 0)
    throw new LanUnusable(
      `The key of the LAN authority, ${path}, can be read by other users of this computer: whoever has a copy can pretend to be any server to those who trust it. Move its folder away and start again for a new one.`,
    )
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new LanUnusable(`The file ${path} of the LAN authority cannot be read.`, { cause })
  }
}
