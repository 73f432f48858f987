// What an update needs of the ledger: a backup before, and that backup back when the new version had changed the ledger and failed.
// Promises: speaks to the ledger's own command (gateway/ledger-command.ts) and reads what it says; its sentence is the reason when it cannot.
// Leaves alone: how that command is run (a utility process in the app, Node in tests).

import { UpdateRefusal } from './refusal.ts'

export type LedgerCommand = (...parameters: readonly string[]) => Promise<{ readonly code: number; readonly printed: string }>

/** Path of the backup. @throws UpdateRefusal */
export async function backUpLedger(command: LedgerCommand): Promise<string> {
  const { code, printed } = await command('backup')
  const file = /^Made and read again: (.+) \([\d.]+ MB\)\.$/m.exec(printed)?.[1]
  if (code !== 0 || file === undefined) throw new UpdateRefusal(`The ledger could not be backed up, so nothing was changed. ${printed.trim()}`)
  return file
}

/** null when it is back; else the reason it is not. */
export async function putLedgerBack(command: LedgerCommand, backup: string): Promise<string | null> {
  const { code, printed } = await command('restore', backup)
  return code === 0 ? null : printed.trim()
}
