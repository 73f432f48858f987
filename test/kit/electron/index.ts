// Stands in for the `electron` module where there is no Electron: vitest gives it to everything below test/main.
// Promises: the events, arguments, defaults and errors of Electron 45 for what Tollgate uses, held against its typings; nothing else is there.
// Leaves alone: what only the real one can show (test/desktop).

import { resetApp } from './app.ts'
import { resetWindows } from './browser-window.ts'
import { resetDialogs } from './dialog.ts'
import { resetIpc } from './ipc-main.ts'
import { resetMenus } from './menu.ts'
import { resetTheme } from './native-theme.ts'
import { resetNotifications } from './notification.ts'
import { resetPower } from './power-monitor.ts'
import { resetProtocol } from './protocol.ts'
import { resetScreen } from './screen.ts'
import { resetSession } from './session.ts'
import { resetShell } from './shell.ts'
import { resetTrays } from './tray.ts'
import { forkUtility } from './utility-process.ts'

export { app } from './app.ts'
export { BrowserWindow } from './browser-window.ts'
export { clipboard } from './clipboard.ts'
export { dialog } from './dialog.ts'
export { ipcMain } from './ipc-main.ts'
export { Menu, MenuItem } from './menu.ts'
export { nativeImage } from './native-image.ts'
export { nativeTheme } from './native-theme.ts'
export { Notification } from './notification.ts'
export { powerMonitor } from './power-monitor.ts'
export { protocol } from './protocol.ts'
export { screen } from './screen.ts'
export { session } from './session.ts'
export { shell } from './shell.ts'
export { Tray } from './tray.ts'
export const utilityProcess = { fork: forkUtility }

/** As a new process finds it: not ready, no windows, no listeners. */
export function resetElectron(): void {
  resetWindows()
  resetApp()
  resetIpc()
  resetProtocol()
  resetSession()
  resetScreen()
  resetShell()
  resetDialogs()
  resetMenus()
  resetTheme()
  resetNotifications()
  resetPower()
  resetTrays()
}
