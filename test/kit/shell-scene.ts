// A supervisor with real child processes: Electron's fork by its stand-in, the gateway from its sources or a child that misbehaves.
// Promises: every state it was in is kept; `close` leaves no process; how many were alive at once is counted by asking the system.
// Leaves alone: what a test makes of it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { keepCompiled } from '../../scripts/steps/tools.mjs'
import type { LaunchMessage } from '../../gateway/contract/shell.ts'
import { pickEnvironment } from '../../main/gateway/environment.ts'
import type { Fork } from '../../main/gateway/fork.ts'
import { createGatewayLog, type GatewayLog } from '../../main/gateway/gateway-log.ts'
import { careLimits, type CareLimits } from '../../main/gateway/limits.ts'
import { createAsk, findPortOwner } from '../../main/gateway/port-owner.ts'
import type { GatewayState } from '../../main/gateway/state.ts'
import { createSupervisor, type GatewaySupervisor } from '../../main/gateway/supervisor.ts'
import { systemTimers } from '../../main/gateway/timers.ts'
import { createUtilityFork } from '../../main/gateway/utility-fork.ts'
import { forkUtility } from './electron/utility-process.ts'

export interface ShellSceneOptions {
  /** gateway: the real one · a list: what each child in turn does (unruly-gateway-child.ts), the last one again and again. */
  readonly child: 'gateway' | readonly string[]
  readonly limits?: Partial<CareLimits>
  readonly port?: number
  readonly configPath?: string
  readonly dataDir?: string
  /** Of the shell, beside what this process has. */
  readonly environment?: Readonly<Record<string, string>>
}
export interface ShellScene {
  readonly supervisor: GatewaySupervisor
  readonly log: GatewayLog
  readonly folder: string
  readonly dataDir: string
  /** Since the beginning, the first one included. */
  readonly states: readonly GatewayState[]
  /** Process ids in order. */
  readonly children: readonly number[]
  /** The most that were alive at the same time. */
  readonly mostAlive: number
  /** Resolves with the first state of that kind from now on, the present one included. */
  until<Kind extends GatewayState['kind']>(kind: Kind): Promise<Extract<GatewayState, { kind: Kind }>>
  /** The same, without the present one. */
  next<Kind extends GatewayState['kind']>(kind: Kind): Promise<Extract<GatewayState, { kind: Kind }>>
  close(): Promise<void>
}

const root = resolve(import.meta.dirname, '../..')
const entries = { gateway: 'gateway/child.ts', unruly: 'test/kit/unruly-gateway-child.ts' }

export function createShellScene(options: ShellSceneOptions): ShellScene {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-shell-'))
  const dataDir = options.dataDir ?? join(folder, 'data')
  const environment = { ...process.env, ...options.environment }
  const unruly = options.child === 'gateway' ? null : options.child
  const limits = { ...careLimits, ...options.limits }
  const log = createGatewayLog({ folder: join(dataDir, 'logs'), nowMs: Date.now, limits })
  const watched = watchForks(
    createUtilityFork({
      fork: forkUtility,
      entry: join(root, unruly === null ? entries.gateway : entries.unruly),
      execArgv: [],
      environment: () => ({ ...pickEnvironment(environment), ...keepCompiled }),
      cwd: tmpdir(),
    }),
  )
  let starts = 0
  const launch = (chosen: number | null): LaunchMessage => {
    const behaviour = unruly === null ? {} : { UNRULY: unruly[Math.min(starts, unruly.length - 1)] ?? '' }
    starts += 1
    return {
      kind: 'launch',
      options: { port: chosen ?? options.port ?? 0, dataDir, configPath: options.configPath ?? null },
      variables: { ...options.environment, ...behaviour },
    }
  }
  const ask = createAsk(limits.ownerLookupMs)
  const supervisor = createSupervisor({
    ...{ fork: watched.fork, launch, log, limits },
    ...{ timers: systemTimers, nowMs: Date.now, random: Math.random },
    findOwner: (port) => findPortOwner(port, { platform: process.platform, ask }),
  })
  const states: GatewayState[] = [supervisor.state]
  supervisor.onChange((state) => states.push(state))
  const next: ShellScene['next'] = (kind) =>
    new Promise((done) => {
      const ignore = supervisor.onChange((state) => {
        if (state.kind !== kind) return
        ignore()
        done(state as never)
      })
    })
  return {
    ...{ supervisor, log, folder, dataDir, states, next },
    children: watched.children,
    get mostAlive() {
      return watched.mostAlive()
    },
    until: (kind) => (supervisor.state.kind === kind ? Promise.resolve(supervisor.state as never) : next(kind)),
    async close() {
      await supervisor.stop(0)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function watchForks(fork: Fork): { readonly fork: Fork; readonly children: readonly number[]; mostAlive(): number } {
  const children: number[] = []
  let most = 0
  return {
    fork(ears) {
      const child = fork({
        ...ears,
        onMessage(message) {
          if (child.pid !== null && !children.includes(child.pid)) children.push(child.pid)
          most = Math.max(most, children.filter(isAlive).length)
          ears.onMessage(message)
        },
      })
      // One that never says a word is counted, too.
      const timer = setInterval(() => {
        if (child.pid === null || children.includes(child.pid)) return
        children.push(child.pid)
        clearInterval(timer)
      }, 5)
      timer.unref()
      most = Math.max(most, children.filter(isAlive).length + 1)
      return child
    },
    children,
    mostAlive: () => most,
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
