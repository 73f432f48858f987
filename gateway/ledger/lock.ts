// One Tollgate per data folder: an exclusive lock on a file of its own, held while the process lives, in a folder where locks mean something.
// Promises: the system frees it when the process dies, however it dies. Leaves alone: what is in the folder.

import Database from 'better-sqlite3'
import { join } from 'node:path'
import { refuseUnfitFolder } from './care/fit-folder.ts'
import { prepareDataDir } from './open-file.ts'
import { DataFolderInUse } from './unusable.ts'

/** @throws DataFolderInUse, LedgerUnusable when the folder is not writable, on a network or copied by another program */
export function acquireDataDirLock(dataDir: string): { release(): void } {
  const path = join(dataDir, 'lock.db')
  refuseUnfitFolder(dataDir)
  prepareDataDir(dataDir, [path])
  const db = new Database(path, { timeout: 0 })
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new DataFolderInUse(`Another Tollgate is already using the data folder ${dataDir}.`, { cause: error })
    }
    throw error
  }
  return {
    release() {
      db.close()
    },
  }
}
