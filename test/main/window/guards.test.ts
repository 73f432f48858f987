// Where a page of the app may go, what it may open, and what it may ask of the machine: nowhere else, nothing, nothing.

import { beforeEach, describe, expect, it } from 'vitest'
import { guardNavigation } from '../../../main/window/navigation.ts'
import { denyPermissions } from '../../../main/window/permissions.ts'
import { app, resetElectron, session } from '../../kit/electron/index.ts'
import { StandInContents } from '../../kit/electron/web-contents.ts'
import type { Session } from 'electron'

let page: StandInContents
beforeEach(async () => {
  resetElectron()
  guardNavigation()
  app.becomeReady()
  denyPermissions(session.defaultSession as unknown as Session)
  page = new StandInContents({})
  await page.loadURL('app://panel/ui/')
})

describe('navigation', () => {
  it.each<[string, () => boolean]>([
    ['location = another site', () => page.navigateFromPage('https://evil.example/')],
    ['a link to plain HTTP', () => page.navigateFromPage('http://127.0.0.1:4000/ui/')],
    ['a form sent elsewhere', () => page.navigateFromPage('https://evil.example/form?key=x')],
    ['a meta refresh to a file', () => page.navigateFromPage('file:///etc/passwd')],
    ['a dropped file', () => page.navigateFromPage('file:///tmp/dropped.html')],
    ['a script address', () => page.navigateFromPage('javascript:alert(1)')],
    ['a data address', () => page.navigateFromPage('data:text/html,<script>alert(1)</script>')],
    ['a blob of the panel', () => page.navigateFromPage('blob:app://panel/0f')],
    ['another host of the scheme', () => page.navigateFromPage('app://other/ui/')],
    ['a path that is no page', () => page.navigateFromPage('app://panel/spend/export.csv')],
    ['a frame within the page', () => page.navigateFromPage('app://panel/ui/', { subframe: true })],
    ['a redirect away', () => page.navigateFromPage('app://panel/ui/keys', { redirectTo: 'https://evil.example/' })],
    ['somebody in the address', () => page.navigateFromPage('app://panel@evil.example/ui/')],
  ])('%s does not succeed', (_name, attempt) => {
    expect(attempt()).toBe(false)
    expect(page.getURL()).toBe('app://panel/ui/')
  })

  it('to a page of the panel succeeds', () => {
    expect(page.navigateFromPage('app://panel/ui/keys?sort=name')).toBe(true)
    expect(page.getURL()).toBe('app://panel/ui/keys?sort=name')
  })

  it('opens no window, whatever it is called and wherever it goes', () => {
    for (const url of ['https://example.org/', 'about:blank', 'app://panel/ui/', 'javascript:1', ''])
      for (const disposition of ['default', 'foreground-tab', 'background-tab', 'new-window', 'other'] as const)
        expect(page.openFromPage(url, 'named', disposition), `${url} ${disposition}`).toBe(false)
  })

  it('takes no guests, and holds for every contents there will ever be', () => {
    expect(page.attachWebview({ nodeIntegration: true })).toBe(false)
    const later = new StandInContents({})
    expect([later.navigateFromPage('https://evil.example/'), later.openFromPage('https://evil.example/'), later.attachWebview()]).toEqual([false, false, false])
  })

  it('is free without the guard, so that these tests can fail', () => {
    app.removeAllListeners('web-contents-created')
    const unguarded = new StandInContents({})
    expect([unguarded.navigateFromPage('https://evil.example/'), unguarded.openFromPage('https://evil.example/'), unguarded.attachWebview()]).toEqual([
      true,
      true,
      true,
    ])
  })
})

/** As Electron 45 names them, and one that is still to come. */
const permissions = [
  'background-sync',
  'clipboard-read',
  'clipboard-sanitized-write',
  'display-capture',
  'fileSystem',
  'fullscreen',
  'geolocation',
  'hid',
  'idle-detection',
  'keyboardLock',
  'local-fonts',
  'local-network-access',
  'media',
  'midiSysex',
  'notifications',
  'openExternal',
  'persistent-storage',
  'pointerLock',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'a-permission-of-next-year',
]

describe('permissions', () => {
  it.each(permissions)('%s is denied, asked for or checked', async (permission) => {
    expect(session.defaultSession.checkPermission(page, permission)).toBe(false)
    expect(session.defaultSession.checkPermission(null, permission)).toBe(false)
    expect(await session.defaultSession.requestPermission(page, permission)).toBe(false)
  })

  it('extend to devices, the screen, pairing and downloads', async () => {
    const { defaultSession } = session
    expect((['hid', 'serial', 'usb'] as const).map((kind) => defaultSession.allowsDevice(kind))).toEqual([false, false, false])
    expect(await defaultSession.shareScreen()).toBeNull()
    expect(await defaultSession.pairBluetooth()).toBe(false)
    expect(defaultSession.protectedUsbClasses()).toHaveLength(7)
    for (const url of ['app://panel/spend/export.csv', 'https://example.org/a.exe', 'blob:app://panel/1', 'data:,x'])
      expect(defaultSession.download(page, url)).toBe(false)
  })

  it('are granted by a session nobody has closed, so that these tests can fail', async () => {
    const open = session.fromPartition()
    expect([open.checkPermission(page, 'media'), await open.requestPermission(page, 'media'), open.download(page, 'data:,x')]).toEqual([true, true, true])
  })
})
