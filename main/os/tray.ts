// The icon in the system's tray or menu bar: state by shape, figures in the menu, the state in words as its tooltip.
// Promises: drawn anew only when something visible changed or a switch was clicked, so that an open menu stays; the menu is set again after each
// change, as Linux needs it. Leaves alone: what is in the menu (tray-menu.ts).
// Source: https://www.electronjs.org/docs/latest/api/tray, as known 2026-11-21.

import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron'
import path from 'node:path'
import { trayIconFile, trayIconFor } from './tray-icon.ts'
import { bringUp, toTrayMenu, toTrayTip, type ShellAction, type TrayItem, type TrayView } from './tray-menu.ts'

export interface TrayParts {
  /** `resources/icons/tray` of the app. */
  readonly iconFolder: string
  readonly platform: NodeJS.Platform
  readonly act: (action: ShellAction) => void
  readonly darkBar: () => boolean
}
export interface TrayMark {
  show(view: TrayView): void
}

export function createTray({ iconFolder, platform, act, darkBar }: TrayParts): TrayMark {
  let tray: Tray | null = null
  let drawn = { icon: '', words: '' }
  const choose = ({ action, checked }: ChosenItem): void => {
    // Electron flips a switch by itself when it is clicked, whatever comes of it (lib/browser/api/menu-item.ts).
    if (checked !== undefined) drawn = { ...drawn, words: '' }
    act(action)
  }
  return {
    show(view) {
      const items = toTrayMenu(view)
      const tip = toTrayTip(view)
      const icon = path.join(iconFolder, trayIconFile(trayIconFor(view.state, view.pause !== null, view.alerts), { platform, dark: darkBar() }))
      const words = JSON.stringify([items, tip])
      if (tray === null) tray = makeTray(icon, platform, act)
      else if (icon !== drawn.icon) tray.setImage(toImage(icon))
      if (words !== drawn.words) {
        tray.setToolTip(tip)
        tray.setContextMenu(Menu.buildFromTemplate(items.map((item) => toElectron(item, choose))))
      }
      drawn = { icon, words }
    },
  }
}

function makeTray(icon: string, platform: NodeJS.Platform, act: (action: ShellAction) => void): Tray {
  const tray = new Tray(toImage(icon))
  // A click opens the menu on macOS, by the system's custom; elsewhere it opens the window.
  if (platform !== 'darwin') tray.on('click', () => act(bringUp))
  return tray
}

/** The @2x beside it comes along; `Template` in its name makes macOS colour it. */
const toImage = (icon: string): Electron.NativeImage => nativeImage.createFromPath(icon)

type ChosenItem = Extract<TrayItem, { kind: 'item' }>

function toElectron(item: TrayItem, choose: (item: ChosenItem) => void): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'separator':
      return { type: 'separator' }
    case 'submenu':
      return { label: item.label, submenu: item.items.map((inner) => toElectron(inner, choose)) }
    case 'item':
      return {
        label: item.label,
        click: () => choose(item),
        ...(item.checked === undefined ? {} : { type: 'checkbox', checked: item.checked }),
      }
  }
}
