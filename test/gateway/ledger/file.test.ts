// The file itself: its schema, its modes, its lock, and files of other versions.
// Promises: real files in a folder of their own. Leaves alone: what is written into them.

import Database from 'better-sqlite3'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLedger } from '../../../gateway/ledger/ledger.ts'
import { acquireDataDirLock } from '../../../gateway/ledger/lock.ts'
import { migrate, schemaVersion } from '../../../gateway/ledger/migrate.ts'
import { ledgerPath, openReader, openWriter, prepareDataDir } from '../../../gateway/ledger/open-file.ts'
import { createBench, keyDraft, limits, quiet, temporaryFolder } from './fixture.ts'

let folder = temporaryFolder()
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())
const options = () => ({ dataDir: join(folder.path, 'data'), durability: 'full', limits, zone: 'UTC', log: quiet }) as const

describe('the schema', () => {
  it('has only STRICT tables and no REAL column', () => {
    const { db, close } = createBench()
    const tables = db
      .prepare<[], { name: string; strict: number }>(
        `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'`,
      )
      .all()
    expect(tables.length).toBeGreaterThan(15)
    expect(tables.filter(({ strict }) => strict !== 1)).toEqual([])
    const columns = db
      .prepare<[], { name: string; type: string }>(
        `SELECT m.name || '.' || c.name AS name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`,
      )
      .all()
    expect(columns.filter(({ type }) => type !== 'INTEGER' && type !== 'TEXT')).toEqual([])
    close()
  })

  it('refuses to change a price card', () => {
    const { db, close } = createBench()
    db.prepare(`INSERT INTO price (digest, source, note, prices) VALUES ('d', 'bundled', 'n', '{}')`).run()
    expect(() => db.prepare(`UPDATE price SET prices = '[]'`).run()).toThrow(/never changes/)
    close()
  })

  it('is migrated in order and once', () => {
    const db = new Database(':memory:')
    const steps = [
      { version: 30, sql: 'ALTER TABLE a RENAME TO b' },
      { version: 20, sql: 'CREATE TABLE a (x INTEGER) STRICT' },
    ]
    migrate(db, steps)
    migrate(db, steps)
    expect(db.pragma('user_version', { simple: true })).toBe(30)
    expect(() => migrate(db, [...steps, { version: 40, sql: 'CREATE TABLE c (x); nonsense' }])).toThrow()
    expect(db.pragma('user_version', { simple: true })).toBe(30)
    expect(db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'c'`).pluck().get()).toBe(0)
  })

  it('of a newer program is refused with a sentence and not touched', async () => {
    const { dataDir } = options()
    await (await createLedger(options())).close()
    const path = ledgerPath(dataDir)
    const db = new Database(path)
    db.pragma(`user_version = ${schemaVersion + 1}`)
    db.close()
    const before = readFileSync(path)
    await expect(createLedger(options())).rejects.toThrow(/was written by a newer Tollgate/)
    expect(readFileSync(path).equals(before)).toBe(true)
  })
})

describe('the folder', () => {
  it('is its owner’s alone, and so is every file in it', async () => {
    const { dataDir } = options()
    const lock = acquireDataDirLock(dataDir)
    const ledger = await createLedger(options())
    await ledger.store.createKey(keyDraft('one'))
    const files = readdirSync(dataDir)
    expect(files).toEqual(expect.arrayContaining(['ledger.db', 'ledger.db-wal', 'lock.db']))
    // Windows has no such modes; there the folder lies in the user's own profile.
    const modeOf = (path: string, mode: number): number => (process.platform === 'win32' ? mode : statSync(path).mode & 0o777)
    expect(modeOf(dataDir, 0o700)).toBe(0o700)
    expect(files.filter((file) => modeOf(join(dataDir, file), 0o600) !== 0o600)).toEqual([])
    await ledger.close()
    lock.release()
  })

  it('belongs to one process at a time', () => {
    const { dataDir } = options()
    const lock = acquireDataDirLock(dataDir)
    expect(() => acquireDataDirLock(dataDir)).toThrow(/^Another Tollgate is already using the data folder .*data\.$/)
    lock.release()
    acquireDataDirLock(dataDir).release()
  })

  it('is refused when its ledger is damaged', async () => {
    const { dataDir } = options()
    await (await createLedger(options())).close()
    const db = new Database(ledgerPath(dataDir))
    db.unsafeMode()
    db.pragma('writable_schema = ON')
    db.prepare(`UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'setting'`).run()
    db.close()
    await expect(createLedger(options())).rejects.toThrow()
  })
})

describe('connections', () => {
  it('have the durability asked for', () => {
    const { dataDir } = options()
    prepareDataDir(dataDir, [ledgerPath(dataDir)])
    for (const [durability, value] of [
      ['full', 2],
      ['normal', 1],
    ] as const) {
      const db = openWriter(ledgerPath(dataDir), durability)
      expect(db.pragma('synchronous', { simple: true })).toBe(value)
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
      expect(db.pragma('fullfsync', { simple: true })).toBe(1)
      db.close()
    }
  })

  it('for reports cannot write', async () => {
    const { dataDir } = options()
    await (await createLedger(options())).close()
    const db = openReader(ledgerPath(dataDir))
    expect(() => db.prepare(`DELETE FROM virtual_key`).run()).toThrow(/readonly/)
    db.close()
  })
})
