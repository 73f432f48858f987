// Dials: walks the itinerary until one attempt answers, opening an attempt row before each dispatch.
// Promises: no fallback once the first byte is sent; a caller who leaves stops the upstream; every dispatch has its result.
// Leaves alone: prices (given as a tool), HTTP framing towards the caller (Reply), what is written about it (record).

import { refuse } from '../../contract/errors.ts'
import type { AttemptResult, Outcome, PlannedAttempt } from '../../contract/itinerary.ts'
import { promptTokens } from '../../contract/usage.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { runAttempt } from './attempt.ts'
import type { Failure } from './failure.ts'
import { answerIdle } from './idle.ts'
import type { Call, CallTools, Run } from './order.ts'
import { runPassing } from './pass-through.ts'

const callerLeft = 499

export function createCall(tools: CallTools): Call {
  return async (order) => {
    const results: AttemptResult[] = []
    // Deployments and models that have shown that they will not serve this request.
    const ruledOut = new Set<string>()
    const failures: Failure[] = []
    let last: PlannedAttempt | null = null
    // Deployments that could not even be dispatched to: their credential or address does not get better by waiting.
    const hopeless = new Set<string>()
    for (const planned of order.itinerary.attempts) {
      const { id, modelName } = planned.deployment
      if (ruledOut.has(deploymentSlot(id)) || ruledOut.has(modelSlot(modelName))) continue
      if (hopeless.has(planned.deployment.id)) continue
      if (last?.deployment.id === planned.deployment.id) await pause(backOffMs(results.length, failures.at(-1), tools.random), order.reply.gone)
      if (order.reply.gone.aborted) break
      last = planned
      const idle = answerIdle(order, planned.deployment, tools)
      if (idle !== null) {
        // Whose budget is used up is refused as ever.
        await order.hold.money
        return { end: 'answered', status: 200, attempts: results, lastBytes: idle, failure: null, dropped: [] }
      }
      const attempt = { ...order, planned, ordinal: results.length + 1, earlier: results }
      const raw = order.request.passing?.raw ?? null
      const run = raw === null ? await runAttempt(attempt, tools) : await runPassing(attempt, raw, tools)
      if (run.result === null) hopeless.add(planned.deployment.id)
      else {
        results.push(run.result)
        if (isTextAlone(order.hold.bound)) teach(run.result, order.request.bodyBytes, tools)
      }
      if (run.kind === 'done') return finish(run, results)
      failures.push(run.failure)
      if (run.failure.remedy === 'other') ruledOut.add(deploymentSlot(id))
      if (run.failure.remedy === 'fallback') ruledOut.add(modelSlot(modelName))
      if (run.failure.remedy === 'never' || order.reply.gone.aborted) break
    }
    if (order.reply.gone.aborted) return { end: 'cut', status: callerLeft, attempts: results, lastBytes: null, failure: null, dropped: [] }
    const errors = failures.map((failure) => failure.error)
    const error = errors[0] ?? refuse('internal')
    return { end: 'failed', status: error.status, attempts: results, lastBytes: null, failure: error, failures: errors, dropped: [] }
  }
}

/** Media has many bytes for its tokens: with it, the next text would be held for next to nothing. */
const isTextAlone = ({ units, images, files, mediaBytes }: RequestBound): boolean => units === undefined && images + files + mediaBytes === 0

/** What a vendor reports of a whole call tells what the next one of its size will be. */
function teach({ end, usage, deployment }: AttemptResult, bodyBytes: number, tools: CallTools): void {
  if (end === 'answered' && usage?.provenance === 'reported') tools.onUsage(deployment.id, bodyBytes, promptTokens(usage.meters))
}

const deploymentSlot = (id: string): string => `deployment ${id}`
const modelSlot = (name: string): string => `model ${name}`

function finish(run: Extract<Run, { kind: 'done' }>, attempts: readonly AttemptResult[]): Outcome {
  // Cut without a failure: the caller left. Otherwise the caller is there and has had its status.
  const status = run.result.end === 'cut' && run.failure === null ? callerLeft : run.status
  return { end: run.result.end, status, attempts, lastBytes: run.lastBytes, failure: run.failure?.error ?? null, dropped: run.dropped }
}

const backOffFirstMs = 500
const backOffMostMs = 8000
const jitterMs = 250

/** Only before the same deployment is tried again. A vendor's short hint wins over our own schedule. */
function backOffMs(tries: number, failure: Failure | undefined, random: () => number): number {
  const hint = failure?.retryAfterS
  const base =
    hint !== null && hint !== undefined && hint * 1000 <= backOffMostMs ? hint * 1000 : Math.min(backOffMostMs, backOffFirstMs * 2 ** Math.max(0, tries - 1))
  return base + random() * jitterMs
}

async function pause(waitMs: number, gone: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, waitMs)
    function done(): void {
      clearTimeout(timer)
      gone.removeEventListener('abort', done)
      resolve()
    }
    gone.addEventListener('abort', done)
  })
}
