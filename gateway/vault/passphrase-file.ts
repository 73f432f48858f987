// The passphrase from a file, as a service manager or a container hands it out.
// Promises: an ordinary file that only its owner can read (where the system knows such a thing), one line, bounded; else a sentence and no start.
// Leaves alone: what the passphrase opens.

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { secret, type Secret } from '../contract/sealed.ts'
import { VaultUnusable } from './vault-file.ts'

const bytesMax = 4096
const othersMask = 0o077

/** @throws VaultUnusable */
export async function readPassphraseFile(path: string, platform: NodeJS.Platform = process.platform): Promise<Secret> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    throw new VaultUnusable(`The passphrase file ${path} cannot be read.`, { cause })
  })
  try {
    const found = await file.stat()
    if (!found.isFile() || found.size > bytesMax)
      throw new VaultUnusable(`The passphrase file ${path} is not an ordinary file of at most ${String(bytesMax)} bytes.`)
    if (platform !== 'win32' && (found.mode & othersMask) !== 0)
      throw new VaultUnusable(`The passphrase file ${path} can be read by other users of this computer. Change that with chmod 600 and start again.`)
    // Editors and `echo` end a line; a passphrase that ends in one could not be typed.
    const text = (await file.readFile('utf8')).replace(/\r?\n$/, '')
    if (text === '' || /[\r\n\0]/.test(text)) throw new VaultUnusable(`The passphrase file ${path} must hold the passphrase and nothing else, on one line.`)
    return secret(text)
  } finally {
    await file.close()
  }
}
