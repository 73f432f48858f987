// Time that passes only when a test says so, for what waits through `Timers`.
// Promises: waits run in the order they are due, also those that others begin. Leaves alone: promises, which a test awaits itself.

import type { Timers } from '../../main/gateway/timers.ts'

export interface HandClock extends Timers {
  readonly nowMs: () => number
  /** How many waits are open. */
  readonly waiting: number
  pass(ms: number): void
  /** The computer sleeps: time goes on, and every wait that fell due meanwhile runs once, late. */
  sleep(ms: number): void
}

export function createHandClock(): HandClock {
  let now = 1_800_000_000_000
  let waits: { readonly dueMs: number; readonly run: () => void }[] = []
  const runNext = (untilMs: number): boolean => {
    const due = waits.filter(({ dueMs }) => dueMs <= untilMs).sort((left, right) => left.dueMs - right.dueMs)[0]
    if (due === undefined) return false
    waits = waits.filter((wait) => wait !== due)
    now = Math.max(now, due.dueMs)
    due.run()
    return true
  }
  return {
    nowMs: () => now,
    get waiting() {
      return waits.length
    },
    after(waitMs, run) {
      const wait = { dueMs: now + waitMs, run }
      waits.push(wait)
      return () => void (waits = waits.filter((other) => other !== wait))
    },
    pass(ms) {
      const untilMs = now + ms
      while (runNext(untilMs));
      now = untilMs
    },
    sleep(ms) {
      now += ms
      const late = waits.filter(({ dueMs }) => dueMs <= now)
      for (const wait of late) if (waits.includes(wait)) runNext(wait.dueMs)
    },
  }
}
