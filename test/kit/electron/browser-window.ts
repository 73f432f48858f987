// `BrowserWindow`: size, place, state and its way out. Promises: none before `ready`; `close` may be prevented, `destroy` may not.
// A destroyed one throws. Leaves alone: drawing. Source: https://www.electronjs.org/docs/latest/api/browser-window (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { preventable } from './event.ts'
import { StandInContents } from './web-contents.ts'

type Used =
  | 'blur'
  | 'close'
  | 'destroy'
  | 'focus'
  | 'getBackgroundColor'
  | 'getBounds'
  | 'getNormalBounds'
  | 'getSize'
  | 'hide'
  | 'isDestroyed'
  | 'isFocused'
  | 'isFullScreen'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'maximize'
  | 'minimize'
  | 'restore'
  | 'setBackgroundColor'
  | 'setBounds'
  | 'setFullScreen'
  | 'setTitleBarOverlay'
  | 'show'
  | 'showInactive'
  | 'unmaximize'

let windows: BrowserWindow[] = []
let lastId = 0

export class BrowserWindow extends EventEmitter {
  readonly id = (lastId += 1)
  readonly options: Electron.BrowserWindowConstructorOptions
  overlay: Electron.TitleBarOverlayOptions | null = null
  readonly #contents: StandInContents
  #bounds: Electron.Rectangle
  #color: string
  #state = { visible: true, minimized: false, maximized: false, fullScreen: false, focused: false, destroyed: false }

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    this.options = options
    // Without a place a window comes up in the middle of the first display.
    this.#bounds = { x: options.x ?? 240, y: options.y ?? 140, width: options.width ?? 800, height: options.height ?? 600 }
    this.#color = options.backgroundColor ?? '#FFFFFF'
    this.#state.visible = options.show !== false
    this.#contents = new StandInContents(options.webPreferences ?? {})
    windows.push(this)
    app.windows = () => windows
    app.emit('browser-window-created', preventable({}), this)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }
  static fromWebContents(contents: StandInContents): BrowserWindow | null {
    return windows.find((window) => window.#contents === contents) ?? null
  }

  get webContents(): StandInContents {
    this.#alive()
    return this.#contents
  }
  isDestroyed(): boolean {
    return this.#state.destroyed
  }
  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url)
    this.emit('ready-to-show')
  }
  show(): void {
    this.#alive()
    this.#state.visible = true
    this.emit('show')
    this.focus()
  }
  showInactive(): void {
    this.#alive()
    this.#state.visible = true
    this.emit('show')
  }
  hide(): void {
    this.#alive()
    this.#state.visible = false
    this.#state.focused = false
    this.emit('hide')
  }
  isVisible(): boolean {
    this.#alive()
    // Windows of a hidden app are not visible (shell/browser/native_window_mac.mm, IsVisible).
    return this.#state.visible && !this.#state.minimized && !app.isHidden()
  }
  focus(): void {
    this.#alive()
    this.#state.focused = true
    this.emit('focus')
  }
  /**
   * The driver: on macOS another window covers it, or it or its app is out of sight, which Electron tells as `hide` and `show`
   * (shell/browser/ui/cocoa/electron_ns_window_delegate.mm, windowDidChangeOcclusionState; github.com/electron/electron/issues/8664).
   */
  occlude(covered: boolean): void {
    this.#alive()
    this.emit(covered ? 'hide' : 'show')
  }
  blur(): void {
    this.#alive()
    this.#state.focused = false
    this.emit('blur')
  }
  isFocused(): boolean {
    this.#alive()
    return this.#state.focused
  }
  minimize(): void {
    this.#alive()
    this.#state.minimized = true
    this.emit('minimize')
  }
  restore(): void {
    this.#alive()
    this.#state.minimized = false
    this.emit('restore')
  }
  isMinimized(): boolean {
    this.#alive()
    return this.#state.minimized
  }
  maximize(): void {
    this.#alive()
    this.#state.maximized = true
    this.#state.visible = true
    this.emit('maximize')
  }
  unmaximize(): void {
    this.#alive()
    this.#state.maximized = false
    this.emit('unmaximize')
  }
  isMaximized(): boolean {
    this.#alive()
    return this.#state.maximized
  }
  setFullScreen(flag: boolean): void {
    this.#alive()
    this.#state.fullScreen = flag
    this.emit(flag ? 'enter-full-screen' : 'leave-full-screen')
  }
  isFullScreen(): boolean {
    this.#alive()
    return this.#state.fullScreen
  }
  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.#alive()
    const before = this.#bounds
    this.#bounds = { ...before, ...bounds }
    if (this.#bounds.width !== before.width || this.#bounds.height !== before.height) this.emit('resize')
    if (this.#bounds.x !== before.x || this.#bounds.y !== before.y) this.emit('move')
  }
  getBounds(): Electron.Rectangle {
    this.#alive()
    return this.#state.maximized ? { x: 0, y: 0, width: 1920, height: 1040 } : { ...this.#bounds }
  }
  /** The bounds it goes back to, whatever it is now. */
  getNormalBounds(): Electron.Rectangle {
    this.#alive()
    return { ...this.#bounds }
  }
  getSize(): number[] {
    return [this.getBounds().width, this.getBounds().height]
  }
  setBackgroundColor(color: string): void {
    this.#alive()
    this.#color = color
  }
  getBackgroundColor(): string {
    this.#alive()
    return this.#color
  }
  setTitleBarOverlay(options: Electron.TitleBarOverlayOptions): void {
    this.#alive()
    if (this.options.titleBarOverlay === undefined || this.options.titleBarOverlay === false) throw new Error('Titlebar overlay is not enabled')
    this.overlay = options
  }
  /** Asks first: a listener of `close` may keep it. */
  close(): void {
    this.#alive()
    const event = preventable({})
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }
  destroy(): void {
    if (this.#state.destroyed) return
    this.#state.destroyed = true
    windows = windows.filter((window) => window !== this)
    this.#contents.close()
    this.emit('closed')
    if (windows.length === 0) app.emit('window-all-closed')
  }

  #alive(): void {
    if (this.#state.destroyed) throw new TypeError('Object has been destroyed')
  }
}

type Checked = BrowserWindow extends Pick<Electron.BrowserWindow, Used> ? true : never
const compilesOnlyWhile = (_faithful: Checked): void => undefined
compilesOnlyWhile(true)

export function resetWindows(): void {
  for (const window of windows) window.removeAllListeners()
  windows = []
}
