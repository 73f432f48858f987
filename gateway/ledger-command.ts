// The ledger's own command: backups, a full check and a restore, without a running gateway.
// Promises: one sentence when something cannot be done, and a non-zero exit; a restore shows first what it means and needs the folder for itself.
// Below the desktop shell it says all of that over the port and ends by itself. Leaves alone: the work (ledger/care).

import { existsSync, rmSync } from 'node:fs'
import { StartRefusal } from './intake/start-checks.ts'
import { readLedgerCommand, type LedgerCommand } from './ledger-options.ts'
import { printedLengthMax, type LedgerAnswer } from './contract/ledger-answer.ts'
import { toUsdText } from './contract/money.ts'
import { backUp, pruneBackups } from './ledger/care/back-up.ts'
import { backupFolder, listBackups } from './ledger/care/backup-names.ts'
import { checkFile, countRows, openToCopy } from './ledger/care/check-copy.ts'
import type { Contents } from './ledger/care/contents.ts'
import { toFault } from './ledger/care/fault.ts'
import { findBackup, previewRestore, restore, type Preview } from './ledger/care/restore.ts'
import { acquireDataDirLock } from './ledger/lock.ts'
import { ledgerPath } from './ledger/open-file.ts'
import { findShellPort } from './shell-port.ts'

const printed: string[] = []
function print(stream: NodeJS.WriteStream, line: string): void {
  printed.push(`${line}\n`)
  stream.write(`${line}\n`)
}
const say = (line: string): void => print(process.stdout, line)

function runCommand(command: LedgerCommand): void {
  switch (command.kind) {
    case 'list':
      return list(command.dataDir)
    case 'backup':
      return makeBackup(command.dataDir)
    case 'verify':
      return verify(command.dataDir)
    case 'restore':
      return putBack(command)
    case 'help':
      return say(command.text)
  }
}

function list(dataDir: string): void {
  const found = listBackups(backupFolder(dataDir))
  if (found.length === 0) return say(`There are no backups in ${backupFolder(dataDir)}.`)
  for (const { name, madeAtMs, schemaVersion, bytes } of found) say(`${name}  ${new Date(madeAtMs).toISOString()}  schema ${schemaVersion}  ${toMib(bytes)} MB`)
}

function makeBackup(dataDir: string): void {
  const path = existing(dataDir)
  const folder = backupFolder(dataDir)
  const made = backUp({ path, folder, nowMs: Date.now() })
  pruneBackups(folder)
  say(`Made and read again: ${folder}/${made.name} (${toMib(made.bytes)} MB).`)
}

function verify(dataDir: string): void {
  const db = openToCopy(existing(dataDir))
  try {
    const { damage, violations } = checkFile(db)
    for (const [table, rows] of damage.length > 0 ? [] : countRows(db)) say(`${table.padEnd(20)} ${String(rows).padStart(10)} rows`)
    for (const sentence of damage) say(`DAMAGE     ${sentence}`)
    for (const { invariant, subject, detail } of violations ?? []) say(`VIOLATION  ${invariant} · ${subject} · ${JSON.stringify(detail)}`)
    if (violations === null && damage.length === 0)
      say('The file is whole. Its schema is older than this program, so its books are checked after the next start.')
    else if (damage.length === 0 && violations?.length === 0)
      say('The file is whole and the books balance: every sum, price and roll-up was computed again from its rows.')
    else process.exitCode = 1
  } finally {
    db.close()
  }
}

function putBack(command: Extract<LedgerCommand, { kind: 'restore' }>): void {
  const { dataDir } = command
  const file = findBackup(dataDir, command.file)
  if (command.preview) return show(previewRestore(dataDir, file))
  const lock = acquireDataDirLock(dataDir)
  try {
    show(previewRestore(dataDir, file))
    const aside = restore(dataDir, file, Date.now())
    say(aside === null ? 'Restored.' : `Restored. What was there before is in ${aside}.`)
  } finally {
    rmSync(`${ledgerPath(dataDir)}.incoming`, { force: true })
    lock.release()
  }
}

function show({ file, backup, present, loss }: Preview): void {
  say(`backup   ${file}`)
  say(`         ${wordContents(backup)}`)
  say(`present  ${present === null ? 'no ledger that can be read' : wordContents(present)}`)
  if (loss === null) return say('lost     unknown: there is nothing to compare with')
  const keys = loss.keys.length === 0 ? 'no keys' : `${loss.keys.length} keys (${loss.keys.slice(0, 10).join(', ')}${loss.keys.length > 10 ? ', …' : ''})`
  say(`lost     ${loss.requests} requests of $${toUsdText(loss.spentNanoUsd)}, ${keys}`)
}

function wordContents({ requests, spentNanoUsd, keys, newestMs }: Contents): string {
  const newest = newestMs === null ? '' : `, the newest of ${new Date(newestMs).toISOString()}`
  return `${requests} requests${newest}, $${toUsdText(spentNanoUsd)} spent, ${keys} keys`
}

function existing(dataDir: string): string {
  const path = ledgerPath(dataDir)
  if (!existsSync(path)) throw new StartRefusal(`There is no ledger in ${dataDir}.`)
  return path
}

const toMib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

try {
  process.umask(0o077)
  runCommand(readLedgerCommand())
} catch (error) {
  const known = error instanceof Error && ['StartRefusal', 'LedgerUnusable', 'BackupFailed'].includes(error.name)
  print(process.stderr, known ? error.message : (toFault(error)?.sentence ?? String(error)))
  process.exitCode = 1
}

const shell = findShellPort()
if (shell !== null) {
  const code = Number(process.exitCode ?? 0)
  await shell.post({ kind: 'ended', code, printed: printed.join('').slice(0, printedLengthMax) } satisfies LedgerAnswer)
  // Electron's utility processes do not end because nothing is left to do (github.com/electron/electron/issues/47228).
  process.exit(code)
}
