// The way out: asks when requests are running, lets them end or not, stops the gateway, and leaves in any case.
// Promises: a question only to people, never to the system; every step has a time limit; a second wish to quit means now; people wait for an
// installation to end, the system does not. Pure but for its parts.
// Leaves alone: Electron's events (close-and-quit.ts).

import { shellLimits } from './limits.ts'
import type { GatewayCare, Timer } from './ports.ts'

export type QuitAnswer = 'when-done' | 'now' | 'stay'
export interface QuitParts {
  readonly supervisor: Pick<GatewayCare, 'running' | 'stop'>
  /** Asks a person; `running` is more than none. */
  readonly ask: (running: number) => Promise<QuitAnswer>
  /** Ends the app; the gateway is gone, or had its time. */
  readonly leave: () => void
  readonly timer: Timer
  /** Something runs that must not lose the app halfway. */
  readonly busy: () => boolean
  /** Why a person's wish to quit is not followed then. */
  readonly tellBusy: () => void
}
export interface QuitCourse {
  /** From the last answer on. */
  readonly leaving: boolean
  /** The app may end: the gateway is gone, or the system waits for nobody. Windows close then instead of hiding. */
  readonly ready: boolean
  /** A person wants to. */
  request(): void
  /** The system wants it: no question, little time. */
  obey(): void
}

export function createQuitCourse({ supervisor, ask, leave, timer, busy, tellBusy }: QuitParts): QuitCourse {
  let phase: 'staying' | 'asking' | 'draining' | 'ready' = 'staying'
  let obeying = false
  let callOff: () => void = () => undefined
  const finish = (): void => {
    if (phase === 'ready') return
    phase = 'ready'
    callOff()
    leave()
  }
  const drain = (drainMs: number): void => {
    if (phase === 'ready') return
    phase = 'draining'
    callOff()
    callOff = timer.after(drainMs + shellLimits.leaveGraceMs, finish)
    // Whatever came of stopping it: an app that cannot be quit would be worse.
    void supervisor.stop(drainMs).then(finish, finish)
  }
  const hear = (answer: QuitAnswer): void => {
    // The system may have wanted it meanwhile.
    if (phase !== 'asking') return
    if (answer === 'stay' || busy()) {
      phase = 'staying'
      if (answer !== 'stay') tellBusy()
    } else drain(answer === 'now' ? shellLimits.drainNowMs : shellLimits.drainWhenDoneMs)
  }
  return {
    get leaving() {
      return phase === 'draining' || phase === 'ready'
    },
    get ready() {
      // macOS takes a prevented end for a refusal to shut down.
      return phase === 'ready' || obeying
    },
    request() {
      if (phase === 'draining') drain(shellLimits.drainNowMs)
      if (phase !== 'staying') return
      if (busy()) return tellBusy()
      if (supervisor.running === 0) return drain(shellLimits.drainNowMs)
      phase = 'asking'
      void ask(supervisor.running).then(hear, () => hear('now'))
    },
    obey() {
      obeying = true
      drain(shellLimits.drainObeyMs)
    },
  }
}
