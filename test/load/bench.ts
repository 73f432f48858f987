// npm run bench: what Tollgate costs, against two bare proxies, before the same upstream, in one run.
// Method: subjects take turns within every round, in an order that rotates, so that a busy moment hits all of them; figures are medians
// over rounds. Upstream and load generator share the last core (Linux), the subject is free to use all. Closed loop, keep-alive, replies read whole.
// Promises: a reply that is not 200 fails the run; the ledger's own sum shows that the measured calls were really accounted.
// --help lists the options; what is not understood is said before anything is built or run. Writes nothing into the repository but the build.

import { runCommand, type Given } from '../kit/command-line.ts'
import { measurePassing, passingLines } from './passing.ts'
import { createBench, measureHopUs, measureSyncUs, readMemoryMb } from './processes.ts'
import { printReport, type Cell, type Figures } from './report.ts'
import { callUsd, median, requestBody, type LoadOrder } from './shapes.ts'
import { measureStarts, startSubject, type Subject } from './subject.ts'
import { measureTranslation, translationLines } from './translation.ts'

const subjectNames = ['direct', 'bytes', 'json', 'tollgate'] as const
type SubjectName = (typeof subjectNames)[number]
type Target = Pick<LoadOrder, 'origin' | 'headers'>

interface Order {
  /** null: everything. */
  readonly only: readonly string[] | null
  readonly rounds: number
  readonly durationMs: number
}
const connectionCounts = [1, 32, 128]

const command = {
  name: 'npm run bench',
  does: 'what Tollgate costs, against two bare proxies before the same upstream.',
  options: {
    only: { takes: 'name,name', means: 'these parts, not all of it' },
    rounds: { takes: 'N', means: 'how often each is measured (5)' },
    seconds: { takes: 'N', means: 'how long each time (2)' },
  },
  names: { proxies: 'the bare proxies without Tollgate', translation: 'translation between wires, and streams that pass' },
} as const

await runCommand(command, toOrder, async (order) => {
  if (order.only?.includes('proxies') !== false) await measureGateway(order)
  if (order.only?.includes('translation') !== false) await measureWires(order)
})

function toOrder(given: Given<keyof typeof command.options>): Order {
  return { only: given.names('only'), rounds: given.count('rounds', 1) ?? 5, durationMs: (given.amount('seconds') ?? 2) * 1000 }
}

async function measureWires({ rounds, durationMs }: Order): Promise<void> {
  const translation = measureTranslation((line) => process.stderr.write(`${line}\n`))
  const bench = createBench()
  try {
    const passing = await measurePassing(bench, { rounds, durationMs })
    process.stdout.write(`\n${[...translationLines(translation), '', ...passingLines(passing)].join('\n')}\n`)
  } finally {
    bench.stopAll()
  }
}

async function measureGateway(order: Order): Promise<void> {
  const bench = createBench()
  let subject: Subject | null = null
  try {
    const starts = order.only === null ? await measureStarts(5) : null
    const upstream = await bench.startServer('upstream-process.ts', { pinned: true })
    const targets: Partial<Record<SubjectName, Target>> = {
      direct: { origin: upstream.origin, headers: {} },
      bytes: { origin: (await bench.startServer('byte-proxy-process.ts', { pinned: false, args: [upstream.origin] })).origin, headers: {} },
      json: { origin: (await bench.startServer('json-proxy-process.ts', { pinned: false, args: [upstream.origin] })).origin, headers: {} },
    }
    if (order.only === null) {
      subject = await startSubject(upstream.origin)
      targets.tollgate = { origin: subject.gateway.origin, headers: { authorization: `Bearer ${subject.key}` } }
    }
    await pause(3000)
    const idleMb = subject === null ? null : readMemoryMb(subject.gateway.pid)
    const measured = await measureRounds(bench.startLoad().measure, targets, { ...order, subject })
    const spendUsd = (await subject?.readSpend()) ?? null
    printReport({ ...measured, starts, idleMb, spendUsd, durationMs: order.durationMs, rounds: order.rounds })
    // Warm-up calls cost too, so the ledger may hold more, never less.
    const owedUsd = measured.tollgateRequests * callUsd
    if (spendUsd !== null && spendUsd < owedUsd * 0.999_999)
      throw new Error(`The ledger holds $${spendUsd} for calls that cost $${owedUsd}: these figures are not of a gateway that accounts.`)
  } finally {
    bench.stopAll()
    await subject?.stop()
  }
}

type Measure = ReturnType<ReturnType<typeof createBench>['startLoad']>['measure']

async function measureRounds(
  measure: Measure,
  targets: Partial<Record<SubjectName, Target>>,
  { subject, rounds, durationMs }: Order & { readonly subject: Subject | null },
): Promise<Pick<Figures, 'cells' | 'syncUs' | 'hopUs' | 'loadedMb' | 'tollgateRequests'>> {
  const cells = new Map<string, { results: Cell['results'][number][] } & Omit<Cell, 'results'>>()
  const syncs: number[] = []
  const hops: number[] = []
  let loadedMb: number | null = null
  let tollgateRequests = 0
  for (let round = 0; round < rounds; round += 1) {
    if (subject !== null) {
      syncs.push(measureSyncUs(subject.gateway.dataDir, 200))
      hops.push(await measureHopUs(200))
    }
    for (const stream of [false, true]) {
      for (const connections of connectionCounts) {
        for (const name of rotated(round)) {
          const target = targets[name]
          if (target === undefined) continue
          const result = await measure({
            ...target,
            body: requestBody(name === 'tollgate' ? 'bench' : 'bench-upstream', stream),
            connections,
            warmUpMs: 300,
            durationMs,
          })
          if (result.failures > 0) throw new Error(`${name}: ${result.failures} calls failed, first: ${result.firstFailure ?? ''}`)
          const key = `${name} ${String(stream)} ${connections}`
          const cell = cells.get(key) ?? { subject: name, stream, connections, results: [] }
          cell.results.push(result)
          cells.set(key, cell)
          if (name !== 'tollgate' || subject === null) continue
          tollgateRequests += result.requests
          loadedMb = Math.max(loadedMb ?? 0, readMemoryMb(subject.gateway.pid) ?? 0)
        }
      }
    }
    process.stderr.write(`round ${round + 1} of ${rounds} done\n`)
  }
  return { cells: [...cells.values()], syncUs: medianOf(syncs), hopUs: medianOf(hops), loadedMb, tollgateRequests }
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values)
}

function rotated(round: number): readonly SubjectName[] {
  return subjectNames.map((_name, index) => subjectNames[(index + round) % subjectNames.length] ?? 'direct')
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
