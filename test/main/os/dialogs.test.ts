// What the boxes ask and what each button means. Promises: Escape and a closed box always give the harmless answer.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDialogs, otherPort } from '../../../main/os/dialogs.ts'
import { app, resetElectron } from '../../kit/electron/index.ts'
import { dialogs as seen } from '../../kit/electron/dialog.ts'

let folder: string
beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-saves-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const boxes = createDialogs()

const cases = [
  ['quit', () => boxes.askQuit(3), ['Quit when done', 'Quit now', 'Cancel'], ['when-done', 'now', 'stay'], 'stay'],
  ['closing', () => boxes.tellClosing('hide'), ['OK', 'Quit instead'], [false, true], false],
  ['closing without a tray', () => boxes.tellClosing('minimize'), ['OK', 'Quit instead'], [false, true], false],
  ['port', () => boxes.askPort(4000, 'node (pid 7)'), ['Use 4001', 'Try again', 'Not now'], ['other', 'again', 'leave'], 'leave'],
  ['crash', () => boxes.tellCrash('The configuration is wrong.'), ['Start again', 'Open log folder', 'Close'], ['start', 'logs', 'leave'], 'leave'],
  ['leaving for a page', () => boxes.askExternal('example.org'), ['Open', 'Cancel'], [true, false], false],
  ['update', () => boxes.askUpdate({ version: '1.3.0', notes: 'Quicker.', ledgerChanges: true }), ['Install', 'Not now'], [true, false], false],
  ['support bundle', () => boxes.askSupportBundle('text'), ['Save…', 'Cancel'], [true, false], false],
] as const

describe.each(cases)('%s', (_title, ask, buttons, answers, closed) => {
  test('each button has its answer', async () => {
    for (const [index, answer] of answers.entries()) {
      seen.answers.box = () => index
      expect(await ask()).toBe(answer)
    }
    expect(seen.boxes[0]?.buttons).toEqual(buttons)
  })
  test('a closed box is harmless', async () => {
    expect(await ask()).toBe(closed)
  })
})

test('the questions have their facts', async () => {
  await boxes.askQuit(1)
  await boxes.askQuit(1284)
  await boxes.askPort(4000, 'node (pid 7)')
  await boxes.askPort(4000, null)
  await boxes.tellCrash(`sk-${'a1'.repeat(30)} was refused`)
  expect(seen.boxes.map(({ message, detail }) => (message === 'The gateway does not run' ? detail : message))).toEqual([
    '1 request running',
    '1,284 requests running',
    'Port 4000 is taken by node (pid 7)',
    'Port 4000 is taken',
    '[key] was refused',
  ])
})

test('a support bundle is shown by its first lines, and how many more there are', async () => {
  await boxes.askSupportBundle(Array.from({ length: 100 }, (_, index) => `line ${String(index)}`).join('\n'))
  const shown = seen.boxes[0]?.detail?.split('\n') ?? []
  expect([shown.length, shown[0], shown.at(-1)]).toEqual([41, 'line 0', '… and 60 lines more, redacted in the same way.'])
})

test.each([
  [4000, 4001],
  [65_535, 65_534],
])('instead of port %d: %d', (taken, other) => {
  expect(otherPort(taken)).toBe(other)
})

describe('saving', () => {
  test('writes the whole text where it was told to', async () => {
    const file = path.join(folder, 'export.csv')
    seen.answers.save = () => file
    expect(await boxes.saveText('export.csv', 'a,b\r\n')).toBe(file)
    expect(readFileSync(file, 'utf8')).toBe('a,b\r\n')
  })

  test('nothing is written when nobody chose a place', async () => {
    expect(await boxes.saveText('export.csv', 'x')).toBeNull()
    expect(await boxes.chooseSaveFile('export.csv')).toBeNull()
  })

  test.each(['../../etc/passwd', '/etc/passwd', 'a\u0000b/passwd'])('the name %j proposes no folder of its own', async (name) => {
    await boxes.chooseSaveFile(name)
    expect(seen.saves[0]?.defaultPath).toBe(path.join(app.getPath('downloads'), 'passwd'))
  })

  test('a place that cannot be written is an error, and leaves no draft', async () => {
    const file = path.join(folder, 'none', 'export.csv')
    seen.answers.save = () => file
    await expect(boxes.saveText('export.csv', 'x')).rejects.toThrow(/ENOENT/)
    expect(existsSync(path.dirname(file))).toBe(false)
  })
})
