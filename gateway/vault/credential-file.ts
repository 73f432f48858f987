// A file that holds one credential, as cloud vendors hand them out: read at the moment of use, so that a replaced file counts at once.
// Promises: an ordinary file of bounded size, or nothing; no message holds any of its text. Leaves alone: what is in it (gateway/authorize).

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { refuse } from '../contract/errors.ts'
import { secret, type Secret } from '../contract/sealed.ts'

interface CredentialFile {
  readonly value: Secret
  /** What to change about the file itself, or null. */
  readonly warning: string | null
}

/** A warning is given once for each file. */
export function createFileReader(platform: NodeJS.Platform, onWarning: (sentence: string) => void): (path: string) => Promise<Secret | null> {
  const warned = new Set<string>()
  return async (path) => {
    const found = await readCredentialFile(path, platform)
    if (found === null) return null
    if (found.warning !== null && !warned.has(path)) onWarning(found.warning)
    warned.add(path)
    return found.value
  }
}

const bytesMax = 65_536
const othersMask = 0o077

/** null: there is no such file. @throws GatewayError vault_unavailable where it is there and cannot be read */
async function readCredentialFile(path: string, platform: NodeJS.Platform): Promise<CredentialFile | null> {
  // On Windows a path that begins like this names another machine, to which it would log in.
  if (path === '' || path.startsWith('\\\\') || path.startsWith('//') || path.includes('\0')) return null
  const full = resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
  // A pipe would make the opening wait for somebody to write into it.
  const file = await open(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR') || isCode(cause, 'ENAMETOOLONG')) return null
    throw refuse('vault_unavailable', { reason: `The credential file ${shown(full)} cannot be read.` }, {}, cause)
  })
  if (file === null) return null
  try {
    const found = await file.stat()
    if (!found.isFile() || found.size > bytesMax)
      throw refuse('vault_unavailable', { reason: `The credential file ${shown(full)} is not an ordinary file of at most ${String(bytesMax)} bytes.` })
    const value = secret(await file.readFile('utf8'))
    const open = platform !== 'win32' && (found.mode & othersMask) !== 0
    return { value, warning: open ? `The credential file ${shown(full)} can be read by other users of this computer. Change that with: chmod 600.` : null }
  } finally {
    await file.close()
  }
}

const isCode = (cause: unknown, code: string): boolean => cause instanceof Error && 'code' in cause && cause.code === code
const shown = (path: string): string => path.slice(0, 200)
