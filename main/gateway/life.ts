// One life of the gateway's process, from its fork to its exit.
// Promises: told once that it is ready and once that it ended, with a reason in words; a silent, a late and an unwilling one are killed.
// Leaves alone: whether there is a next life (supervisor.ts).

import { parseGatewayMessage, type GatewayFailure, type GatewayMessage, type LaunchMessage } from '../../gateway/contract/shell.ts'
import type { Fork, GatewayChild } from './fork.ts'
import type { GatewayLog } from './gateway-log.ts'
import type { CareLimits } from './limits.ts'
import type { Timers } from './timers.ts'
import { createWatch, type Watch } from './watch.ts'

export interface LifeTools {
  readonly fork: Fork
  readonly log: Pick<GatewayLog, 'write' | 'note' | 'flush'>
  readonly timers: Timers
  readonly limits: CareLimits
}
export interface Readiness {
  readonly baseUrl: string
  readonly token: string
  readonly pid: number
}
export interface LifeEnd {
  /** Somebody asked it to stop. */
  readonly asked: boolean
  /** What it said itself before it ended. */
  readonly failure: GatewayFailure | null
  /** A sentence. */
  readonly reason: string
}
export interface LifePlan {
  readonly launch: LaunchMessage
  onReady(readiness: Readiness): void
  onEnd(end: LifeEnd): void
}
export interface Life {
  /** Requests it is answering, as it last said. */
  readonly running: number
  /** Again with less time means less time. */
  stop(drainMs: number): void
  /** The computer sleeps: silence is no hang. */
  pause(): void
  resume(): void
}

/** What is known of it while it lasts. */
interface Course {
  child: GatewayChild | null
  ready: boolean
  running: number
  asked: boolean
  failure: GatewayFailure | null
  /** Why we killed it. */
  verdict: string | null
  readonly waits: (() => void)[]
}

/** @throws what the fork throws */
export function startLife(tools: LifeTools, plan: LifePlan): Life {
  const { timers, limits, log } = tools
  const course: Course = { child: null, ready: false, running: 0, asked: false, failure: null, verdict: null, waits: [] }
  const kill = (verdict: string): void => {
    course.verdict ??= verdict
    log.note('gateway-killed', { reason: verdict })
    course.child?.kill()
  }
  const watch = createWatch({ timers, ...limits, onSilence: () => kill(`The gateway did not answer for ${toSeconds(limits.silenceMs)} s and was ended.`) })
  const killAfter = (waitMs: number, verdict: string): void => void course.waits.push(timers.after(waitMs, () => kill(verdict)))
  const notReady = timers.after(limits.startMs, () => kill(`The gateway was not ready within ${toSeconds(limits.startMs)} s and was ended.`))
  course.waits.push(notReady)
  const finish = (end: LifeEnd): void => {
    watch.end()
    for (const cancel of course.waits) cancel()
    log.flush()
    log.note('gateway-ended', { ...end })
    plan.onEnd(end)
  }
  try {
    course.child = tools.fork({
      onMessage: (message) =>
        hear(message, { course, watch, plan, notReady, log, onFailed: () => killAfter(limits.farewellMs, 'The gateway could not end by itself.') }),
      onOutput: log.write,
      onExit: (code, reason) => finish(toEnd(course, code, reason)),
    })
  } catch (error) {
    watch.end()
    for (const cancel of course.waits) cancel()
    throw error
  }
  try {
    course.child.post(plan.launch)
  } catch {
    // There is a process now, so that its exit is the end to wait for.
    kill('The gateway could not be told what to be.')
  }
  return {
    get running() {
      return course.running
    },
    stop(drainMs) {
      course.asked = true
      course.child?.post({ kind: 'stop', drainMs })
      killAfter(drainMs + limits.stopGraceMs, 'The gateway did not end in the time it was given.')
    },
    pause: watch.pause,
    resume: watch.resume,
  }
}

interface Hearing {
  readonly course: Course
  readonly watch: Watch
  readonly plan: LifePlan
  readonly log: Pick<GatewayLog, 'note'>
  notReady(): void
  onFailed(): void
}

function hear(received: unknown, hearing: Hearing): void {
  const message = understand(received)
  if (message === null) return hearing.log.note('gateway-message-refused')
  const { course, watch, plan } = hearing
  watch.seen()
  if (message.kind === 'health') course.running = message.running
  else if (message.kind === 'failed') {
    course.failure ??= { code: message.code, sentence: message.sentence, port: message.port }
    hearing.onFailed()
  } else if (!course.ready) {
    course.ready = true
    hearing.notReady()
    if (!course.asked) plan.onReady({ baseUrl: message.baseUrl, token: message.token, pid: course.child?.pid ?? 0 })
  }
}

/** null: it is none of the contract's. What it was is not logged: it may hold a token. */
function understand(received: unknown): GatewayMessage | null {
  try {
    return parseGatewayMessage(received)
  } catch {
    return null
  }
}

function toEnd({ asked, failure, verdict }: Course, code: number, reason: string | null): LifeEnd {
  const plain = asked ? 'The gateway was asked to stop.' : `The gateway ended by itself (${reason ?? `code ${code}`}).`
  return { asked, failure, reason: failure?.sentence ?? verdict ?? plain }
}

const toSeconds = (ms: number): number => Math.round(ms / 1000)
