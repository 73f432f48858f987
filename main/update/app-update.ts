// Updates of the app that runs: its folders, its single instance, its utility process. Promises: every fact comes from Electron or from this process.
// Leaves alone: what is done with them (desktop-update.ts).

import { app, utilityProcess } from 'electron'
import { join } from 'node:path'
import { pickEnvironment } from '../gateway/environment.ts'
import { findAppImage } from '../os/app-image.ts'
import { createDesktopUpdate, type DesktopUpdate, type DesktopUpdateDeps } from './desktop-update.ts'
import { createLedgerCommand } from './ledger-process.ts'
import { ledgerCommandMs } from './limits.ts'

export interface AppUpdateOptions extends Pick<DesktopUpdateDeps, 'supervisor' | 'platform'> {
  readonly dataDir: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function createAppUpdate({ supervisor, platform, dataDir, environment }: AppUpdateOptions): DesktopUpdate {
  const appPath = app.getAppPath()
  const fork = utilityProcess.fork.bind(utilityProcess)
  return createDesktopUpdate({
    appPath,
    folder: join(dataDir, 'updates'),
    program: process.execPath,
    appImage: findAppImage((name) => environment[name], process.execPath),
    platform,
    arch: process.arch,
    supervisor,
    ledger: createLedgerCommand({
      fork,
      entry: join(appPath, 'dist', 'gateway', 'ledger-command.mjs'),
      dataDir,
      environment: pickEnvironment(environment),
      timeoutMs: ledgerCommandMs,
    }),
    lock: { release: () => app.releaseSingleInstanceLock(), take: () => void app.requestSingleInstanceLock() },
  })
}
