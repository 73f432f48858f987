// Proof of what the books add to a request: hold and first attempt (one message), then the record, on the real writer thread with `durability: full`.
// Method: in the same round, between the requests, the disk is asked how long it takes to sync what a commit writes; the figure is a quantile of the
// requests' times minus the same quantile of two such syncs in a row, median over rounds. In the same way, a bare thread asked twice to write and sync:
// what messages alone cost; and one that writes the same rows by hand. 32 in flight: each waits for a made-up vendor between attempt and record.
// Promises: the books balance afterwards and hold every request measured. Leaves alone: HTTP and the rooms (npm run bench).

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createLedger, type Ledger } from '../../gateway/ledger/ledger.ts'
import { attemptOrder, attemptRecord, holdOrder, keyDraft, limit, limits, quiet, temporaryFolder, visit, type Who } from '../gateway/ledger/fixture.ts'
import { createChance, type Chance } from '../kit/random.ts'
import { startRowThread, startSyncThread, type SyncThread } from '../kit/sync-thread.ts'
import type { ProofLine } from './line.ts'

export interface HotPathOptions {
  readonly log: (line: string) => void
  readonly short?: boolean
}
/** Milliseconds. */
interface Round {
  readonly p50: number
  readonly p99: number
  /** Before the disk's share was taken off. */
  readonly raw50: number
  readonly raw99: number
  readonly sync50: number
  readonly sync99: number
}
type Once = (rig: Rig, waitMs: number) => Promise<number>
interface Rig {
  readonly ledger: Ledger
  readonly who: Who
  readonly disk: { sync(): number; close(): void }
  readonly bare: SyncThread
  readonly rows: SyncThread
  readonly chance: Chance
  made: number
}

type Sheet = Readonly<Record<'bare' | 'rows' | 'ledger', Round[]>>
const createSheet = (): Sheet => ({ bare: [], rows: [], ledger: [] })

const p50Max = 0.5
const p99Max = 5
const flightMax = 32
/** A commit writes about ten pages. */
const commitBytes = 10 * 4096
const vendorMs = { from: 50, to: 150 } as const

export async function proveHotPath({ log, short = false }: HotPathOptions): Promise<readonly ProofLine[]> {
  const size = short ? { rounds: 2, alone: 40, perLane: 2 } : { rounds: 9, alone: 400, perLane: 40 }
  const folder = temporaryFolder()
  const rig = await createRig(folder.path)
  try {
    for (let index = 0; index < (short ? 20 : 200); index += 1) for (const once of [bareRequest, rowRequest, request]) await once(rig, 0)
    const alone = createSheet()
    const together = createSheet()
    for (let round = 0; round < size.rounds; round += 1) {
      // One after another without a pause: seconds that are mostly waiting leave caches cold for whoever comes next.
      for (const [name, once] of whose) alone[name].push(await measureAlone(rig, size.alone, once))
      // The rows by hand are written one call after another, so many at once would measure their queue.
      for (const [name, once] of whose) if (name !== 'rows') together[name].push(await measureTogether(rig, size.perLane, once))
      const p50 = ({ ledger }: Sheet): string => shown(ledger.at(-1)?.p50)
      log(`hot path: round ${round + 1} of ${size.rounds}, p50 ${p50(alone)} ms alone, ${p50(together)} ms with ${flightMax} in flight`)
    }
    const wrong = await findWrong(rig)
    return [toLine('Hot path, 1 request', alone, wrong), toLine(`Hot path, ${flightMax} requests`, together, wrong)]
  } finally {
    await rig.ledger.close()
    rig.disk.close()
    await rig.bare.close()
    await rig.rows.close()
    folder.remove()
  }
}

async function createRig(dataDir: string): Promise<Rig> {
  const ledger = await createLedger({ dataDir, durability: 'full', limits, zone: 'UTC', log: quiet })
  const key = await ledger.store.createKey(keyDraft('hot', { budget: limit(10n ** 15n, '1d') }))
  const who = { keyId: key.id, scopes: [ledger.snapshot.globalScopeId, key.scopeId] }
  const threads = { bare: startSyncThread(join(dataDir, 'bare')), rows: startRowThread(join(dataDir, 'rows.db')) }
  return { ledger, who, disk: openDisk(join(dataDir, 'probe')), ...threads, chance: createChance(), made: 0 }
}

/** A file of its own beside the ledger's, written over and over as a log is. */
function openDisk(path: string): Rig['disk'] {
  const file = openSync(path, 'w')
  const bytes = Buffer.alloc(commitBytes)
  const slots = 64
  for (let slot = 0; slot < slots; slot += 1) writeSync(file, bytes, 0, bytes.length, slot * bytes.length)
  fdatasyncSync(file)
  let next = 0
  return {
    sync() {
      bytes.fill(next % 251)
      writeSync(file, bytes, 0, bytes.length, (next % slots) * bytes.length)
      next += 1
      const startedMs = performance.now()
      fdatasyncSync(file)
      return performance.now() - startedMs
    },
    close: () => closeSync(file),
  }
}

/** @returns milliseconds spent in the ledger */
async function request(rig: Rig, waitMs: number): Promise<number> {
  const { who } = rig
  const { port } = rig.ledger
  const id = `req_${(rig.made += 1)}`
  const startedMs = performance.now()
  const held = port.hold(holdOrder(id, who, { receivedAtMs: Date.now() }))
  const opened = await port.openAttempt(attemptOrder(id))
  const hold = await held
  const openMs = performance.now() - startedMs
  if (hold.kind !== 'held' || opened.kind !== 'opened') throw new Error(`request ${id} was ${hold.kind} and ${opened.kind}`)
  if (waitMs > 0) await setTimeout(waitMs)
  const answeredMs = performance.now()
  await port.record(visit(id, [attemptRecord(1, { input: 100, output: 10 })]))
  return openMs + performance.now() - answeredMs
}

/** The messages and syncs of a request without its books. */
const bareRequest: Once = async ({ bare }, waitMs) => await twice(bare, waitMs)
/** And with its rows, but nothing that makes them. */
const rowRequest: Once = async ({ rows }, waitMs) => await twice(rows, waitMs)

async function twice(thread: SyncThread, waitMs: number): Promise<number> {
  const startedMs = performance.now()
  await thread.commit()
  const openMs = performance.now() - startedMs
  if (waitMs > 0) await setTimeout(waitMs)
  const answeredMs = performance.now()
  await thread.commit()
  return openMs + performance.now() - answeredMs
}

const whose = [
  ['bare', bareRequest],
  ['rows', rowRequest],
  ['ledger', request],
] as const

async function measureAlone(rig: Rig, count: number, once: Once): Promise<Round> {
  const times: number[] = []
  const syncs: number[] = []
  for (let index = 0; index < count; index += 1) {
    syncs.push(rig.disk.sync(), rig.disk.sync())
    times.push(await once(rig, 0))
  }
  return toRound(times, syncs)
}

async function measureTogether(rig: Rig, perLane: number, once: Once): Promise<Round> {
  const probe = (): number[] => Array.from({ length: 100 }, () => rig.disk.sync())
  const before = probe()
  const lane = async (): Promise<number[]> => {
    const times: number[] = []
    await setTimeout(rig.chance.between(0, vendorMs.to))
    for (let index = 0; index < perLane; index += 1) times.push(await once(rig, rig.chance.between(vendorMs.from, vendorMs.to)))
    return times
  }
  const times = (await Promise.all(Array.from({ length: flightMax }, lane))).flat()
  return toRound(times, [...before, ...probe()])
}

function toRound(times: readonly number[], syncs: readonly number[]): Round {
  const pairs = syncs.flatMap((sync, index) => (index % 2 === 0 ? [] : [sync + (syncs[index - 1] ?? 0)]))
  const raw50 = quantile(times, 0.5)
  const raw99 = quantile(times, 0.99)
  return {
    p50: raw50 - quantile(pairs, 0.5),
    p99: raw99 - quantile(pairs, 0.99),
    raw50,
    raw99,
    sync50: quantile(syncs, 0.5),
    sync99: quantile(syncs, 0.99),
  }
}

/** Figures of books that do not balance are worth nothing. */
async function findWrong({ ledger, made }: Rig): Promise<readonly string[]> {
  const violations = await ledger.reports.verify()
  const facts = await ledger.reports.facts()
  const wrong = violations.slice(0, 5).map((violation) => `${violation.invariant}: ${violation.subject}`)
  if (facts.requests < made || facts.openRequests > 0) wrong.push(`${facts.requests} requests in the books, ${facts.openRequests} open, ${made} measured`)
  return wrong
}

const middleOf = (rounds: readonly Round[], of: keyof Round): number =>
  quantile(
    rounds.map((round) => round[of]),
    0.5,
  )

function toLine(name: string, { bare, rows, ledger: rounds }: Sheet, wrong: readonly string[]): ProofLine {
  const middle = (of: keyof Round): string => shown(middleOf(rounds, of))
  const p50 = middleOf(rounds, 'p50')
  const p99 = middleOf(rounds, 'p99')
  const ok = wrong.length === 0 && p50 <= p50Max && p99 <= p99Max
  const whole = `whole p50 ${middle('raw50')}, p99 ${middle('raw99')}`
  const disk = `one sync p50 ${middle('sync50')}, p99 ${middle('sync99')}`
  const beyond = (floor: readonly Round[]): string => `p50 ${shown(middleOf(floor, 'p50'))} ms, p99 ${shown(middleOf(floor, 'p99'))} ms beyond them`
  const byHand = rows.length === 0 ? '' : `; one that writes the same rows by hand: ${beyond(rows)}`
  const floors = `a bare thread that only writes and syncs: ${beyond(bare)}${byHand}`
  return {
    name,
    figure: `p50 ${shown(p50)} ms, p99 ${shown(p99)} ms beyond two syncs (${whole}; ${disk}; median of ${rounds.length} rounds); ${floors}`,
    target: `p50 ≤ ${p50Max} ms, p99 ≤ ${p99Max} ms`,
    ok,
    seed: null,
    detail: [
      ...wrong,
      ...rounds.map(
        (round, index) => `round ${index + 1}: p50 ${shown(round.p50)}, p99 ${shown(round.p99)}; whole ${shown(round.raw50)}, ${shown(round.raw99)}`,
      ),
      `load of the machine: ${loadavg()
        .map((load) => load.toFixed(1))
        .join(', ')}; a machine with other work on it measures that work too`,
    ],
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
const shown = (ms: number | undefined): string => (ms ?? Number.NaN).toFixed(2)
