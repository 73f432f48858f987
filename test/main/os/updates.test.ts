// Updates from a file as people meet them: chosen, asked about, installed or not; and the word to the version before.
// Promises: without a yes nothing is installed; the app leaves only for a version that took over. Leaves alone: judging and installing (test/main/update).

import { beforeEach, expect, test } from 'vitest'
import { createDialogs } from '../../../main/os/dialogs.ts'
import { createUpdates, type Updates } from '../../../main/os/updates.ts'
import { resetElectron } from '../../kit/electron/index.ts'
import { dialogs } from '../../kit/electron/dialog.ts'
import { createNotedUpdate, createToldGateway, serving, settle, type NotedUpdate, type ToldGateway } from '../../kit/shell-parts.ts'

interface Scene {
  readonly updates: Updates
  readonly update: NotedUpdate
  readonly gateway: ToldGateway
  readonly left: string[]
}
function begin(change: Partial<Pick<NotedUpdate, 'judged' | 'result' | 'outcome'>> = {}): Scene {
  const update = Object.assign(createNotedUpdate(), change)
  const gateway = createToldGateway({ kind: 'starting' })
  const left: string[] = []
  const pause = { end: () => void update.asked.push('end of pause') }
  const updates = createUpdates({ update, supervisor: gateway, dialogs: createDialogs(), pause, leaving: () => leaving, leave: () => void left.push('left') })
  return { updates, update, gateway, left }
}
let leaving = false
const words = (): readonly string[] => dialogs.boxes.map(({ message, detail }) => `${message}: ${detail ?? ''}`)

beforeEach(() => {
  resetElectron()
  leaving = false
  dialogs.answers.open = () => '/new.update'
  dialogs.answers.box = () => 0
})

test('a yes installs the file that was judged, and the app leaves to the new version', async () => {
  const { updates, update, left } = begin()
  await updates.install()
  expect([update.asked, left]).toEqual([['judge /new.update', 'end of pause', 'install /new.update 60000'], ['left']])
  expect(words()[0]).toMatch(/^Install version 1\.3\.0\?: Running requests may end[^]*Quicker\.$/)
})

test('an installer that runs is left to it as well', async () => {
  const { updates, left } = begin({ result: { kind: 'handed-over', version: '1.3.0' } })
  await updates.install()
  expect(left).toEqual(['left'])
})

test('whoever changes the ledger says so first', async () => {
  const { updates } = begin({ judged: { kind: 'ready', version: '2.0.0', notes: '', ledgerChanges: true } })
  await updates.install()
  expect(words()[0]).toContain('this version cannot read it afterwards')
})

test.each([
  ['no file', () => (dialogs.answers.open = () => null), []],
  ['no', () => (dialogs.answers.box = () => 1), ['judge /new.update']],
  ['a closed box', () => (dialogs.answers.box = () => undefined), ['judge /new.update']],
])('%s installs nothing', async (_what, answer, asked) => {
  const { updates, update, left } = begin()
  answer()
  await updates.install()
  expect([update.asked, left]).toEqual([asked, []])
})

test('a file that does not fit is refused by its own reason, before any question', async () => {
  const { updates, update, left } = begin({ judged: { kind: 'refused', reason: 'Version 1.2.0 is already installed.' } })
  await updates.install()
  expect(words()).toEqual(['The update was not installed: Version 1.2.0 is already installed.'])
  expect([update.asked, left]).toEqual([['judge /new.update'], []])
  expect(await updates.choose()).toEqual({ kind: 'refused', reason: 'Version 1.2.0 is already installed.' })
})

test('what was taken back is told, and the app stays', async () => {
  const { updates, left } = begin({ result: { kind: 'rolled-back', reason: 'Version 1.3.0 did not start, so version 1.2.0 is back.' } })
  await updates.install()
  expect([words().at(-1), left]).toEqual(['The update was not installed: Version 1.3.0 did not start, so version 1.2.0 is back.', []])
})

test('a second wish meanwhile does nothing', async () => {
  const { updates, update } = begin()
  await Promise.all([updates.install(), updates.install()])
  expect(update.asked.filter((one) => one.startsWith('install'))).toHaveLength(1)
})

test('it installs from the yes until it is known what came of it', async () => {
  const { updates, update } = begin({ result: { kind: 'rolled-back', reason: 'It did not start.' } })
  const seen: boolean[] = []
  const trial = Promise.withResolvers<undefined>()
  const { install } = update
  update.install = async (...given) => (await trial.promise, await install.apply(update, given))
  dialogs.answers.box = () => (seen.push(updates.installing), 0)
  const done = updates.install()
  await settle()
  expect([seen, updates.installing]).toEqual([[false], true])
  trial.resolve(undefined)
  await done
  expect([seen, updates.installing]).toEqual([[false, false], false])
})

test('an app on its way out installs nothing', async () => {
  const { updates, update } = begin()
  dialogs.answers.box = () => ((leaving = true), 0)
  await updates.install()
  expect(update.asked).toEqual(['judge /new.update'])
})

test('the version before is told once, when the gateway first serves', async () => {
  const { update, gateway } = begin()
  await settle()
  expect(update.asked).toEqual([])
  gateway.enter(serving())
  gateway.enter({ kind: 'stopped', reason: null })
  gateway.enter(serving())
  await settle()
  expect([update.asked, words()]).toEqual([['started'], []])
})

test('an installer that did not get through is told at the next start', async () => {
  const { gateway } = begin({ outcome: { kind: 'not-updated', pending: { from: '1.2.0', to: '1.3.0', backup: '/backups/a.db' } } })
  gateway.enter(serving())
  await settle()
  expect(words()).toEqual(['The update was not installed: Version 1.2.0 is in its place. The ledger was backed up before, as /backups/a.db.'])
})
