// Reads every file below a folder into memory, for what is served by exact name.
// Promises: names with forward slashes; a folder that is not there has no files. Leaves alone: what the files are.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

export interface FolderFile {
  /** From the folder, with forward slashes. */
  readonly name: string
  readonly bytes: Uint8Array
  /** Changes when the bytes do. */
  readonly digest: string
}

const digestLength = 22

/** Folder by folder, because an archive that stands in for a folder may know no other way. */
export function readFolder(folder: string, below = ''): readonly FolderFile[] {
  return entriesOf(join(folder, below)).flatMap((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return readFolder(folder, name)
    if (!entry.isFile()) return []
    const bytes = readFileSync(join(folder, name))
    return [{ name, bytes, digest: createHash('sha256').update(bytes).digest('base64url').slice(0, digestLength) }]
  })
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Nothing was built there; who needs the files says so.
    return []
  }
}
