// Updates as the shell offers them: judge a chosen file, install it, and say at the start how the last one went.
// Promises: the facts come from what was packed (package.json, resources/update-key.pem), never from the file that is judged.
// Leaves alone: dialogs and words (main/os), quitting after an install.

import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Supervisor } from '../gateway/state.ts'
import { isJsonObject, numberOf, textOf } from '../../gateway/contract/json.ts'
import { installUpdate, type Installing } from './install.ts'
import { judgeUpdate, type Installed, type Judgement } from './judge.ts'
import { launch } from './launch.ts'
import type { LedgerCommand } from './ledger-care.ts'
import { readyTimeoutMs } from './limits.ts'
import { findInstallation } from './place.ts'
import { reportStarted, type Outcome } from './started.ts'

export interface DesktopUpdateDeps {
  /** `app.getAppPath()` */
  readonly appPath: string
  /** Where versions leave each other notes: a folder in the data folder. */
  readonly folder: string
  readonly program: string
  /** The AppImage it runs from; null: from none. */
  readonly appImage: string | null
  readonly platform: NodeJS.Platform
  readonly arch: string
  readonly supervisor: Pick<Supervisor, 'start' | 'stop' | 'hold'>
  readonly ledger: LedgerCommand
  /** Of the single instance: the new version needs it while this one still runs. `take` is also called when it was never released. */
  readonly lock: { release(): void; take(): void }
}
export interface DesktopUpdate {
  judge(file: string): Promise<Judgement>
  /** `installed` and `handed-over` ask this version to quit without touching the gateway, which is stopped. */
  install(file: string, drainMs: number): Promise<Installing>
  /** Once the gateway serves, at each start. */
  reportStarted(): Promise<Outcome>
}

export function createDesktopUpdate(deps: DesktopUpdateDeps): DesktopUpdate {
  const { platform, arch, program, appImage, folder, supervisor, ledger, lock } = deps
  const installation = findInstallation({ platform, program, appImage, canWrite })
  const installed: Installed = { ...readFacts(deps.appPath), platform, arch, kind: installation.kind }
  const publicKey = readOrNull(join(deps.appPath, 'resources', 'update-key.pem'))
  return {
    judge: async (file) => await judgeUpdate(file, installed, publicKey),
    async install(file, drainMs) {
      const launchUnlocked: typeof launch = (path) => {
        lock.release()
        // A disk image is no program: the system opens it, and the person drags the app to its place.
        return platform === 'darwin' ? launch('/usr/bin/open', [path]) : launch(path)
      }
      const tools = { installed, installation, publicKey, folder, supervisor, ledger, launch: launchUnlocked, drainMs, readyTimeoutMs }
      const result = await installUpdate(file, tools)
      if (result.kind === 'rolled-back' || result.kind === 'refused') lock.take()
      return result
    },
    reportStarted: async () => await reportStarted(folder, installed.version),
  }
}

function readFacts(appPath: string): { version: string; ledgerSchema: number } {
  const found: unknown = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8'))
  const [version, ledgerSchema] = isJsonObject(found) ? [textOf(found['version']), numberOf(found['ledgerSchema'])] : []
  if (version === undefined || ledgerSchema === undefined) throw new Error('package.json names no version, or no schema of the ledger')
  return { version, ledgerSchema }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not put there before packing: then no update is accepted.
    return null
  }
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    // Not ours to write to, or not there.
    return false
  }
}
