// All duties joined, on each system, against a real gateway's answers: from state and facts to tray, notice, menu and panel.
// Promises: every part hears what it must. Leaves alone: each duty's own cases.

import { createServer, type Server } from 'node:http'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startDuties, type Duties, type DutyPlace } from '../../../main/os/start-duties.ts'
import { openSettings } from '../../../main/os/settings.ts'
import { app, clipboard, Menu, nativeTheme, powerMonitor, resetElectron } from '../../kit/electron/index.ts'
import { dialogs } from '../../kit/electron/dialog.ts'
import { notifications } from '../../kit/electron/notification.ts'
import { opened } from '../../kit/electron/shell.ts'
import { trays } from '../../kit/electron/tray.ts'
import { createNotedUpdate, createNotedWindow, createToldGateway, createTurnedTimer, noAlerts, providerAlert, serving } from '../../kit/shell-parts.ts'

let folder: string
let server: Server
let baseUrl: string
let alerts = noAlerts
const policies: string[] = []
beforeEach(async () => {
  resetElectron()
  policies.length = 0
  Object.assign(app, { setActivationPolicy: (policy: string) => void policies.push(policy), isPackaged: true })
  app.becomeReady()
  alerts = noAlerts
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-duties-'))
  server = createServer((request, response) => response.end(JSON.stringify(request.url === '/panel/attention' ? alerts : { balanced: true })))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']) process.removeAllListeners(signal)
})

interface Scene extends Duties {
  readonly gateway: ReturnType<typeof createToldGateway>
  readonly noted: ReturnType<typeof createNotedWindow>
  readonly timer: ReturnType<typeof createTurnedTimer>
  readonly place: DutyPlace
}
function begin(platform: DutyPlace['platform'], argv: readonly string[] = []): Scene {
  const [gateway, window, timer] = [createToldGateway({ kind: 'starting' }), createNotedWindow(), createTurnedTimer()]
  const place: DutyPlace = {
    supervisor: gateway,
    openWindow: () => window,
    settings: openSettings(path.join(folder, 'desktop.json')),
    update: createNotedUpdate(),
    logFolder: path.join(folder, 'logs'),
    trayIcons: '/icons',
    platform,
    argv,
    environment: { XDG_CURRENT_DESKTOP: 'KDE', XDG_CONFIG_HOME: folder },
    timer,
  }
  return { ...startDuties(place), gateway, noted: window, timer, place }
}
const menuWords = (): readonly string[] => trays[0]?.menus.at(-1)?.items.map(({ label }) => label) ?? []
/** Until the answer over the wire has arrived. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe.each(['linux', 'win32', 'darwin'] as const)('on %s', (platform) => {
  test('tray, notices and menu follow the gateway and its facts', async () => {
    const { gateway, noted } = begin(platform)
    expect([menuWords()[0], Menu.getApplicationMenu() === null]).toEqual(['○ Starting', false])
    alerts = { ...noAlerts, today: { requests: 3, errors: 1, costUsd: '0.420000000' }, providers: [providerAlert()] }
    gateway.enter(serving(baseUrl))
    await until(() => menuWords().includes('Today: 3 requests · $0.42 · 1 error'))
    expect(trays[0]?.images.at(-1)?.path).toMatch(/attention/)
    expect(notifications.shown.map(({ options }) => options.title)).toEqual(['OpenAI is failing'])
    trays[0]?.menus.at(-1)?.find('Live requests').choose()
    trays[0]?.menus.at(-1)?.find('Copy base URL').choose()
    expect([noted.seen, await clipboard.readText()]).toEqual([['show /ui/requests'], `${baseUrl}/v1`])
  })

  test('start at login is switched in the tray, and in the panel', async () => {
    const { desktop } = begin(platform)
    trays[0]?.menus.at(-1)?.find('Start at login').choose()
    expect(trays[0]?.menus.at(-1)?.find('Start at login').checked).toBe(true)
    expect(await desktop.readAutostart()).toEqual({ enabled: true, note: null })
    await desktop.writeAutostart(false)
    expect(trays[0]?.menus.at(-1)?.find('Start at login').checked).toBe(false)
  })

  test('start at login that stays off is not ticked', async () => {
    Object.assign(app, { isPackaged: false })
    begin(platform)
    trays[0]?.menus.at(-1)?.find('Start at login').choose()
    await until(() => dialogs.boxes.length === 1)
    expect([trays[0]?.menus.at(-1)?.find('Start at login').checked, dialogs.boxes[0]?.detail]).toEqual([false, 'Only the installed app can start at login.'])
  })

  test('the icon in the Dock brings the window up', () => {
    const { noted } = begin(platform)
    app.emit('activate')
    expect(noted.seen).toEqual(['show '])
  })

  test.each([
    [[], ['show ']],
    [['tollgate', '--background'], []],
  ])('started with %o the gateway starts, and the window comes up unless it was the system', (argv, seen) => {
    const { begin: go, gateway, noted } = begin(platform, argv)
    go()
    expect([gateway.asked, noted.seen]).toEqual([['start'], seen])
    expect(policies).toEqual(platform === 'darwin' && seen.length === 0 ? ['accessory'] : [])
  })

  test('shutdown stops the gateway at once and ends the app', async () => {
    const { gateway, timer } = begin(platform)
    gateway.running = 5
    expect(powerMonitor.shutDown().defaultPrevented).toBe(true)
    await timer.pass(0)
    expect([gateway.asked, app.exitCode, dialogs.boxes]).toEqual([['stop 3000'], 0, []])
  })
})

test('sleep and waking reach the supervisor, and what is known is asked anew', async () => {
  const { gateway } = begin('linux')
  gateway.enter(serving(baseUrl))
  await until(() => menuWords().some((word) => word.startsWith('Today')))
  powerMonitor.emit('suspend')
  expect(menuWords().some((word) => word.startsWith('Today'))).toBe(false)
  powerMonitor.emit('resume')
  await until(() => menuWords().some((word) => word.startsWith('Today')))
  expect(gateway.asked).toEqual(['suspended', 'resumed'])
})

test('pausing shows in the tray and resuming starts the gateway', async () => {
  const { gateway, timer } = begin('linux')
  gateway.enter(serving(baseUrl))
  trays[0]?.menus.at(-1)?.find('Until resumed').choose()
  await timer.pass(0)
  expect([menuWords()[0], trays[0]?.images.at(-1)?.path]).toEqual(['○ Paused', '/icons/paused-light.png'])
  trays[0]?.menus.at(-1)?.find('Resume serving').choose()
  expect(gateway.asked).toEqual(['stop 60000', 'start'])
})

test('while an update is tried a pause is over and nobody can quit, but the system’s end is obeyed', async () => {
  const { gateway, place, timer } = begin('linux')
  gateway.enter(serving(baseUrl))
  trays[0]?.menus.at(-1)?.find('15 minutes').choose()
  await timer.pass(0)
  place.update.install = () => new Promise(() => undefined)
  dialogs.answers.open = () => '/new.update'
  dialogs.answers.box = (box) => (box.message.startsWith('Install') ? 0 : undefined)
  Menu.getApplicationMenu()?.find('Install update from file…').choose()
  await until(() => menuWords()[0] === '○ Stopped')
  await timer.pass(15 * 60_000)
  app.quit()
  trays[0]?.menus.at(-1)?.find('Quit (stops the gateway)').choose()
  await timer.pass(60_000)
  const told = dialogs.boxes.filter(({ message }) => message === 'An update is being installed')
  expect([gateway.asked, app.exitCode, told.length]).toEqual([['stop 60000'], null, 2])
  powerMonitor.shutDown()
  await timer.pass(0)
  expect(app.exitCode).toBe(0)
})

test('the support bundle: shown, saved as shown, from the menu and from the panel', async () => {
  const { desktop, gateway } = begin('linux')
  gateway.enter(serving(baseUrl))
  const files = await desktop.previewSupportBundle()
  expect(files.map(({ name }) => name)).toEqual(['about.json', 'settings.json', 'gateway.json', 'ledger.json'])
  const file = path.join(folder, 'bundle.txt')
  dialogs.answers.save = () => file
  expect(await desktop.saveSupportBundle()).toBe(file)
  for (const { excerpt, bytes } of files) {
    expect(readFileSync(file, 'utf8')).toContain(excerpt)
    expect(Buffer.byteLength(excerpt)).toBe(bytes)
  }
  dialogs.answers.box = () => 0
  const second = path.join(folder, 'second.txt')
  dialogs.answers.save = () => second
  Menu.getApplicationMenu()?.find('Save support bundle…').choose()
  await until(() => dialogs.saves.length === 2)
  expect(dialogs.boxes[0]?.message).toBe('This is what the file will hold')
  await until(() => existsSync(second))
  expect(readFileSync(second, 'utf8')).toContain('=== ledger.json')
})

test('the panel’s other wishes', async () => {
  const { desktop, place, noted } = begin('win32')
  await desktop.applyTheme('dark')
  expect([nativeTheme.themeSource, place.settings.read('theme'), noted.seen]).toEqual(['dark', 'dark', ['recolour']])
  await desktop.openLogFolder()
  expect(opened.paths).toEqual([place.logFolder])
  expect(await desktop.showTestNotification()).toBe(true)
  expect(await desktop.confirmExternal('example.org')).toBe(false)
  expect(await desktop.chooseSaveFile('x.csv')).toBeNull()
  expect(await desktop.chooseUpdate()).toEqual({ kind: 'none' })
  expect(desktop.facts).toMatchObject({ version: '0.1.0', platform: 'win32' })
})

test('a chosen theme counts from the next start on; one that is none is the system’s', () => {
  openSettings(path.join(folder, 'desktop.json')).write('theme', 'light')
  begin('linux')
  expect(nativeTheme.themeSource).toBe('light')
  openSettings(path.join(folder, 'desktop.json')).write('theme', 'purple')
  begin('linux')
  expect(nativeTheme.themeSource).toBe('system')
})

test('an action that fails says so', async () => {
  begin('linux')
  writeFileSync(path.join(folder, 'logs'), 'a file where the folder should be')
  Menu.getApplicationMenu()?.find('Open log folder').choose()
  await until(() => dialogs.boxes.length === 1)
  expect(dialogs.boxes[0]).toMatchObject({ message: 'That did not work', detail: expect.stringContaining('EEXIST') as string })
  expect(opened.paths).toEqual([])
})
