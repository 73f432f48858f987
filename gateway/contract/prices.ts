// The price book as deployments are built from it, and what administrators keep of prices: imported tables, overrides, their history.
// Promises: equal questions get equal cards; null means unpriced, never free; a table's rows and an override never change once written.
// Leaves alone: how files are read and compared (gateway/prices), where rows are kept (gateway/ledger).

import type { DeploymentId } from './ids.ts'
import type { Json, JsonObject } from './json.ts'
import { toUnitPriceText, type PicoUsd } from './money.ts'
import type { PriceCard, UnitPrice } from './price.ts'
import type { Deployment, ModelFacts } from './provider.ts'
import { meters, type Meter } from './usage.ts'

export interface PriceQuery {
  /** `Provider.priceVendor`; null = the bundled list has no prices of it. */
  readonly vendor: string | null
  /** The provider's id, by which imported tables name it. */
  readonly provider: string
  /** The vendor's own model name, or `model_info.base_model` where that is given. */
  readonly model: string
  /** Public name; an override for it comes before one for `model`. */
  readonly modelName: string
  /** A local engine, or a model that its vendor gives away: declared free. */
  readonly local: boolean
  /** What the lists' prices are raised by at this deployment's address. */
  readonly surchargePercent?: number
  /** LiteLLM's price fields of the deployment, `litellm_params` over `model_info`. */
  readonly overrides: JsonObject
}

export interface PriceBook {
  /** null: no price is known. @throws GatewayError invalid_request naming a price field that is not an amount */
  cardFor(query: PriceQuery): PriceCard | null
  factsFor(vendor: string | null, model: string, modelInfo: JsonObject): ModelFacts
}

export type Prices = PriceCard['prices']
export const priceFormats = ['tollgate', 'litellm'] as const
export type PriceFormat = (typeof priceFormats)[number]

/** What one model costs at one provider from a moment on. */
export interface PriceRow {
  /** Provider id; null = at any provider. */
  readonly provider: string | null
  readonly model: string
  /** 0 = ever since. */
  readonly fromMs: number
  readonly prices: Prices
}
/** An entry of a file that was not understood. */
export interface SkippedPrice {
  readonly model: string
  readonly reason: string
}
/** A price field that no meter stands for, in entries that are priced without it. */
export interface LeftOutPrice {
  readonly field: string
  readonly models: number
}
export interface FoundRows {
  readonly rows: readonly PriceRow[]
  readonly skipped: readonly SkippedPrice[]
  readonly leftOut: readonly LeftOutPrice[]
}

/** One imported file. Its number is the version of the price list; 0 is the bundled one. */
export interface PriceTable {
  readonly version: number
  readonly importedAtMs: number
  readonly importedBy: string
  readonly fileName: string | null
  readonly sha256: string
  readonly format: PriceFormat
  readonly models: number
  readonly note: string | null
  /** The newest active one counts; with none, the bundled list does. */
  readonly active: boolean
}
export type PriceTableDraft = Omit<PriceTable, 'version' | 'importedAtMs' | 'active'>

/** The administrator's own price of a model from a moment on. It holds until the next one of the same model begins. */
export interface PriceOverride {
  readonly id: number
  /** Public name, or the vendor's own name of the model. */
  readonly model: string
  readonly fromMs: number
  /** null: from then on there is no override. */
  readonly prices: Prices | null
  readonly note: string | null
  readonly changedBy: string
  readonly createdAtMs: number
}
export type PriceOverrideDraft = Omit<PriceOverride, 'id' | 'createdAtMs'>

/** Where administrators' prices are kept. Every write is durable when it resolves. */
export interface PriceStore {
  /** @throws GatewayError conflict when this very file was imported before */
  saveTable(draft: PriceTableDraft, rows: readonly PriceRow[]): Promise<PriceTable>
  /** @throws GatewayError record_not_found */
  setActive(version: number, active: boolean, changedBy: string): Promise<PriceTable>
  saveOverride(draft: PriceOverrideDraft): Promise<PriceOverride>
  readRows(version: number): Promise<readonly PriceRow[]>
  /** Ended requests that are still without a price, by the public name that was asked for. */
  readUnpriced(): Promise<readonly UnpricedUse[]>
}

export interface UnpricedUse {
  readonly model: string
  readonly requests: number
  readonly lastAtMs: number
}

/** As read at start. */
export interface StoredPrices {
  readonly tables: readonly PriceTable[]
  /** Of the newest active table. */
  readonly rows: readonly PriceRow[]
  readonly overrides: readonly PriceOverride[]
}

export interface ModelName {
  /** null = at any provider. */
  readonly provider: string | null
  readonly model: string
}
export interface RateChange {
  readonly meter: Meter
  /** null: the base rate. */
  readonly aboveInputTokens: number | null
  /** null: there was none. */
  readonly before: PicoUsd | null
  /** null: there will be none. */
  readonly after: PicoUsd | null
}
export interface ModelChange extends ModelName {
  /** When the new prices begin; 0 = at once. */
  readonly fromMs: number
  readonly rates: readonly RateChange[]
}
/** What a price file would change, against what the lists say now. Overrides stay, so a deployment may not feel it. */
export interface ImportPreview {
  readonly format: PriceFormat
  readonly sha256: string
  readonly models: number
  readonly unchanged: number
  readonly added: readonly ModelName[]
  readonly changed: readonly ModelChange[]
  /** In the table that counts now and not in the file. `then`: what their price comes from afterwards. */
  readonly removed: readonly (ModelName & { readonly then: 'bundled' | 'nothing' })[]
  readonly skipped: readonly SkippedPrice[]
  readonly leftOut: readonly LeftOutPrice[]
  /** Deployments whose card would be another one. */
  readonly deployments: readonly { readonly id: DeploymentId; readonly modelName: string; readonly before: Prices | null; readonly after: Prices | null }[]
}
export interface ImportFacts {
  readonly fileName: string | null
  readonly note: string | null
  readonly importedBy: string
}
export interface PricedDeployment {
  readonly deployment: Deployment
  /** Why it has no price, and what to do; null when it has one. */
  readonly reason: string | null
}

/** What administrators do with prices. A change is durable, and the next request is priced by it, when it resolves. */
export interface PriceDesk {
  readonly bundledVersion: string
  tables(): readonly PriceTable[]
  /** The version that counts now; 0 = the bundled list. */
  currentVersion(): number
  /** @throws GatewayError invalid_json, invalid_request */
  preview(text: string): Promise<ImportPreview>
  /** @throws GatewayError invalid_json, invalid_request, conflict */
  importFile(text: string, facts: ImportFacts): Promise<{ readonly table: PriceTable; readonly preview: ImportPreview }>
  /** In our own format, ready to be imported elsewhere. @throws GatewayError record_not_found */
  exportTable(version: number): Promise<JsonObject>
  /** @throws GatewayError record_not_found */
  setActive(version: number, active: boolean, changedBy: string): Promise<PriceTable>
  /** Meters with decimal strings, as in our own format. @throws GatewayError invalid_request naming the meter */
  parsePrices(value: Json | undefined): Prices
  setOverride(draft: PriceOverrideDraft): Promise<PriceOverride>
  /** Every change of a model's override, by the moment it begins. */
  history(model: string): readonly PriceOverride[]
  deployments(): readonly PricedDeployment[]
  unpricedUse(): Promise<readonly UnpricedUse[]>
  /** What a call of this kind would be priced by now, whether or not its deployment still exists. null = unpriced. */
  cardNow(call: ServedCall): Promise<PriceCard | null>
}
export interface ServedCall {
  readonly deploymentId: DeploymentId
  readonly providerId: string
  readonly upstreamModel: string
  /** Public name that was asked for. */
  readonly model: string
}

/** Meters with exact decimal dollars per unit: the form of our price files and routes. */
export function toPricesJson(prices: Prices): JsonObject {
  return Object.fromEntries(
    meters.flatMap((meter) => {
      const line = prices[meter]
      return line === undefined ? [] : [[meter, toLineJson(line)]]
    }),
  )
}

function toLineJson({ pico, tiers }: UnitPrice): Json {
  if (tiers.length === 0) return toUnitPriceText(pico)
  return { usd: toUnitPriceText(pico), tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, usd: toUnitPriceText(tier.pico) })) }
}
