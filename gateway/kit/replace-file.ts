// Puts a file in the place of another in one step, for whoever can wait and, with Sync, for whoever cannot.
// Promises: under the name there is the old file or the whole new one, whatever happens in between; the draft is new, its owner's alone unless told
// otherwise, on the disk before it gets the name, and gone when that fails; the name is on the disk when it returns.
// Leaves alone: two who replace one file at the same time (its owner takes turns), and what an umask takes away.

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './sync.ts'

/** @throws the system's error */
export async function replaceFile(path: string, content: string | Uint8Array, mode = ownerOnly): Promise<void> {
  const draft = draftOf(path)
  // What a crash may have left there.
  await rm(draft, { force: true })
  try {
    await writeFile(draft, content, { ...newAndDurable, mode })
    await rename(draft, path)
  } catch (failure) {
    await rm(draft, { force: true })
    throw failure
  }
  syncFolder(dirname(path))
}

/** The same at once. @throws the system's error */
export function replaceFileSync(path: string, content: string | Uint8Array, mode = ownerOnly): void {
  const draft = draftOf(path)
  rmSync(draft, { force: true })
  try {
    writeFileSync(draft, content, { ...newAndDurable, mode })
    renameSync(draft, path)
  } catch (failure) {
    rmSync(draft, { force: true })
    throw failure
  }
  syncFolder(dirname(path))
}

export const ownerOnly = 0o600
// wx: what stands under the draft's name in spite of that is followed nowhere and not written over.
const newAndDurable = { flag: 'wx', flush: true } as const

/** Beside the file, for only within a folder is a rename one step; a name of ours, because some of these folders are people's own. */
export const draftOf = (path: string): string => `${path}.tollgate-new`
