// News of the gateway for the panel: what it is now, and a wait for the next change.
// Promises: no token and no process id in it; a wait ends by itself; nothing is missed between two questions.
// Leaves alone: watching the gateway (the supervisor).

import type { GatewayState, Supervisor } from '../gateway/state.ts'
import type { GatewayNews, GatewayView } from './contract.ts'

const waitMs = 30_000

export interface NewsDesk {
  read(seen: number): Promise<GatewayNews>
  close(): void
}

export function createNewsDesk(supervisor: Pick<Supervisor, 'state' | 'onChange'>, longestMs = waitMs): NewsDesk {
  let version = 1
  const waiting = new Set<() => void>()
  const wakeAll = (): void => {
    for (const wake of waiting) wake()
  }
  const stop = supervisor.onChange(() => {
    version += 1
    wakeAll()
  })
  const now = (): GatewayNews => ({ version, state: toView(supervisor.state) })
  return {
    async read(seen) {
      if (seen !== version) return now()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, longestMs)
        timer.unref()
        function done(): void {
          clearTimeout(timer)
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
      })
      return now()
    },
    close() {
      stop()
      wakeAll()
    },
  }
}

function toView(state: GatewayState): GatewayView {
  if (state.kind !== 'serving') return state
  return { kind: 'serving', baseUrl: state.baseUrl }
}
