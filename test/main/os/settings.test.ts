// The shell's own small file. Promises: survives a restart; garbage, a cut file and a full disk cost the memory and nothing else.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSettings } from '../../../main/os/settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-settings-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const file = (): string => path.join(folder, 'made', 'desktop.json')

test('what was written is read after a restart, and the folder is made', () => {
  const settings = openSettings(file())
  expect(settings.read('port')).toBeUndefined()
  expect(settings.write('port', 4001)).toBe(true)
  expect(settings.write('notices', { told: ['a'] })).toBe(true)
  expect(settings.read('port')).toBe(4001)
  const again = openSettings(file())
  expect([again.read('port'), again.read('notices')]).toEqual([4001, { told: ['a'] }])
  expect(readdirSync(path.dirname(file()))).toEqual(['desktop.json'])
  if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test('the same again is not written again', () => {
  const settings = openSettings(file())
  settings.write('port', 1)
  rmSync(file())
  settings.write('port', 1)
  expect(existsSync(file())).toBe(false)
})

test.each(['', '{', '{"port": 4001', '[1]', 'null', '"text"', '\u0000\u0001', '{"port":4001}garbage'])(
  '%j reads as nothing, and can be written over',
  (text) => {
    const plain = path.join(folder, 'desktop.json')
    writeFileSync(plain, text)
    const settings = openSettings(plain)
    expect(settings.read('port')).toBeUndefined()
    expect(settings.write('port', 5)).toBe(true)
    expect(openSettings(plain).read('port')).toBe(5)
  },
)

test('a file larger than its bound reads as nothing; what would make it so is not written', () => {
  const plain = path.join(folder, 'desktop.json')
  writeFileSync(plain, JSON.stringify({ port: 1, window: 'x'.repeat(300_000) }))
  const settings = openSettings(plain)
  expect(settings.read('port')).toBeUndefined()
  settings.write('port', 2)
  expect(settings.write('window', 'x'.repeat(300_000))).toBe(false)
  expect(JSON.parse(readFileSync(plain, 'utf8'))).toEqual({ port: 2 })
})

test('where nothing can be written it counts until the end, and nothing throws', () => {
  writeFileSync(path.join(folder, 'made'), 'a file where the folder should be')
  const settings = openSettings(file())
  expect(settings.write('port', 3)).toBe(false)
  expect(settings.read('port')).toBe(3)
})
