// How a copy of the app is found, replaced and put back, and what versions tell each other by notes on the disk.
// Promises: an AppImage never lacks its name, a folder is back when the second rename fails.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installUpdate } from '../../../main/update/install.ts'
import { findInstallation, previousOf, stagingOf, swapBack, swapIn } from '../../../main/update/place.ts'
import { reportStarted, waitForStarted, writePending } from '../../../main/update/started.ts'
import { createGround, installed, snapshot, type Ground } from './update-ground.ts'

let ground: Ground
beforeEach(() => {
  ground = createGround()
})
afterEach(() => ground.clear())

describe('an installation', () => {
  const at = (changed: Partial<Parameters<typeof findInstallation>[0]>): unknown =>
    findInstallation({ platform: 'linux', program: '/apps/tollgate/tollgate', appImage: null, canWrite: () => true, ...changed })

  it.each([
    ['a folder of the user’s own', {}, { kind: 'tree', place: '/apps/tollgate' }],
    ['an AppImage', { appImage: '/apps/t.AppImage' }, { kind: 'file', place: '/apps/t.AppImage' }],
    ['a package of the system', { program: '/opt/tollgate/tollgate', canWrite: () => false }, { kind: null, place: '/opt/tollgate' }],
    ['a folder in a place of root’s', { canWrite: (folder: string) => folder !== '/apps' }, { kind: null, place: '/apps/tollgate' }],
    ['Windows', { platform: 'win32' as const, program: 'C:/t.exe' }, { kind: 'installer', place: 'C:/t.exe' }],
  ])('in %s is known', (_what, surroundings, expected) => {
    expect(at(surroundings)).toEqual(expected)
  })

  it('that is a folder is replaced and put back', () => {
    const installation = { kind: 'tree' as const, place: ground.layOut('app', { a: 'old' }) }
    ground.layOut('app.next', { a: 'new', b: 'more' })
    swapIn(installation, 'a')
    expect([snapshot(ground.place), snapshot(previousOf(ground.place))]).toEqual([{ a: 'new', b: 'more' }, { a: 'old' }])
    swapBack(installation)
    expect(snapshot(ground.folder)).toEqual({ 'app/a': 'old' })
  })

  it('that is a folder stays when what should replace it is gone', () => {
    const installation = { kind: 'tree' as const, place: ground.layOut('app', { a: 'old' }) }
    expect(() => swapIn(installation, 'a')).toThrow('ENOENT')
    expect(snapshot(ground.folder)).toEqual({ 'app/a': 'old' })
  })

  it('that is an AppImage is replaced and put back', () => {
    const installation = { kind: 'file' as const, place: ground.at('t.AppImage') }
    writeFileSync(installation.place, 'old')
    ground.layOut('t.AppImage.next', { 'u.AppImage': 'new' })
    swapIn(installation, 'u.AppImage')
    expect([readFileSync(installation.place, 'utf8'), readFileSync(previousOf(installation.place), 'utf8'), existsSync(stagingOf(installation.place))]).toEqual(
      ['new', 'old', false],
    )
    swapBack(installation)
    expect(snapshot(ground.folder)).toEqual({ 't.AppImage': 'old' })
  })
})

describe('the notes between versions', () => {
  const pending = { from: '1.2.0', to: '1.3.0', backup: '/b.db' }

  it('say that the new version serves', async () => {
    await writePending(ground.folder, pending)
    const waiting = waitForStarted(ground.folder, '1.3.0', AbortSignal.timeout(5000))
    expect(await reportStarted(ground.folder, '1.3.0')).toEqual({ kind: 'updated', pending })
    expect(await waiting).toBe(true)
    expect(await reportStarted(ground.folder, '1.3.0')).toEqual({ kind: 'none' })
  })

  it('say that the version before is still there', async () => {
    await writePending(ground.folder, pending)
    expect(await reportStarted(ground.folder, '1.2.0')).toEqual({ kind: 'not-updated', pending })
    expect(await waitForStarted(ground.folder, '1.3.0', AbortSignal.timeout(300))).toBe(false)
  })

  it('are forgotten when another update begins, and mean nothing when they are damaged', async () => {
    await writePending(ground.folder, pending)
    await reportStarted(ground.folder, '1.3.0')
    await writePending(ground.folder, { ...pending, to: '1.4.0' })
    expect(await waitForStarted(ground.folder, '1.4.0', AbortSignal.timeout(300))).toBe(false)
    writeFileSync(ground.at('pending.json'), '{"from": 1}')
    expect(await reportStarted(ground.folder, '1.4.0')).toEqual({ kind: 'none' })
  })
})

it.each([
  ['is staged, checked and handed over, after the backup', true],
  ['that does not start leaves everything as it was', false],
])('an installer %s', async (_what, starts) => {
  const order: string[] = []
  const payload = ground.layOut('payload', { 'tollgate-setup.exe': '#! installer' })
  const result = await installUpdate(ground.bundle(payload, { kind: 'installer', platform: 'win32' }), {
    installed: { ...installed, kind: 'installer', platform: 'win32' },
    installation: { kind: 'installer', place: ground.place },
    publicKey: ground.publicKey,
    folder: ground.at('notes'),
    supervisor: { start: () => void order.push('start'), stop: async () => void order.push('stop'), hold: () => () => undefined },
    ledger: async (command) => {
      order.push(command ?? '')
      return { code: 0, printed: 'Made and read again: /data/backups/one.db (1.5 MB).\n' }
    },
    launch: (program) => {
      order.push(readFileSync(program, 'utf8'))
      return { started: Promise.resolve(starts), ended: Promise.resolve(), kill: async () => undefined }
    },
    drainMs: 0,
    readyTimeoutMs: 1000,
  })
  if (!starts) {
    expect(result).toEqual({ kind: 'refused', reason: 'The installer could not be started, so nothing was changed.' })
    expect(order).toEqual(['stop', 'backup', '#! installer', 'start'])
    expect([existsSync(ground.at('notes/1.3.0')), existsSync(ground.at('notes/pending.json'))]).toEqual([false, false])
    return
  }
  expect(result).toEqual({ kind: 'handed-over', version: '1.3.0' })
  expect(order).toEqual(['stop', 'backup', '#! installer'])
  expect(statSync(ground.at('notes/1.3.0/tollgate-setup.exe')).mode & 0o777).toBe(0o755)
  expect(await reportStarted(ground.at('notes'), '1.3.0')).toMatchObject({ kind: 'updated', pending: { from: '1.2.0', backup: '/data/backups/one.db' } })
})
