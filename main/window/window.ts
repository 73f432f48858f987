// The one window: made once, hidden rather than closed, in the colours of the theme, where it was last time.
// Promises: shown when there is something to see; its place is kept a moment after each change; a crashed page is loaded again, the gateway does not notice.
// Leaves alone: what closing means (a callback), tray and menus, what the page shows.

import { BrowserWindow, screen, type BrowserWindowConstructorOptions, type TitleBarOverlayOptions } from 'electron'
import { panelHome, panelOrigin } from './address.ts'
import { readPlace, smallest, toPlacing, writePlace } from './place.ts'
import { panelPreferences } from './preferences.ts'

export interface WindowTools {
  readonly platform: NodeJS.Platform
  /** A Wayland session: the system places windows. */
  readonly wayland: boolean
  readonly preload: string
  /** Run from source, where people look inside. */
  readonly fromSource: boolean
  /** Where its place is kept. */
  readonly placeFile: string
  readonly isDark: () => boolean
  /** What the close button does. */
  readonly onClose: () => 'hide' | 'minimize' | 'close'
  readonly onProblem: (problem: string) => void
}
export interface PanelWindow {
  /** Brings it up, to a page when one is named: a path below `/ui/`, with its query. What is open already is not loaded again, unless it crashed. */
  show(page?: string): void
  hide(): void
  /** In front of the person. */
  isVisible(): boolean
  /** Light or dark has changed. */
  recolour(): void
  /** For good, without asking. */
  destroy(): void
}

/** The tokens `--bg` of renderer/styles/tokens.css: what is there before the page is. */
const backgrounds = { light: '#F5F6F8', dark: '#0D1014' } as const
const symbols = { light: '#14181D', dark: '#E7EAEE' } as const
/** As high as the panel's top bar. */
const overlayHeight = 48
const keepAfterMs = 400
const reloadsMax = 3
const reloadsWithinMs = 60_000

/** Makes it without showing it: started at login, it stays in the background. */
export function createPanelWindow(tools: WindowTools): PanelWindow {
  const kept = toPlacing(readPlace(tools.placeFile), screen.getAllDisplays(), !tools.wayland)
  const { maximized, ...bounds } = kept
  const window = new BrowserWindow({
    ...bounds,
    ...looks(tools),
    show: false,
    webPreferences: panelPreferences({ preload: tools.preload, devTools: tools.fromSource }),
  })
  if (maximized) window.once('show', () => window.maximize())
  keepPlace(window, tools)
  reloadAfterCrash(window, tools.onProblem)
  window.on('close', (event) => {
    const wish = tools.onClose()
    if (wish === 'close') return
    event.preventDefault()
    if (wish === 'hide') window.hide()
    else window.minimize()
  })
  const load = (address: string): void => void window.loadURL(address).catch((error: unknown) => tools.onProblem(`The panel did not load: ${String(error)}`))
  const open = (address: string): void => {
    // Loaded again, a page loses what stands in it.
    if (window.webContents.isCrashed() || window.webContents.getURL() !== address) load(address)
  }
  load(panelHome)
  return {
    show(page) {
      if (window.isDestroyed()) return
      if (page !== undefined) open(toPage(page))
      else if (window.webContents.isCrashed()) window.webContents.reload()
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    hide() {
      if (!window.isDestroyed()) window.hide()
    },
    isVisible: () => !window.isDestroyed() && window.isVisible(),
    recolour() {
      if (window.isDestroyed()) return
      window.setBackgroundColor(colour(tools))
      if (tools.platform === 'win32') window.setTitleBarOverlay(overlay(tools))
    },
    destroy: () => window.destroy(),
  }
}

/** A page by its path; anything that is none is the first page. */
function toPage(page: string): string {
  const address = `${panelOrigin}${page}`
  return page.startsWith('/ui/') && URL.canParse(address) && !page.includes('..') ? address : panelHome
}

const theme = ({ isDark }: WindowTools): 'light' | 'dark' => (isDark() ? 'dark' : 'light')
const colour = (tools: WindowTools): string => backgrounds[theme(tools)]
const overlay = (tools: WindowTools): TitleBarOverlayOptions => ({ color: colour(tools), symbolColor: symbols[theme(tools)], height: overlayHeight })

function looks(tools: WindowTools): BrowserWindowConstructorOptions {
  const common = { minWidth: smallest.width, minHeight: smallest.height, title: 'Tollgate', backgroundColor: colour(tools), autoHideMenuBar: true }
  if (tools.platform === 'darwin') return { ...common, titleBarStyle: 'hiddenInset' }
  // Its own bar on Windows takes the theme; on Linux the desktop draws what people know.
  if (tools.platform === 'win32') return { ...common, titleBarStyle: 'hidden', titleBarOverlay: overlay(tools) }
  return common
}

function keepPlace(window: BrowserWindow, tools: WindowTools): void {
  let timer: NodeJS.Timeout | undefined
  const keep = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return
    try {
      writePlace(tools.placeFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() })
    } catch (error) {
      tools.onProblem(`The window's place could not be kept: ${String(error)}`)
    }
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(keep, keepAfterMs)
    timer.unref()
  }
  for (const name of ['resize', 'move', 'maximize', 'unmaximize'] as const) window.on(name as 'resize', soon)
  window.on('hide', keep)
  window.on('close', keep)
  window.on('closed', () => clearTimeout(timer))
}

function reloadAfterCrash(window: BrowserWindow, onProblem: (problem: string) => void): void {
  let crashes: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const nowMs = performance.now()
    crashes = [...crashes.filter((atMs) => nowMs - atMs < reloadsWithinMs), nowMs]
    const again = crashes.length <= reloadsMax
    onProblem(`The panel's process ended (${reason}). ${again ? 'It is loaded again.' : 'It is left as it is.'} The gateway goes on.`)
    if (again) window.webContents.reload()
  })
}
