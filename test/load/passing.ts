// What a stream costs that only passes: 500 events of the caller's own dialect, through Tollgate and through the bare byte proxy.
// Method: both take turns within every round; the figures are medians over rounds of streams a second, and of processor time for a stream, which a
// busy machine does not stretch. Promises: a stream that is not 200 fails the run. Leaves alone: whether a miss is a failure.

import type { createBench } from './processes.ts'
import { readProcessorMs } from './processes.ts'
import { median, requestBody, type LoadOrder } from './shapes.ts'
import { startSubject } from './subject.ts'

export interface PassingCost {
  readonly subject: 'bytes' | 'tollgate'
  readonly perSecond: number
  /** null where the system does not tell. */
  readonly processorMs: number | null
}
export interface PassingOptions {
  readonly rounds: number
  readonly durationMs: number
}

export const passingEvents = 500
const connections = 16
const warmUpMs = 1000

type Bench = ReturnType<typeof createBench>
interface Target {
  readonly subject: PassingCost['subject']
  readonly pid: number
  readonly order: LoadOrder
}

export async function measurePassing(bench: Bench, { rounds, durationMs }: PassingOptions): Promise<readonly PassingCost[]> {
  const upstream = await bench.startServer('upstream-process.ts', { pinned: true, args: [String(passingEvents)] })
  const proxy = await bench.startServer('byte-proxy-process.ts', { pinned: false, args: [upstream.origin] })
  const tollgate = await startSubject(upstream.origin)
  try {
    const shared = { connections, warmUpMs, durationMs }
    const targets: readonly Target[] = [
      { subject: 'bytes', pid: proxy.pid, order: { ...shared, origin: proxy.origin, headers: {}, body: requestBody('bench-upstream', true) } },
      {
        subject: 'tollgate',
        pid: tollgate.gateway.pid,
        order: { ...shared, origin: tollgate.gateway.origin, headers: { authorization: `Bearer ${tollgate.key}` }, body: requestBody('bench', true) },
      },
    ]
    const { measure } = bench.startLoad()
    const seen: PassingCost[] = []
    for (let round = 0; round < rounds; round += 1)
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) seen.push(await measureOnce(measure, target))
    return targets.map(({ subject }) => medianOf(seen.filter((one) => one.subject === subject)))
  } finally {
    await tollgate.stop()
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

function medianOf(costs: readonly PassingCost[]): PassingCost {
  const times = costs.flatMap(({ processorMs }) => processorMs ?? [])
  return {
    subject: costs[0]?.subject ?? 'bytes',
    perSecond: median(costs.map((cost) => cost.perSecond)),
    processorMs: times.length < costs.length ? null : median(times),
  }
}

const shareMin = 0.85

export function passingLines(costs: readonly PassingCost[]): readonly string[] {
  const [bytes, tollgate] = (['bytes', 'tollgate'] as const).map((subject) => costs.find((cost) => cost.subject === subject))
  if (bytes === undefined || tollgate === undefined) throw new Error('both have to be measured')
  const share = tollgate.perSecond / bytes.perSecond
  const processor = bytes.processorMs === null || tollgate.processorMs === null ? '' : toProcessorLine(bytes.processorMs, tollgate.processorMs)
  return [
    `Streams of ${passingEvents} events in the caller's own dialect, ${connections} at once: ${bytes.perSecond.toFixed(0)}/s through the bare byte proxy, ${tollgate.perSecond.toFixed(0)}/s through Tollgate`,
    `  of the byte proxy's throughput: ${share.toFixed(2)} (at least ${shareMin.toFixed(2)}) ${share >= shareMin ? 'kept' : 'MISSED'}`,
    ...(processor === '' ? [] : [processor]),
  ]
}

const toProcessorLine = (bytesMs: number, tollgateMs: number): string =>
  `  processor time for a stream, all threads: ${bytesMs.toFixed(2)} ms in the byte proxy, ${tollgateMs.toFixed(2)} ms in Tollgate, ${(bytesMs / tollgateMs).toFixed(2)} the other way round`
