// Looks whether the gateway still gives signs of life.
// Promises: looks are counted and not time, so that a computer that slept, or a shell that was busy itself, is not taken for a hang.
// Leaves alone: what is done about silence.

import type { Timers } from './timers.ts'

export interface WatchTools {
  readonly timers: Timers
  readonly lookEveryMs: number
  readonly silenceMs: number
  /** Once. */
  readonly onSilence: () => void
}
export interface Watch {
  /** A sign of life. */
  seen(): void
  /** Nothing is held against it until `resume`. */
  pause(): void
  resume(): void
  end(): void
}

export function createWatch({ timers, lookEveryMs, silenceMs, onSilence }: WatchTools): Watch {
  const silentLooksMax = Math.ceil(silenceMs / lookEveryMs)
  let silentLooks = 0
  let cancel: () => void = () => undefined
  const look = (): void => {
    silentLooks += 1
    if (silentLooks > silentLooksMax) return onSilence()
    cancel = timers.after(lookEveryMs, look)
  }
  const begin = (): void => {
    cancel()
    silentLooks = 0
    cancel = timers.after(lookEveryMs, look)
  }
  let ended = false
  begin()
  return {
    seen: () => void (silentLooks = 0),
    pause: () => cancel(),
    resume() {
      if (!ended) begin()
    },
    end() {
      ended = true
      cancel()
    },
  }
}
