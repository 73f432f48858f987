// The line to the gateway: when it is open, and what it tells the pages after it was not.
// Promises: clock, event stream, answers and the tab's visibility are stand-ins; nothing else is.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { live as Line } from '../../renderer/state/live.svelte.ts'

class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static made: FakeEventSource[] = []
  readyState = 0
  constructor() {
    super()
    FakeEventSource.made.push(this)
  }
  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }
  say(type: 'open' | 'change' | 'error'): void {
    this.dispatchEvent(new Event(type))
  }
}
const openSources = (): readonly FakeEventSource[] => FakeEventSource.made.filter((source) => source.readyState !== FakeEventSource.CLOSED)
const newest = (): FakeEventSource => FakeEventSource.made.at(-1) ?? new FakeEventSource()
const minuteMs = 60_000

let page: EventTarget & { hidden: boolean }
let live: typeof Line
let readSession: () => Promise<unknown>

beforeEach(async () => {
  vi.useFakeTimers()
  vi.resetModules()
  FakeEventSource.made = []
  page = Object.assign(new EventTarget(), { hidden: false })
  vi.stubGlobal('window', globalThis)
  vi.stubGlobal('document', page)
  vi.stubGlobal('EventSource', FakeEventSource)
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}')))
  ;({ live } = await import('../../renderer/state/live.svelte.ts'))
  ;({ readSession } = await import('../../renderer/lib/api.ts'))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function turn(hidden: boolean): void {
  page.hidden = hidden
  page.dispatchEvent(new Event('visibilitychange'))
}

it('a first line is no change', () => {
  live.start()
  newest().say('open')
  expect(live.changes).toBe(0)
})

it('a line that was closed in the background brings one change when it is open again', () => {
  live.start()
  newest().say('open')
  turn(true)
  vi.advanceTimersByTime(6 * minuteMs)
  expect(openSources()).toHaveLength(0)
  turn(false)
  expect(live.changes).toBe(0)
  newest().say('open')
  expect(live.changes).toBe(1)
  newest().say('open')
  expect(live.changes).toBe(1)
})

it('a line that broke brings a change when it is open again, also when an answer came before', async () => {
  live.start()
  newest().say('open')
  newest().say('error')
  await readSession()
  newest().say('open')
  expect(live.changes).toBe(1)
  expect(live.lost).toBe(false)
})

it('there is one line, however often it is asked for', () => {
  live.retry()
  expect(openSources()).toHaveLength(0)
  const stop = live.start()
  live.retry()
  expect(openSources()).toHaveLength(1)
  live.start()
  expect(openSources()).toHaveLength(1)
  stop()
  live.retry()
  expect(openSources()).toHaveLength(0)
})
