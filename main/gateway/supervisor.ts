// The care of one child process, the gateway: starts it, starts it again when it ends by itself, stops it when asked.
// Promises: never two (a new one only after the old one's exit); a crash waits longer each time and never for ever; a port or a configuration
// that cannot be had is told and not tried in a loop; held, it starts nothing. Leaves alone: Electron (utility-fork.ts), telling people (main/os).

import type { LaunchMessage } from '../../gateway/contract/shell.ts'
import { backOffMs } from './back-off.ts'
import { startLife, type Life, type LifeEnd, type LifeTools } from './life.ts'
import type { GatewayState, Supervisor } from './state.ts'

export interface SupervisorTools extends LifeTools {
  /** What the gateway is to be, asked at each start. `port` is the one chosen with `start`, null when none was. */
  readonly launch: (port: number | null) => LaunchMessage
  readonly findOwner: (port: number) => Promise<string | null>
  readonly nowMs: () => number
  /** From 0 to below 1. */
  readonly random: () => number
}

export interface GatewaySupervisor extends Supervisor {
  /** While one runs, nothing happens; while one stops, the next follows it. A port counts from the next start on. */
  start(options?: { readonly port?: number }): void
  /** Calls to models being answered, as of two seconds ago at most. */
  readonly running: number
  /** The computer is about to sleep, and has woken. */
  suspended(): void
  resumed(): void
}

/** What is known between two turns. */
interface Care {
  state: GatewayState
  life: Life | null
  /** Should there be one? */
  wanted: boolean
  /** How many keep it down. */
  holds: number
  port: number | null
  /** In a row. */
  crashes: number
  /** Calls off what is waited for: the next start, five good minutes, a port's owner. */
  callOff: () => void
  readonly listeners: Set<(state: GatewayState) => void>
  readonly note: SupervisorTools['log']['note']
  readonly bereaved: (() => void)[]
}

export function createSupervisor(tools: SupervisorTools): GatewaySupervisor {
  const care: Care = {
    state: { kind: 'stopped', reason: null },
    ...{ life: null, wanted: false, holds: 0, port: null, crashes: 0 },
    callOff: () => undefined,
    listeners: new Set(),
    note: tools.log.note,
    bereaved: [],
  }
  const start: GatewaySupervisor['start'] = (options = {}) => {
    care.port = options.port ?? care.port
    care.wanted = true
    if (care.life !== null) return
    if (care.state.kind !== 'waiting') care.crashes = 0
    begin(care, tools)
  }
  return {
    get state() {
      return care.state
    },
    get running() {
      return care.life?.running ?? 0
    },
    onChange(listener) {
      care.listeners.add(listener)
      return () => void care.listeners.delete(listener)
    },
    start,
    stop: (drainMs) => stop(care, drainMs),
    async restart(drainMs) {
      const gone = care.life === null ? Promise.resolve() : stop(care, drainMs)
      start()
      await gone
    },
    hold: () => hold(care, tools),
    suspended: () => care.life?.pause(),
    resumed: () => care.life?.resume(),
  }
}

function enter(care: Care, state: GatewayState): void {
  care.state = state
  for (const listener of [...care.listeners]) {
    try {
      listener(state)
    } catch (error) {
      // A window that was closed a moment ago throws when it is told; the care of the gateway must not end with it.
      care.note('listener-failed', { state: state.kind, error: String(error) })
    }
  }
}

function hold(care: Care, tools: SupervisorTools): () => void {
  care.holds += 1
  let open = true
  return () => {
    if (!open) return
    open = false
    care.holds -= 1
    if (care.holds === 0 && care.wanted && care.life === null) begin(care, tools)
  }
}

function begin(care: Care, tools: SupervisorTools): void {
  care.callOff()
  if (care.holds > 0) {
    if (care.state.kind !== 'stopped') enter(care, { kind: 'stopped', reason: null })
    return
  }
  const { timers, limits } = tools
  try {
    // Before anybody is told: a listener that starts or stops must meet the child that is there.
    care.life = startLife(tools, {
      launch: tools.launch(care.port),
      onReady(readiness) {
        care.callOff = timers.after(limits.healthyMs, () => (care.crashes = 0))
        enter(care, { kind: 'serving', ...readiness })
      },
      onEnd: (end) => onEnd(care, tools, end),
    })
  } catch (error) {
    const reason = `The gateway could not be started: ${error instanceof Error ? error.message : 'no reason is known'}`
    return crash(care, tools, reason)
  }
  enter(care, { kind: 'starting' })
}

/** Resolves when there is no process any more. */
async function stop(care: Care, drainMs: number): Promise<void> {
  care.wanted = false
  const { life } = care
  if (life === null) {
    care.callOff()
    if (care.state.kind !== 'stopped') enter(care, { kind: 'stopped', reason: null })
    return
  }
  const gone = new Promise<void>((resolve) => care.bereaved.push(resolve))
  if (care.state.kind !== 'stopping') enter(care, { kind: 'stopping' })
  life.stop(drainMs)
  await gone
}

function onEnd(care: Care, tools: SupervisorTools, end: LifeEnd): void {
  care.life = null
  care.callOff()
  const { failure } = end
  if (end.asked) {
    if (care.wanted) begin(care, tools)
    else enter(care, { kind: 'stopped', reason: null })
  } else if (failure?.code === 'port-taken' && failure.port !== null) tellOwner(care, tools, failure.port)
  else if (failure?.code === 'refused') {
    care.wanted = false
    enter(care, { kind: 'stopped', reason: end.reason })
  } else crash(care, tools, end.reason)
  for (const told of care.bereaved.splice(0)) told()
}

function crash(care: Care, tools: SupervisorTools, reason: string): void {
  const { limits, random, timers } = tools
  care.crashes += 1
  const waitMs = backOffMs(care.crashes, { firstMs: limits.retryFirstMs, mostMs: limits.retryMostMs, random })
  care.callOff = timers.after(waitMs, () => begin(care, tools))
  enter(care, { kind: 'waiting', reason, retryAtMs: tools.nowMs() + waitMs, crashes: care.crashes })
}

/** Somebody has to choose: another port, or the end of the other program. */
function tellOwner(care: Care, { findOwner, timers, limits }: SupervisorTools, port: number): void {
  care.wanted = false
  let open = true
  const tell = (owner: string | null): void => {
    if (!open) return
    open = false
    tooLate()
    enter(care, { kind: 'port-taken', port, owner })
  }
  const tooLate = timers.after(limits.ownerLookupMs, () => tell(null))
  care.callOff = () => {
    open = false
    tooLate()
  }
  void findOwner(port).then(tell, () => tell(null))
}
