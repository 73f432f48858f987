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
  readonly dialogs: {
    /** true: quit instead. */
    tellClosing(how: Hiding): Promise<boolean>
    askQuit(running: number): Promise<QuitAnswer>
  }
}
export type Hiding = 'hide' | 'minimize'

/** Without a tray a hidden window could only be found by starting the app again. */
export const hidingOf = ({ platform, tray }: Pick<CloseAndQuitParts, 'platform' | 'tray'>): Hiding => (platform === 'darwin' || tray ? 'hide' : 'minimize')

export function createCloseAndQuit(parts: CloseAndQuitParts): Pick<QuitCourse, 'request' | 'obey'> {
  const { dialogs, timer, supervisor, platform } = parts
  const course = createQuitCourse({
    supervisor,
    timer,
    ask: (running) => dialogs.askQuit(running),
    leave() {
      // `quit` lets windows and others say goodbye; should one of them hold it up, `exit` does not ask.
      timer.after(shellLimits.exitGraceMs, () => app.exit(0))
      app.quit()
    },
  })
  app.on('before-quit', (event) => {
    if (course.ready) return
    event.preventDefault()
    course.request()
  })
  // With this listener the app lives on without a window.
  app.on('window-all-closed', () => undefined)
  app.on('browser-window-created', (_event, window) => watchWindow(window, course, parts))
  const signals = platform === 'win32' ? (['SIGINT', 'SIGBREAK'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  for (const signal of signals) process.on(signal, () => course.obey())
  return course
}

function watchWindow(window: Electron.BrowserWindow, course: QuitCourse, parts: CloseAndQuitParts): void {
  window.on('close', (event) => {
    if (course.leaving) return
    event.preventDefault()
    void keepServing(window, course, parts)
  })
  // Windows asks nobody else, and waits for no answer.
  window.on('session-end', () => course.obey())
  if (parts.platform === 'darwin') window.on('show', () => app.setActivationPolicy('regular'))
}

async function keepServing(window: Electron.BrowserWindow, course: QuitCourse, parts: CloseAndQuitParts): Promise<void> {
  const how = hidingOf(parts)
  if (parts.settings.read('close-word') !== true) {
    parts.settings.write('close-word', true)
    if (await parts.dialogs.tellClosing(how)) return course.request()
  }
  if (how === 'minimize') window.minimize()
  else if (window.isFullScreen()) {
    // macOS would leave an empty black space behind.
    window.once('leave-full-screen', () => hide(window, parts))
    window.setFullScreen(false)
  } else hide(window, parts)
}

function hide(window: Electron.BrowserWindow, { platform }: Pick<CloseAndQuitParts, 'platform'>): void {
  window.hide()
  // No window, no icon in the Dock; the menu bar's stays.
  if (platform === 'darwin') app.setActivationPolicy('accessory')
}
