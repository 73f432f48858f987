// The application's menu: the system's own items by their roles, the panel's pages, help.
// Promises: copy and paste work in fields; no item and no key opens developer tools or reloads. The same items on every system, where its customs put them.
// Leaves alone: the tray's menu. Source: https://www.electronjs.org/docs/latest/api/menu-item#roles, as known 2026-11-21.

import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { ShellAction } from './tray-menu.ts'

type Act = (action: ShellAction) => void

export function setMenu(platform: NodeJS.Platform, act: Act): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(toMenu(platform, act)))
}

export function toMenu(platform: NodeJS.Platform, act: Act): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  return [...(mac ? [ofApp()] : []), ofFile(mac), ofEdit(mac), ofView(), ofGo(act), ofWindow(mac), ofHelp(mac, act)]
}

const separator: MenuItemConstructorOptions = { type: 'separator' }
const role = (name: NonNullable<MenuItemConstructorOptions['role']>): MenuItemConstructorOptions => ({ role: name })

/** Quit by its role: Cmd+Q arrives as `before-quit`, like every other wish to quit. */
function ofApp(): MenuItemConstructorOptions {
  const items = [role('about'), separator, role('services'), separator, role('hide'), role('hideOthers'), role('unhide'), separator, role('quit')]
  return { label: 'Tollgate', submenu: items }
}

function ofFile(mac: boolean): MenuItemConstructorOptions {
  const close: MenuItemConstructorOptions = { role: 'close', accelerator: 'CmdOrCtrl+W' }
  // Windows' own key for this is Alt+F4, which closes the window.
  const quit: MenuItemConstructorOptions = { role: 'quit', label: 'Quit (stops the gateway)', accelerator: 'Ctrl+Q' }
  return { label: '&File', submenu: mac ? [close] : [close, separator, quit] }
}

function ofEdit(mac: boolean): MenuItemConstructorOptions {
  const clipboard = [role('cut'), role('copy'), role('paste'), ...(mac ? [role('pasteAndMatchStyle')] : []), role('delete'), role('selectAll')]
  return { label: '&Edit', submenu: [role('undo'), role('redo'), separator, ...clipboard] }
}

const ofView = (): MenuItemConstructorOptions => ({
  label: '&View',
  submenu: [role('resetZoom'), role('zoomIn'), role('zoomOut'), separator, role('togglefullscreen')],
})

const pages = [
  ['Home', '/ui/'],
  ['Requests', '/ui/requests'],
  ['Spend', '/ui/spend'],
  ['Keys', '/ui/keys'],
  ['Providers', '/ui/providers'],
] as const

const ofGo = (act: Act): MenuItemConstructorOptions => ({
  label: '&Go',
  submenu: pages.map(([label, path], index) => ({ label, accelerator: `CmdOrCtrl+${String(index + 1)}`, click: () => act({ do: 'open', path }) })),
})

const ofWindow = (mac: boolean): MenuItemConstructorOptions => ({
  label: '&Window',
  role: 'window',
  submenu: mac ? [role('minimize'), role('zoom'), separator, role('front')] : [role('minimize')],
})

function ofHelp(mac: boolean, act: Act): MenuItemConstructorOptions {
  const items: MenuItemConstructorOptions[] = [
    { label: 'Open log folder', click: () => act({ do: 'open-log-folder' }) },
    { label: 'Save support bundle…', click: () => act({ do: 'save-support-bundle' }) },
    { label: 'Install update from file…', click: () => act({ do: 'install-update' }) },
  ]
  return { label: '&Help', role: 'help', submenu: mac ? items : [...items, separator, role('about')] }
}
