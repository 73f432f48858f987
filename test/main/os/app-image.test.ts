// Which AppImage the app runs from, by the variables it was started with. Promises: another program's are not believed.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findAppImage } from '../../../main/os/app-image.ts'
import { findInstallation } from '../../../main/update/place.ts'

const ours = { APPIMAGE: '/apps/Tollgate.AppImage', APPDIR: '/tmp/.mount_TollgaXyZ' }
const read =
  (variables: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    variables[name]

test.each<[string, Readonly<Record<string, string>>, string, string | null]>([
  ['our own', ours, '/tmp/.mount_TollgaXyZ/tollgate', ours.APPIMAGE],
  ['our own, deeper', ours, '/tmp/.mount_TollgaXyZ/usr/bin/tollgate', ours.APPIMAGE],
  ['another program’s', { APPIMAGE: '/apps/Editor.AppImage', APPDIR: '/tmp/.mount_EditorXyZ' }, '/opt/tollgate/tollgate', null],
  ['another program’s with a name that begins alike', { ...ours, APPDIR: '/tmp/.mount_Tollga' }, '/tmp/.mount_TollgaXyZ/tollgate', null],
  ['one without its folder', { APPIMAGE: ours.APPIMAGE }, '/tmp/.mount_TollgaXyZ/tollgate', null],
  ['one whose folder is empty', { ...ours, APPDIR: '' }, '/tmp/.mount_TollgaXyZ/tollgate', null],
  ['none', {}, '/opt/tollgate/tollgate', null],
])('%s', (_whose, variables, executable, expected) => {
  const appImage = findAppImage(read(variables), executable)
  expect(appImage).toBe(expected)
  const { kind } = findInstallation({ platform: 'linux', program: executable, appImage, canWrite: () => true })
  expect(kind).toBe(expected === null ? 'tree' : 'file')
})

test('our own below a folder for temporary files that is a link', () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tollgate-mount-')))
  try {
    mkdirSync(path.join(folder, 'real', 'mount'), { recursive: true })
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'))
    const variables = { ...ours, APPDIR: path.join(folder, 'link', 'mount') }
    expect(findAppImage(read(variables), path.join(folder, 'real', 'mount', 'tollgate'))).toBe(ours.APPIMAGE)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
