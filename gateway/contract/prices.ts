// The price book as deployments are built from it: a card and dated facts for one model at one vendor.
// Promises: equal questions get equal cards; null means unpriced, never free. Leaves alone: where prices come from (gateway/prices).

import type { JsonObject } from './json.ts'
import type { PriceCard } from './price.ts'
import type { ModelFacts } from './provider.ts'

export interface PriceQuery {
  /** `Provider.priceVendor`; null = priced only by override (or free when local). */
  readonly vendor: string | null
  /** The vendor's own model name, or `model_info.base_model` where that is given. */
  readonly model: string
  /** A local engine: declared free. */
  readonly local: boolean
  /** LiteLLM's price fields of the deployment, `litellm_params` over `model_info`. */
  readonly overrides: JsonObject
  /** The admin's own prices for this model wherever it is served. */
  readonly modelOverride?: JsonObject
}

export interface PriceBook {
  /** null: no price is known. @throws GatewayError invalid_request naming a price field that is not an amount */
  cardFor(query: PriceQuery): PriceCard | null
  factsFor(vendor: string | null, model: string, modelInfo: JsonObject): ModelFacts
}
