// One Tollgate per person. Promises: the second start shows the first one's window; a start at login shows none; a failed one ends with a word.

import { beforeEach, expect, test } from 'vitest'
import { runAlone } from '../../../main/os/single-instance.ts'
import { dialogs } from '../../kit/electron/dialog.ts'
import { app, resetElectron } from '../../kit/electron/index.ts'
import { createNotedWindow, settle } from '../../kit/shell-parts.ts'

beforeEach(resetElectron)

test('the first one starts when the app is ready, and shows its window for later ones', async () => {
  const window = createNotedWindow()
  let starts = 0
  runAlone(() => {
    starts += 1
    return window
  })
  await settle()
  expect(starts).toBe(0)
  // Before there is a window: it comes up once there is one.
  app.emit('second-instance', {}, ['/opt/Tollgate/tollgate'], '/')
  app.becomeReady()
  await settle()
  expect([starts, window.seen]).toEqual([1, ['show ']])
  app.emit('second-instance', {}, ['/opt/Tollgate/tollgate', '--background'], '/')
  await settle()
  expect(window.seen).toEqual(['show '])
})

test('the second one ends, and listens to nobody', () => {
  app.lockedElsewhere = true
  runAlone(() => createNotedWindow())
  expect([app.exitCode, app.listenerCount('second-instance')]).toEqual([0, 0])
})

test('a start that fails says why and ends', async () => {
  runAlone(() => {
    throw new Error('The panel is not built.')
  })
  app.becomeReady()
  app.emit('second-instance', {}, [], '/')
  await settle()
  expect([dialogs.errors, app.exitCode]).toEqual([['Tollgate cannot start: The panel is not built.'], 1])
})
