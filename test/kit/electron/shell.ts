// `shell`: what the system opens for the app. Promises: keeps what it was asked for, and opens nothing.
// Leaves alone: the trash, shortcuts. Source: https://www.electronjs.org/docs/latest/api/shell (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'

export const opened = { external: [] as string[], paths: [] as string[], shown: [] as string[] }
export const shell = {
  async openExternal(url: string) {
    opened.external.push(url)
  },
  /** Resolves with what went wrong, empty when nothing did. */
  async openPath(path: string) {
    opened.paths.push(path)
    return ''
  },
  showItemInFolder(path: string) {
    opened.shown.push(path)
  },
} satisfies Pick<Electron.Shell, 'openExternal' | 'openPath' | 'showItemInFolder'>
export function resetShell(): void {
  opened.external = []
  opened.paths = []
  opened.shown = []
}
