// Pausing the gateway for a while, on a turned clock. Promises: it serves again in time, also after sleep; a start by anyone ends the pause.

import { beforeEach, expect, test } from 'vitest'
import { shellLimits } from '../../../main/os/limits.ts'
import { createPause, type Pause } from '../../../main/os/pause.ts'
import { createToldGateway, createTurnedTimer, serving, settle, startMs, type ToldGateway, type TurnedTimer } from '../../kit/shell-parts.ts'

let timer: TurnedTimer
let gateway: ToldGateway
let pause: Pause
let changes: number
beforeEach(() => {
  timer = createTurnedTimer()
  gateway = createToldGateway()
  pause = createPause({ supervisor: gateway, timer })
  changes = 0
  pause.onChange(() => void (changes += 1))
})
const stop = `stop ${String(shellLimits.drainPauseMs)}`
const minuteMs = 60_000

test('a quarter of an hour ends by itself', async () => {
  pause.begin(15)
  await settle()
  expect([gateway.asked, pause.current, gateway.state.kind]).toEqual([[stop], { untilMs: startMs + 15 * minuteMs }, 'stopped'])
  await timer.pass(15 * minuteMs - 1)
  expect(gateway.asked).toEqual([stop])
  await timer.pass(1)
  expect([gateway.asked, pause.current, changes]).toEqual([[stop, 'start'], null, 2])
})

test('until resumed lasts until somebody resumes, once', async () => {
  pause.begin(null)
  await timer.pass(100 * minuteMs)
  expect(gateway.asked).toEqual([stop])
  pause.resume()
  pause.resume()
  expect([gateway.asked, pause.current]).toEqual([[stop, 'start'], null])
})

test('the time counts while the computer sleeps', async () => {
  let nowMs = startMs
  const still = { ...timer, nowMs: () => nowMs }
  pause = createPause({ supervisor: gateway, timer: still })
  pause.begin(15)
  nowMs += 16 * minuteMs
  pause.checkTime()
  expect(gateway.asked).toEqual([stop, 'start'])
})

test('a start by anyone ends it, and no second one follows', async () => {
  pause.begin(15)
  await settle()
  gateway.enter({ kind: 'starting' })
  gateway.enter(serving())
  await timer.pass(60 * minuteMs)
  expect([pause.current, gateway.asked]).toEqual([null, [stop]])
})

test('it ends without a start when something else decides', async () => {
  pause.begin(15)
  pause.end()
  pause.end()
  await timer.pass(15 * minuteMs)
  expect([pause.current, gateway.asked, changes]).toEqual([null, [stop], 2])
})

test('a second pause counts anew', async () => {
  pause.begin(15)
  await timer.pass(10 * minuteMs)
  pause.begin(60)
  await timer.pass(59 * minuteMs)
  expect(pause.current).not.toBeNull()
  await timer.pass(minuteMs)
  expect([pause.current, gateway.asked.filter((one) => one === 'start').length]).toEqual([null, 1])
})
