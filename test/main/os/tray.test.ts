// The tray's icon on each system. Promises: an unchanged state leaves an open menu alone; every item does what it says. Leaves alone: what is in the menu.

import { beforeEach, describe, expect, test } from 'vitest'
import { createTray, type TrayMark } from '../../../main/os/tray.ts'
import type { ShellAction, TrayView } from '../../../main/os/tray-menu.ts'
import { app, resetElectron } from '../../kit/electron/index.ts'
import { trays, type Tray } from '../../kit/electron/tray.ts'
import { noAlerts, providerAlert, serving } from '../../kit/shell-parts.ts'

let done: ShellAction[]
let dark: boolean
beforeEach(() => {
  resetElectron()
  app.becomeReady()
  done = []
  dark = false
})
const view = (facts: Partial<TrayView> = {}): TrayView => ({ platform: 'linux', state: serving(), pause: null, alerts: noAlerts, autostart: true, ...facts })
const make = (platform: NodeJS.Platform): TrayMark =>
  createTray({ iconFolder: '/icons', platform, act: (action) => void done.push(action), darkBar: () => dark })
function shown(): Tray {
  const [tray] = trays
  if (tray === undefined || trays.length > 1) throw new Error(`${String(trays.length)} trays`)
  return tray
}

describe.each([
  ['linux', '/icons/serving-light.png', true],
  ['win32', '/icons/serving-light.png', true],
  ['darwin', '/icons/servingTemplate.png', false],
] as const)('on %s', (platform, icon, clickOpens) => {
  test('there is one, with icon, words and menu', () => {
    make(platform).show(view())
    const { images, tips, menus } = shown()
    expect([images.map(({ path }) => path.replaceAll('\\', '/')), tips]).toEqual([[icon], ['Tollgate: Serving · 127.0.0.1:4000']])
    expect(menus).toHaveLength(1)
    expect(menus[0]?.find('Start at login')).toMatchObject({ type: 'checkbox', checked: true })
  })

  test('a click brings the window up, with the page it has, where the system has no custom of its own', () => {
    make(platform).show(view())
    shown().emit('click')
    expect(done).toEqual(clickOpens ? [{ do: 'open' }] : [])
  })
})

test('what did not change is not drawn again', () => {
  const mark = make('linux')
  mark.show(view())
  mark.show(view())
  mark.show(view({ alerts: { ...noAlerts, running: 7 } }))
  expect([shown().images.length, shown().menus.length, shown().tips.length]).toEqual([1, 1, 1])
  mark.show(view({ alerts: { ...noAlerts, providers: [providerAlert()] } }))
  dark = true
  mark.show(view({ alerts: { ...noAlerts, providers: [providerAlert()] } }))
  expect(shown().images.map(({ path }) => path.replaceAll('\\', '/'))).toEqual([
    '/icons/serving-light.png',
    '/icons/attention-light.png',
    '/icons/attention-dark.png',
  ])
  expect(shown().menus.length).toBe(2)
})

test.each([true, false])('a switch that stays %s although it was clicked shows so', (autostart) => {
  const mark = make('linux')
  mark.show(view({ autostart }))
  const tick = (): unknown => shown().menus.at(-1)?.find('Start at login').checked
  shown().menus.at(-1)?.find('Start at login').choose()
  expect(tick()).toBe(!autostart)
  mark.show(view({ autostart }))
  expect(tick()).toBe(autostart)
  mark.show(view({ autostart }))
  expect(shown().menus).toHaveLength(2)
})

test('each item does what it says', () => {
  make('linux').show(view())
  const [menu] = shown().menus
  for (const label of ['Open panel', 'Copy base URL', '15 minutes', 'Start at login', 'Open log folder', 'Quit (stops the gateway)']) menu?.find(label).choose()
  expect(done).toEqual([
    { do: 'open' },
    { do: 'copy', text: 'http://127.0.0.1:4000/v1' },
    { do: 'pause', minutes: 15 },
    { do: 'autostart', on: false },
    { do: 'open-log-folder' },
    { do: 'quit' },
  ])
})
