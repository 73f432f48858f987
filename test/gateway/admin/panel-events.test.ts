// Change notices for open panels: folded, paced, and gone with the panel.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { streamChanges } from '../../../gateway/admin/panel-events.ts'
import { defaultLimits } from '../../../gateway/config.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Watch {
  readonly seen: { readonly atMs: number; readonly text: string }[]
  readonly done: Promise<void>
  notify(row: number): void
  leave(): void
  endSession(): void
  listeners(): number
}
function watch(): Watch {
  const listeners = new Set<(row: number) => void>()
  const gone = new AbortController()
  let session = true
  const startMs = Date.now()
  const seen: { atMs: number; text: string }[] = []
  const deps = {
    limits: defaultLimits,
    onChange: (listener: (row: number) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const read = async (): Promise<void> => {
    for await (const text of streamChanges(deps, gone.signal, () => session)) seen.push({ atMs: Date.now() - startMs, text })
  }
  return {
    seen,
    done: read(),
    notify: (row) => listeners.forEach((listener) => listener(row)),
    leave: () => gone.abort(),
    endSession: () => void (session = false),
    listeners: () => listeners.size,
  }
}
const change = (requests: number): string => `event: change\ndata: {"requests":${requests}}\n\n`

test('the first change is told at once, later ones at most every 250 ms, folded into the highest row', async () => {
  const panel = watch()
  await vi.advanceTimersByTimeAsync(10)
  panel.notify(1)
  await vi.advanceTimersByTimeAsync(1)
  for (const row of [2, 9, 3]) panel.notify(row)
  await vi.advanceTimersByTimeAsync(2000)
  expect(panel.seen.map(({ text }) => text)).toEqual(['retry: 2000\n\n', change(1), change(9)])
  expect((panel.seen[2]?.atMs ?? 0) - (panel.seen[1]?.atMs ?? 0)).toBeGreaterThanOrEqual(249)
  panel.leave()
  await panel.done
})

test('a busy ledger makes four changes a second', async () => {
  const panel = watch()
  const busy = setInterval(() => panel.notify(1), 5)
  await vi.advanceTimersByTimeAsync(10_000)
  clearInterval(busy)
  expect(panel.seen.filter(({ text }) => text.startsWith('event')).length).toBeGreaterThan(30)
  expect(panel.seen.filter(({ text }) => text.startsWith('event')).length).toBeLessThanOrEqual(40)
  panel.leave()
  await panel.done
})

test('an old row that changes late is told, too', async () => {
  const panel = watch()
  await vi.advanceTimersByTimeAsync(1)
  panel.notify(9)
  await vi.advanceTimersByTimeAsync(1000)
  panel.notify(4)
  await vi.advanceTimersByTimeAsync(1000)
  expect(panel.seen.filter(({ text }) => text === change(9))).toHaveLength(2)
  panel.leave()
  await panel.done
})

test('a quiet stream carries a comment every 15 seconds', async () => {
  const panel = watch()
  await vi.advanceTimersByTimeAsync(45_001)
  expect(panel.seen.filter(({ text }) => text.startsWith(':')).map(({ atMs }) => atMs)).toEqual([15_000, 30_000, 45_000])
  panel.leave()
  await panel.done
})

test.each(['news', 'no news'])('a stream ends with its session, and tells nothing more: %s', async (what) => {
  const panel = watch()
  await vi.advanceTimersByTimeAsync(1)
  panel.endSession()
  if (what === 'news') panel.notify(1)
  await vi.advanceTimersByTimeAsync(15_000)
  await panel.done
  expect(panel.seen.map(({ text }) => text)).toEqual(['retry: 2000\n\n'])
  expect([panel.listeners(), vi.getTimerCount()]).toEqual([0, 0])
})

test.each([0, 100])('nothing is kept once the panel has left, %d ms after a change', async (afterMs) => {
  const panel = watch()
  await vi.advanceTimersByTimeAsync(1)
  panel.notify(1)
  await vi.advanceTimersByTimeAsync(afterMs)
  panel.leave()
  await panel.done
  expect([panel.listeners(), vi.getTimerCount()]).toEqual([0, 0])
})
