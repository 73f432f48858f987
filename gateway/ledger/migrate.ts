// Brings a ledger file to this program's schema: numbered steps, all in one transaction, remembered in `user_version`.
// Promises: a file written by a newer program is refused with a sentence and not touched. Leaves alone: rows.

import type { Database } from 'better-sqlite3'
import { first } from './migrations/0010-first.ts'
import { scopes } from './migrations/0020-scopes.ts'
import { prices } from './migrations/0040-prices.ts'
import { pruned } from './migrations/0050-pruned.ts'
import { credentialAge } from './migrations/0060-credential-age.ts'
import { LedgerUnusable } from './unusable.ts'

export interface Migration {
  readonly version: number
  readonly sql: string
}
export const migrations: readonly Migration[] = [first, scopes, prices, pruned, credentialAge]
export const schemaVersion = Math.max(...migrations.map((migration) => migration.version))

/** @throws LedgerUnusable when the file is newer than the program */
export function migrate(db: Database, steps: readonly Migration[] = migrations): void {
  const found = assertKnown(db, steps)
  const known = Math.max(...steps.map((step) => step.version))
  const missing = steps.filter((step) => step.version > found).toSorted((left, right) => left.version - right.version)
  if (missing.length === 0) return
  db.transaction(() => {
    for (const step of missing) db.exec(step.sql)
    db.pragma(`user_version = ${known}`)
  }).immediate()
}

/** Reads only, so that it can run on a read-only connection before the file is opened for writing. @returns the file's version */
export function assertKnown(db: Database, steps: readonly Migration[] = migrations): number {
  const known = Math.max(...steps.map((step) => step.version))
  const found = readVersion(db)
  if (found > known) {
    throw new LedgerUnusable(
      `The ledger ${db.name} was written by a newer Tollgate (its schema is ${found}, this one knows ${known}); install that version again, nothing was changed.`,
    )
  }
  return found
}

export function readVersion(db: Database): number {
  return db.prepare<[], { user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0
}
