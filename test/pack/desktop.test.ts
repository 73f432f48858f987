// The desktop app as it is packed: what is in its archive, what lies beside it, and that the gateway in it runs.
// Promises: made by the command people use, around a program that stands in for Electron's; or taken from the folder that TOLLGATE_PACKED names.
// Leaves alone: Electron itself (test/desktop).

import { extractAll, extractFile } from '@electron/asar'
import { getCurrentFuseWire } from '@electron/fuses'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fuses } from '../../scripts/steps/after-pack.mjs'
import { listArchive, packedPlaces } from '../../scripts/steps/packed.mjs'
import { makeStandInRuntime } from '../../scripts/steps/stand-in-runtime.mjs'
import { parts } from '../kit/parts.ts'
import { desktopContents, differences, noDifferences } from './contents.ts'
import { expectServes, packingTimeoutMs, runScript } from './unpacked-gateway.ts'

/** What was packed before, with Electron's own binary. The stand-in looks like Electron for Linux. */
const given = process.env['TOLLGATE_PACKED']
const canPack = process.platform === 'linux'
let folder = ''
let made = given === undefined ? '' : resolve(import.meta.dirname, '../..', given)
let archive = ''
let tree = ''
let files: readonly { readonly path: string; readonly bytes: number; readonly unpacked: boolean }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-packed-'))
  if (given === undefined) {
    if (!canPack) return
    made = join(folder, 'made')
    const { code, printed } = await runScript('pack', ['--stand-in-runtime', '--out', made])
    expect([code, printed]).toEqual([0, expect.stringMatching(/The archive:[\s\S]*MB[\s\S]*Made:/)])
  }
  ;({ archive, tree } = packedPlaces(made))
  files = listArchive(archive)
}, packingTimeoutMs)
afterAll(async () => await rm(folder, { recursive: true, force: true }))

describe.skipIf(given === undefined && !canPack)('the archive', () => {
  it('holds what is listed and nothing else: no source, no test, no map', () => {
    const paths = files.map((file) => file.path)
    expect(differences(paths, desktopContents)).toEqual(noDifferences)
    const mistakes = ['gateway/main.ts', 'test/house/sizes.ts', 'dist/panel/assets/index.js.map', 'node_modules/better-sqlite3/deps/sqlite3.c']
    expect(differences([...paths, ...mistakes], desktopContents).unexpected).toEqual(mistakes)
  })

  it('has the native modules beside it, and nothing but them', () => {
    expect(files.filter((file) => file.unpacked !== file.path.startsWith('node_modules/'))).toEqual([])
    expect(files.filter((file) => file.unpacked && file.path.endsWith('.node'))).toHaveLength(2)
  })

  it('starts with the shell, and names no tools of development', () => {
    const manifest = JSON.parse(extractFile(archive, 'package.json').toString()) as Record<string, unknown>
    expect(manifest['main']).toBe('dist/main/main.mjs')
    expect(manifest).not.toHaveProperty('devDependencies')
    expect(manifest).not.toHaveProperty('scripts')
  })

  it('serves the panel and answers a call under plain Node', async () => {
    // Electron reads inside the archive; Node reads the same bytes laid out as files.
    const laidOut = join(folder, 'laid-out')
    extractAll(archive, laidOut)
    await expectServes(laidOut)
  })

  it('comes with its licence, the licences of what is in it, and a bill of materials', async () => {
    const notices = await readFile(join(archive, '../THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const name of ['koa', 'undici', 'svelte', 'better-sqlite3', 'electron']) expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(await readFile(join(archive, '../LICENSE'), 'utf8')).toContain('MIT')
    const bill = (await readdir(made)).find((name) => name.endsWith('.cdx.json')) ?? ''
    const { components } = JSON.parse(await readFile(join(made, bill), 'utf8')) as { components: { 'bom-ref': string }[] }
    expect(components.map((component) => component['bom-ref'])).toEqual(
      expect.arrayContaining([expect.stringMatching(/^electron@/), expect.stringMatching(/^koa@/)]),
    )
  })
})

it.skipIf(process.platform !== 'linux')('the tar.gz holds one folder, which is the packed tree', async () => {
  const file = (await readdir(made)).find((name) => name.endsWith('.tar.gz')) ?? ''
  const listed = execFileSync('tar', ['-tzf', join(made, file)], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const top = `${file.replace('.tar.gz', '')}/`
  const packed = await readdir(tree, { recursive: true })
  expect(listed.map((entry) => entry.replace(/\/$/, '')).sort()).toEqual(
    [top, ...packed.map((entry) => top + entry)].map((entry) => entry.replace(/\/$/, '')).sort(),
  )
})

it.skipIf(given === undefined)('has its fuses set', async () => {
  const names: Partial<Record<NodeJS.Platform, string>> = { darwin: 'Tollgate.app', win32: 'Tollgate.exe' }
  const wire = await getCurrentFuseWire(join(tree, names[process.platform] ?? 'tollgate'))
  const expected = Object.entries(fuses).map(([fuse, state]) => [fuse, (state ? '1' : '0').charCodeAt(0)])
  expect(Object.fromEntries(Object.entries(wire))).toMatchObject(Object.fromEntries(expected))
})

it.skipIf(!canPack)(
  'a program without fuses fails the build, unless it is the stand-in',
  async () => {
    const { code, printed } = await runScript('pack', [
      '--electron-dist',
      makeStandInRuntime(join(folder, 'runtime')),
      '--quick',
      '--out',
      join(folder, 'refused'),
    ])
    expect([code, printed]).toEqual([1, expect.stringContaining('Could not find sentinel')])
  },
  packingTimeoutMs,
)

describe.skipIf(!parts.dpkg)('the deb', () => {
  let deb = ''
  beforeAll(async () => {
    deb = join(made, (await readdir(made)).find((name) => name.endsWith('.deb')) ?? '')
  })

  it('says what it is and what it needs', () => {
    const field = (name: string): string => execFileSync('dpkg-deb', ['--field', deb, name], { encoding: 'utf8' }).trim()
    expect([field('Package'), field('Version'), field('Architecture')]).toEqual([
      'tollgate',
      expect.stringMatching(/^\d+\.\d+\.\d+/),
      process.arch === 'x64' ? 'amd64' : 'arm64',
    ])
    expect(field('Depends')).toContain('libnss3')
    expect(Number(field('Installed-Size'))).toBeGreaterThan(5000)
  })

  it('puts root’s files where Debian wants them, writable by nobody else', () => {
    const lines = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' }).trim().split('\n')
    const entries = lines.map((line) => /^(\S+) (\S+) +\d+ \S+ \S+ \.(\/\S*)/.exec(line) ?? [])
    expect(entries.filter(([, mode = '', owner]) => owner !== 'root/root' || !(mode.startsWith('l') || /^.....-..-.$/.test(mode)))).toEqual([])
    const places = entries.map(([, , , place = '']) => place).filter((place) => !place.endsWith('/'))
    const allowed =
      /^\/(?:opt\/tollgate\/|usr\/bin\/tollgate$|usr\/share\/(?:applications\/tollgate\.desktop|icons\/hicolor\/[\w]+\/apps\/tollgate\.(?:png|svg)|doc\/tollgate\/copyright)$)/
    expect(places.filter((place) => !allowed.test(place))).toEqual([])
    expect(places).toEqual(expect.arrayContaining(['/usr/bin/tollgate', '/opt/tollgate/tollgate', '/opt/tollgate/resources/app.asar']))
  })

  it.skipIf(!parts.desktopFileValidate)('has an entry for the menu that desktops understand', async () => {
    const entry = join(import.meta.dirname, '../../resources/linux/tollgate.desktop')
    expect(execFileSync('desktop-file-validate', [entry], { encoding: 'utf8' })).toBe('')
    const wrong = join(folder, 'wrong.desktop')
    await writeFile(wrong, (await readFile(entry, 'utf8')).replace('Terminal=false', 'Terminal=perhaps'))
    expect(() => execFileSync('desktop-file-validate', [wrong], { stdio: 'pipe' })).toThrow()
  })

  // Into a root of its own: what it needs is not there, and the machine's own packages stay as they are. It has no scripts that could tell.
  it.skipIf(process.getuid?.() !== 0)('installs and goes without a trace', async () => {
    const root = join(folder, 'root')
    await mkdir(join(root, 'var/lib/dpkg/info'), { recursive: true })
    await mkdir(join(root, 'var/lib/dpkg/updates'))
    await writeFile(join(root, 'var/lib/dpkg/status'), '')
    const dpkg = (...parameters: string[]): string =>
      execFileSync('dpkg', [`--root=${root}`, '--force-depends', ...parameters], { encoding: 'utf8', stdio: 'pipe' })
    dpkg('--install', deb)
    expect(dpkg('--status', 'tollgate')).toContain('Status: install ok installed')
    expect(dpkg('--verify', 'tollgate')).toBe('')
    expect(await readFile(join(root, 'usr/share/applications/tollgate.desktop'), 'utf8')).toContain('Exec=tollgate\n')
    if (given === undefined) expect(() => execFileSync(join(root, 'usr/bin/tollgate'), { stdio: 'pipe' })).toThrow('without Electron')
    dpkg('--purge', 'tollgate')
    expect((await readdir(root)).filter((name) => name !== 'var')).toEqual([])
  })
})
