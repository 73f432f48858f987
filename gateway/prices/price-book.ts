// The one place that answers "what does this model cost" and "how much can it use".
// Promises: deployment's prices over the model's over the imported table's over the bundled list's, each by the clock at the moment of asking;
// a local engine is free by declaration; unknown is null, never zero.
// Leaves alone: what a call costs (settle), what it may cost (exposure), when a catalogue is rebuilt.

import type { Clock } from '../contract/clock.ts'
import { picoUsd } from '../contract/money.ts'
import type { PriceCard } from '../contract/price.ts'
import type { PriceBook, PriceOverride, PriceQuery, PriceRow, Prices } from '../contract/prices.ts'
import { assert } from '../kit/assert.ts'
import { systemClock } from '../kit/clock.ts'
import { bundledVersion, loadBundledPrices, type BundledModel, type BundledPrices } from './bundled.ts'
import { sealCard, surcharged, toUnitPrice } from './card.ts'
import { createFacts } from './facts.ts'
import { applyOverrides, parseOverrides } from './overrides.ts'
import { createOverrideIndex, createPriceIndex, earliest, type OverrideIndex, type PriceIndex } from './price-table.ts'

export interface PriceBookOptions {
  /** Parsed resources/models.json. */
  readonly models: unknown
  /** Which of several dated prices holds. Default: the real clock. */
  readonly clock?: Pick<Clock, 'nowMs'>
}
/** Where prices come from beside the bundled list and the deployments themselves. */
export interface PriceState {
  /** The imported table that counts. */
  readonly table: { readonly version: number; readonly rows: readonly PriceRow[] } | null
  readonly overrides: readonly PriceOverride[]
}
export type ListedModel = Pick<PriceQuery, 'vendor' | 'provider' | 'model' | 'modelName'>
/** A list's prices of one model, and what to call that list. */
export interface Listed {
  readonly source: 'bundled' | 'imported'
  readonly note: string
  readonly prices: Prices
}
export interface LoadablePriceBook extends PriceBook {
  /** Makes the price list available if any of these vendors needs it. Wait for it before asking for their cards. Cheap when done or not needed. */
  load(vendors: readonly (string | null)[]): Promise<void>
  /** When a price of these models next changes (a date, an hour of the day), to ask for their cards again then. null = no change is known. */
  nextChangeMs(listed: readonly ListedModel[]): number | null
  /** From here on, cards come from these. */
  use(state: PriceState): void
  /** What the lists say, overrides aside. Loads the bundled list. */
  listed(name: ListedName): Promise<Listed | null>
  /** As it would be with another table in place of the one that counts; all else as it is. */
  withTable(table: PriceState['table']): PriceOutlook
  /** Why there is no card, as a sentence. */
  whyUnpriced(query: PriceQuery): string
  history(model: string): readonly PriceOverride[]
}

export interface ListedName {
  readonly vendor: string | null
  readonly provider: string | null
  readonly model: string
}
export interface PriceOutlook {
  cardFor(query: PriceQuery): PriceCard | null
  listed(name: ListedName): Promise<Listed | null>
}

interface Sources {
  readonly version: number
  readonly table: PriceIndex
  readonly overrides: OverrideIndex
}
const toSources = ({ table, overrides }: PriceState): Sources => ({
  version: table?.version ?? 0,
  table: createPriceIndex(table?.rows ?? []),
  overrides: createOverrideIndex(overrides),
})

/** In models.json: of a model behind the images routes, whose tokens are reported by what they are of. */
const makesPictures = 'image-generation'

export function createPriceBook(options: PriceBookOptions): LoadablePriceBook {
  const clock = options.clock ?? systemClock
  let loading: Promise<BundledPrices> | null = null
  let bundled: BundledPrices | null = null
  let sources = toSources({ table: null, overrides: [] })
  const loadList = async (): Promise<BundledPrices> => (bundled = await (loading ??= loadBundledPrices()))
  const factsFor = createFacts(options.models)
  const findIn = (list: BundledPrices, vendor: string, model: string): BundledModel | null =>
    list.find(vendor, model, clock.nowMs()) ??
    (factsFor(vendor, model, {}).capabilities.includes(makesPictures) ? list.findPictured(vendor, model, clock.nowMs()) : null)
  const findBundled = (vendor: string, model: string): Listed | null => {
    assert(bundled !== null, 'the price list was asked before it was loaded')
    return toListed(findIn(bundled, vendor, model))
  }
  const findListed = (query: PriceQuery, from: Sources): Listed | null => {
    if (query.local) return null
    const row = from.table.find(query.provider, query.model, clock.nowMs())
    const found = row !== null ? fromRow(row, from.version) : query.vendor === null ? null : findBundled(query.vendor, query.model)
    return found === null ? null : raised(found, query.surchargePercent ?? 0)
  }
  const listedIn = async (from: Sources, { vendor, provider, model }: ListedName): Promise<Listed | null> => {
    const list = vendor === null ? null : await loadList()
    const row = from.table.find(provider ?? '', model, clock.nowMs())
    if (row !== null) return fromRow(row, from.version)
    return vendor === null || list === null ? null : toListed(findIn(list, vendor, model))
  }
  const overrideOf = (query: PriceQuery): PriceOverride | null =>
    sources.overrides.find(query.modelName, clock.nowMs()) ?? sources.overrides.find(query.model, clock.nowMs())
  return {
    async load(vendors) {
      if (!vendors.every((vendor) => vendor === null)) await loadList()
    },
    use(state) {
      sources = toSources(state)
    },
    cardFor: (query) => cardFor(query, findListed(query, sources), overrideOf(query)),
    listed: async (name) => await listedIn(sources, name),
    withTable(table) {
      const from = toSources({ table, overrides: [] })
      return { cardFor: (query) => cardFor(query, findListed(query, from), overrideOf(query)), listed: async (name) => await listedIn(from, name) }
    },
    factsFor,
    nextChangeMs: (listed) =>
      earliest(
        listed.flatMap(({ vendor, provider, model, modelName }) => {
          const nowMs = clock.nowMs()
          const { table, overrides } = sources
          const own = [table.nextChangeMs(provider, model, nowMs), overrides.nextChangeMs(modelName, nowMs), overrides.nextChangeMs(model, nowMs)]
          return vendor === null ? own : [...own, bundled?.nextChangeMs(vendor, model, nowMs) ?? null]
        }),
      ),
    whyUnpriced({ vendor, provider, model }) {
      const table = sources.version === 0 ? '' : `price table ${String(sources.version)} has no ${model} of ${provider}, and `
      const bundledReason =
        vendor === null
          ? `the bundled list has no prices of ${provider}`
          : bundled?.isUnmetered(vendor, model, clock.nowMs()) === true
            ? `the bundled list prices ${model} in part, or in units that are not metered here`
            : `the bundled list (${bundledVersion}) has no ${model} of ${vendor}`
      const sentence = `${table}${bundledReason}.`
      return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} Set an override or import a price file.`
    },
    history: (model) => sources.overrides.history(model),
  }
}

const toListed = (found: BundledModel | null): Listed | null => (found === null ? null : { source: 'bundled', ...found })
const fromRow = (row: PriceRow, version: number): Listed => ({
  source: 'imported',
  note: `price table ${String(version)} ${row.provider === null ? '' : `${row.provider}/`}${row.model}`,
  prices: row.prices,
})

/** As the list says, and what the address costs beyond it. */
const raised = (listed: Listed, percent: number): Listed =>
  percent === 0 ? listed : { ...listed, note: `${listed.note} plus ${String(percent)} % for its location`, prices: surcharged(listed.prices, percent) }

const free: Prices = { input: toUnitPrice(picoUsd(0)), output: toUnitPrice(picoUsd(0)) }

function cardFor(query: PriceQuery, listed: Listed | null, override: PriceOverride | null): PriceCard | null {
  const ofDeployment = parseOverrides(query.overrides)
  const ofModel = override?.prices ?? {}
  const base = query.local ? ({ source: 'declared', note: 'local engine', prices: free } as const) : listed
  if (override === null && ofDeployment.lines.size === 0) return base === null ? null : sealCard(base.source, base.note, base.prices)
  const prices = applyOverrides({ ...base?.prices, ...ofModel }, ofDeployment)
  const notes = [
    ofDeployment.fields.length === 0 ? '' : `set on the deployment: ${ofDeployment.fields.join(', ')}`,
    override === null ? '' : `set on the model: ${Object.keys(ofModel).join(', ')} (price override ${String(override.id)})`,
    base === null ? '' : `otherwise ${base.note}`,
  ]
  return sealCard(ofDeployment.lines.size > 0 ? 'deployment' : 'model', notes.filter((note) => note !== '').join('; '), prices)
}
