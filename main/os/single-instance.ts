// One Tollgate per person: a second start shows the window of the first and ends.
// Promises: a start at login never brings a window forward; a start that fails says why and ends.
// Leaves alone: the lock of the data folder, which keeps other gateways out (gateway/ledger).

import { app, dialog } from 'electron'
import { backgroundFlag } from './autostart-entry.ts'
import { shellLimits } from './limits.ts'
import { wordError, type PanelWindow } from './ports.ts'
import { hideSecrets } from './redact.ts'

/** Runs `start` when the app is ready and no other instance is there. */
export function runAlone(start: () => Pick<PanelWindow, 'show'>): void {
  if (!app.requestSingleInstanceLock()) return app.exit(0)
  const started = app.whenReady().then(start)
  started.catch((error: unknown) => {
    dialog.showErrorBox('Tollgate cannot start', hideSecrets(wordError(error)).slice(0, shellLimits.reasonLengthMax))
    app.exit(1)
  })
  app.on('second-instance', (_event, argv) => {
    if (bringsForward(argv)) void started.then((window) => window.show()).catch(() => undefined)
  })
}

/** The system's start at login may come late, after the person's own. */
export const bringsForward = (argv: readonly string[]): boolean => !argv.includes(backgroundFlag)
