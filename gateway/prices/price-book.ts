// The one place that answers "what does this model cost" and "how much can it use".
// Promises: deployment's prices over the model's over the list's; a local engine is free by declaration; unknown is null, never zero.
// Leaves alone: what a call costs (settle), what it may cost (exposure), when a catalogue is rebuilt.

import type { Clock } from '../contract/clock.ts'
import { picoUsd } from '../contract/money.ts'
import type { PriceCard } from '../contract/price.ts'
import type { PriceBook, PriceQuery } from '../contract/prices.ts'
import { assert } from '../kit/assert.ts'
import { systemClock } from '../kit/clock.ts'
import { loadBundledPrices, type BundledModel, type BundledPrices } from './bundled.ts'
import { sealCard, toUnitPrice, type Prices } from './card.ts'
import { createFacts } from './facts.ts'
import { applyOverrides, parseOverrides } from './overrides.ts'

export interface PriceBookOptions {
  /** Parsed resources/models.json. */
  readonly models: unknown
  /** Which of several dated prices holds. Default: the real clock. */
  readonly clock?: Pick<Clock, 'nowMs'>
}
export interface ListedModel {
  readonly vendor: string | null
  readonly model: string
}
export interface LoadablePriceBook extends PriceBook {
  /** Makes the price list available if any of these vendors needs it. Wait for it before asking for their cards. Cheap when done or not needed. */
  load(vendors: readonly (string | null)[]): Promise<void>
  /** When a listed price of these models next changes (a date, an hour of the day), to ask for their cards again then. null = no change published. */
  nextChangeMs(listed: readonly ListedModel[]): number | null
}

export function createPriceBook(options: PriceBookOptions): LoadablePriceBook {
  const clock = options.clock ?? systemClock
  let loading: Promise<BundledPrices> | null = null
  let bundled: BundledPrices | null = null
  const find = (vendor: string, model: string): BundledModel | null => {
    assert(bundled !== null, 'the price list was asked before it was loaded')
    return bundled.find(vendor, model, clock.nowMs())
  }
  return {
    async load(vendors) {
      if (vendors.every((vendor) => vendor === null)) return
      loading ??= loadBundledPrices()
      bundled = await loading
    },
    cardFor: (query) => cardFor(query, query.local || query.vendor === null ? null : find(query.vendor, query.model)),
    factsFor: createFacts(options.models),
    nextChangeMs(listed) {
      const moments = listed.flatMap(({ vendor, model }) => (vendor === null ? [] : (bundled?.nextChangeMs(vendor, model, clock.nowMs()) ?? [])))
      return moments.length === 0 ? null : Math.min(...moments)
    },
  }
}

const free: Prices = { input: toUnitPrice(picoUsd(0)), output: toUnitPrice(picoUsd(0)) }

function cardFor(query: PriceQuery, listed: BundledModel | null): PriceCard | null {
  const ofModel = parseOverrides(query.modelOverride ?? {})
  const ofDeployment = parseOverrides(query.overrides)
  const base: BundledModel | null = query.local ? { note: 'local engine', prices: free } : listed
  if (ofModel.lines.size + ofDeployment.lines.size === 0) return base === null ? null : sealCard(query.local ? 'declared' : 'bundled', base.note, base.prices)
  const prices = applyOverrides(applyOverrides(base?.prices ?? {}, ofModel), ofDeployment)
  const notes = [wordFields('deployment', ofDeployment.fields), wordFields('model', ofModel.fields), base === null ? '' : `otherwise ${base.note}`]
  return sealCard(ofDeployment.lines.size > 0 ? 'deployment' : 'model', notes.filter((note) => note !== '').join('; '), prices)
}

const wordFields = (who: string, fields: readonly string[]): string => (fields.length === 0 ? '' : `set on the ${who}: ${fields.join(', ')}`)
