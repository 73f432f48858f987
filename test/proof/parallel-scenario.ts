// What one seed of the parallel proof asks: so many callers at once, budgets on some of the scopes they share, and how many of them must pass.
// Promises: pure; limits are nested (each scope holds all of a narrower one's calls), so however the calls interleave there is one right count.
// Leaves alone: making the budgets (parallel-arrange.ts), calling (parallel.ts).

import { priceOf, picoUsd } from '../../gateway/contract/money.ts'
import { scopeKinds, type ScopeKind } from '../../gateway/contract/scope.ts'
import { createChance, type Chance } from '../kit/random.ts'

export interface LimitPlan {
  readonly kind: ScopeKind
  /** Of the key it is for; null: of all of them. */
  readonly key: number | null
  /** What the scope may spend in all. */
  readonly limitNanoUsd: bigint
  /** Of that, what only a temporary increase allows. */
  readonly increaseNanoUsd: bigint
  /** An increase that has ended, and must not count. */
  readonly endedIncreaseNanoUsd: bigint
  /** null: the whole life. */
  readonly duration: string | null
  /** Further hard windows, wider than the limit by so much. */
  readonly wider: readonly { readonly duration: string | null; readonly byNanoUsd: bigint }[]
  /** A soft window, long overrun. */
  readonly soft: { readonly duration: string | null; readonly limitNanoUsd: bigint } | null
}
export interface Scenario {
  readonly number: number
  /** Stands in the names of everything made for it. */
  readonly name: string
  /** exact: input is free and every reply takes all it may · loose: input costs, replies are shorter than held. */
  readonly kind: 'exact' | 'loose'
  /** By key: how many of its calls are made at once. */
  readonly calls: readonly number[]
  readonly limits: readonly LimitPlan[]
  readonly outputTokensMax: number
  /** Pico-dollars per token. */
  readonly inputPico: bigint
  readonly outputPico: bigint
  readonly streamed: boolean
  /** How many calls pass; null: no more than the budgets pay for. */
  readonly admitted: number | null
}

const durations = [null, '1d', '7d', '30d', '1mo'] as const

export function planScenario(seed: number, number: number, kind: Scenario['kind']): Scenario {
  const chance = createChance(number, seed)
  const keys = chance.between(1, 3)
  const calls = dealCalls(chance, { keys, calls: chance.between(20, 60) })
  const outputTokensMax = chance.between(20, 60)
  // Not whole nano-dollars, so that holds and bills round.
  const outputPico = BigInt(chance.between(1_000_000, 9_999_999))
  const inputPico = kind === 'exact' ? 0n : BigInt(chance.between(100_000, 999_999))
  const cost = priceOf(outputTokensMax, picoUsd(outputPico))
  const kinds = drawKinds(chance, number)
  const plans = kinds.flatMap((scope) => {
    const perKey = scope === 'key' || scope === 'key_model'
    return (perKey ? calls.map((_, key) => key) : [null]).map((key) => ({ affords: chance.between(1, 10), scope, key }))
  })
  const limits = plans.map(({ affords, scope, key }): LimitPlan => {
    // What is left beyond whole calls pays for fewer tokens than are worth a call.
    const rest = priceOf(chance.between(0, tokensNotWorthACall), picoUsd(outputPico))
    return { kind: scope, key, ...drawWindows(chance, BigInt(affords) * (cost + roundingOf(scope)) + rest, cost) }
  })
  const admitted = kind === 'exact' ? admittedBy(plans, calls) : null
  const name = `s${seed % 100_000}-${number}`
  return { number, name, kind, calls, limits, outputTokensMax, inputPico, outputPico, streamed: chance.between(1, 4) === 1, admitted }
}

// A bill rounds each of its lines up, and a reply may have three (output, reasoning, audio): a call holds so much more than it costs. Its own scopes
// make up for that by a token less; a provider's and a deployment's cannot.
const roundingOf = (scope: ScopeKind): bigint => (scope === 'provider' || scope === 'deployment' ? 2n : 0n)

// The gateway's own floor is 16.
const tokensNotWorthACall = 12

function dealCalls(chance: Chance, what: { readonly keys: number; readonly calls: number }): readonly number[] {
  const dealt = Array<number>(what.keys).fill(0)
  for (let call = 0; call < what.calls; call += 1) {
    const key = chance.between(0, what.keys - 1)
    dealt[key] = (dealt[key] ?? 0) + 1
  }
  return dealt
}

/** Each kind in its turn, with up to two others. */
function drawKinds(chance: Chance, number: number): readonly ScopeKind[] {
  const kinds = new Set<ScopeKind>([scopeKinds[number % scopeKinds.length] ?? 'key'])
  for (let others = chance.between(0, 2); others > 0; others -= 1) {
    const other = scopeKinds[chance.between(0, scopeKinds.length - 1)] ?? 'key'
    // A limit of the whole gateway needs a gateway of its own; it has its turns.
    if (other !== 'global') kinds.add(other)
  }
  return [...kinds]
}

function drawWindows(chance: Chance, limitNanoUsd: bigint, cost: bigint): Omit<LimitPlan, 'kind' | 'key'> {
  const [duration = null, ...others] = shuffled(chance, durations)
  const increased = chance.between(1, 3) === 1
  return {
    limitNanoUsd,
    duration,
    increaseNanoUsd: increased ? (limitNanoUsd * BigInt(chance.between(1, 99))) / 100n : 0n,
    endedIncreaseNanoUsd: !increased && chance.between(1, 3) === 1 ? 5n * cost : 0n,
    wider: others.slice(0, chance.between(0, 2)).map((wider) => ({ duration: wider, byNanoUsd: BigInt(chance.between(0, 3)) * cost })),
    soft: chance.between(1, 3) === 1 ? { duration: chance.pick(durations), limitNanoUsd: cost / 2n } : null,
  }
}

function shuffled<Value>(chance: Chance, values: readonly Value[]): Value[] {
  const left = [...values]
  const drawn: Value[] = []
  while (left.length > 0) drawn.push(...left.splice(chance.between(0, left.length - 1), 1))
  return drawn
}

interface Affords {
  readonly affords: number
  readonly key: number | null
}
/** The widest scopes hold every call, a key's its own: the tightest decides. */
function admittedBy(plans: readonly Affords[], calls: readonly number[]): number {
  const least = (key: number | null, most: number): number => plans.reduce((least, plan) => (plan.key === key ? Math.min(least, plan.affords) : least), most)
  return least(
    null,
    calls.reduce((sum, count, key) => sum + least(key, count), 0),
  )
}
