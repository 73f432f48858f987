// What an attempt used that is not text in and text out: images, seconds, characters, and the tokens of models that sell those by the token.
// Promises: the vendor's word first, as far as it is possible; then what was asked for, counted; then a guess, flagged; never nothing where the price
// has a line.
// Leaves alone: what it costs (settle), operations of text (used.ts).

import { isFree, isSoldOtherwise } from '../../contract/price.ts'
import { completionTokens, inputMeters, outputMeters, promptTokens, unitMeters, withLeast, type Meters, type Usage } from '../../contract/usage.ts'
import type { UnitBound } from '../../contract/wire.ts'
import { countInput } from './count-input.ts'
import type { CallTools, Used } from './order.ts'
import { callsMost, completionTokensMost, promptTokensMost } from './possible.ts'

/** Of an attempt that has its bill. */
export function unitsUsed(used: Used, units: UnitBound): Usage {
  const { usage } = used.seen
  const { price, provider } = used.run.planned.deployment
  const said = possible(used, units)
  const meters = withLeast({ ...units.about, ...said }, provider.quirks)
  const tokens = promptTokens(said) + completionTokens(said)
  if (price !== null && !isFree(price) && tokens === 0 && !isSoldOtherwise(price))
    return { meters: { ...meters, ...tokensOf(used, units) }, provenance: 'estimated' }
  const sold = unitMeters.filter((meter) => (meters[meter] ?? 0) > 0 && price?.prices[meter] !== undefined)
  const guessed = sold.some((meter) => said[meter] === undefined && units.guessed.includes(meter))
  // Vendors tell seconds and tokens; everything else is counted here.
  const counted = usage?.provenance !== 'reported' || said !== usage.meters || sold.some((meter) => meter !== 'seconds' || said.seconds !== meters.seconds)
  return { meters, provenance: guessed || usage?.provenance === 'estimated' ? 'estimated' : counted ? 'counted' : 'reported' }
}

/** The report itself where it can be true; else with the most there can be in the place of more units than that, and with tokens counted anew. */
function possible(used: Used, units: UnitBound): Meters {
  const { run, seen } = used
  const said: Meters = seen.usage?.meters ?? {}
  const most: Meters = { calls: callsMost(run.hold.bound), ...units.most }
  const tooMany = unitMeters.filter((meter) => (said[meter] ?? 0) > (most[meter] ?? Number.POSITIVE_INFINITY))
  const wrong: readonly string[] = [
    ...(promptTokens(said) > promptTokensMost(run) ? inputMeters : []),
    ...(completionTokens(said) > completionTokensMost(run) ? outputMeters : []),
  ]
  if (tooMany.length === 0 && wrong.length === 0) return said
  const kept = Object.keys(said).filter((meter) => !wrong.some((name) => name === meter))
  return { ...pick(said, kept), ...pick(most, tooMany), ...(wrong.length === 0 ? {} : pick(tokensOf(used, units), wrong)) }
}

const pick = (meters: Meters, names: readonly string[]): Meters => Object.fromEntries(Object.entries(meters).filter(([name]) => names.includes(name)))

/** As much as the hold covered. */
export function mostUnits(used: Used, units: UnitBound, tools: CallTools): Usage {
  const { planned, hold, request } = used.run
  const tokens = { input: tools.inputTokensMost(planned.deployment, hold.bound, request.bodyBytes), output: outputMost(used) }
  return { meters: withLeast({ ...units.about, ...units.most, ...tokens }, planned.deployment.provider.quirks), provenance: 'estimated' }
}

/** About; the vendor did not say. */
function tokensOf(used: Used, units: UnitBound): Meters {
  const { run, seen } = used
  const input = countInput(run.request.json.open(), run.hold.bound, run.planned.deployment.facts)
  const said = completionTokens(units.tokens)
  const output = said > 0 ? 0 : seen.text.bytes > 0 ? seen.text.tokens() : outputMost(used)
  return { input, ...units.tokens, ...(output === 0 ? {} : { output }) }
}

function outputMost({ run }: Used): number {
  const { bound } = run.hold
  const { outputTokensMax } = run.planned.deployment.facts
  return Math.max(1, bound.choices) * Math.min(bound.outputTokensMax ?? outputTokensMax, outputTokensMax)
}
