// `webContents` of a window: its page's frames, where it may go and what it may open.
// Promises: `web-contents-created` is told of each; navigations a page starts meet the events in Electron's order, those of the app meet none.
// Leaves alone: loading. Source: https://www.electronjs.org/docs/latest/api/web-contents (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { preventable } from './event.ts'
import { currentSession } from './session.ts'

type Used =
  'close' | 'closeDevTools' | 'getURL' | 'isCrashed' | 'isDestroyed' | 'isDevToolsOpened' | 'loadURL' | 'openDevTools' | 'reload' | 'setWindowOpenHandler'
type OpenAnswer = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

export interface StandInFrame {
  readonly origin: string
  readonly url: string
  readonly parent: StandInFrame | null
  readonly top: StandInFrame
  readonly detached: boolean
}
/** What Electron takes when a window says nothing (https://www.electronjs.org/docs/latest/api/structures/web-preferences). */
export const preferenceDefaults: Electron.WebPreferences = {
  allowRunningInsecureContent: false,
  contextIsolation: true,
  devTools: true,
  experimentalFeatures: false,
  javascript: true,
  navigateOnDragDrop: false,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  plugins: false,
  sandbox: true,
  spellcheck: true,
  webSecurity: true,
  webviewTag: false,
}

let lastId = 0

export class StandInContents extends EventEmitter {
  readonly id = (lastId += 1)
  readonly session = currentSession()
  readonly loaded: string[] = []
  devToolsOpen = false
  #url = ''
  #destroyed = false
  #crashed = false
  readonly #preferences: Electron.WebPreferences
  #openAnswer: OpenAnswer | null = null

  constructor(preferences: Electron.WebPreferences) {
    super()
    this.#preferences = { ...preferenceDefaults, ...preferences }
    app.emit('web-contents-created', preventable({}), this)
  }

  get mainFrame(): StandInFrame {
    return frameAt(this.#url, null)
  }
  /** Not in Electron's typings; its own test suite reads preferences this way. */
  getLastWebPreferences(): Electron.WebPreferences {
    return { ...this.#preferences }
  }
  getURL(): string {
    return this.#url
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
  close(): void {
    this.#destroyed = true
    this.emit('destroyed')
  }
  async loadURL(url: string): Promise<void> {
    this.#url = url
    this.#crashed = false
    this.loaded.push(url)
    this.emit('did-finish-load')
  }
  reload(): void {
    this.#crashed = false
    this.loaded.push(this.#url)
  }
  isCrashed(): boolean {
    return this.#crashed
  }
  openDevTools(): void {
    if (this.#preferences.devTools !== false) this.devToolsOpen = true
  }
  closeDevTools(): void {
    this.devToolsOpen = false
  }
  isDevToolsOpened(): boolean {
    return this.devToolsOpen
  }
  setWindowOpenHandler(answer: OpenAnswer): void {
    this.#openAnswer = answer
  }

  /** The page's process ends. */
  crash(): void {
    this.#crashed = true
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 })
  }
  /** `window.open`, a link with a target, a middle click. Returns whether a window came of it; without an answerer one does. */
  openFromPage(url: string, frameName = '', disposition: Electron.HandlerDetails['disposition'] = 'foreground-tab'): boolean {
    if (this.#openAnswer === null) return true
    const answer = this.#openAnswer({ url, frameName, features: '', disposition, referrer: { url: this.#url, policy: 'default' } })
    return answer.action === 'allow'
  }
  /** A page sets out for `url`, by script, link, form, refresh or drop, in its main frame or in a frame below. Returns whether it got there. */
  navigateFromPage(url: string, options: { readonly subframe?: boolean; readonly redirectTo?: string } = {}): boolean {
    const isMainFrame = options.subframe !== true
    if (this.#isStopped('will-frame-navigate', url, isMainFrame)) return false
    if (isMainFrame && this.#isStopped('will-navigate', url, true)) return false
    if (options.redirectTo !== undefined && this.#isStopped('will-redirect', options.redirectTo, isMainFrame)) return false
    if (isMainFrame) this.#url = options.redirectTo ?? url
    return true
  }
  /** A page puts a `<webview>` in; false: it was prevented. */
  attachWebview(preferences: Electron.WebPreferences = {}): boolean {
    const event = preventable({})
    this.emit('will-attach-webview', event, preferences, { src: 'https://example.org' })
    return !event.defaultPrevented
  }

  #isStopped(name: string, url: string, isMainFrame: boolean): boolean {
    const event = preventable({ url, isSameDocument: false, isMainFrame, frame: frameAt(this.#url, null), initiator: frameAt(this.#url, null) })
    // The deprecated arguments still come after the event, except with `will-frame-navigate`.
    this.emit(name, event, ...(name === 'will-frame-navigate' ? [] : [url, false, isMainFrame, 1, 1]))
    return event.defaultPrevented
  }
}

type Checked = StandInContents extends Pick<Electron.WebContents, Used> ? true : never
const compilesOnlyWhile = (_faithful: Checked): void => undefined
compilesOnlyWhile(true)

/** A frame as `senderFrame` gives it: `origin` serialised, `null` for opaque ones. */
export function frameAt(url: string, parent: StandInFrame | null): StandInFrame {
  const frame = { url, origin: originOf(url), parent, detached: false }
  return Object.defineProperty(frame, 'top', { get: () => parent?.top ?? frame }) as unknown as StandInFrame
}

/** Node serialises the origin of schemes it does not know as `null`; Chromium knows a standard one. */
function originOf(url: string): string {
  try {
    const parsed = new URL(url)
    return parsed.protocol === 'app:' ? `app://${parsed.host}` : parsed.origin
  } catch {
    // about:blank and the empty address of a frame that loads nothing.
    return 'null'
  }
}
