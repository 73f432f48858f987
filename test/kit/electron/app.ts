// `app`: the life of the application, one instance of it, its paths and its place at login.
// Promises: what may only happen before `ready` throws afterwards; `quit` asks windows and listeners in Electron's order.
// Leaves alone: everything Tollgate does not call. Source: https://www.electronjs.org/docs/latest/api/app (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'
import { preventable } from './event.ts'

type Used =
  | 'enableSandbox'
  | 'exit'
  | 'getAppPath'
  | 'getLoginItemSettings'
  | 'getName'
  | 'getPath'
  | 'getVersion'
  | 'hasSingleInstanceLock'
  | 'isHidden'
  | 'isPackaged'
  | 'isReady'
  | 'quit'
  | 'relaunch'
  | 'releaseSingleInstanceLock'
  | 'requestSingleInstanceLock'
  | 'setAppUserModelId'
  | 'setLoginItemSettings'
  | 'setName'
  | 'setPath'
  | 'whenReady'

const loginDefaults: Electron.LoginItemSettings = {
  openAtLogin: false,
  wasOpenedAtLogin: false,
  status: 'not-registered',
  executableWillLaunchAtLogin: false,
  launchItems: [],
}

export class StandInApp extends EventEmitter {
  isPackaged = false
  /** Another instance holds the lock when true. */
  lockedElsewhere = false
  sandboxEnabled = false
  exitCode: number | null = null
  /** macOS: by Cmd+H. */
  hidden = false
  relaunched: Electron.RelaunchOptions | null = null
  userModelId: string | null = null
  loginItem: Electron.LoginItemSettings = { ...loginDefaults }
  /** Windows that `quit` asks to close, given by browser-window.ts. */
  windows: () => readonly { close(): void; isDestroyed(): boolean }[] = () => []
  #ready = false
  #locked = false
  #name = 'Tollgate'
  #paths = new Map<string, string>()
  #whenReady = Promise.withResolvers<undefined>()

  isReady(): boolean {
    return this.#ready
  }
  async whenReady(): Promise<void> {
    await this.#whenReady.promise
  }
  /** The driver: what Chromium does once it is up. */
  becomeReady(): void {
    this.#ready = true
    this.emit('ready', preventable({}), {})
    this.#whenReady.resolve(undefined)
  }
  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready')
    this.sandboxEnabled = true
  }
  isHidden(): boolean {
    return this.hidden
  }
  requestSingleInstanceLock(): boolean {
    this.#locked = !this.lockedElsewhere
    return this.#locked
  }
  hasSingleInstanceLock(): boolean {
    return this.#locked
  }
  releaseSingleInstanceLock(): void {
    this.#locked = false
  }
  /** `before-quit`, each window's `close`, `will-quit`, `quit`: any of the first three may stop it. */
  quit(): void {
    const before = preventable({})
    this.emit('before-quit', before)
    if (before.defaultPrevented) return
    for (const window of this.windows()) {
      window.close()
      if (!window.isDestroyed()) return
    }
    const will = preventable({})
    this.emit('will-quit', will)
    if (!will.defaultPrevented) this.exit(0)
  }
  exit(exitCode = 0): void {
    this.exitCode = exitCode
    this.emit('quit', preventable({}), exitCode)
  }
  relaunch(options: Electron.RelaunchOptions = {}): void {
    this.relaunched = options
  }
  getVersion(): string {
    return '0.1.0'
  }
  getName(): string {
    return this.#name
  }
  setName(name: string): void {
    this.#name = name
  }
  getAppPath(): string {
    return '/opt/Tollgate/resources/app.asar'
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? `/home-of-test/${name}`
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  setAppUserModelId(id: string): void {
    this.userModelId = id
  }
  getLoginItemSettings(): Electron.LoginItemSettings {
    return this.loginItem
  }
  setLoginItemSettings(settings: Electron.Settings): void {
    const openAtLogin = settings.openAtLogin ?? false
    this.loginItem = { ...this.loginItem, openAtLogin, status: openAtLogin ? 'enabled' : 'not-registered', executableWillLaunchAtLogin: openAtLogin }
  }
}

let current = new StandInApp() satisfies Pick<Electron.App, Used>
/** As after the start of a new process. */
export function resetApp(): void {
  current = new StandInApp()
}
/** Code under test holds on to `app` itself, so that a reset must reach through it. */
export const app: StandInApp = new Proxy(current, {
  get: (_target, name): unknown => {
    const value: unknown = Reflect.get(current, name, current)
    return typeof value === 'function' ? (value.bind(current) as unknown) : value
  },
  set: (_target, name, value) => Reflect.set(current, name, value, current),
})
