// Puts a backup in the place of the ledger, after a look at what that means.
// Promises: the backup is read whole before anything moves; the present ledger is kept aside, complete; at every moment there is one whole
// ledger under the ledger's name. Leaves alone: the lock (the caller holds it), later migrations (the next start does them).

import { chmodSync, copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import Database from 'better-sqlite3'
import { schemaVersion } from '../migrate.ts'
import { ledgerPath } from '../open-file.ts'
import { LedgerUnusable } from '../unusable.ts'
import { backupFolder, listBackups, stampOf } from './backup-names.ts'
import { checkFile, openToCopy } from './check-copy.ts'
import { lossOf, readContents, type Contents, type Loss } from './contents.ts'
import { matchesDigest } from './digest.ts'
import { syncFile, syncFolder } from '../../kit/sync.ts'

export interface Preview {
  readonly file: string
  readonly backup: Contents
  /** null: there is no ledger now, or it cannot be read. */
  readonly present: Contents | null
  readonly loss: Loss | null
}

/** `latest`, a name in the backup folder, or a path. @throws LedgerUnusable when there is no such file */
export function findBackup(dataDir: string, wanted: string): string {
  const folder = backupFolder(dataDir)
  const name = wanted === 'latest' ? listBackups(folder)[0]?.name : wanted
  if (name === undefined) throw new LedgerUnusable(`There is no backup in ${folder}.`)
  const path = isAbsolute(name) ? name : [join(folder, name), name].find((candidate) => existsSync(candidate))
  if (path === undefined || !existsSync(path)) throw new LedgerUnusable(`There is no backup named ${wanted} in ${folder}.`)
  return path
}

/** Reads both. @throws LedgerUnusable when the backup is not sound */
export function previewRestore(dataDir: string, file: string): Preview {
  const backup = openSound(file)
  try {
    const contents = readContents(backup)
    return { file, backup: contents, ...comparePresent(ledgerPath(dataDir), backup) }
  } finally {
    backup.close()
  }
}

function comparePresent(path: string, backup: Database.Database): Pick<Preview, 'present' | 'loss'> {
  if (!existsSync(path)) return { present: null, loss: null }
  let db: Database.Database | null = null
  try {
    db = openToCopy(path)
    return { present: readContents(db), loss: lossOf(db, backup) }
  } catch {
    // A ledger too damaged to be read is a usual reason to restore; then nobody can say what is lost.
    return { present: null, loss: null }
  } finally {
    db?.close()
  }
}

/** @throws LedgerUnusable */
function openSound(file: string): Database.Database {
  if (!matchesDigest(file)) throw new LedgerUnusable(`The backup ${file} is damaged: it is not what was written. Nothing was changed.`)
  const db = openToCopy(file)
  try {
    const { damage, violations, schemaVersion: version } = checkFile(db)
    if (damage.length > 0) throw new LedgerUnusable(`The backup ${file} is damaged: ${damage[0] ?? ''}. Nothing was changed.`)
    if (version === 0 || version > schemaVersion) throw new LedgerUnusable(`The backup ${file} is not a ledger this version knows. Nothing was changed.`)
    if (violations !== null && violations.length > 0)
      throw new LedgerUnusable(`The books in the backup ${file} do not balance (${violations[0]?.invariant ?? ''}). Nothing was changed.`)
    return db
  } catch (error) {
    db.close()
    throw error instanceof LedgerUnusable ? error : new LedgerUnusable(`The backup ${file} cannot be read. Nothing was changed.`, { cause: error })
  }
}

/** Expects to hold the folder's lock. @returns where the present ledger went, or null when there was none */
export function restore(dataDir: string, file: string, nowMs: number): string | null {
  openSound(file).close()
  const path = ledgerPath(dataDir)
  const incoming = `${path}.incoming`
  copyFileSync(file, incoming)
  chmodSync(incoming, 0o600)
  syncFile(incoming)
  openSound(incoming).close()
  const aside = existsSync(path) ? setAside(path, nowMs) : null
  renameSync(incoming, path)
  syncFolder(dirname(path))
  return aside
}

function setAside(path: string, nowMs: number): string {
  const aside = join(dirname(path), basename(path).replace(/\.db$/, `-before-restore-${stampOf(nowMs)}.db`))
  carryLogOver(path)
  // A second name for the same file: the first one stays until the backup takes its place in one step.
  try {
    linkSync(path, aside)
  } catch {
    // Some file systems have one name per file.
    copyFileSync(path, aside)
    syncFile(aside)
  }
  // A log that could not be carried over belongs to the file set aside; beside the backup it would be taken for the backup's.
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`)
  rmSync(`${path}-shm`, { force: true })
  syncFolder(dirname(path))
  return aside
}

function carryLogOver(path: string): void {
  try {
    const db = new Database(path, { timeout: 5000 })
    try {
      db.pragma('wal_checkpoint(TRUNCATE)')
    } finally {
      db.close()
    }
  } catch {
    // Too damaged to be opened: file and log go aside as they are.
  }
}
