// Proof that a migration cannot be caught half-way: from every schema there ever was and a made-up older one, the migrating process is killed before each statement, after
// the last one and before the commit; the file then opens, migrates, and has every row and amount it had.
// Promises: real files written by the versions they are named after, a real process, really killed. Leaves alone: loss of power.

import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkFile, openToCopy } from '../../gateway/ledger/care/check-copy.ts'
import { createLedger } from '../../gateway/ledger/ledger.ts'
import { migrate, migrations, schemaVersion, type Migration } from '../../gateway/ledger/migrate.ts'
import { ledgerPath, openWriter } from '../../gateway/ledger/open-file.ts'
import { limits, quiet } from '../gateway/ledger/fixture.ts'
import type { ProofLine } from './line.ts'
import { makeSynthetic, syntheticName, syntheticSteps, syntheticVersion } from './synthetic-schema.ts'

export interface MigrationProofOptions {
  readonly log: (line: string) => void
  /** Every so many statements instead of each. */
  readonly stride?: number
}

const child = fileURLToPath(new URL('./migrations-child.ts', import.meta.url))
const schemas = fileURLToPath(new URL('../fixtures/schemas/', import.meta.url))
const lanes = 2

export async function proveMigrations(options: MigrationProofOptions): Promise<ProofLine> {
  const problems: string[] = []
  const released = readdirSync(schemas)
    .filter((name) => name.endsWith('.db'))
    .toSorted()
  const found = [synthetic, ...released.map(toOrigin)]
  let kills = 0
  for (const origin of found) {
    const { name } = origin
    const expected = figuresOf(join(schemas, origin.file))
    const count = await statementsOf(origin)
    const places = Array.from({ length: count }, (_, index) => index + 1).filter((place) => (place - 1) % (options.stride ?? 1) === 0 || place === count)
    options.log(`${name}: ${count} places to die at, ${places.length} tried`)
    const queue = [...places]
    const work = async (): Promise<void> => {
      for (let place = queue.shift(); place !== undefined; place = queue.shift()) {
        kills += 1
        problems.push(...(await killAt(origin, place, expected)).map((problem) => `${name}, killed at ${place} of ${count}: ${problem}`))
      }
    }
    await Promise.all(Array.from({ length: lanes }, work))
    problems.push(...(await killAt(origin, 0, expected)).map((problem) => `${name}, not killed: ${problem}`))
  }
  return {
    name: 'migrations that are killed',
    figure: `${found.length} schemas, ${kills} kills: ${problems.length} problems`,
    target: 'the file opens after each kill, with every row and amount it had, and its books balance',
    ok: problems.length === 0 && found.length > 0 && kills > 0,
    seed: null,
    detail: [`schemas: ${found.map(({ name }) => name).join(', ')} to ${schemaVersion}`, ...problems.slice(0, 40)],
  }
}

/** Where a file comes from. */
interface Origin {
  readonly name: string
  readonly file: string
  readonly version: number
  readonly steps: readonly Migration[]
}
const toOrigin = (file: string): Origin => ({ name: file, file, version: Number(file.slice(0, 4)), steps: migrations })
const synthetic: Origin = { name: syntheticName, file: '0010.db', version: syntheticVersion, steps: syntheticSteps }

async function inCopy<Value>(origin: Origin, work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-migrations-'))
  try {
    copyFileSync(join(schemas, origin.file), ledgerPath(folder))
    if (origin === synthetic) makeSynthetic(ledgerPath(folder))
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function statementsOf(origin: Origin): Promise<number> {
  return await inCopy(origin, async (folder) => {
    const { out } = await run(ledgerPath(folder), 0, origin)
    return Number(/^reached (\d+)$/m.exec(out)?.[1] ?? 0)
  })
}

async function run(path: string, place: number, origin: Origin): Promise<{ readonly signal: string | null; readonly out: string }> {
  const process_ = spawn(process.execPath, [child, path, String(place), origin === synthetic ? 'synthetic' : 'real'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  process_.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  const [, signal] = (await once(process_, 'close')) as [number | null, string | null]
  return { signal, out }
}

async function killAt(origin: Origin, place: number, expected: Figures): Promise<readonly string[]> {
  return await inCopy(origin, async (folder) => {
    const path = ledgerPath(folder)
    const { signal } = await run(path, place, origin)
    if (place > 0 && signal !== 'SIGKILL') return ['the process was not killed']
    const version = versionOf(path)
    const problems = place > 0 && version !== origin.version ? [`the file is of schema ${version} without having been committed`] : []
    // As the next start does it; before that start charges what a crash left open.
    const db = openWriter(path, 'full')
    migrate(db, origin.steps)
    const { damage, violations } = checkFile(db)
    db.close()
    problems.push(...damage, ...differences(expected, figuresOf(path)))
    problems.push(...(violations ?? []).map(({ invariant, subject }) => `${invariant}: ${subject}`))
    const ledger = await createLedger({ dataDir: folder, durability: 'full', limits, zone: 'UTC', log: quiet })
    problems.push(...(await ledger.reports.verify()).map(({ invariant, subject }) => `after a start, ${invariant}: ${subject}`))
    await ledger.close()
    if (existsSync(join(folder, 'backups'))) problems.push('a migrated file was backed up as if it were old')
    return problems
  })
}

function versionOf(path: string): number {
  const db = openToCopy(path)
  const { schemaVersion: version } = checkFile(db)
  db.close()
  return version
}

/** What every schema has: rows per table, and the amounts. */
type Figures = ReadonlyMap<string, string>
const tables = [
  'request',
  'attempt',
  'virtual_key',
  'team',
  'name',
  'price',
  'rollup',
  'refusal_fold',
  'budget_period',
  'scope',
  'setting',
  'boot',
  'period_set',
]
const amounts = {
  'request cost': 'SELECT sum(cost_nusd) FROM request',
  'request hold': 'SELECT sum(hold_nusd) FROM request',
  'attempt cost': 'SELECT sum(cost_nusd) FROM attempt',
  'roll-up cost': 'SELECT sum(cost_nusd) FROM rollup',
  'roll-up requests': 'SELECT sum(requests) FROM rollup',
  settled: 'SELECT sum(settled_nusd) FROM budget_period',
  held: 'SELECT sum(held_nusd) FROM budget_period',
  limits: 'SELECT sum(limit_nusd) FROM budget',
  keys: `SELECT group_concat(hash, ' ') FROM (SELECT hash FROM virtual_key ORDER BY id)`,
  requests: `SELECT group_concat(request_id || state, ' ') FROM (SELECT request_id, state FROM request ORDER BY id)`,
}

function figuresOf(path: string): Figures {
  const db = new Database(path, { readonly: true })
  const read = (sql: string): string => String(db.prepare(sql).pluck().safeIntegers().get())
  const figures = new Map([
    ...tables.map((table): [string, string] => [`rows of ${table}`, read(`SELECT count(*) FROM ${table}`)]),
    ...Object.entries(amounts).map(([name, sql]): [string, string] => [name, read(sql)]),
  ])
  db.close()
  return figures
}

function differences(expected: Figures, found: Figures): readonly string[] {
  return [...expected]
    .filter(([name, value]) => found.get(name) !== value)
    .map(([name, value]) => `${name}: ${found.get(name) ?? 'missing'} instead of ${value}`)
}
