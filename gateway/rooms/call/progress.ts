// What an attempt has come to so far, and its result when it ends in whichever way.
// Promises: an attempt that produced something always has a usage. Leaves alone: what it costs.

import { estimateUsage } from './estimate.ts'
import type { AttemptRun, CallTools, Progress } from './order.ts'

export function createProgress(run: AttemptRun, startedUs: number, tools: CallTools): Progress {
  let firstByteUs: number | null = null
  const now = (): number => tools.clock.monotonicUs() - run.arrivedUs
  return {
    status: null,
    usage: null,
    upstreamId: null,
    deltas: 0,
    deltaBytes: 0,
    markFirstByte() {
      firstByteUs ??= now()
    },
    result(end, facts = {}) {
      const produced = this.deltas > 0 || end !== 'failed'
      return {
        ordinal: run.ordinal,
        deployment: run.planned.deployment,
        reason: run.planned.reason,
        end,
        usage: this.usage ?? (produced ? estimateUsage(run.request, this, tools.wires) : null),
        upstreamStatus: this.status,
        upstreamId: this.upstreamId,
        failure: facts.failure ?? null,
        startedUs,
        firstByteUs,
        endedUs: now(),
      }
    },
    cut(exchange) {
      return {
        kind: 'done',
        result: this.result('cut'),
        status: this.status ?? 0,
        lastBytes: { head: null, bytes: new Uint8Array() },
        dropped: exchange.dropped,
        failure: null,
      }
    },
  }
}
