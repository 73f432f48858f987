// A backup's SHA-256 beside it, in the form that `sha256sum -c` reads: SQLite itself would not notice a changed letter inside a text.
// Promises: a digest is on the disk before its backup has its name. Leaves alone: backups that came without one.

import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { syncFile } from '../../kit/sync.ts'

export const digestName = (backup: string): string => `${backup}.sha256`
const pieceBytes = 4 * 1024 * 1024

/** `file` is what is read, `target` the name it will have. */
export function writeDigest(file: string, target: string): void {
  writeFileSync(digestName(target), `${digestOf(file)}  ${basename(target)}\n`, { mode: 0o600 })
  syncFile(digestName(target))
}

/** True as well when there is no digest to compare with. */
export function matchesDigest(backup: string): boolean {
  let written: string
  try {
    written = readFileSync(digestName(backup), 'utf8')
  } catch {
    // A file from elsewhere has none.
    return true
  }
  return written.split(' ')[0] === digestOf(backup)
}

function digestOf(path: string): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  try {
    const piece = Buffer.alloc(pieceBytes)
    for (let count = readSync(file, piece); count > 0; count = readSync(file, piece)) hash.update(piece.subarray(0, count))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
