// Closing the window keeps the gateway serving; quitting stops it. By button, menu, key, signal, or because the system ends.
// Promises: nothing is hidden where it cannot be found again; the first time people are told; the system's wish to end is obeyed at once.
// Leaves alone: how long requests get (quit-course.ts), the questions themselves (dialogs.ts).

import { app } from 'electron'
import { shellLimits } from './limits.ts'
import type { GatewayCare, Timer } from './ports.ts'
import { createQuitCourse, type QuitAnswer, type QuitCourse } from './quit-course.ts'
import type { ShellSettings } from './settings.ts'

export interface CloseAndQuitParts {
  readonly supervisor: Pick<GatewayCare, 'running' | 'stop'>
  readonly settings: ShellSettings
  readonly timer: Timer
  readonly platform: NodeJS.Platform
  /** A tray is there for sure. */
  readonly tray: boolean
  /** An update is being installed. */
  readonly installing: () => boolean
  readonly dialogs: {
    /** true: quit instead. */
    tellClosing(how: Hiding): Promise<boolean>
    askQuit(running: number): Promise<QuitAnswer>
    tell(title: string, detail: string): Promise<void>
  }
}
export type Hiding = 'hide' | 'minimize'
export interface CloseAndQuit extends Pick<QuitCourse, 'leaving' | 'request' | 'obey'> {
  /** What the close button does now; tells people the first time. */
  onClose(): Hiding | 'close'
}

/** macOS: hidden in full screen, a window leaves an empty black space behind, so it leaves that first. Its closing is prevented already then. */
interface FullScreen {
  readonly matters: boolean
  pending: boolean
}

/** Without a tray a hidden window could only be found by starting the app again. */
export const hidingOf = ({ platform, tray }: Pick<CloseAndQuitParts, 'platform' | 'tray'>): Hiding => (platform === 'darwin' || tray ? 'hide' : 'minimize')

export function createCloseAndQuit(parts: CloseAndQuitParts): CloseAndQuit {
  const { dialogs, timer, supervisor, platform } = parts
  const course = createQuitCourse({
    supervisor,
    timer,
    ask: (running) => dialogs.askQuit(running),
    busy: parts.installing,
    tellBusy: () =>
      void dialogs.tell('An update is being installed', 'This version ends by itself once the new one serves. If that fails, it stays.').catch(() => undefined),
    leave() {
      // `quit` lets windows and others say goodbye; should one of them hold it up, `exit` does not ask.
      timer.after(shellLimits.exitGraceMs, () => app.exit(0))
      app.quit()
    },
  })
  const screen: FullScreen = { matters: platform === 'darwin', pending: false }
  app.on('before-quit', (event) => {
    if (course.ready) return
    event.preventDefault()
    course.request()
  })
  // With this listener the app lives on without a window.
  app.on('window-all-closed', () => undefined)
  app.on('browser-window-created', (_event, window) => watchWindow(window, course, screen))
  const signals = platform === 'win32' ? (['SIGINT', 'SIGBREAK'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  for (const signal of signals) process.on(signal, () => course.obey())
  return {
    get leaving() {
      return course.leaving
    },
    request: course.request,
    obey: course.obey,
    onClose: () => (screen.pending ? 'close' : closeWish(course, parts)),
  }
}

/** macOS: no window, no icon in the Dock; the menu bar's stays. Also for a start that shows none. */
export function leaveDock(platform: NodeJS.Platform): void {
  if (platform === 'darwin') app.setActivationPolicy('accessory')
}

function closeWish(course: QuitCourse, parts: CloseAndQuitParts): Hiding | 'close' {
  if (course.ready) return 'close'
  const how = hidingOf(parts)
  // While running requests end, nobody need be told that it keeps serving.
  if (!course.leaving && parts.settings.read('close-word') !== true) {
    parts.settings.write('close-word', true)
    // No answer is no wish to quit.
    void parts.dialogs.tellClosing(how).then(
      (quit) => void (quit && course.request()),
      () => undefined,
    )
  }
  return how
}

function watchWindow(window: Electron.BrowserWindow, course: QuitCourse, screen: FullScreen): void {
  // Windows asks nobody else, and waits for no answer.
  window.on('session-end', () => course.obey())
  if (!screen.matters) return
  window.on('show', () => app.setActivationPolicy('regular'))
  window.on('hide', () => {
    // macOS says so also of a window that another covers, that is minimised, or whose app is hidden (github.com/electron/electron/issues/8664).
    if (!window.isVisible() && !window.isMinimized() && !app.isHidden()) leaveDock('darwin')
  })
  window.on('close', (event) => {
    if (course.ready || !window.isFullScreen()) return
    event.preventDefault()
    screen.pending = true
    window.once('leave-full-screen', () => {
      screen.pending = false
      window.hide()
    })
    window.setFullScreen(false)
  })
}
