// Start at login: off until somebody switches it on, by each system's own means.
// Promises: what is answered is what the system says afterwards; the window stays hidden exactly when the system started the app at login.
// Leaves alone: server installations (systemd). Source: https://www.electronjs.org/docs/latest/api/app#appsetloginitemsettingssettings-macos-windows, as known 2026-11-21.

import { app } from 'electron'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { replaceFileSync } from '../../gateway/kit/replace-file.ts'
import type { Autostart as AutostartState } from '../ipc/contract.ts'
import { findAppImage } from './app-image.ts'
import { autostartFile, backgroundFlag, isEntryOn, toDesktopEntry, type LoginPlace } from './autostart-entry.ts'
import { wordError } from './ports.ts'

export interface Autostart {
  read(): AutostartState
  /** @returns what the system says afterwards */
  write(enabled: boolean): AutostartState
  /** By the system, not by a person. */
  readonly launchedAtLogin: boolean
}
export interface AutostartPlace extends LoginPlace {
  readonly platform: NodeJS.Platform
  readonly argv: readonly string[]
  readonly executable: string
  /** From source, the executable is Electron itself, which would start without the app. */
  readonly packaged: boolean
}

const fromSource: AutostartState = { enabled: false, note: 'Only the installed app can start at login.' }

export function createAutostart(place: AutostartPlace): Autostart {
  const { read, write } = place.platform === 'linux' ? ofDesktopEntry(place) : ofLoginItem(place)
  const launchedAtLogin = place.argv.includes(backgroundFlag) || (place.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
  return {
    launchedAtLogin,
    read: () => (place.packaged ? read() : fromSource),
    write(enabled) {
      if (!place.packaged) return fromSource
      write(enabled)
      return read()
    },
  }
}

interface Means {
  read(): AutostartState
  write(enabled: boolean): void
}

function ofLoginItem({ platform }: AutostartPlace): Means {
  // Windows compares path and arguments; macOS takes neither.
  const item = platform === 'win32' ? { args: [backgroundFlag] } : {}
  return {
    read() {
      const { openAtLogin, executableWillLaunchAtLogin, status } = app.getLoginItemSettings(item)
      if (platform === 'win32')
        return openAtLogin && !executableWillLaunchAtLogin ? off('Windows has switched it off: Task Manager, Startup apps.') : plain(openAtLogin)
      return status === 'requires-approval' ? off('macOS asks for your approval: System Settings, General, Login Items.') : plain(openAtLogin)
    },
    write: (enabled) => app.setLoginItemSettings({ ...item, openAtLogin: enabled }),
  }
}

function ofDesktopEntry(place: AutostartPlace): Means {
  const file = autostartFile(place)
  // An AppImage runs from a mount that is gone at the next login.
  const executable = findAppImage(place.readVariable, place.executable) ?? place.executable
  let problem: string | null = null
  return {
    read: () => ({ enabled: isOn(file), note: problem }),
    write(enabled) {
      try {
        if (enabled) {
          mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
          replaceFileSync(file, toDesktopEntry(executable), 0o644)
        } else rmSync(file, { force: true })
        problem = null
      } catch (error) {
        problem = `The autostart folder cannot be written: ${wordError(error)}`
      }
    },
  }
}

function isOn(file: string): boolean {
  try {
    return isEntryOn(readFileSync(file, 'utf8'))
  } catch {
    // Not there is off.
    return false
  }
}

const plain = (enabled: boolean): AutostartState => ({ enabled, note: null })
const off = (note: string): AutostartState => ({ enabled: false, note })
