// One Tollgate per person: a second start shows the window of the first and ends.
// Promises: a start at login never brings a window forward. Leaves alone: the lock of the data folder, which keeps other gateways out (gateway/ledger).

import { app } from 'electron'
import { backgroundFlag } from './autostart-entry.ts'

/** false: another instance has it, and has been told; this one should end. */
export function claimSingleInstance(onSecondStart: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', (_event, argv) => {
    if (bringsForward(argv)) onSecondStart()
  })
  return true
}

/** The system's start at login may come late, after the person's own. */
export const bringsForward = (argv: readonly string[]): boolean => !argv.includes(backgroundFlag)
