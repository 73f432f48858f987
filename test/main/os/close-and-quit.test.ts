// Closing, quitting and the system's wish to end, through Electron's events, on each system.
// Promises: a window is hidden only where it can be found again. Leaves alone: the way out itself (quit-course.test.ts).

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createCloseAndQuit, hidingOf, type CloseAndQuit, type CloseAndQuitParts } from '../../../main/os/close-and-quit.ts'
import { shellLimits } from '../../../main/os/limits.ts'
import { app, BrowserWindow, resetElectron } from '../../kit/electron/index.ts'
import { createMemorySettings, createToldGateway, createTurnedTimer, settle } from '../../kit/shell-parts.ts'

type Settings = ReturnType<typeof createMemorySettings>
interface Scene extends CloseAndQuitParts {
  readonly settings: Settings
  readonly supervisor: ReturnType<typeof createToldGateway>
  readonly timer: ReturnType<typeof createTurnedTimer>
  readonly words: string[]
  readonly course: CloseAndQuit
  /** As main/window makes it. */
  readonly open: () => BrowserWindow
}
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const
const policies: string[] = []
let installing = false
beforeEach(() => {
  resetElectron()
  policies.length = 0
  installing = false
  Object.assign(app, { setActivationPolicy: (policy: string) => void policies.push(policy) })
  app.becomeReady()
})
afterEach(() => signals.forEach((signal) => process.removeAllListeners(signal)))

function begin(platform: NodeJS.Platform, options: { readonly tray?: boolean; readonly quitInstead?: boolean; readonly seen?: boolean } = {}): Scene {
  const words: string[] = []
  const parts = {
    supervisor: createToldGateway(),
    settings: createMemorySettings(options.seen === true ? { 'close-word': true } : {}),
    timer: createTurnedTimer(),
    platform,
    tray: options.tray ?? true,
    installing: () => installing,
    dialogs: {
      tellClosing: (how: string) => Promise.resolve((words.push(how), options.quitInstead === true)),
      askQuit: () => Promise.resolve('when-done' as const),
      tell: (title: string) => Promise.resolve(void words.push(title)),
    },
  }
  const course = createCloseAndQuit(parts)
  return { ...parts, words, course, open: () => openWindow(course) }
}
function openWindow(course: CloseAndQuit): BrowserWindow {
  const window = new BrowserWindow()
  window.on('close', (event: { preventDefault: () => void }) => {
    const wish = course.onClose()
    if (wish === 'close') return
    event.preventDefault()
    if (wish === 'hide') window.hide()
    else window.minimize()
  })
  return window
}

test.each([
  ['win32', true, 'hide'],
  ['darwin', false, 'hide'],
  ['linux', true, 'hide'],
  ['linux', false, 'minimize'],
] as const)('closing on %s, tray %s: %s', (platform, tray, how) => {
  expect(hidingOf({ platform, tray })).toBe(how)
})

describe.each(['linux', 'win32', 'darwin'] as const)('on %s', (platform) => {
  test('closing hides the window, with a word the first time', async () => {
    const { words, settings, supervisor, open } = begin(platform)
    const window = open()
    window.close()
    await settle()
    expect([window.isDestroyed(), window.isVisible(), words, settings.values]).toEqual([false, false, ['hide'], { 'close-word': true }])
    window.show()
    window.close()
    await settle()
    expect([window.isVisible(), words, supervisor.asked]).toEqual([false, ['hide'], []])
    expect(policies).toEqual(platform === 'darwin' ? ['accessory', 'regular', 'accessory'] : [])
  })

  test('quit instead stops the gateway and ends the app', async () => {
    const { supervisor, timer, open } = begin(platform, { quitInstead: true })
    const window = open()
    window.close()
    await timer.pass(0)
    expect(supervisor.asked).toEqual([`stop ${String(shellLimits.drainNowMs)}`])
    expect([window.isDestroyed(), app.exitCode]).toEqual([true, 0])
  })

  test('Cmd+Q, Ctrl+Q and the menu’s Quit drain first, then really quit', async () => {
    const { supervisor, timer, open } = begin(platform, { seen: true })
    const window = open()
    supervisor.stopsAtOnce = false
    app.quit()
    await settle()
    expect([window.isDestroyed(), app.exitCode]).toEqual([false, null])
    supervisor.gone()
    await timer.pass(0)
    expect([window.isDestroyed(), app.exitCode]).toEqual([true, 0])
  })

  test('closing while running requests end hides the window, which can be brought up again; once they have ended, closing closes', async () => {
    const { course, supervisor, words, open } = begin(platform)
    const window = open()
    supervisor.stopsAtOnce = false
    supervisor.running = 3
    course.request()
    await settle()
    expect(supervisor.asked).toEqual([`stop ${String(shellLimits.drainWhenDoneMs)}`])
    window.close()
    expect([window.isDestroyed(), window.isVisible(), words]).toEqual([false, false, []])
    window.show()
    expect(window.isVisible()).toBe(true)
    app.on('before-quit', (event: { preventDefault: () => void }) => event.preventDefault())
    supervisor.gone()
    await settle()
    expect(window.isDestroyed()).toBe(false)
    window.close()
    expect(window.isDestroyed()).toBe(true)
  })

  test('while an update is installed quitting says so, and the app stays', async () => {
    const { supervisor, words, open } = begin(platform, { seen: true })
    open()
    installing = true
    app.quit()
    await settle()
    expect([app.exitCode, supervisor.asked, words]).toEqual([null, [], ['An update is being installed']])
  })

  test('something that holds up the end is not waited for', async () => {
    const { timer } = begin(platform, { seen: true })
    app.on('will-quit', (event: { preventDefault: () => void }) => event.preventDefault())
    app.quit()
    await timer.pass(0)
    expect(app.exitCode).toBeNull()
    await timer.pass(shellLimits.exitGraceMs)
    expect(app.exitCode).toBe(0)
  })

  test('the app lives on without a window', () => {
    begin(platform)
    expect(app.listenerCount('window-all-closed')).toBe(1)
  })
})

test('without a tray closing minimises', async () => {
  const { words, open } = begin('linux', { tray: false })
  const window = open()
  window.close()
  await settle()
  expect([window.isMinimized(), words]).toEqual([true, ['minimize']])
})

test.each<[string, (window: BrowserWindow) => void]>([
  ['covered', () => undefined],
  ['minimised', (window) => window.minimize()],
  ['hidden with its app', () => void (app.hidden = true)],
])('on macOS a window that is %s leaves the icon in the Dock; one that is closed does not', (_how, change) => {
  const window = begin('darwin').open()
  change(window)
  window.occlude(true)
  expect(policies).toEqual([])
  app.hidden = false
  window.restore()
  window.occlude(false)
  window.close()
  expect(policies).toEqual(['regular', 'accessory'])
})

test('macOS leaves full screen before it hides', async () => {
  const { open } = begin('darwin', { seen: true })
  const window = open()
  window.setFullScreen(true)
  // The system takes its time for that.
  const leave = vi.spyOn(window, 'setFullScreen').mockImplementation(() => undefined)
  window.close()
  expect([leave.mock.calls, window.isVisible(), window.isDestroyed()]).toEqual([[[false]], true, false])
  leave.mockRestore()
  window.setFullScreen(false)
  expect([window.isVisible(), window.isDestroyed(), policies]).toEqual([false, false, ['accessory']])
})

test('macOS leaves full screen before it hides also while running requests end', async () => {
  const { course, supervisor, open } = begin('darwin', { seen: true })
  const window = open()
  supervisor.stopsAtOnce = false
  course.request()
  window.setFullScreen(true)
  window.close()
  expect([window.isDestroyed(), window.isFullScreen(), window.isVisible()]).toEqual([false, false, false])
})

test.each([
  ['linux', 'SIGTERM'],
  ['linux', 'SIGINT'],
  ['linux', 'SIGHUP'],
  ['darwin', 'SIGTERM'],
  ['win32', 'SIGBREAK'],
] as const)('on %s %s ends the app without a question', async (platform, signal) => {
  const { supervisor, timer, words } = begin(platform)
  supervisor.running = 3
  process.emit(signal, signal)
  await timer.pass(0)
  expect([supervisor.asked, app.exitCode, words]).toEqual([[`stop ${String(shellLimits.drainObeyMs)}`], 0, []])
})

test('the end of a Windows session is obeyed, by its window', async () => {
  const { supervisor, timer, open } = begin('win32')
  supervisor.running = 3
  const window = open()
  window.emit('session-end', {})
  await timer.pass(0)
  expect([supervisor.asked, app.exitCode]).toEqual([[`stop ${String(shellLimits.drainObeyMs)}`], 0])
})

test('once the system ends, a wish to quit is not held up: macOS would take that for a refusal', () => {
  const { course, supervisor } = begin('darwin', { seen: true })
  supervisor.stopsAtOnce = false
  course.obey()
  const prevent = vi.fn()
  app.emit('before-quit', { preventDefault: prevent })
  expect(prevent).not.toHaveBeenCalled()
})
