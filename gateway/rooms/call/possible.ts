// The most that a vendor's report can say and be true: what a model can read and write, and the calls a request can be billed as.
// Promises: a report within these stands. Leaves alone: what is counted in the place of one that does not (used.ts, used-units.ts).

import type { RequestBound } from '../../contract/wire.ts'
import type { AttemptRun } from './order.ts'

// Larger than any model's window; only where the window is not known.
const windowUnknown = 2_000_000

/** A vendor may add to a prompt, but not more than its model can read. */
export function promptTokensMost({ request, planned, hold }: AttemptRun): number {
  return request.bodyBytes + (hold.bound.repeatedBytes ?? 0) + (planned.deployment.facts.contextTokensMax ?? windowUnknown)
}

export function completionTokensMost({ planned, hold }: AttemptRun): number {
  const { facts } = planned.deployment
  return Math.max(1, hold.bound.choices) * Math.max(facts.outputTokensMax, facts.contextTokensMax ?? windowUnknown)
}

export const callsMost = ({ calls }: RequestBound): number => calls ?? 1
