// The meter of a stream whose money is held in blocks: it asks for the next block before the last one is used up.
// Promises: nothing is handed on that is not paid for; asking is not waited for until it has to be; one question at a time.
// Leaves alone: what a block costs (ledger), how the stream ends when the budget does (read-stream.ts).

import { wordBudget } from '../../contract/budget-words.ts'
import { GatewayError, refuse } from '../../contract/errors.ts'
import { completionTokens } from '../../contract/usage.ts'
import type { AttemptRun, CallTools, Meter, Progress } from './order.ts'

/** Of a block: when no more than this is left, the next one is asked for. */
const restShare = 0.25

/** null: the whole call is paid for. */
export function createMeter(run: AttemptRun, seen: Progress, tools: CallTools): Meter | null {
  const start = seen.outputTokensHeld
  if (start === null) return null
  const { request, hold } = run
  const block = tools.limits.outputBlockTokens * Math.max(1, hold.bound.choices)
  let held = start
  let asking: Promise<GatewayError | null> | null = null
  /** The early question was refused; it is not asked again before it must be. */
  let refused = false
  let whole = false
  const ask = async (): Promise<GatewayError | null> => {
    const wanted = Math.max(block, usedTokens(seen) + block - held)
    try {
      const answer = await tools.ledger.extend({ requestId: request.id, outputTokens: wanted })
      if (answer.kind === 'lost') return refuse('ledger_unavailable', { reason: 'its last write did not succeed' }, { retryAfterS: 1 })
      if (answer.kind === 'refused') return refuse('stream_budget_spent', { reason: wordBudget(answer.standing, null) })
      // Nothing was added: the call's own maximum is held already.
      whole = answer.outputTokensHeld < held + wanted
      held = answer.outputTokensHeld
      seen.outputTokensHeld = held
      return null
    } catch (error) {
      return error instanceof GatewayError ? error : refuse('internal', {}, {}, error)
    }
  }
  const askOnce = async (): Promise<GatewayError | null> => {
    asking ??= ask().finally(() => void (asking = null))
    return await asking
  }
  return {
    async pay() {
      // A question that is under way may have been asked for less than it takes now.
      if (asking !== null && usedTokens(seen) > held) await asking
      while (!whole && usedTokens(seen) > held) {
        const error = await askOnce()
        if (error !== null) return error
      }
      if (!whole && !refused && asking === null && held - usedTokens(seen) <= block * restShare) void askOnce().then((error) => (refused = error !== null))
      return null
    },
  }
}

/** A token is at least one byte of text; a vendor that counts along is believed up to its last word. */
function usedTokens({ usage, text, textBytesAtUsage }: Progress): number {
  if (usage === null || usage.provenance !== 'reported') return text.bytes
  return completionTokens(usage.meters) + text.bytes - textBytesAtUsage
}
