// Where the app's own files are, and on what it runs: read once at the start.
// Promises: the same folders from source and packed, because both keep the tree below one root. Leaves alone: the data folder (main/gateway).

import { app } from 'electron'
import path from 'node:path'
import type { AppFacts } from '../ipc/contract.ts'

export interface Places {
  readonly preload: string
  /** What the gateway's process runs. */
  readonly gatewayEntry: string
  readonly panelFolder: string
  readonly trayIcons: string
  readonly settingsFile: string
  readonly windowFile: string
  readonly platform: AppFacts['platform']
  /** The system places windows. */
  readonly wayland: boolean
  readonly fromSource: boolean
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Electron sets it apart from the data folder on Linux and Windows; on macOS both are one. */
const settingsName = 'desktop.json'

export function readPlaces({ platform, argv, env }: Pick<NodeJS.Process, 'platform' | 'argv' | 'env'>): Places {
  const root = app.getAppPath()
  const own = app.getPath('userData')
  return {
    preload: path.join(root, 'dist', 'main', 'preload.cjs'),
    gatewayEntry: path.join(root, 'dist', 'gateway', 'child.mjs'),
    panelFolder: path.join(root, 'dist', 'panel'),
    trayIcons: path.join(root, 'resources', 'icons', 'tray'),
    settingsFile: path.join(own, settingsName),
    windowFile: path.join(own, 'window.json'),
    // Electron runs on these three alone.
    platform: platform === 'darwin' || platform === 'win32' ? platform : 'linux',
    wayland: platform === 'linux' && env['XDG_SESSION_TYPE'] === 'wayland',
    fromSource: !app.isPackaged,
    argv,
    environment: env,
  }
}
