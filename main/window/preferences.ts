// What the window's page may do, as one frozen constant. Promises: every switch that could open a hole is written down, defaults included,
// so that no later default changes it. Leaves alone: where the page may go (navigation.ts), what it may ask of the machine (permissions.ts).
// Source: https://www.electronjs.org/docs/latest/tutorial/security (Electron 45, as known 2026-11-21).

import type { WebPreferences } from 'electron'

/** `preload`: absolute path of the bundled bridge. `devTools` only when run from source. */
export function panelPreferences(options: { readonly preload: string; readonly devTools: boolean }): Readonly<WebPreferences> {
  return Object.freeze({ ...fixedPreferences, preload: options.preload, devTools: options.devTools })
}

export const fixedPreferences = Object.freeze({
  allowRunningInsecureContent: false,
  contextIsolation: true,
  disableDialogs: true,
  enableWebSQL: false,
  experimentalFeatures: false,
  navigateOnDragDrop: false,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  plugins: false,
  sandbox: true,
  spellcheck: false,
  webSecurity: true,
  webviewTag: false,
} satisfies WebPreferences)
