// npm run bench: what Tollgate costs, against two bare proxies, before the same upstream, in one run.
// Method: subjects take turns within every round, in an order that rotates, so that a busy moment hits all of them; figures are medians
// over rounds. Upstream and load generator share the last core (Linux), the subject is free to use all. Closed loop, keep-alive, replies read whole.
// Promises: a reply that is not 200 fails the run; the ledger's own sum shows that the measured calls were really accounted.
// Options: --rounds 5 --seconds 2 --only proxies|translation. Writes nothing into the repository.

import { parseArgs } from 'node:util'
import { measurePassing, passingLines } from './passing.ts'
import { createBench, measureHopUs, measureSyncUs, readMemoryMb } from './processes.ts'
import { printReport, type Cell, type Figures } from './report.ts'
import { callUsd, median, requestBody, type LoadOrder } from './shapes.ts'
import { measureStarts, startSubject, type Subject } from './subject.ts'
import { measureTranslation, translationLines } from './translation.ts'

const subjectNames = ['direct', 'bytes', 'json', 'tollgate'] as const
type SubjectName = (typeof subjectNames)[number]
type Target = Pick<LoadOrder, 'origin' | 'headers'>

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' }, only: { type: 'string' } },
})
const rounds = Number(options.rounds)
const durationMs = Number(options.seconds) * 1000
const connectionCounts = [1, 32, 128]

if (options.only !== 'translation') await measureGateway()
if (options.only !== 'proxies') await measureWires()

async function measureWires(): Promise<void> {
  const translation = measureTranslation((line) => process.stderr.write(`${line}\n`))
  const bench = createBench()
  try {
    const passing = await measurePassing(bench, { rounds, durationMs })
    process.stdout.write(`\n${[...translationLines(translation), '', ...passingLines(passing)].join('\n')}\n`)
  } finally {
    bench.stopAll()
  }
}

async function measureGateway(): Promise<void> {
  const bench = createBench()
  let subject: Subject | null = null
  try {
    const starts = options.only === 'proxies' ? null : await measureStarts(5)
    const upstream = await bench.startServer('upstream-process.ts', { pinned: true })
    const targets: Partial<Record<SubjectName, Target>> = {
      direct: { origin: upstream.origin, headers: {} },
      bytes: { origin: (await bench.startServer('byte-proxy-process.ts', { pinned: false, args: [upstream.origin] })).origin, headers: {} },
      json: { origin: (await bench.startServer('json-proxy-process.ts', { pinned: false, args: [upstream.origin] })).origin, headers: {} },
    }
    if (options.only !== 'proxies') {
      subject = await startSubject(upstream.origin)
      targets.tollgate = { origin: subject.gateway.origin, headers: { authorization: `Bearer ${subject.key}` } }
    }
    await pause(3000)
    const idleMb = subject === null ? null : readMemoryMb(subject.gateway.pid)
    const measured = await measureRounds(bench.startLoad().measure, targets, subject)
    const spendUsd = (await subject?.readSpend()) ?? null
    printReport({ ...measured, starts, idleMb, spendUsd, durationMs, rounds })
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
  subject: Subject | null,
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
