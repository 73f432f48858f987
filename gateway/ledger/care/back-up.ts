// Makes one backup: a compact copy beside the running ledger, believed only after it was read again.
// Promises: a file under its final name is whole, balances and is on the disk; anything less leaves nothing behind. Callers are never held up:
// it reads a snapshot while the writer goes on. Leaves alone: when (backup-keeper.ts), which old ones go (backup-names.ts).

import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Backup } from '../../contract/care.ts'
import { readVersion, schemaVersion } from '../migrate.ts'
import { backupName, listBackups, outdated, stampOf } from './backup-names.ts'
import { checkFile, countRows, openToCopy } from './check-copy.ts'
import { digestName, writeDigest } from './digest.ts'
import { syncFile, syncFolder } from '../../kit/sync.ts'

export interface BackUpOrder {
  /** The ledger's file. */
  readonly path: string
  readonly folder: string
  readonly nowMs: number
}
/** The message is a sentence. */
export class BackupFailed extends Error {
  override readonly name = 'BackupFailed'
}

const partial = '.partial-'

/** @throws BackupFailed, or what SQLite and the file system throw */
export function backUp({ path, folder, nowMs }: BackUpOrder): Backup {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(folder)) if (name.startsWith(partial)) rmSync(join(folder, name), { force: true })
  assertRoom(path, folder)
  const copy = join(folder, `${partial}${stampOf(nowMs)}.db`)
  try {
    const version = copyTo(path, copy)
    chmodSync(copy, 0o600)
    syncFile(copy)
    const target = join(folder, freeName(folder, nowMs, version))
    writeDigest(copy, target)
    renameSync(copy, target)
    syncFolder(folder)
  } finally {
    rmSync(copy, { force: true })
    rmSync(`${copy}-journal`, { force: true })
  }
  const [made] = listBackups(folder)
  if (made === undefined) throw new BackupFailed('The backup vanished while it was being made.')
  return made
}

/** Deletes what the rule no longer keeps. */
export function pruneBackups(folder: string): void {
  for (const { name } of outdated(listBackups(folder), schemaVersion)) for (const file of [name, digestName(name)]) rmSync(join(folder, file), { force: true })
}

/** @returns the schema of the copy */
function copyTo(path: string, copy: string): number {
  const source = openToCopy(path)
  try {
    const before = countRows(source)
    source.prepare('VACUUM INTO ?').run(copy)
    const after = countRows(source)
    return assertSound(copy, { before, after })
  } finally {
    source.close()
  }
}

function assertSound(copy: string, counts: { readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> }): number {
  const db = openToCopy(copy)
  try {
    const { damage, violations } = checkFile(db)
    if (damage.length > 0) throw new BackupFailed(`The copy of the ledger is damaged: ${damage[0] ?? ''}.`)
    if (violations !== null && violations.length > 0) throw new BackupFailed(`The books in the copy do not balance: ${violations[0]?.invariant ?? ''}.`)
    const copied = countRows(db)
    // Rows may come and go while it runs, so a table's count lies between what it was before and after.
    for (const [table, first] of counts.before) {
      const range = [first, counts.after.get(table) ?? first]
      const count = copied.get(table) ?? -1
      if (count < Math.min(...range) || count > Math.max(...range))
        throw new BackupFailed(`The copy of the ledger has ${count} rows in ${table} instead of ${first}.`)
    }
    return readVersion(db)
  } finally {
    db.close()
  }
}

function assertRoom(path: string, folder: string): void {
  const needed = Math.ceil(((statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0)) * 11) / 10)
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < needed)
    throw new BackupFailed(`There is no room for a backup: it needs up to ${Math.ceil(needed / 1024 / 1024)} MB on the disk of ${folder}.`)
}

/** Two within a second: the later one is named after the next second. */
function freeName(folder: string, nowMs: number, version: number): string {
  for (let atMs = nowMs; ; atMs += 1000) {
    const name = backupName(atMs, version)
    if (!existsSync(join(folder, name))) return name
  }
}
