// The application's menu on each system. Promises: no item and no key opens developer tools or reloads. Leaves alone: what Electron makes of roles.

import { beforeEach, describe, expect, test } from 'vitest'
import { setMenu } from '../../../main/os/menu.ts'
import type { ShellAction } from '../../../main/os/tray-menu.ts'
import { resetElectron } from '../../kit/electron/index.ts'
import { Menu, type MenuItem } from '../../kit/electron/menu.ts'

const systems = ['linux', 'darwin', 'win32'] as const
let done: ShellAction[]
beforeEach(() => {
  resetElectron()
  done = []
})
function menuOn(platform: NodeJS.Platform): Menu {
  setMenu(platform, (action) => void done.push(action))
  const menu = Menu.getApplicationMenu()
  if (menu === null) throw new Error('no menu was set')
  return menu
}
const word = ({ type, role, label, accelerator }: MenuItem): string =>
  type === 'separator' ? '—' : `${role ?? label}${accelerator === null ? '' : ` ${accelerator}`}`

describe.each(systems)('on %s', (platform) => {
  test('nothing opens developer tools, reloads, or does nothing', () => {
    const items = menuOn(platform).every()
    const forbidden = ['reload', 'forceReload', 'toggleDevTools', 'viewMenu', 'appMenu', 'fileMenu', 'editMenu', 'windowMenu']
    expect(items.filter(({ role }) => role !== null && forbidden.includes(role))).toEqual([])
    // The keys of Chromium's own tools and of reloading.
    expect(items.filter(({ accelerator }) => /F5|F12|\+R$|\+Shift\+[IJC]$|Alt\+I$/i.test(accelerator ?? ''))).toEqual([])
    for (const item of items.filter(({ role, submenu, type }) => role === null && submenu === null && type !== 'separator')) {
      done = []
      item.choose()
      expect([item.label, done.length]).toEqual([item.label, 1])
    }
  })

  test('fields can be edited by the system’s own commands', () => {
    const roles = menuOn(platform)
      .every()
      .map(({ role }) => role)
    expect(roles).toEqual(expect.arrayContaining(['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll', 'minimize', 'close', 'quit']))
  })

  test('keys are there once', () => {
    const keys = menuOn(platform)
      .every()
      .flatMap(({ accelerator }) => accelerator ?? [])
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('the pages of the panel have their numbers', () => {
    const menu = menuOn(platform)
    menu.find('Requests').choose()
    expect(done).toEqual([{ do: 'open', path: '/ui/requests' }])
    expect(menu.find('Requests').accelerator).toBe('CmdOrCtrl+2')
  })
})

test.each([
  ['darwin', ['Tollgate', '&File', '&Edit', '&View', '&Go', 'window', 'help'], 'quit'],
  ['linux', ['&File', '&Edit', '&View', '&Go', 'window', 'help'], 'quit Ctrl+Q'],
  ['win32', ['&File', '&Edit', '&View', '&Go', 'window', 'help'], 'quit Ctrl+Q'],
] as const)('on %s the menus are %o', (platform, menus, quit) => {
  const menu = menuOn(platform)
  expect(menu.items.map(word)).toEqual(menus)
  expect(menu.every().map(word)).toContain(quit)
})
