// A supervisor on a stage: its children are puppets that say and do what a test wants, and time passes by hand.
// Promises: a second child while one is there is an error at once. Leaves alone: real processes (shell-scene.ts).

import type { GatewayMessage, ShellMessage } from '../../gateway/contract/shell.ts'
import type { ChildEars } from '../../main/gateway/fork.ts'
import { careLimits } from '../../main/gateway/limits.ts'
import type { GatewayState } from '../../main/gateway/state.ts'
import { createSupervisor, type GatewaySupervisor } from '../../main/gateway/supervisor.ts'
import { createHandClock, type HandClock } from './hand-clock.ts'

export interface Puppet {
  readonly heard: ShellMessage[]
  killed: number
  gone: boolean
  say(message: GatewayMessage): void
  ready(): void
  end(code: number): void
}
export interface StageOptions {
  /** Absent: a kill is an exit. */
  readonly outlivesKill?: boolean
  readonly forkFails?: () => boolean
  readonly postFails?: boolean
  /** Who has a taken port. */
  readonly owner?: string
}
export interface Stage {
  readonly clock: HandClock
  readonly supervisor: GatewaySupervisor
  readonly puppets: readonly Puppet[]
  /** The newest. */
  readonly puppet: Puppet
  readonly states: readonly GatewayState[]
  /** What it wrote to the log of its own. */
  readonly notes: readonly string[]
}

const token = 'a'.repeat(43)

export function createStage({ outlivesKill = false, forkFails = () => false, postFails = false, owner }: StageOptions = {}): Stage {
  const clock = createHandClock()
  const puppets: Puppet[] = []
  const notes: string[] = []
  const supervisor = createSupervisor({
    fork(ears) {
      if (forkFails()) throw new Error('the program file is missing')
      if (puppets.some(({ gone }) => !gone)) throw new Error('there were two')
      const pid = puppets.length + 1
      const puppet = createPuppet(ears, pid)
      puppets.push(puppet)
      return {
        pid,
        post(message) {
          if (postFails) throw new Error('could not be cloned')
          puppet.heard.push(message)
        },
        kill() {
          puppet.killed += 1
          if (!outlivesKill) puppet.end(9)
        },
      }
    },
    launch: (port) => ({ kind: 'launch', options: { port, dataDir: null, configPath: null }, variables: {} }),
    findOwner: () => Promise.resolve(owner ?? null),
    log: { write: () => undefined, flush: () => undefined, note: (event) => void notes.push(event) },
    timers: clock,
    nowMs: clock.nowMs,
    random: () => 0.5,
    limits: careLimits,
  })
  const states: GatewayState[] = []
  supervisor.onChange((state) => states.push(state))
  return {
    ...{ clock, supervisor, puppets, states, notes },
    get puppet() {
      const last = puppets.at(-1)
      if (last === undefined) throw new Error('there is no child yet')
      return last
    },
  }
}

function createPuppet(ears: ChildEars, pid: number): Puppet {
  const puppet: Puppet = {
    ...{ heard: [], killed: 0, gone: false },
    say: (message) => ears.onMessage(message),
    ready: () => ears.onMessage({ kind: 'ready', baseUrl: `http://127.0.0.1:${4000 + pid}`, token }),
    end(code) {
      if (puppet.gone) return
      puppet.gone = true
      ears.onExit(code, null)
    },
  }
  return puppet
}

/** Alive for so long, with a sign of it each second. */
export function live(stage: Stage, ms: number): void {
  for (let passed = 0; passed < ms; passed += 1000) {
    stage.puppet.say({ kind: 'health', running: 0 })
    stage.clock.pass(1000)
  }
}
