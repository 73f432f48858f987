// The row of an attempt: opened, and durable, before anything is sent.
// Promises: what earlier attempts were billed is paid for with it. Leaves alone: what is sent.

import { wordBudget } from '../../contract/budget-words.ts'
import { refuse } from '../../contract/errors.ts'
import type { AttemptResult } from '../../contract/itinerary.ts'
import { nanoUsd, type NanoUsd } from '../../contract/money.ts'
import type { Failure } from './failure.ts'
import type { AttemptRun, CallTools } from './order.ts'

/** Gives why the row was not opened, when a budget refused it. */
export async function openRow(run: AttemptRun, startedUs: number, tools: CallTools): Promise<Failure | null> {
  const { deployment } = run.planned
  const answer = await tools.ledger.openAttempt({
    requestId: run.request.id,
    ordinal: run.ordinal,
    deploymentId: deployment.id,
    providerId: deployment.provider.id,
    upstreamModel: deployment.upstreamModel,
    reason: run.planned.reason,
    price: deployment.price,
    // Every attempt before the last was paid for when the one after it was opened.
    topUpNanoUsd: costOf(run.earlier.at(-1), tools),
    scopes: tools.scopesOf(deployment.provider.id, deployment.id).scopeIds,
    ended: run.earlier.map((result) => ({ ordinal: result.ordinal, costNanoUsd: costOf(result, tools) })),
    startedUs,
  })
  if (answer.kind === 'lost') throw refuse('ledger_unavailable', { reason: 'its last write did not succeed' }, { retryAfterS: 1 })
  if (answer.kind === 'opened') return null
  const error = refuse('insufficient_quota', { reason: wordBudget(answer.standing, null) })
  // The vendor's side is spent, or the caller's: then an earlier attempt was billed, and no other vendor helps.
  const { kind } = answer.standing
  return { error, remedy: kind === 'provider' || kind === 'deployment' ? 'other' : 'never', retryAfterS: null }
}

/** The hold covers one call at the dearest price; what an earlier attempt was billed comes on top. */
function costOf(result: AttemptResult | undefined, tools: CallTools): NanoUsd {
  return result === undefined || result.usage === null ? nanoUsd(0) : tools.costOf(result.usage, result.deployment.price)
}
