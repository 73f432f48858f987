// One Tollgate per person. Promises: the second start shows the first one's window; a start at login shows none.

import { beforeEach, expect, test } from 'vitest'
import { claimSingleInstance } from '../../../main/os/single-instance.ts'
import { app, resetElectron } from '../../kit/electron/index.ts'

beforeEach(resetElectron)

test('the first one has the lock, and hears of later ones', () => {
  let shown = 0
  expect(claimSingleInstance(() => void (shown += 1))).toBe(true)
  app.emit('second-instance', {}, ['/opt/Tollgate/tollgate'], '/')
  expect(shown).toBe(1)
  app.emit('second-instance', {}, ['/opt/Tollgate/tollgate', '--background'], '/')
  expect(shown).toBe(1)
})

test('the second one gets none, and listens to nobody', () => {
  app.lockedElsewhere = true
  expect(claimSingleInstance(() => undefined)).toBe(false)
  expect(app.listenerCount('second-instance')).toBe(0)
})
