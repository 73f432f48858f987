// The parts around the shell's duties: a clock that a test turns, a gateway that is what a test says, a window that only notes.
// Promises: waits run in the order of their time; states reach listeners as the supervisor's do. Leaves alone: Electron (kit/electron).

import type { PanelAlerts } from '../../gateway/contract/alerts.ts'
import type { GatewayState } from '../../main/gateway/state.ts'
import type { GatewayCare, PanelWindow, Timer } from '../../main/os/ports.ts'
import type { DesktopUpdate } from '../../main/update/desktop-update.ts'
import type { ShellSettings } from '../../main/os/settings.ts'
import type { Json } from '../../gateway/contract/json.ts'

export const startMs = Date.UTC(2026, 10, 21, 9, 30)

export interface TurnedTimer extends Timer {
  /** Runs what is due on the way, and lets promises settle in between. */
  pass(ms: number): Promise<void>
  readonly waiting: number
}

export function createTurnedTimer(): TurnedTimer {
  let now = startMs
  let waits: { readonly atMs: number; readonly what: () => void }[] = []
  return {
    nowMs: () => now,
    after(delayMs, what) {
      const wait = { atMs: now + delayMs, what }
      waits.push(wait)
      return () => void (waits = waits.filter((one) => one !== wait))
    },
    get waiting() {
      return waits.length
    },
    async pass(ms) {
      const end = now + ms
      for (;;) {
        await settle()
        const due = waits.toSorted((left, right) => left.atMs - right.atMs).find(({ atMs }) => atMs <= end)
        if (due === undefined) break
        waits = waits.filter((one) => one !== due)
        now = Math.max(now, due.atMs)
        due.what()
      }
      now = end
      await settle()
    },
  }
}

/** Everything that only waits for promises has happened. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export interface ToldGateway extends GatewayCare {
  running: number
  /** What the duties asked of it, in order. */
  readonly asked: string[]
  enter(state: GatewayState): void
  /** false: stopping takes until `gone` is called. */
  stopsAtOnce: boolean
  gone(): void
}

export const serving = (baseUrl = 'http://127.0.0.1:4000'): GatewayState => ({ kind: 'serving', baseUrl, token: 'token-of-this-boot', pid: 7 })

export function createToldGateway(first: GatewayState = serving()): ToldGateway {
  let state = first
  const listeners = new Set<(state: GatewayState) => void>()
  const leavers: (() => void)[] = []
  const enter = (next: GatewayState): void => {
    state = next
    listeners.forEach((listener) => listener(next))
  }
  const gateway: ToldGateway = {
    asked: [],
    running: 0,
    stopsAtOnce: true,
    get state() {
      return state
    },
    enter,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start(options = {}) {
      gateway.asked.push(options.port === undefined ? 'start' : `start ${String(options.port)}`)
      enter({ kind: 'starting' })
    },
    async stop(drainMs) {
      gateway.asked.push(`stop ${String(drainMs)}`)
      enter({ kind: 'stopping' })
      if (!gateway.stopsAtOnce) await new Promise<void>((resolve) => leavers.push(resolve))
      enter({ kind: 'stopped', reason: null })
    },
    hold: () => () => undefined,
    restart: () => Promise.reject(new Error('no duty restarts the gateway')),
    gone: () => leavers.splice(0).forEach((leave) => leave()),
    suspended: () => void gateway.asked.push('suspended'),
    resumed: () => void gateway.asked.push('resumed'),
  }
  return gateway
}

export interface NotedWindow extends PanelWindow {
  readonly seen: string[]
}
export function createNotedWindow(): NotedWindow {
  const seen: string[] = []
  return { seen, show: (path) => void seen.push(`show ${path ?? ''}`), recolour: () => void seen.push('recolour') }
}

/** Settings in memory; the file's are in settings.test.ts. */
export function createMemorySettings(values: Record<string, Json> = {}): ShellSettings & { readonly values: Record<string, Json> } {
  return {
    values,
    read: (name) => values[name],
    write(name, value) {
      values[name] = value
      return true
    },
  }
}

export const noAlerts: PanelAlerts = { today: { requests: 0, errors: 0, costUsd: '0.000000000' }, running: 0, budgets: [], providers: [], keys: [] }
export const budgetAlert = (facts: Partial<PanelAlerts['budgets'][number]> = {}): PanelAlerts['budgets'][number] => ({
  id: 'team 7 hard 30d',
  kind: 'team',
  name: 'Web',
  href: '/ui/keys',
  hard: true,
  duration: '30d',
  limitUsd: '10.000000000',
  percent: 86,
  periodStartMs: Date.UTC(2026, 10, 1),
  ...facts,
})
export const providerAlert = (facts: Partial<PanelAlerts['providers'][number]> = {}): PanelAlerts['providers'][number] => ({
  id: 'openai',
  title: 'OpenAI',
  state: 'failing',
  calls: 14,
  failures: 12,
  rescued: 9,
  sinceMs: startMs - 60_000,
  ...facts,
})
export const keyAlert = (facts: Partial<PanelAlerts['keys'][number]> = {}): PanelAlerts['keys'][number] => ({
  id: 3,
  name: 'ci',
  expiresAtMs: startMs + 7 * 86_400_000,
  href: '/ui/keys/3',
  ...facts,
})

export interface NotedUpdate extends DesktopUpdate {
  /** What was asked of it, in order. */
  readonly asked: string[]
  judged: Awaited<ReturnType<DesktopUpdate['judge']>>
  result: Awaited<ReturnType<DesktopUpdate['install']>>
  outcome: Awaited<ReturnType<DesktopUpdate['reportStarted']>>
}

export function createNotedUpdate(): NotedUpdate {
  const asked: string[] = []
  return {
    asked,
    judged: { kind: 'ready', version: '1.3.0', notes: 'Quicker.', ledgerChanges: false },
    result: { kind: 'installed', version: '1.3.0' },
    outcome: { kind: 'none' },
    judge(file) {
      asked.push(`judge ${file}`)
      return Promise.resolve(this.judged)
    },
    install(file, drainMs) {
      asked.push(`install ${file} ${String(drainMs)}`)
      return Promise.resolve(this.result)
    },
    reportStarted() {
      asked.push('started')
      return Promise.resolve(this.outcome)
    },
  }
}
