// `Menu` and its items: built from templates, clicked by a test. Promises: roles get their own labels and do what is theirs, so a click on them does
// nothing of ours; a checkbox flips by itself. Leaves alone: popping up.
// Source: https://www.electronjs.org/docs/latest/api/menu (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'

export class MenuItem {
  readonly label: string
  readonly type: string
  readonly role: string | null
  readonly accelerator: string | null
  checked: boolean
  readonly submenu: Menu | null
  readonly #click: Electron.MenuItemConstructorOptions['click']

  constructor(options: Electron.MenuItemConstructorOptions) {
    if (options.type === undefined && options.role === undefined && options.label === undefined)
      throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type')
    this.label = options.label ?? ''
    this.type = options.type ?? (options.submenu === undefined ? 'normal' : 'submenu')
    this.role = options.role ?? null
    this.accelerator = options.accelerator ?? null
    this.checked = options.checked ?? false
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : null
    this.#click = options.role === undefined ? options.click : undefined
  }
  /** The driver: a person chooses it. A checkbox flips before anybody hears of it (lib/browser/api/menu-item.ts). */
  choose(): void {
    if (this.type === 'checkbox') this.checked = !this.checked
    // What Electron passes along is not used by ours.
    this.#click?.(this as unknown as Electron.MenuItem, undefined, {})
  }
}

export class Menu {
  static #application: Menu | null = null
  readonly items: MenuItem[] = []

  static buildFromTemplate(template: Electron.MenuItemConstructorOptions[]): Menu {
    const menu = new Menu()
    menu.items.push(...template.map((options) => new MenuItem(options)))
    return menu
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application
  }
  /** The driver: the item of this label, in submenus too. */
  find(label: string): MenuItem {
    const found = this.every().find((item) => item.label === label)
    if (found === undefined) throw new Error(`No menu item ${label}`)
    return found
  }
  /** Every item, those of submenus after their own. */
  every(): readonly MenuItem[] {
    return this.items.flatMap((item) => [item, ...(item.submenu?.every() ?? [])])
  }
}

export function resetMenus(): void {
  Menu.setApplicationMenu(null)
}
