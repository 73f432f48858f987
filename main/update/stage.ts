// Writes an update's files into a folder of its own, each checked on its way.
// Promises: the folder gets its name when every file has the size and the checksum that were signed, and is on the disk; before that it is removed again.
// Leaves alone: the installation.

import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Bundle } from './bundle.ts'
import { pieceBytes } from './limits.ts'
import type { PayloadFile } from './manifest.ts'
import { UpdateRefusal } from './refusal.ts'

const programMode = 0o755
const dataMode = 0o644

/** @param folder replaced as a whole. @throws UpdateRefusal */
export async function stage(bundle: Bundle, folder: string): Promise<void> {
  const incoming = `${folder}.incoming`
  await rm(incoming, { recursive: true, force: true })
  await mkdir(incoming, { recursive: true })
  try {
    let position = bundle.payloadOffset
    for (const file of bundle.manifest.files) {
      await writeChecked({ source: bundle.handle, position, file }, join(incoming, ...file.path.split('/')))
      position += file.bytes
    }
    await rm(folder, { recursive: true, force: true })
    await rename(incoming, folder)
  } catch (error) {
    await rm(incoming, { recursive: true, force: true })
    throw error
  }
}

async function writeChecked({ source, position, file }: { source: FileHandle; position: number; file: PayloadFile }, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  // wx: a folder of ours that is new; whatever stands there already was not put there by us.
  const written = await open(target, 'wx', file.executable ? programMode : dataMode)
  try {
    const hash = createHash('sha256')
    for (let done = 0; done < file.bytes;) {
      const length = Math.min(pieceBytes, file.bytes - done)
      const { buffer, bytesRead } = await source.read({ buffer: Buffer.alloc(length), position: position + done, length })
      if (bytesRead === 0) throw new UpdateRefusal('This update file is not complete. Copy or download it again.')
      const piece = buffer.subarray(0, bytesRead)
      hash.update(piece)
      await written.writeFile(piece)
      done += bytesRead
    }
    if (hash.digest('hex') !== file.sha256) throw new UpdateRefusal(`A file in this update is not the one that was signed: ${file.path}`)
    // The umask takes bits away from the mode that open() was given.
    await written.chmod(file.executable ? programMode : dataMode)
    await written.sync()
  } finally {
    await written.close()
  }
}
