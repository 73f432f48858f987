// Proof that a budget for k calls lets k pass: dozens of calls at once against budgets on every kind of scope, over real HTTP, a thousand times.
// Promises: exactly k where every call costs what it held, whichever scope is the tightest; never more than the budget where calls cost less.
// Leaves alone: speed. Of a seed's run budgets and calls replay; in which order the calls arrive, the machine decides, and it must not matter.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scopeKinds } from '../../gateway/contract/scope.ts'
import { startGateway, type GatewayOptions } from '../kit/gateway-process.ts'
import type { Rates } from '../kit/misbehaving-vendor/bill.ts'
import type { Thinks } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { createMisbehavingVendor, type MisbehavingVendor } from '../kit/misbehaving-vendor/vendor.ts'
import { createChance } from '../kit/random.ts'
import { createCallers, type Callers, type Heard } from './callers.ts'
import type { ProofLine } from './line.ts'
import { withLedger } from './offline-ledger.ts'
import { arrange, customerOf, release, spentSince, tagOf, type Arranged, type Place, type Spent } from './parallel-arrange.ts'
import { planScenario, type Scenario } from './parallel-scenario.ts'

export interface ParallelOptions {
  readonly log: (line: string) => void
  readonly short?: boolean
  readonly seed?: number | null
  readonly seeds?: number | null
  /** The bundle unless told; the short form runs from the sources as they are. */
  readonly from?: GatewayOptions['from']
}

const seedsFull = 1000
const seedsShort = 30
/** Beside the exact ones. */
const looseShare = 5
const batchMax = 20
const connections = 64
const logEvery = 100
/** A budget of a day must not begin anew in the middle of a batch. */
const clearOfMidnightMs = 5 * 60_000

/** One for each scenario of a batch that limits its provider: nothing else may spend there meanwhile. */
const limitedProviders = [
  { prefix: 'hosted_vllm', id: 'vllm' },
  { prefix: 'llamafile', id: 'llamafile' },
  { prefix: 'localai', id: 'localai' },
  { prefix: 'sglang', id: 'sglang' },
  { prefix: 'llamacpp', id: 'llamacpp' },
]

interface Tally {
  exact: number
  exactRight: number
  loose: number
  looseRight: number
  calls: number
  admitted: number
  readonly kinds: Map<string, number>
  readonly troubles: string[]
}

export async function proveParallel(options: ParallelOptions): Promise<readonly ProofLine[]> {
  const { short = false, log } = options
  const { seed } = createChance(0, options.seed ?? null)
  const seeds = options.seeds ?? (short ? seedsShort : seedsFull)
  const scenarios = Array.from({ length: seeds + Math.ceil(seeds / looseShare) }, (_, number) => planScenario(seed, number, number < seeds ? 'exact' : 'loose'))
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-parallel-'))
  const tally: Tally = { exact: 0, exactRight: 0, loose: 0, looseRight: 0, calls: 0, admitted: 0, kinds: new Map(), troubles: [] }
  const startedMs = performance.now()
  try {
    for (const batch of toBatches(scenarios)) {
      await clearOfMidnight()
      await runBatch({ folder, seed, from: options.from ?? (short ? 'source' : 'dist'), tally }, batch)
      const done = tally.exact + tally.loose
      if (done % logEvery < batch.length) log(`parallel: ${done} of ${scenarios.length} seeds, ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return toLines(tally, seed)
}

/** In their order; one that limits the whole gateway is alone with it. */
function toBatches(scenarios: readonly Scenario[]): readonly (readonly Scenario[])[] {
  const batches: Scenario[][] = []
  const limits = (scenario: Scenario | undefined, kind: string): boolean => scenario?.limits.some((limit) => limit.kind === kind) ?? false
  for (const scenario of scenarios) {
    const last = batches.at(-1)
    const full = last === undefined || last.length >= batchMax || limits(last[0], 'global')
    const provider = limits(scenario, 'provider') && (last ?? []).filter((one) => limits(one, 'provider')).length >= limitedProviders.length
    if (full || provider || limits(scenario, 'global')) batches.push([scenario])
    else last.push(scenario)
  }
  return batches
}

interface Bench {
  readonly folder: string
  readonly seed: number
  readonly from: GatewayOptions['from']
  readonly tally: Tally
}

async function runBatch(bench: Bench, batch: readonly Scenario[]): Promise<void> {
  const dataDir = join(bench.folder, 'data')
  const byMarker = new Map(batch.map((scenario) => [String(scenario.number), scenario]))
  const thinks: Thinks = ({ marker, cap }) => think(byMarker.get(marker.split('-')[0] ?? ''), marker, cap)
  const vendor = await createMisbehavingVendor({ seed: bench.seed, rates: ratesOf(batch), only: [], thinks })
  try {
    const places = placesFor(batch)
    const arranged = await withLedger(dataDir, async (ledger) => {
      const made: Arranged[] = []
      for (const place of places) made.push(await arrange(ledger, place))
      return made
    })
    const config = join(bench.folder, 'config.yaml')
    await writeFile(config, configFor(places, vendor.origin))
    const gateway = await startGateway({ from: bench.from, dataDir, args: ['--config', config], env: { VENDOR_KEY: 'sk-vendor' } })
    const callers = createCallers(gateway.origin, connections)
    const heard: Heard[][] = []
    for (const [index, one] of arranged.entries()) heard.push(await callAtOnce(callers, one, places[index]))
    await callers.close()
    const code = await gateway.stop()
    if (code !== 0) note(bench.tally, `the gateway stopped with ${code}: ${gateway.output().slice(-300)}`)
    await withLedger(dataDir, async (ledger) => {
      for (const [index, one] of arranged.entries()) {
        judge(bench.tally, { arranged: one, heard: heard[index] ?? [], spent: await spentSince(ledger, one), vendor })
        await release(ledger, one)
      }
      for (const violation of await ledger.reports.verify()) note(bench.tally, `verify: ${JSON.stringify(violation)}`)
    })
  } finally {
    await vendor.close()
  }
}

/** Exact: every token it may. Loose: some of them. */
function think(scenario: Scenario | undefined, marker: string, cap: number): { prompt: number; cached: number; words: readonly string[] } | null {
  if (scenario === undefined) return null
  const chance = createChance(Number(marker.split('-')[2] ?? 0), scenario.number)
  const words = scenario.kind === 'exact' ? cap : chance.between(1, cap)
  return { prompt: 12, cached: 0, words: Array<string>(words).fill('word ') }
}

function ratesOf(batch: readonly Scenario[]): Rates {
  return Object.fromEntries(batch.map(({ name, inputPico, outputPico }) => [`vendor-${name}`, { input: inputPico, cached: inputPico, output: outputPico }]))
}

function placesFor(batch: readonly Scenario[]): readonly (Place & { readonly prefix: string })[] {
  let taken = 0
  return batch.map((scenario) => {
    const alone = scenario.limits.some(({ kind }) => kind === 'provider') ? limitedProviders[taken++] : undefined
    const { prefix, id } = alone ?? { prefix: 'openai', id: 'openai' }
    return { scenario, prefix, providerId: id, deploymentId: `deployment-of-${scenario.name}`, model: `model-of-${scenario.name}` }
  })
}

function configFor(places: ReturnType<typeof placesFor>, origin: string): string {
  const usd = (pico: bigint): string => `0.${String(pico).padStart(12, '0')}`
  const entries = places.map(
    ({ scenario, prefix, model, deploymentId }) => `
  - model_name: ${model}
    litellm_params: { model: ${prefix}/vendor-${scenario.name}, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY, input_cost_per_token: ${usd(scenario.inputPico)}, output_cost_per_token: ${usd(scenario.outputPico)} }
    model_info: { id: ${deploymentId} }`,
  )
  return `model_list:${entries.join('')}
router_settings: { num_retries: 0 }
`
}

async function callAtOnce(callers: Callers, { scenario, keys }: Arranged, place: Place | undefined): Promise<Heard[]> {
  const orders = scenario.calls.flatMap((count, key) =>
    Array.from({ length: count }, (_, index) => ({ key: keys[key] ?? '', marker: `${scenario.number}-${key}-${index}` })),
  )
  // Dealt around, so that the keys meet.
  orders.sort((left, right) => Number(left.marker.split('-')[2]) - Number(right.marker.split('-')[2]))
  return Promise.all(
    orders.map(async ({ key, marker }) =>
      callers.call({
        key,
        marker,
        model: place?.model ?? '',
        form: scenario.streamed ? 'streamed' : 'whole',
        text: 'a word',
        outputTokensMax: scenario.outputTokensMax,
        fields: { user: customerOf(scenario), metadata: { tags: [tagOf(scenario)] } },
      }),
    ),
  )
}

interface Outcome {
  readonly arranged: Arranged
  readonly heard: readonly Heard[]
  readonly spent: readonly Spent[]
  readonly vendor: MisbehavingVendor
}

function judge(tally: Tally, { arranged, heard, spent, vendor }: Outcome): void {
  const { scenario } = arranged
  const calls = vendor.calls.filter((call) => call.marker?.startsWith(`${scenario.number}-`) === true)
  const admitted = heard.filter((one) => one.acknowledged).length
  const wrong: string[] = []
  const strange = heard.filter((one) => !one.acknowledged && !(one.status === 429 && one.text.includes('insufficient_quota')))
  for (const [text, same] of Map.groupBy(strange, (one) => `${one.status}: ${one.broken ?? one.text.slice(0, 200)}`))
    wrong.push(`${same.length} callers heard ${text}`)
  if (calls.length !== admitted) wrong.push(`the vendor saw ${calls.length} calls, ${admitted} callers were answered`)
  if (scenario.admitted !== null && admitted !== scenario.admitted) wrong.push(`${admitted} were admitted instead of ${scenario.admitted}`)
  for (const { plan, settledNanoUsd, heldNanoUsd } of spent) {
    const mine = plan.key === null ? calls : calls.filter((call) => call.marker?.startsWith(`${scenario.number}-${plan.key}-`) === true)
    const billed = mine.reduce((sum, call) => sum + call.nanoUsd, 0n)
    const scope = `${plan.kind}${plan.key === null ? '' : ` of key ${plan.key}`}`
    if (billed > plan.limitNanoUsd) wrong.push(`${scope}: billed ${billed} nUSD of ${plan.limitNanoUsd}`)
    if (settledNanoUsd !== billed) wrong.push(`${scope}: booked ${settledNanoUsd} nUSD, billed ${billed}`)
    if (heldNanoUsd !== 0n) wrong.push(`${scope}: ${heldNanoUsd} nUSD are still held`)
    tally.kinds.set(plan.kind, (tally.kinds.get(plan.kind) ?? 0) + 1)
  }
  tally.calls += heard.length
  tally.admitted += admitted
  tally[scenario.kind] += 1
  if (wrong.length === 0) tally[scenario.kind === 'exact' ? 'exactRight' : 'looseRight'] += 1
  else note(tally, `seed ${scenario.number} (${scenario.kind}; ${scenario.limits.map(({ kind }) => kind).join(', ')}): ${wrong.slice(0, 4).join('; ')}`)
}

const troublesMax = 20
function note(tally: Tally, sentence: string): void {
  if (tally.troubles.length < troublesMax) tally.troubles.push(sentence)
}

function toLines(tally: Tally, seed: number): readonly ProofLine[] {
  const count = (value: number): string => value.toLocaleString('en')
  const everyKind = scopeKinds.every((kind) => (tally.kinds.get(kind) ?? 0) > 0)
  const detail = [
    `${count(tally.calls)} calls, ${count(tally.admitted)} admitted`,
    `scopes limited: ${scopeKinds.map((kind) => `${kind} ${tally.kinds.get(kind) ?? 0}`).join(', ')}`,
    ...tally.troubles,
  ]
  const shared = { seed: String(seed), detail }
  const sound = tally.troubles.length === 0 && everyKind
  return [
    {
      ...shared,
      name: 'Parallel admission',
      figure: `exactly k admitted on ${count(tally.exactRight)} of ${count(tally.exact)} seeds, ${tally.kinds.size} kinds of scope, over HTTP`,
      target: 'exactly k on every seed, every kind of scope',
      ok: tally.exactRight === tally.exact && tally.exact > 0 && sound,
    },
    {
      ...shared,
      name: 'Parallel admission, loose bounds',
      figure: `within the budget on ${count(tally.looseRight)} of ${count(tally.loose)} seeds`,
      target: 'never more than the budget',
      ok: tally.looseRight === tally.loose && tally.loose > 0 && sound,
    },
  ]
}

async function clearOfMidnight(): Promise<void> {
  const now = new Date()
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
  const leftMs = midnight.getTime() - now.getTime()
  if (leftMs < clearOfMidnightMs) await new Promise((resolve) => setTimeout(resolve, leftMs + 1000))
}
