// Calls whose key, or its team, is blocked or deleted while they run: cut, as if their caller had left.
// Promises: soon after the write, whatever the call waits for; no timer while no call runs.
// Leaves alone: keys that run out, whose calls began in time; what a cut call costs (the corridor).

import type { Caller } from '../contract/caller.ts'

export interface RunningCall {
  readonly caller: Caller
  cut(): void
}
export interface Revocation {
  during<Value>(call: RunningCall, work: () => Promise<Value>): Promise<Value>
}

export function createRevocation(isRevoked: (caller: Caller) => boolean, everyMs: number): Revocation {
  const running = new Set<RunningCall>()
  let timer: NodeJS.Timeout | null = null
  const look = (): void => {
    for (const call of running) if (isRevoked(call.caller)) call.cut()
  }
  const stopLooking = (): void => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }
  return {
    async during(call, work) {
      running.add(call)
      timer ??= setInterval(look, everyMs).unref()
      try {
        return await work()
      } finally {
        running.delete(call)
        if (running.size === 0) stopLooking()
      }
    },
  }
}
