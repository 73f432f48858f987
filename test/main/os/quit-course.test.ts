// The way out, step by step on a turned clock. Promises: the app always ends in a known time once it was asked to.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellLimits } from '../../../main/os/limits.ts'
import { createQuitCourse, type QuitAnswer, type QuitCourse } from '../../../main/os/quit-course.ts'
import { createToldGateway, createTurnedTimer, settle, type ToldGateway, type TurnedTimer } from '../../kit/shell-parts.ts'

interface Scene {
  readonly course: QuitCourse
  readonly gateway: ToldGateway
  readonly timer: TurnedTimer
  readonly asked: number[]
  readonly answer: (answer: QuitAnswer | Error) => void
  readonly left: () => number
  /** An update is being installed, and how often people were told. */
  readonly install: { runs: boolean; told: number }
}
function scene(running: number, stopsAtOnce = false): Scene {
  const [gateway, timer] = [createToldGateway(), createTurnedTimer()]
  gateway.running = running
  gateway.stopsAtOnce = stopsAtOnce
  const asked: number[] = []
  let left = 0
  const install = { runs: false, told: 0 }
  let waiting = Promise.withResolvers<QuitAnswer>()
  const course = createQuitCourse({
    supervisor: gateway,
    timer,
    ask(count) {
      asked.push(count)
      waiting = Promise.withResolvers()
      return waiting.promise
    },
    leave: () => void (left += 1),
    busy: () => install.runs,
    tellBusy: () => void (install.told += 1),
  })
  const answer = (given: QuitAnswer | Error): void => (given instanceof Error ? waiting.reject(given) : waiting.resolve(given))
  return { course, gateway, timer, asked, answer, left: () => left, install }
}
const { drainNowMs, drainObeyMs, drainWhenDoneMs, leaveGraceMs } = shellLimits

test('with nothing running it asks nobody and leaves when the gateway is gone', async () => {
  const { course, gateway, asked, left } = scene(0)
  course.request()
  await settle()
  expect([asked, gateway.asked, course.leaving, course.ready, left()]).toEqual([[], [`stop ${String(drainNowMs)}`], true, false, 0])
  gateway.gone()
  await settle()
  expect([course.ready, left()]).toEqual([true, 1])
})

test.each([
  ['when-done', drainWhenDoneMs],
  ['now', drainNowMs],
] as const)('with three running it asks; %s gives them %d ms', async (answer, drainMs) => {
  const { course, gateway, asked, answer: give } = scene(3)
  course.request()
  course.request()
  expect([asked, gateway.asked, course.leaving]).toEqual([[3], [], false])
  give(answer)
  await settle()
  expect(gateway.asked).toEqual([`stop ${String(drainMs)}`])
})

test('to stay is to stay, and one may ask again', async () => {
  const { course, gateway, asked, answer } = scene(1)
  course.request()
  answer('stay')
  await settle()
  expect([course.leaving, gateway.asked]).toEqual([false, []])
  course.request()
  expect(asked).toEqual([1, 1])
})

test('a second wish while it drains means now', async () => {
  const { course, gateway, answer, left } = scene(1)
  course.request()
  answer('when-done')
  await settle()
  course.request()
  expect(gateway.asked).toEqual([`stop ${String(drainWhenDoneMs)}`, `stop ${String(drainNowMs)}`])
  gateway.gone()
  await settle()
  expect(left()).toBe(1)
})

test('the system is obeyed at once, also over an open question, whose answer then counts for nothing', async () => {
  const { course, gateway, asked, answer, timer, left } = scene(5)
  course.request()
  course.obey()
  expect([asked, gateway.asked, course.ready]).toEqual([[5], [`stop ${String(drainObeyMs)}`], true])
  answer('stay')
  await timer.pass(drainObeyMs + leaveGraceMs)
  expect(left()).toBe(1)
})

test.each([0, 3])('while an update is installed a person’s wish to quit is told why not, with %d running; the system is obeyed', async (running) => {
  const { course, gateway, asked, install, timer, left } = scene(running)
  install.runs = true
  course.request()
  await settle()
  expect([asked, gateway.asked, course.leaving, install.told]).toEqual([[], [], false, 1])
  course.obey()
  await timer.pass(drainObeyMs + leaveGraceMs)
  expect(left()).toBe(1)
})

test('an answer that comes when an update has begun counts for nothing', async () => {
  const { course, gateway, answer, install } = scene(3)
  course.request()
  install.runs = true
  answer('now')
  await settle()
  expect([course.leaving, gateway.asked, install.told]).toEqual([false, [], 1])
  install.runs = false
  course.request()
  answer('now')
  await settle()
  expect(gateway.asked).toEqual([`stop ${String(drainNowMs)}`])
})

test('a box that cannot be shown is no reason to stay', async () => {
  const { course, gateway, answer } = scene(1)
  course.request()
  answer(new Error('no display'))
  await settle()
  expect(gateway.asked).toEqual([`stop ${String(drainNowMs)}`])
})

test('a gateway that cannot be stopped does not keep the app', async () => {
  const { course, timer, left } = scene(0)
  course.request()
  await timer.pass(drainNowMs + leaveGraceMs - 1)
  expect(left()).toBe(0)
  await timer.pass(1)
  expect(left()).toBe(1)
})

test('whatever people do and in whichever order, it leaves once, within the longest drain', async () => {
  const step = fc.constantFrom('request', 'obey', 'when-done', 'now', 'gone', 'wait')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 2 }), async (steps, running) => {
      const { course, gateway, timer, answer, left } = scene(running)
      for (const one of steps) {
        if (one === 'request') course.request()
        else if (one === 'obey') course.obey()
        else if (one === 'gone') gateway.gone()
        else if (one === 'wait') await timer.pass(60_000)
        else answer(one)
        await settle()
      }
      course.request()
      answer('when-done')
      await timer.pass(drainWhenDoneMs + leaveGraceMs)
      expect(left()).toBe(1)
      expect(timer.waiting).toBe(0)
    }),
    { numRuns: 60 },
  )
})
