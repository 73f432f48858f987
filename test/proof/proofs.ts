// The proofs of `npm run proof`, one line each, in the order they run.
// Promises: a proof is loaded only when it is asked for. Leaves alone: how a proof is made.

import type { ProofLine } from './line.ts'

export interface ProofOptions {
  readonly log: (line: string) => void
  /** A few seconds instead of the full count: the same code, the same judgement. */
  readonly short: boolean
  /** Replays one run; null draws a new one. */
  readonly seed: number | null
  /** How many seeds a simulation runs, and how often a process is killed; null leaves it to the proof. */
  readonly seeds: number | null
  readonly kills: number | null
  /** How many requests are sent, and which one alone; null leaves it to the proof, and all of them. */
  readonly requests: number | null
  readonly onlyCase: number | null
}
export interface Proof {
  /** What `--only` and the command for a replay call it. */
  readonly name: string
  /** Minutes on two cores of a small virtual machine, as last seen. */
  readonly minutes: number
  prove(options: ProofOptions): Promise<ProofLine | readonly ProofLine[]>
}

/** The short form of a sweep that has no seed to choose from. */
const shortZones = [
  'Pacific/Apia',
  'Africa/Cairo',
  'America/Havana',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Europe/Berlin',
  'America/New_York',
]

export const proofs: readonly Proof[] = [
  { name: 'kills', minutes: 20, prove: async (options) => (await import('./kills.ts')).proveKills(options) },
  { name: 'hot-path', minutes: 1, prove: async (options) => (await import('./hot-path.ts')).proveHotPath(options) },
  { name: 'simulation', minutes: 135, prove: async (options) => (await import('./simulation.ts')).proveSimulation(options) },
  { name: 'simulation-defects', minutes: 1, prove: async (options) => (await import('./simulation-defects.ts')).proveDefectsAreFound(options) },
  { name: 'shadow-bill', minutes: 4, prove: async (options) => (await import('./shadow-bill.ts')).proveShadowBill(options) },
  { name: 'parallel', minutes: 5, prove: async (options) => (await import('./parallel.ts')).proveParallel(options) },
  { name: 'hostile', minutes: 2, prove: async (options) => (await import('./hostile.ts')).proveHostile(options) },
  { name: 'fuzz', minutes: 30, prove: async (options) => (await import('./fuzz.ts')).proveFuzz(options) },
  { name: 'agent-traffic', minutes: 1, prove: async (options) => (await import('./agent-traffic.ts')).proveAgentTraffic(options) },
  {
    name: 'calendars',
    minutes: 3,
    prove: async ({ log, short }) => (await import('./calendar.ts')).proveCalendars({ log, ...(short ? { zones: shortZones } : {}) }),
  },
  {
    name: 'faults',
    minutes: 10,
    prove: async (options) => (await import('./faults.ts')).proveFaults({ log: options.log, ...(options.short ? { sample: 2 } : {}) }),
  },
  {
    name: 'migrations',
    minutes: 2,
    prove: async (options) => (await import('./migrations.ts')).proveMigrations({ log: options.log, ...(options.short ? { stride: 12 } : {}) }),
  },
  { name: 'slow-sync', minutes: 1, prove: async (options) => (await import('./slow-sync.ts')).proveSlowSync(options) },
  { name: 'ssrf', minutes: 5, prove: async (options) => (await import('./ssrf.ts')).proveSsrf(options) },
  { name: 'bombs', minutes: 1, prove: async (options) => (await import('./bombs.ts')).proveBombs(options) },
]
