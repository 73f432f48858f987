// What an attempt used, whichever way it ended: the vendor's own report where there is a possible one, counted text, or the most it can have been.
// Promises: never less than nothing because nobody said so; what is not the vendor's own word is flagged. Leaves alone: what it costs (settle).

import { isFree } from '../../contract/price.ts'
import type { AbortedCallRule, Deployment } from '../../contract/provider.ts'
import { completionTokens, inputMeters, outputMeters, promptTokens, unitMeters, type Meter, type Meters, type Usage } from '../../contract/usage.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { countInput } from './count-input.ts'
import type { Failure } from './failure.ts'
import type { CallTools, Ending, Used } from './order.ts'
import { callsMost, completionTokensMost, promptTokensMost } from './possible.ts'
import { mostUnits, unitsUsed } from './used-units.ts'

/** null: the vendor owes no bill. */
export function usageOf(ending: Ending, used: Used, tools: CallTools): Usage | null {
  const { run, seen } = used
  if (!seen.sent) return null
  const rule = ruleOf(run.planned.deployment)
  const produced = seen.text.bytes > 0 || seen.usage !== null
  if (!produced && (ending === 'refused' || (ending !== 'complete' && rule === 'free'))) return null
  const { units } = run.hold.bound
  if (ending === 'stopped' && runsOn(rule, run.request.stream)) return units === undefined ? most(used, tools) : mostUnits(used, units, tools)
  return units === undefined ? checked(ending, used) : unitsUsed(used, units)
}

/** How a reply ended that failed on the way: the vendor let go, or we did. */
export function endingOf(failure: Failure): Ending {
  const ours = ['upstream_timeout', 'upstream_too_large', 'internal']
  return ours.includes(failure.error.code) ? 'stopped' : 'broken'
}

/** Where nothing costs anything nothing is gained by letting it run. */
export function ruleOf({ provider, price }: Deployment): AbortedCallRule {
  return price !== null && isFree(price) ? 'free' : provider.abortedCalls
}
/** Whether a call that is broken off is worked on, and billed, to its end. */
export const runsOn = (rule: AbortedCallRule, stream: boolean): boolean => rule === 'whole' || (rule === 'produced' && !stream)

/** What is sold by calls, and not reported, is taken for as many as it can be. */
function callsOf({ run }: Used): Meters {
  const { calls } = run.hold.bound
  return calls === undefined || run.planned.deployment.price?.prices.calls === undefined ? {} : { calls }
}

/** As much as the hold covered. */
function most(used: Used, tools: CallTools): Usage {
  const { run, seen, outputTokensMax } = used
  const { deployment } = run.planned
  const { bound } = run.hold
  const perChoice = Math.min(bound.outputTokensMax ?? Number.MAX_SAFE_INTEGER, outputTokensMax ?? Number.MAX_SAFE_INTEGER, deployment.facts.outputTokensMax)
  const all = Math.max(1, bound.choices) * perChoice
  if (seen.outputTokensHeld !== null)
    return {
      meters: { input: countInput(run.request.json.open(), bound, deployment.facts), output: Math.min(all, seen.outputTokensHeld) },
      provenance: 'estimated',
    }
  return { meters: { ...callsOf(used), input: tools.inputTokensMost(deployment, bound, run.request.bodyBytes), output: all }, provenance: 'estimated' }
}

/** Each side of the vendor's report is believed if it can be true; the other is counted. */
function checked(ending: Ending, used: Used): Usage {
  const { usage } = used.seen
  const { bound } = used.run.hold
  const input = inputOf(used, bound)
  const output = outputOf(ending, used)
  const searched = canHaveSearched(usage, output ?? usage?.meters ?? {}, bound)
  const called = (usage?.meters.calls ?? 0) <= callsMost(bound)
  const units = unitMeters.filter((meter) => (searched || meter !== 'searches') && (called || meter !== 'calls'))
  if (usage !== null && usage.provenance === 'reported' && input === null && output === null && searched && called) return usage
  return {
    meters: { ...callsOf(used), ...(input ?? pick(usage, inputMeters)), ...(output ?? pick(usage, outputMeters)), ...pick(usage, units) },
    provenance: 'counted',
  }
}

/** A model asks for each search in words of its own, and only where the request names a tool of the vendor's. */
function canHaveSearched(usage: Usage | null, believed: Meters, { hosted, unbounded }: RequestBound): boolean {
  const searches = usage?.meters.searches ?? 0
  const named = (hosted?.names.length ?? 0) + unbounded.length
  return searches === 0 || (named > 0 && searches <= completionTokens(believed))
}

const pick = (usage: Usage | null, names: readonly Meter[]): Meters =>
  Object.fromEntries(Object.entries(usage?.meters ?? {}).filter(([name]) => names.some((wanted) => wanted === name)))

/** null: the report stands. */
function inputOf({ run, seen }: Used, bound: RequestBound): Meters | null {
  const { facts } = run.planned.deployment
  const reported = seen.usage === null ? 0 : promptTokens(seen.usage.meters)
  // Who sells something other than tokens need not say how many there were.
  if (reported === 0 && unitMeters.some((meter) => (seen.usage?.meters[meter] ?? 0) > 0)) return null
  if (reported > 0 && reported <= promptTokensMost(run)) return null
  return { input: countInput(run.request.json.open(), bound, facts) }
}

// The longest token of the public vocabularies is 128 blanks (o200k_base, as known 2026-11-21): fewer tokens cannot be so much text.
const bytesPerTokenMax = 128

const earlyTolerance = 1.5

/** null: the report stands. */
function outputOf(ending: Ending, { run, seen }: Used): Meters | null {
  const { usage, text, textBytesAtUsage } = seen
  const reported = usage === null ? 0 : completionTokens(usage.meters)
  const possible = usage !== null && usage.provenance === 'reported' && reported <= completionTokensMost(run) && reported * bytesPerTokenMax >= textBytesAtUsage
  if (possible && textBytesAtUsage === text.bytes) return null
  const counted = text.tokens()
  // Some tell at the beginning what the whole reply will be; then it is about what was counted.
  if (possible && ending === 'complete' && counted <= reported * earlyTolerance) return null
  // Otherwise text came after the report, and what that says is the least there can be.
  return { output: possible ? Math.max(reported, counted) : counted }
}
