// Stands for a new version of the app in tests of updates: a program of its own that starts a gateway on the installed ledger, or fails in a given way.
// Promises: says that it started by the app's own note. Leaves alone: windows; the shell around the gateway has its own tests.

import Database from 'better-sqlite3'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportStarted } from '../../../main/update/started.ts'
import { startGateway } from '../../kit/gateway-process.ts'

export interface AppSetting {
  readonly version: string
  readonly dataDir: string
  readonly notes: string
  /** migrates: changes the ledger as a newer version would, then dies. */
  readonly behaviour: 'serves' | 'dies' | 'hangs' | 'migrates'
}

/** Called by the tree's program, with the tree's folder. */
export async function runApp(tree: string): Promise<void> {
  const setting = JSON.parse(readFileSync(join(tree, 'setting.json'), 'utf8')) as AppSetting
  if (setting.behaviour === 'dies') process.exit(1)
  if (setting.behaviour === 'migrates') return migrateAndDie(setting)
  if (setting.behaviour === 'hangs') {
    process.on('SIGTERM', () => undefined)
    setInterval(() => undefined, 1000)
    return
  }
  const gateway = await startGateway({ from: 'dist', dataDir: setting.dataDir })
  writeFileSync(join(setting.notes, 'origin'), gateway.origin)
  process.on('SIGTERM', () => {
    void gateway.stop().then((code) => process.exit(code))
  })
  await reportStarted(setting.notes, setting.version)
}

function migrateAndDie({ dataDir }: AppSetting): void {
  const db = new Database(join(dataDir, 'ledger.db'))
  db.exec('CREATE TABLE of_a_newer_version (id INTEGER PRIMARY KEY) STRICT')
  db.pragma('user_version = 9999')
  db.close()
  process.exit(1)
}
