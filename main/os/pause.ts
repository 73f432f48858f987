// Pausing: the gateway is stopped for a while and started again by itself, or when somebody resumes.
// Promises: the time counts also while the computer sleeps; a start by anyone ends the pause; the next start of the app serves.
// Leaves alone: how it is stopped (main/gateway).

import type { Supervisor } from '../gateway/state.ts'
import { shellLimits } from './limits.ts'
import type { Timer } from './ports.ts'

export interface Pause {
  /** null: not paused; `untilMs` is null until it is resumed. */
  readonly current: { readonly untilMs: number | null } | null
  begin(minutes: number | null): void
  resume(): void
  /** Without a start: something else decides when it serves. */
  end(): void
  /** After sleep: timers may have stood still. */
  checkTime(): void
  onChange(listener: () => void): void
}

const minuteMs = 60_000

export function createPause({ supervisor, timer }: { readonly supervisor: Supervisor; readonly timer: Timer }): Pause {
  const listeners: (() => void)[] = []
  let current: Pause['current'] = null
  let callOff: () => void = () => undefined
  const set = (next: Pause['current']): void => {
    callOff()
    current = next
    listeners.forEach((listener) => listener())
  }
  const resume = (): void => {
    if (current === null) return
    set(null)
    supervisor.start()
  }
  const checkTime = (): void => {
    const untilMs = current?.untilMs ?? null
    if (untilMs === null) return
    callOff()
    if (timer.nowMs() >= untilMs) resume()
    else callOff = timer.after(untilMs - timer.nowMs(), checkTime)
  }
  supervisor.onChange(({ kind }) => {
    if (current !== null && (kind === 'starting' || kind === 'serving')) set(null)
  })
  return {
    get current() {
      return current
    },
    begin(minutes) {
      set({ untilMs: minutes === null ? null : timer.nowMs() + minutes * minuteMs })
      checkTime()
      void supervisor.stop(shellLimits.drainPauseMs)
    },
    resume,
    end() {
      if (current !== null) set(null)
    },
    checkTime,
    onChange: (listener) => void listeners.push(listener),
  }
}
