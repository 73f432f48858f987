// The whole main process as it starts, under the stand-in for Electron: what is set before the app is ready, what is there afterwards, and its end.
// Promises: the list in main.ts is complete and in an order Electron takes. Leaves alone: each part's own cases; the gateway (there is none to start here).

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { panelScheme } from '../../main/window/address.ts'
import { app, BrowserWindow, Menu, nativeTheme, resetElectron } from '../kit/electron/index.ts'
import { dialogs } from '../kit/electron/dialog.ts'
import { askScheme, privilegedSchemes } from '../kit/electron/protocol.ts'
import { trays } from '../kit/electron/tray.ts'
import { settle } from '../kit/shell-parts.ts'

let folder: string
beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-main-'))
  mkdirSync(path.join(folder, 'dist', 'panel'), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version: '0.1.0', ledgerSchema: 1 }))
  writeFileSync(path.join(folder, 'dist', 'panel', 'index.html'), '<!doctype html><title>Tollgate</title>')
  app.setPath('userData', path.join(folder, 'own'))
  Object.assign(app, { getAppPath: () => folder, setActivationPolicy: () => undefined })
  vi.stubEnv('TOLLGATE_DATA_DIR', path.join(folder, 'data'))
  vi.stubEnv('XDG_CURRENT_DESKTOP', 'KDE')
})
afterEach(async () => {
  app.quit()
  await vi.waitFor(() => expect(app.exitCode).not.toBeNull(), { timeout: 15_000 })
  vi.unstubAllEnvs()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']) process.removeAllListeners(signal)
  rmSync(folder, { recursive: true, force: true })
})
let starts = 0
/** As a new process would: the query makes it another module, so that its lines run again. */
const main = fileURLToPath(new URL('../../main/main.ts', import.meta.url))
const load = async (): Promise<void> => void (await import(/* @vite-ignore */ `${main}?start=${String((starts += 1))}`))
const firstWindow = (): BrowserWindow => {
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) throw new Error('no window')
  return window
}

test('before the app is ready the sandbox is on and nothing is drawn', async () => {
  await load()
  await settle()
  expect([app.sandboxEnabled, app.userModelId, app.hasSingleInstanceLock()]).toEqual([true, 'app.tollgate.desktop', true])
  expect([BrowserWindow.getAllWindows(), trays]).toEqual([[], []])
  // Electron takes these before the app is ready or never.
  expect(privilegedSchemes().map(({ scheme, privileges }) => [scheme, privileges?.standard, privileges?.secure])).toEqual([[panelScheme, true, true]])
  app.becomeReady()
  await settle()
})

test('once it is ready there are window, tray, menu and the private scheme, and the gateway is started', async () => {
  await load()
  app.becomeReady()
  await settle()
  const window = firstWindow()
  expect([window.isVisible(), window.webContents.getLastWebPreferences()]).toMatchObject([true, { sandbox: true, devTools: true }])
  expect([trays.length, Menu.getApplicationMenu() === null]).toEqual([1, false])
  const page = await askScheme(`${panelScheme}://panel/ui/`)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Tollgate')])
  // There is no gateway below this folder: the supervisor says so, and tray and panel know.
  await vi.waitFor(() => expect(trays[0]?.tips.at(-1)).toMatch(/Stopped unexpectedly/), { timeout: 15_000 })
  const refused = await askScheme(`${panelScheme}://panel/panel/home`)
  expect(refused.status).toBe(503)
  expect(readFileSync(path.join(folder, 'data', 'logs', 'gateway.log'), 'utf8')).toContain('gateway-ended')
})

test('the window’s close button hides it, the first time with a word', async () => {
  await load()
  app.becomeReady()
  await settle()
  const window = firstWindow()
  window.close()
  await settle()
  expect([window.isVisible(), window.isDestroyed(), dialogs.boxes.map(({ message }) => message)]).toEqual([false, false, ['Tollgate keeps serving']])
  app.emit('second-instance', {}, ['tollgate'], '/')
  await settle()
  expect(window.isVisible()).toBe(true)
})

test('a click on the tray brings the window up and loads nothing', async () => {
  await load()
  app.becomeReady()
  await settle()
  const window = firstWindow()
  window.close()
  const before = [...window.webContents.loaded]
  trays[0]?.menus.at(-1)?.find('Open panel').choose()
  if (process.platform !== 'darwin') trays[0]?.emit('click')
  expect([window.isVisible(), window.webContents.loaded]).toEqual([true, before])
})

test('light and dark reach the window', async () => {
  await load()
  app.becomeReady()
  await settle()
  const before = firstWindow().getBackgroundColor()
  nativeTheme.themeSource = nativeTheme.shouldUseDarkColors ? 'light' : 'dark'
  expect(firstWindow().getBackgroundColor()).not.toBe(before)
})
