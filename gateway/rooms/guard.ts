// The guardrails of the request stage, in order; only this room makes a GuardedRequest.
// Promises: a block ends the visit before anything is dispatched. With no guardrails the request passes as it is.
// Leaves alone: which guardrails exist (their shelf), replies.

import { refuse } from '../contract/errors.ts'
import { asGuarded, type Guardrail, type GuardedRequest, type InferenceRequest } from '../contract/request.ts'

export type Guard = (request: InferenceRequest) => Promise<GuardedRequest>

/** @throws GatewayError guardrail_blocked */
export function createGuard(guardrails: readonly Guardrail[]): Guard {
  const chain = guardrails.filter((guardrail) => guardrail.stage !== 'reply')
  return async (request) => {
    for (const guardrail of chain) {
      const verdict = await guardrail.inspect(request)
      if (verdict.kind === 'block') throw refuse('guardrail_blocked', { guardrail: verdict.guardrail, reason: verdict.reason })
    }
    return asGuarded(request)
  }
}
