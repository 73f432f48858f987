// The one window: its preferences, its place, its way out, its colours.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readPlace, toPlacing, writePlace, type Place } from '../../../main/window/place.ts'
import { fixedPreferences } from '../../../main/window/preferences.ts'
import { createPanelWindow, type PanelWindow, type WindowTools } from '../../../main/window/window.ts'
import { app, BrowserWindow, resetElectron, screen } from '../../kit/electron/index.ts'
import { displayAt } from '../../kit/electron/screen.ts'
import type { StandInContents } from '../../kit/electron/web-contents.ts'

let folder = ''
let problems: string[] = []
beforeEach(() => {
  resetElectron()
  app.becomeReady()
  folder = mkdtempSync(join(tmpdir(), 'tollgate-window-'))
  problems = []
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

const make = (changes: Partial<WindowTools> = {}): { panel: PanelWindow; window: BrowserWindow } => {
  const panel = createPanelWindow({
    platform: 'linux',
    wayland: false,
    preload: '/opt/preload.cjs',
    fromSource: false,
    placeFile: join(folder, 'window.json'),
    isDark: () => false,
    onClose: () => 'hide',
    onProblem: (problem) => problems.push(problem),
    ...changes,
  })
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) throw new Error('no window')
  return { panel, window }
}

describe('preferences', () => {
  it('are what the security list asks for in every window there is, and cannot be changed', () => {
    const seen: StandInContents[] = []
    app.on('web-contents-created', (_event, contents: StandInContents) => seen.push(contents))
    make()
    expect(seen).toHaveLength(1)
    for (const contents of seen)
      expect(contents.getLastWebPreferences()).toMatchObject({
        contextIsolation: true,
        sandbox: true,
        webSecurity: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        nodeIntegrationInWorker: false,
        webviewTag: false,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        navigateOnDragDrop: false,
        plugins: false,
        devTools: false,
        preload: '/opt/preload.cjs',
      })
    expect(Object.isFrozen(fixedPreferences)).toBe(true)
    expect(Object.keys(seen[0]?.getLastWebPreferences() ?? {}).filter((name) => /blink/i.test(name))).toEqual([])
  })

  it('keep the developer tools shut, except from source', () => {
    const packed = make().window
    packed.webContents.openDevTools()
    expect(packed.webContents.isDevToolsOpened()).toBe(false)
    packed.destroy()
    const open = make({ fromSource: true }).window
    open.webContents.openDevTools()
    expect(open.webContents.isDevToolsOpened()).toBe(true)
  })
})

describe('its life', () => {
  it('loads the panel unseen and comes up when asked, on the page that is named', () => {
    const { panel, window } = make()
    expect([window.isVisible(), window.webContents.getURL()]).toEqual([false, 'app://panel/ui/'])
    panel.show('/ui/requests?outcome=failed')
    expect([window.isVisible(), window.isFocused(), window.webContents.getURL()]).toEqual([true, true, 'app://panel/ui/requests?outcome=failed'])
    for (const page of ['https://evil.example/', '//evil.example', '/v1/models', '/ui/../key', 'javascript:alert(1)']) {
      panel.show(page)
      expect(window.webContents.getURL(), page).toBe('app://panel/ui/')
    }
  })

  it('loads nothing when it comes up with the page it has', () => {
    const { panel, window } = make()
    panel.show('/ui/keys?made=1')
    const before = [...window.webContents.loaded]
    panel.hide()
    panel.show()
    panel.show('/ui/keys?made=1')
    expect([window.isVisible(), window.webContents.loaded]).toEqual([true, before])
    panel.show('/ui/keys')
    expect(window.webContents.loaded.slice(before.length)).toEqual(['app://panel/ui/keys'])
  })

  it('loads a page again that crashed too often, once a person brings it up', () => {
    const { panel, window } = make()
    const loaded = (): number => window.webContents.loaded.length
    for (const bringUp of [() => panel.show(), () => panel.show('/ui/')]) {
      for (let crash = 0; crash < 4; crash += 1) window.webContents.crash()
      const before = loaded()
      bringUp()
      bringUp()
      expect(loaded() - before).toBe(1)
    }
  })

  it('hides, minimises or closes as it is told when the close button is pressed', () => {
    let wish: 'hide' | 'minimize' | 'close' = 'hide'
    const { panel, window } = make({ onClose: () => wish })
    panel.show()
    window.close()
    expect([window.isDestroyed(), window.isVisible()]).toEqual([false, false])
    panel.show()
    wish = 'minimize'
    window.close()
    expect([window.isDestroyed(), window.isMinimized()]).toEqual([false, true])
    panel.show()
    expect(window.isMinimized()).toBe(false)
    wish = 'close'
    window.close()
    expect([window.isDestroyed(), panel.isVisible()]).toEqual([true, false])
    for (const use of [() => panel.recolour(), () => panel.show(), () => panel.show('/ui/keys'), () => panel.hide()]) expect(use).not.toThrow()
  })

  it('loads a crashed page again, three times a minute at most, and says so', () => {
    const { window } = make()
    const before = window.webContents.loaded.length
    for (let crash = 0; crash < 5; crash += 1) window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 })
    expect(window.webContents.loaded.length - before).toBe(3)
    expect(problems).toHaveLength(5)
    expect(problems[4]).toContain('left as it is')
    window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 })
    expect(problems).toHaveLength(5)
  })

  it('has the colours of the theme, and an overlay of its own on Windows alone', () => {
    let dark = true
    const windows = make({ platform: 'win32', isDark: () => dark })
    expect([windows.window.getBackgroundColor(), windows.window.options.titleBarStyle]).toEqual(['#0D1014', 'hidden'])
    dark = false
    windows.panel.recolour()
    expect([windows.window.getBackgroundColor(), windows.window.overlay?.color]).toEqual(['#F5F6F8', '#F5F6F8'])
    windows.window.destroy()
    const mac = make({ platform: 'darwin' }).window
    expect(mac.options.titleBarStyle).toBe('hiddenInset')
    mac.destroy()
    expect(make().window.options.titleBarStyle).toBeUndefined()
  })
})

describe('its place', () => {
  it('is kept a moment after a change and found again at the next start', () => {
    vi.useFakeTimers()
    const { window } = make()
    window.setBounds({ x: 100, y: 80, width: 1100, height: 700 })
    window.maximize()
    vi.advanceTimersByTime(1000)
    expect(readPlace(join(folder, 'window.json'))).toEqual({ bounds: { x: 100, y: 80, width: 1100, height: 700 }, maximized: true })
    window.destroy()
    const again = make()
    expect([again.window.getNormalBounds(), again.window.isMaximized()]).toEqual([{ x: 100, y: 80, width: 1100, height: 700 }, false])
    again.panel.show()
    expect(again.window.isMaximized()).toBe(true)
  })

  it('that cannot be written is a sentence, not the end', () => {
    vi.useFakeTimers()
    const { window } = make({ placeFile: join(folder, 'nowhere', 'window.json') })
    window.setBounds({ x: 1 })
    vi.advanceTimersByTime(1000)
    expect(problems).toEqual([expect.stringContaining('could not be kept')])
  })

  it.each([
    '',
    '{',
    '[]',
    '{"bounds":{"x":0,"y":0,"width":-5,"height":3},"maximized":true}',
    '{"bounds":{"x":1e9,"y":0,"width":5,"height":3},"maximized":true}',
  ])('is the usual one when the file says %j', (text) => {
    writeFileSync(join(folder, 'window.json'), text)
    expect(readPlace(join(folder, 'window.json'))).toBeNull()
    expect(make().window.getBounds()).toMatchObject({ width: 1280, height: 800 })
  })

  const kept = (x: number, y: number, [width, height]: readonly [number, number] = [1000, 700]): Place => ({
    bounds: { x, y, width, height },
    maximized: false,
  })
  const screens = [displayAt({ x: 0, y: 0, width: 1920, height: 1080 }), displayAt({ x: 1920, y: 0, width: 2560, height: 1440 })]
  it.each<[string, Place, readonly [number, number] | null]>([
    ['on the first display', kept(100, 100), [100, 100]],
    ['on the second', kept(2000, 300), [2000, 300]],
    ['half off to the left', kept(-500, 100), [-500, 100]],
    ['off to the left but for a finger', kept(-950, 100), null],
    ['on a display that is gone', kept(-1500, 100), null],
    ['below everything', kept(100, 1500), null],
    ['with its title bar above the top', kept(100, -20), [100, 0]],
    ['far above', kept(100, -600), null],
  ])('%s comes up within reach', (_name, place, expected) => {
    const placing = toPlacing(place, screens, true)
    expect(placing.x === undefined || placing.y === undefined ? null : [placing.x, placing.y]).toEqual(expected)
    expect([placing.width, placing.height]).toEqual([1000, 700])
  })

  it('is the size alone under Wayland, and never larger than the display or smaller than the panel needs', () => {
    expect(toPlacing(kept(100, 100), screens, false)).toEqual({ width: 1000, height: 700, maximized: false })
    expect(toPlacing(kept(0, 0, [5000, 3000]), screens, true)).toMatchObject({ width: 1920, height: 1040 })
    expect(toPlacing(kept(0, 0, [200, 100]), screens, true)).toMatchObject({ width: 960, height: 600 })
    expect(toPlacing(null, [], true)).toEqual({ width: 1280, height: 800, maximized: false })
  })

  it('is written in one step', () => {
    const file = join(folder, 'window.json')
    writePlace(file, kept(1, 2))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(kept(1, 2))
    expect(screen.getAllDisplays()).toHaveLength(1)
  })
})
