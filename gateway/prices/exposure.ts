// The most a call can cost before any model has seen it, so that a budget can hold it.
// Promises: for every usage within the bounds, the settled bill is at most inputNanoUsd + priceOf(output tokens, outputPico).
// Leaves alone: tokenizers (a token is at least one byte of text), what the budget affords (ledger).

import type { NonEmpty } from '../contract/ids.ts'
import { nanoUsd, picoPerNano, picoUsd, priceOf, type PicoUsd } from '../contract/money.ts'
import { isFree, isFreeLine, isSoldOtherwise, rateOf, type Exposure, type PriceCard } from '../contract/price.ts'
import type { Deployment } from '../contract/provider.ts'
import { inputMeters, outputMeters, unitMeters, withLeast, type Meter, type Meters } from '../contract/usage.ts'
import type { RequestBound } from '../contract/wire.ts'

export type ExposureAnswer =
  | { readonly kind: 'bounded'; readonly exposure: Exposure }
  /** The public name of the first candidate without a price. */
  | { readonly kind: 'unpriced'; readonly model: string }
  | { readonly kind: 'unbounded'; readonly names: readonly string[] }

/**
 * The dearest of all candidates. Bounds: input tokens at most the body's bytes without its media, plus each image's and file's maximum and what the
 * vendor adds, and what it reads repeatedly; the calls it may be sold as; the images asked; output tokens at most `outputTokensMax`. Of operations with
 * units: the most of each, and a recording's tokens by the model's window. Audio in a conversation has no bound here: the wire names it as unbounded.
 */
export function exposureOf(candidates: NonEmpty<Deployment>, bound: RequestBound, bodyBytes: number): ExposureAnswer {
  return exposureWith(candidates, bound, { bodyBytes, inputTokensOf: (deployment) => inputTokensMost(deployment, bound, bodyBytes) })
}

/** How large a request is taken to be. */
export interface RequestSize {
  readonly bodyBytes: number
  readonly inputTokensOf: (deployment: Deployment) => number
}
/** The same with a guess in the place of the input's bound; everything else stays bounded. */
export function exposureWith(candidates: NonEmpty<Deployment>, bound: RequestBound, size: RequestSize): ExposureAnswer {
  const names = new Set<string>()
  let inputNanoUsd = nanoUsd(0)
  let outputPico = picoUsd(0)
  let outputTokensMax = 0
  for (const deployment of candidates) {
    const answer = exposureOfOne(deployment, bound, size)
    if (answer.kind === 'unpriced') return answer
    if (answer.kind === 'unbounded') for (const name of answer.names) names.add(name)
    else {
      if (answer.exposure.inputNanoUsd > inputNanoUsd) inputNanoUsd = answer.exposure.inputNanoUsd
      if (answer.exposure.outputPico > outputPico) outputPico = answer.exposure.outputPico
      outputTokensMax = Math.max(outputTokensMax, answer.exposure.outputTokensMax)
    }
  }
  const exposure = { inputNanoUsd, outputPico, outputTokensMax }
  if (names.size === 0 && isAbsurd(exposure)) names.add('choices (more than any call can cost)')
  return names.size > 0 ? { kind: 'unbounded', names: [...names] } : { kind: 'bounded', exposure }
}

/** No call costs as much; sums of such holds would leave the ledger's 64 bits, where one caller's number stops everybody. */
const mostNanoUsd = 100_000n * 1_000_000_000n
const isAbsurd = ({ inputNanoUsd, outputPico, outputTokensMax }: Exposure): boolean =>
  !Number.isSafeInteger(outputTokensMax) || inputNanoUsd + priceOf(outputTokensMax, outputPico) > mostNanoUsd

/** The input meters a bounded request can be billed in; audio ones are left out because audio is never bounded. */
const boundedInputMeters: readonly Meter[] = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h']
/** Pictures that are written in a conversation are not metered apart. */
const boundedOutputMeters: readonly Meter[] = ['output', 'reasoning', 'outputAudio']

function exposureOfOne(deployment: Deployment, bound: RequestBound, { bodyBytes, inputTokensOf }: RequestSize): ExposureAnswer {
  const { price, facts } = deployment
  if (price === null) return { kind: 'unpriced', model: deployment.modelName }
  const { units } = bound
  const unitsOnly = units !== undefined && isSoldOtherwise(price)
  const outputTokensMax = unitsOnly
    ? 0
    : Math.max(1, bound.choices) * Math.max(0, Math.min(bound.outputTokensMax ?? facts.outputTokensMax, facts.outputTokensMax))
  // What costs nothing is bounded whatever it uses: a local engine may see images of any size.
  if (isFree(price)) return { kind: 'bounded', exposure: { inputNanoUsd: nanoUsd(0), outputPico: picoUsd(0), outputTokensMax } }
  const names = unboundedNames(deployment, price, bound)
  if (names.length > 0) return { kind: 'unbounded', names }
  const inputTokens = unitsOnly ? 0 : inputTokensOf(deployment)
  const sizes = promptSizes(price, inputTokens)
  const input = dearest(price, units === undefined ? boundedInputMeters : inputMeters, sizes)
  const output = dearest(price, units === undefined ? boundedOutputMeters : outputMeters, sizes)
  if ((input === null && inputTokens > 0) || (output === null && outputTokensMax > 0)) return { kind: 'unpriced', model: deployment.modelName }
  const perUnit = (meter: Meter): PicoUsd => dearest(price, [meter], sizes)?.pico ?? picoUsd(0)
  const most: Meters = units === undefined ? { images: bound.images, characters: bodyBytes } : withLeast(units.most, deployment.provider.quirks)
  const exact =
    priceOf(inputTokens, input?.pico ?? picoUsd(0)) +
    priceOf(bound.calls ?? 1, perUnit('calls')) +
    unitMeters.reduce((sum, meter) => sum + (meter === 'calls' || !most[meter] ? 0n : priceOf(most[meter], perUnit(meter))), 0n)
  const slack = (input?.slackNano ?? 0) + (output?.slackNano ?? 0)
  return { kind: 'bounded', exposure: { inputNanoUsd: nanoUsd(exact + BigInt(slack)), outputPico: output?.pico ?? picoUsd(0), outputTokensMax } }
}

function unboundedNames(deployment: Deployment, price: PriceCard, bound: RequestBound): string[] {
  const { facts, modelName } = deployment
  const { units } = bound
  const hosted = bound.hosted !== undefined && deployment.provider.wires[bound.hosted.wire] !== undefined ? bound.hosted.names : []
  const names = [...bound.unbounded, ...hosted]
  const byToken = units === undefined || !isSoldOtherwise(price)
  if (byToken && bound.images > 0 && facts.imageTokensMax === null) names.push(`images (the most tokens of one is not known for ${modelName})`)
  if (bound.files > 0 && facts.fileTokensMax === null) names.push(`files (the most tokens of one is not known for ${modelName})`)
  const sold = (meter: Meter): boolean => price.prices[meter] !== undefined && !isFreeLine(price.prices[meter])
  if (sold('seconds') && units?.most.seconds === undefined) names.push(`duration (${modelName} is priced by the second)`)
  if (sold('pixels') && units?.most.pixels === undefined) names.push(`size (${modelName} is priced by the pixel)`)
  if (units === undefined || !byToken) return names
  if (units.fillsWindow === true && facts.contextTokensMax === null) names.push(`file (how much of it ${modelName} can hear is not known)`)
  // No field caps it, so what stands in for an unknown maximum bounds nothing.
  if (bound.outputTokensMax === undefined && facts.outputTokensAssumed === true && outputMeters.some(sold))
    names.push(`output (the most that ${modelName} makes is not known)`)
  return names
}

/** No call of this size can be billed for more input. */
export function inputTokensMost(deployment: Deployment, bound: RequestBound, bodyBytes: number): number {
  const text = Math.max(0, bodyBytes - bound.mediaBytes) + (bound.repeatedBytes ?? 0)
  const heard = bound.units?.fillsWindow === true ? (deployment.facts.contextTokensMax ?? 0) : 0
  const media = bound.images * (deployment.facts.imageTokensMax ?? 0) + bound.files * (deployment.facts.fileTokensMax ?? 0) + heard
  return text + media + (deployment.provider.quirks.promptOverheadTokens ?? 0)
}

interface Dearest {
  readonly pico: PicoUsd
  /** A bill rounds each line up; a bound for their sum rounds once. Every further line that can have a fraction of a nano-dollar may add one. */
  readonly slackNano: number
}

/** The dearest rate among the meters at any of the prompt sizes; null when one of them has no rate. */
function dearest(price: PriceCard, names: readonly Meter[], sizes: readonly number[]): Dearest | null {
  let pico = picoUsd(0)
  let fractional = 0
  for (const meter of names) {
    const rates = sizes.map((size) => rateOf(price, meter, size))
    if (rates.includes(null)) return null
    for (const rate of rates) if (rate !== null && rate > pico) pico = rate
    if (rates.some((rate) => rate !== null && rate % picoPerNano !== 0n)) fractional += 1
  }
  return { pico, slackNano: Math.max(0, fractional - 1) }
}

/** One prompt size per tier that the bound can reach. */
function promptSizes(price: PriceCard, inputTokens: number): readonly number[] {
  const thresholds = Object.values(price.prices).flatMap((line) => line.tiers.map((tier) => tier.aboveInputTokens))
  return [0, ...thresholds.filter((threshold) => threshold < inputTokens).map((threshold) => threshold + 1)]
}
