// A request that asks nothing of a model: a client of an engine has a model made ready, or lets it go. Whoever is not an engine is not asked: the
// house answers.
// Promises: no vendor is paid for it, not even where an engine was asked first and failed. Leaves alone: engines, which get the request as it came.

import type { LastBytes } from '../../contract/itinerary.ts'
import type { Deployment } from '../../contract/provider.ts'
import type { CallOrder, CallTools } from './order.ts'
import { pathOf } from './exchange.ts'

/** null: it is an ordinary request, or the deployment is an engine. */
export function answerIdle({ request }: CallOrder, deployment: Deployment, { wires, clock }: CallTools): LastBytes | null {
  const { inbound } = wires[request.wire]
  if (inbound?.answerIdle === undefined || request.passing !== undefined || pathOf(wires[request.wire], deployment, request.stream) !== null) return null
  const answer = inbound.answerIdle(request.json.open(), { model: request.model, nowMs: clock.nowMs() })
  const head = { status: 200, headers: { 'content-type': 'application/json' } }
  return answer === null ? null : { head, bytes: Buffer.from(JSON.stringify(answer)) }
}
