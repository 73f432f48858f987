// Backups and restores: what is made under load is whole, what is kept follows the rule, and a restore loses nothing it did not say.
// Promises: real files, the real command as a process of its own. Leaves alone: a disk that fails meanwhile (test/proof/faults.ts).

import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backupFolder, backupName, listBackups, outdated } from '../../../gateway/ledger/care/backup-names.ts'
import { backUpBeforeMigration } from '../../../gateway/ledger/care/before-migration.ts'
import { createLedger, type Ledger } from '../../../gateway/ledger/ledger.ts'
import { acquireDataDirLock } from '../../../gateway/ledger/lock.ts'
import { schemaVersion } from '../../../gateway/ledger/migrate.ts'
import { ledgerPath } from '../../../gateway/ledger/open-file.ts'
import { verifyLedger } from '../../../gateway/ledger/reports/verify.ts'
import { attemptOrder, attemptRecord, holdOrder, keyDraft, limits, quiet, temporaryFolder, visit, type Who } from './fixture.ts'

let folder = temporaryFolder()
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())
const open = () => createLedger({ dataDir: folder.path, durability: 'full', limits, zone: 'UTC', log: quiet })
const call = async (ledger: Ledger, id: string, who: Who): Promise<void> => {
  await ledger.port.hold(holdOrder(id, who, { receivedAtMs: Date.now() }))
  await ledger.port.openAttempt(attemptOrder(id))
  await ledger.port.record(visit(id, [attemptRecord(1, { input: 100, output: 10 })]))
}
const whoOf = async (ledger: Ledger, name: string): Promise<Who> => {
  const key = await ledger.store.createKey(keyDraft(name))
  return { keyId: key.id, scopes: [ledger.snapshot.globalScopeId, key.scopeId] }
}

const program = fileURLToPath(new URL('../../../gateway/ledger-command.ts', import.meta.url))
function command(...args: string[]): { readonly status: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '--data-dir', folder.path], { encoding: 'utf8' })
  return { status, out: stdout, err: stderr }
}

it.each([['--help'], ['help'], ['restore', '--help'], []])('the command says what it can do when asked by %j', (...args) => {
  expect(command(...args)).toMatchObject({ status: 0, out: expect.stringContaining('Usage: npm run ledger'), err: '' })
})

describe('a backup made while calls run', () => {
  it('is whole, balances, is its owner’s alone, and leaves nothing half-made', async () => {
    const ledger = await open()
    const who = await whoOf(ledger, 'busy')
    let running = true
    let made = 0
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let turn = 0; running; turn += 1) await call(ledger, `req_${lane}_${turn}`, who).then(() => (made += 1))
    })
    await expect.poll(() => made, { timeout: 20_000 }).toBeGreaterThan(50)
    const backup = await ledger.care.backUp()
    running = false
    await Promise.all(lanes)
    expect(ledger.care.backups()).toEqual([backup])
    expect(backup.name).toMatch(new RegExp(`^ledger-\\d{8}T\\d{6}Z-${schemaVersion}\\.db$`))
    expect(readdirSync(backupFolder(folder.path)).toSorted()).toEqual([backup.name, `${backup.name}.sha256`])
    const path = join(backupFolder(folder.path), backup.name)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    const db = new Database(path, { readonly: true })
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(verifyLedger({ db, zone: 'UTC' })).toEqual([])
    expect(Number(db.prepare('SELECT count(*) FROM request').pluck().get())).toBeGreaterThan(50)
    db.close()
    await ledger.close()
  }, 30_000)

  it('is asked for twice and made once', async () => {
    const ledger = await open()
    const [first, second] = await Promise.all([ledger.care.backUp(), ledger.care.backUp()])
    expect(second).toEqual(first)
    expect(ledger.care.backups()).toHaveLength(1)
    await ledger.close()
  })

  it('is refused when the books do not balance, and leaves nothing', async () => {
    const ledger = await open()
    await call(ledger, 'req_1', await whoOf(ledger, 'cooked'))
    const other = new Database(ledgerPath(folder.path))
    other.exec('UPDATE budget_period SET settled_nusd = settled_nusd + 1')
    other.close()
    await expect(ledger.care.backUp()).rejects.toMatchObject({ code: 'ledger_unavailable', message: expect.stringContaining('do not balance') as string })
    expect(readdirSync(backupFolder(folder.path))).toEqual([])
    await ledger.close()
  })
})

describe('what is kept', () => {
  const at = (day: string, schema = 20) => {
    const madeAtMs = Date.parse(`${day}Z`)
    return { name: backupName(madeAtMs, schema), madeAtMs, schemaVersion: schema, bytes: 1 }
  }
  it('is the newest of seven days and of four weeks, and the newest of three older schemas', () => {
    const days = Array.from({ length: 60 }, (_, back) => new Date(Date.UTC(2026, 10, 21) - back * 86_400_000).toISOString().slice(0, 10))
    const all = [
      ...days.flatMap((day) => [at(`${day}T03:00:00`), at(`${day}T15:00:00`)]),
      ...[5, 10, 12, 15].flatMap((schema, index) => [at(`2025-0${index + 1}-01T00:00:00`, schema), at(`2025-0${index + 1}-02T00:00:00`, schema)]),
    ]
    const gone = new Set(outdated(all, 20))
    expect(
      all
        .filter((backup) => !gone.has(backup))
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(
      [
        ...days.slice(0, 7).map((day) => at(`${day}T15:00:00`).name),
        // 2026-11-21 is a Saturday; the weeks before end on the Sundays 15, 8 and 1.
        ...['2026-11-08', '2026-11-01'].map((day) => at(`${day}T15:00:00`).name),
        ...[2, 3, 4].map((month) => at(`2025-0${month}-02T00:00:00`, [0, 5, 10, 12, 15][month]).name),
      ].toSorted(),
    )
  })
  it('always includes the newest', () => {
    expect(outdated([at('2020-01-01T00:00:00')], 20)).toEqual([])
    expect(outdated([], 20)).toEqual([])
  })
  it('is read from names alone, and other files are left in peace', () => {
    mkdirSync(backupFolder(folder.path))
    for (const name of ['ledger-20261121T093000Z-10.db', 'ledger-20261122T093000Z-10.db', 'notes.txt', 'ledger-old.db'])
      writeFileSync(join(backupFolder(folder.path), name), 'x')
    expect(listBackups(backupFolder(folder.path))).toEqual([
      { name: 'ledger-20261122T093000Z-10.db', madeAtMs: Date.UTC(2026, 10, 22, 9, 30), schemaVersion: 10, bytes: 1 },
      { name: 'ledger-20261121T093000Z-10.db', madeAtMs: Date.UTC(2026, 10, 21, 9, 30), schemaVersion: 10, bytes: 1 },
    ])
  })
})

describe('the restore command', () => {
  it('says what would be lost, keeps what is there, and brings the backup back', async () => {
    const first = await open()
    const who = await whoOf(first, 'old key')
    for (let count = 0; count < 5; count += 1) await call(first, `req_old_${count}`, who)
    await first.close()
    expect(command('backup').out).toMatch(/^Made and read again: .*ledger-\d{8}T\d{6}Z-\d+\.db/)
    const second = await open()
    const newer = await whoOf(second, 'new key')
    for (let count = 0; count < 3; count += 1) await call(second, `req_new_${count}`, newer)
    await second.close()

    const preview = command('restore', 'latest', '--preview')
    expect(preview.out).toMatch(
      /^backup .*\n {9}5 requests, the newest of .*, \$0\.001750000 spent, 1 keys\npresent {2}8 requests, .*2 keys\nlost {5}3 requests of \$0\.001050000, 1 keys \(new key\)\n$/,
    )
    expect(readdirSync(folder.path).filter((name) => name.includes('before-restore'))).toEqual([])

    const done = command('restore', 'latest')
    expect(done).toMatchObject({ status: 0, err: '' })
    const aside = /What was there before is in (.*)\.\n$/.exec(done.out)?.[1] ?? ''
    expect(readdirSync(folder.path).filter((name) => /-wal$|-shm$|incoming/.test(name))).toEqual([])
    const kept = new Database(aside, { readonly: true })
    expect(kept.prepare('SELECT count(*) FROM request').pluck().get()).toBe(8)
    kept.close()
    const restored = await open()
    expect((await restored.reports.facts()).requests).toBe(5)
    expect(restored.snapshot.keys.map(({ alias }) => alias)).toEqual([null, null, 'old key'])
    expect(await restored.reports.verify()).toEqual([])
    await restored.close()
  }, 30_000)

  it('loses nothing of a ledger that a crash left with a log', async () => {
    const ledger = await open()
    const who = await whoOf(ledger, 'crash')
    await call(ledger, 'req_1', who)
    const backup = await ledger.care.backUp()
    await call(ledger, 'req_2', who)
    const crashed = join(folder.path, 'crashed')
    mkdirSync(crashed)
    for (const name of ['ledger.db', 'ledger.db-wal']) writeFileSync(join(crashed, name), readFileSync(join(folder.path, name)))
    await ledger.close()
    const { status, stdout } = spawnSync(process.execPath, [program, 'restore', join(backupFolder(folder.path), backup.name), '--data-dir', crashed], {
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    const kept = new Database(/is in (.*)\.\n$/.exec(stdout)?.[1] ?? '', { readonly: true })
    expect(kept.prepare('SELECT count(*) FROM request').pluck().get()).toBe(2)
    kept.close()
    expect(existsSync(join(crashed, 'ledger.db-wal'))).toBe(false)
  }, 30_000)

  it('works when the present ledger is beyond reading', async () => {
    await (await open()).close()
    expect(command('backup').status).toBe(0)
    writeFileSync(ledgerPath(folder.path), 'no ledger any more'.repeat(500))
    const done = command('restore', 'latest')
    expect(done.out).toContain('present  no ledger that can be read\nlost     unknown: there is nothing to compare with\nRestored.')
    await (await open()).close()
  }, 30_000)

  it('refuses a damaged backup, an unknown one and a folder in use, each with one sentence, and changes nothing', async () => {
    const ledger = await open()
    for (let count = 0; count < 60; count += 1) await ledger.store.createKey(keyDraft(`key-${count}-`, { metadata: { filler: 'x'.repeat(500) } }))
    await ledger.close()
    expect(command('backup').status).toBe(0)
    const before = readFileSync(ledgerPath(folder.path))
    expect(command('restore', 'ledger-none.db')).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^There is no backup named ledger-none\.db in .*\.\n$/) as string,
    })
    const lock = acquireDataDirLock(folder.path)
    expect(command('restore', 'latest')).toMatchObject({ status: 1, err: expect.stringMatching(/^Another Tollgate is already using/) as string })
    lock.release()
    const [backup] = listBackups(backupFolder(folder.path))
    const file = openSync(join(backupFolder(folder.path), backup?.name ?? ''), 'r+')
    // One letter of one filler: every structure of the file stays as it is.
    writeSync(file, 'y', readFileSync(join(backupFolder(folder.path), backup?.name ?? '')).indexOf('xxxxxxxx'))
    closeSync(file)
    expect(command('restore', 'latest')).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringMatching(/^The backup .* (is damaged|cannot be read).*Nothing was changed\.\n$/) as string,
    })
    expect(readFileSync(ledgerPath(folder.path)).equals(before)).toBe(true)
  }, 30_000)
})

describe('the verify command', () => {
  it('prints what it read and ends with 1 when something does not balance', async () => {
    const ledger = await open()
    await call(ledger, 'req_1', await whoOf(ledger, 'checked'))
    await ledger.close()
    expect(command('verify')).toMatchObject({ status: 0, out: expect.stringMatching(/request +1 rows[^]*the books balance/) as string })
    const db = new Database(ledgerPath(folder.path))
    db.exec('UPDATE budget_period SET settled_nusd = settled_nusd + 1')
    db.close()
    expect(command('verify')).toMatchObject({ status: 1, out: expect.stringContaining('VIOLATION  I1 settled = sum of costs') as string })
  }, 30_000)
  it('answers a wrong command with the list of commands', () => {
    expect(command('frobnicate')).toMatchObject({ status: 1, err: expect.stringContaining('restore <file|latest>') as string })
    expect(command('--nonsense').err).toContain('Run with --help')
    expect(command('verify')).toMatchObject({ status: 1, err: `There is no ledger in ${folder.path}.\n` })
  })
})

describe('a ledger of an older schema', () => {
  it('is backed up before it is migrated, and an empty one is not', async () => {
    expect(backUpBeforeMigration(ledgerPath(folder.path), { found: 0, nowMs: 0 })).toBeNull()
    const ledger = await open()
    await call(ledger, 'req_1', await whoOf(ledger, 'older'))
    await ledger.close()
    expect(backUpBeforeMigration(ledgerPath(folder.path), { found: schemaVersion, nowMs: Date.now() })).toBeNull()
    const name = backUpBeforeMigration(ledgerPath(folder.path), { found: schemaVersion - 1, nowMs: Date.now() })
    const copy = new Database(join(backupFolder(folder.path), name ?? ''), { readonly: true })
    expect(copy.prepare('SELECT count(*) FROM request').pluck().get()).toBe(1)
    copy.close()
  })
  it('is not touched when no backup can be made', async () => {
    await (await open()).close()
    writeFileSync(backupFolder(folder.path), 'a file stands in the way')
    const before = readFileSync(ledgerPath(folder.path))
    expect(() => backUpBeforeMigration(ledgerPath(folder.path), { found: schemaVersion - 1, nowMs: 0 })).toThrow(
      /has an older schema and could not be backed up before changing it; nothing was changed\./,
    )
    expect(readFileSync(ledgerPath(folder.path)).equals(before)).toBe(true)
  })
})
