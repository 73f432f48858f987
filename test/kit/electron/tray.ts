// `Tray`: an icon with a menu and a tooltip. Promises: keeps what it was given, in the order it came; a destroyed one throws.
// Leaves alone: balloons, drops, bounds. Source: https://www.electronjs.org/docs/latest/api/tray (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import type { Menu } from './menu.ts'
import type { NativeImage } from './native-image.ts'

export const trays: Tray[] = []

/** Images and menus are stand-ins themselves; the rest is held against Electron's typings. */
export class Tray extends EventEmitter implements Pick<Electron.Tray, 'setToolTip' | 'destroy' | 'isDestroyed'> {
  readonly images: NativeImage[] = []
  readonly tips: string[] = []
  readonly menus: Menu[] = []
  #destroyed = false

  constructor(image: NativeImage) {
    super()
    if (!app.isReady()) throw new Error('Cannot create Tray before app is ready')
    this.setImage(image)
    trays.push(this)
  }
  setImage(image: NativeImage): void {
    this.#check()
    this.images.push(image)
  }
  setToolTip(tip: string): void {
    this.#check()
    this.tips.push(tip)
  }
  setContextMenu(menu: Menu): void {
    this.#check()
    this.menus.push(menu)
  }
  destroy(): void {
    this.#destroyed = true
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
  #check(): void {
    if (this.#destroyed) throw new TypeError('Tray is destroyed')
  }
}
export function resetTrays(): void {
  trays.length = 0
}
