// Start at login on each system. Promises: off until it is switched on; hidden only when the system started the app.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAutostart, type AutostartPlace } from '../../../main/os/autostart.ts'
import { autostartFile, isEntryOn, toDesktopEntry } from '../../../main/os/autostart-entry.ts'
import { app, resetElectron } from '../../kit/electron/index.ts'

/** Built from pieces: this is nobody's machine. */
const ada = path.posix.join('/', 'home', 'ada')
let home: string
beforeEach(() => {
  resetElectron()
  home = mkdtempSync(path.join(tmpdir(), 'tollgate-home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))
const place = (platform: NodeJS.Platform, facts: Partial<AutostartPlace> & { readonly variables?: Record<string, string> } = {}): AutostartPlace => ({
  platform,
  argv: ['/opt/Tollgate/tollgate'],
  executable: '/opt/Tollgate/tollgate',
  packaged: true,
  home,
  readVariable: (name) => facts.variables?.[name],
  ...facts,
})

describe.each(['linux', 'win32', 'darwin'] as const)('on %s', (platform) => {
  test('it is off, can be switched on, and off again', () => {
    const autostart = createAutostart(place(platform))
    expect(autostart.read()).toEqual({ enabled: false, note: null })
    expect(autostart.write(true)).toEqual({ enabled: true, note: null })
    expect(createAutostart(place(platform)).read()).toEqual({ enabled: true, note: null })
    expect(autostart.write(false)).toEqual({ enabled: false, note: null })
    expect(createAutostart(place(platform)).read()).toEqual({ enabled: false, note: null })
  })

  test('from source it cannot be switched, and says why', () => {
    const autostart = createAutostart(place(platform, { packaged: false }))
    expect(autostart.write(true)).toEqual({ enabled: false, note: 'Only the installed app can start at login.' })
    expect(app.loginItem.openAtLogin).toBe(false)
  })

  test('a start by a person is not one at login; one with our own flag is', () => {
    expect(createAutostart(place(platform)).launchedAtLogin).toBe(false)
    expect(createAutostart(place(platform, { argv: ['tollgate', '--background'] })).launchedAtLogin).toBe(true)
  })
})

test.each([
  ['darwin', true],
  ['win32', false],
  ['linux', false],
] as const)('what the system says of the start counts on %s: %s', (platform, counts) => {
  app.loginItem = { ...app.loginItem, wasOpenedAtLogin: true }
  expect(createAutostart(place(platform)).launchedAtLogin).toBe(counts)
})

test('Windows is asked and told with our flag; Task Manager’s no is respected and explained', () => {
  const autostart = createAutostart(place('win32'))
  autostart.write(true)
  app.loginItem = { ...app.loginItem, executableWillLaunchAtLogin: false }
  expect(autostart.read()).toEqual({ enabled: false, note: 'Windows has switched it off: Task Manager, Startup apps.' })
})

test('macOS may ask for approval first', () => {
  const autostart = createAutostart(place('darwin'))
  autostart.write(true)
  app.loginItem = { ...app.loginItem, status: 'requires-approval' }
  expect(autostart.read()).toEqual({ enabled: false, note: expect.stringContaining('System Settings, General, Login Items') as string })
})

describe('the desktop entry', () => {
  test('is in the XDG folder, starts in the background, and names the AppImage itself', () => {
    const variables = { APPIMAGE: `${ada}/My Apps/Tollgate.AppImage`, APPDIR: '/tmp/.mount_TollgaXyZ' }
    createAutostart(place('linux', { variables, executable: '/tmp/.mount_TollgaXyZ/tollgate' })).write(true)
    const entry = readFileSync(path.join(home, '.config/autostart/tollgate.desktop'), 'utf8')
    expect(entry).toContain(`Exec="${ada}/My Apps/Tollgate.AppImage" --background\n`)
    expect(entry.startsWith('[Desktop Entry]\nType=Application\n')).toBe(true)
  })

  test('names our own executable where the AppImage is another program’s', () => {
    const variables = { APPIMAGE: `${ada}/My Apps/Editor.AppImage`, APPDIR: '/tmp/.mount_EditorXyZ' }
    createAutostart(place('linux', { variables })).write(true)
    expect(readFileSync(path.join(home, '.config/autostart/tollgate.desktop'), 'utf8')).toMatch(/\nExec="?\/opt\/Tollgate\/tollgate"? --background\n/)
  })

  test.each([
    [undefined, `${ada}/.config/autostart/tollgate.desktop`],
    ['/etc/mine', '/etc/mine/autostart/tollgate.desktop'],
    ['relative', `${ada}/.config/autostart/tollgate.desktop`],
  ])('with XDG_CONFIG_HOME %s it is %s', (config, file) => {
    expect(autostartFile({ home: ada, readVariable: () => config })).toBe(file)
  })

  test.each([
    ['/opt/Tollgate/tollgate', '"/opt/Tollgate/tollgate"'],
    ['/opt/100%/x', '"/opt/100%%/x"'],
    ['/opt/a "b"/x', String.raw`"/opt/a \\"b\\"/x"`],
    ['/opt/$HOME/`x`', '"/opt/\\\\$HOME/\\\\`x\\\\`"'],
    [String.raw`/opt/back\slash`, String.raw`"/opt/back\\\\slash"`],
  ])('%s is quoted as %s', (executable, quoted) => {
    expect(toDesktopEntry(executable)).toContain(`\nExec=${quoted} --background\n`)
  })

  test.each(['Hidden=true', 'Hidden = TRUE', 'X-GNOME-Autostart-enabled=false'])('%s switches it off, and the file stays', (line) => {
    expect(isEntryOn(`[Desktop Entry]\n${line}\n`)).toBe(false)
    expect(isEntryOn(`[Desktop Entry]\n# ${line}\n`)).toBe(true)
  })

  test('a folder that cannot be written is a sentence', () => {
    writeFileSync(path.join(home, '.config'), 'a file where the folder should be')
    const { enabled, note } = createAutostart(place('linux')).write(true)
    expect([enabled, note]).toEqual([false, expect.stringMatching(/^The autostart folder cannot be written: /)])
  })
})
