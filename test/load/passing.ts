// What a stream costs that only passes: events of the caller's own dialect, through Tollgate and through the bare byte proxy.
// Method: all take turns within every round; the figures are medians over rounds of streams a second, and of processor time for a stream, which a busy
// machine does not stretch. Beside them the byte proxy with durable commits alone, and with the ledger alone: what of the distance is the books'.
// Promises: a stream that is not 200 fails the run. Leaves alone: whether a miss is a failure.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { createBench } from './processes.ts'
import { readProcessorMs } from './processes.ts'
import { median, requestBody, type LoadOrder } from './shapes.ts'
import { startSubject } from './subject.ts'

const subjects = ['direct', 'bytes', 'syncs', 'books', 'tollgate'] as const
type PassingSubject = (typeof subjects)[number]
/** `apart`: every event leaves the vendor by itself, as tokens do; otherwise all at once, in as few packets as fit. */
interface StreamKind {
  readonly events: number
  readonly apart: boolean
}
export interface PassingCost {
  readonly subject: PassingSubject
  readonly perSecond: number
  /** null where the system does not tell. */
  readonly processorMs: number | null
}
export interface PassingOptions {
  readonly rounds: number
  readonly durationMs: number
}
/** Of one kind of stream. */
export interface Passing extends StreamKind {
  readonly costs: readonly PassingCost[]
}

const passingEvents = 500
const kinds: readonly StreamKind[] = [
  { events: passingEvents, apart: false },
  { events: passingEvents, apart: true },
  // Long enough that opening and closing a call no longer counts.
  { events: 5000, apart: false },
]
const connections = 16
const warmUpMs = 1000
/** Before the first round: the runtime goes on compiling for seconds, longest where there is most to compile, and a gateway runs for weeks. */
const settleMs = 6000

type Bench = ReturnType<typeof createBench>
interface Target {
  readonly subject: PassingSubject
  readonly pid: number
  readonly order: LoadOrder
}

export async function measurePassing(bench: Bench, options: PassingOptions): Promise<readonly Passing[]> {
  const measured: Passing[] = []
  for (const kind of kinds) measured.push(await measureKind(bench, { ...options, ...kind }))
  return measured
}

async function measureKind(bench: Bench, { events, apart, rounds, durationMs }: PassingOptions & StreamKind): Promise<Passing> {
  const upstream = await bench.startServer('upstream-process.ts', { pinned: true, args: [String(events), apart ? 'apart' : 'together'] })
  const tollgate = await startSubject(upstream.origin)
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-passing-'))
  const start = async (subject: PassingSubject): Promise<Target> => {
    const shared = { connections, warmUpMs, durationMs }
    if (subject === 'direct')
      return { subject, pid: upstream.pid, order: { ...shared, origin: upstream.origin, headers: {}, body: requestBody('bench-upstream', true, events) } }
    if (subject === 'tollgate') {
      const { gateway, key } = tollgate
      return {
        subject,
        pid: gateway.pid,
        order: { ...shared, origin: gateway.origin, headers: { authorization: `Bearer ${key}` }, body: requestBody('bench', true, events) },
      }
    }
    const file = subject === 'bytes' ? 'byte-proxy-process.ts' : 'durable-proxy-process.ts'
    const { origin, pid } = await bench.startServer(file, { pinned: false, args: [upstream.origin, subject, folder] })
    return { subject, pid, order: { ...shared, origin, headers: {}, body: requestBody('bench-upstream', true, events) } }
  }
  try {
    const targets: Target[] = []
    for (const subject of subjects) targets.push(await start(subject))
    const { measure } = bench.startLoad()
    for (const { order } of targets) await measure({ ...order, warmUpMs: settleMs, durationMs: 1 })
    const seen: PassingCost[] = []
    for (let round = 0; round < rounds; round += 1)
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) seen.push(await measureOnce(measure, target))
    return { events, apart, costs: targets.map(({ subject }) => medianOf(subject, seen)) }
  } finally {
    await tollgate.stop()
    // Their processes are ended with the bench's; nothing is measured through them any more.
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureOnce(measure: ReturnType<Bench['startLoad']>['measure'], { subject, pid, order }: Target): Promise<PassingCost> {
  // Warmed up on its own, so that processor time is that of the streams that are counted.
  await measure({ ...order, durationMs: 1 })
  const before = readProcessorMs(pid)
  const result = await measure({ ...order, warmUpMs: 0 })
  const after = readProcessorMs(pid)
  if (result.failures > 0) throw new Error(`${subject}: ${result.failures} streams failed, first: ${result.firstFailure ?? ''}`)
  if (result.requests === 0) throw new Error(`${subject}: no stream came to its end`)
  return { subject, perSecond: result.perSecond, processorMs: before === null || after === null ? null : (after - before) / result.requests }
}

function medianOf(subject: PassingSubject, seen: readonly PassingCost[]): PassingCost {
  const costs = seen.filter((one) => one.subject === subject)
  const times = costs.flatMap(({ processorMs }) => processorMs ?? [])
  return { subject, perSecond: median(costs.map((cost) => cost.perSecond)), processorMs: times.length < costs.length ? null : median(times) }
}

const shareMin = 0.85
const titles: Readonly<Record<PassingSubject, string>> = {
  direct: 'the vendor itself',
  bytes: 'bare byte proxy',
  syncs: '  and two durable commits a call',
  books: '  and the ledger instead of them',
  tollgate: 'Tollgate',
}

export function passingLines(measured: readonly Passing[]): readonly string[] {
  return measured.flatMap(({ events, apart, costs }) => {
    const bytes = costs.find(({ subject }) => subject === 'bytes')
    if (bytes === undefined) throw new Error('the byte proxy has to be measured')
    const share = (cost: PassingCost): number => cost.perSecond / bytes.perSecond
    const judged = (cost: PassingCost): string =>
      cost.subject !== 'tollgate' || events !== passingEvents ? '' : `  at least ${shareMin.toFixed(2)}: ${share(cost) >= shareMin ? 'kept' : 'MISSED'}`
    return [
      `Streams of ${events.toLocaleString('en')} events in the caller's own dialect, ${apart ? 'each event sent by itself' : 'all events sent at once'}, ${connections} at once`,
      `${''.padEnd(36)}streams/s   of the byte proxy   processor ms a stream`,
      ...costs.map(
        (cost) =>
          `${titles[cost.subject].padEnd(36)}${cost.perSecond.toFixed(0).padStart(9)}${share(cost).toFixed(2).padStart(20)}${(cost.processorMs?.toFixed(2) ?? '–').padStart(24)}${judged(cost)}`,
      ),
      '',
    ]
  })
}
