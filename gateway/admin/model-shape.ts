// A deployment in the shape of LiteLLM's /model/info: public name, parameters without secrets, facts and prices.
// Promises: no credential, reference to one, or header value appears; prices are the ones that would be pinned now.
// Leaves alone: who may see it (models.ts).

import { z } from 'zod'
import type { PicoUsd } from '../contract/money.ts'
import type { PriceCard } from '../contract/price.ts'
import type { Deployment } from '../contract/provider.ts'
import type { Meter } from '../contract/usage.ts'
import { toIsoOrNull, type ReadAge } from './credential-age.ts'

export const modelRowSchema = z.strictObject({
  model_name: z.string(),
  litellm_params: z.looseObject({ model: z.string(), custom_llm_provider: z.string(), api_base: z.string().optional() }),
  model_info: z.looseObject({
    id: z.string(),
    db_model: z.boolean(),
    mode: z.string(),
    max_tokens: z.int(),
    max_input_tokens: z.int().nullable(),
    max_output_tokens: z.int(),
  }),
})
export type ModelRow = z.infer<typeof modelRowSchema>

/** LiteLLM's price fields (its model_prices_and_context_window.json, as known 2026-11-21), in dollars per unit. */
const priceFields: Readonly<Partial<Record<Meter, string>>> = {
  input: 'input_cost_per_token',
  output: 'output_cost_per_token',
  cacheRead: 'cache_read_input_token_cost',
  cacheWrite: 'cache_creation_input_token_cost',
  cacheWrite1h: 'cache_creation_input_token_cost_above_1hr',
  reasoning: 'output_cost_per_reasoning_token',
  inputAudio: 'input_cost_per_audio_token',
  outputAudio: 'output_cost_per_audio_token',
  inputImage: 'input_cost_per_image_token',
  outputImage: 'output_cost_per_image_token',
  calls: 'input_cost_per_request',
  seconds: 'input_cost_per_second',
  images: 'output_cost_per_image',
  pixels: 'input_cost_per_pixel',
  characters: 'input_cost_per_character',
}

/** `readAge`: for administrators; callers with a key see neither internal addresses nor how old a secret is. */
export function toModelRow(deployment: Deployment, readAge: ReadAge | null): ModelRow {
  const full = readAge !== null
  const { provider, facts } = deployment
  return {
    model_name: deployment.modelName,
    litellm_params: {
      model: `${provider.id}/${deployment.upstreamModel}`,
      custom_llm_provider: provider.id,
      ...(full ? { api_base: deployment.baseUrl, weight: deployment.weight, drop_params: deployment.dropParams } : {}),
      ...(full && deployment.timeoutMs !== null ? { timeout: deployment.timeoutMs / 1000 } : {}),
      ...(full && deployment.streamTimeoutMs !== null ? { stream_timeout: deployment.streamTimeoutMs / 1000 } : {}),
    },
    model_info: {
      ...deployment.modelInfo,
      id: deployment.id,
      db_model: deployment.origin === 'ledger',
      mode: modeOf(deployment),
      key: deployment.upstreamModel,
      litellm_provider: provider.id,
      max_tokens: facts.outputTokensMax,
      max_input_tokens: facts.contextTokensMax,
      max_output_tokens: facts.outputTokensMax,
      ...(full ? { credential_saved_at: toIsoOrNull(readAge(deployment)) } : {}),
      ...Object.fromEntries(facts.capabilities.map((capability) => [`supports_${capability.replaceAll('-', '_')}`, true])),
      ...toPriceFields(deployment.price),
    },
  }
}

function modeOf(deployment: Deployment): string {
  const declared = deployment.modelInfo['mode']
  return typeof declared === 'string' ? declared : 'chat'
}

/** An unpriced model has nulls, which LiteLLM's clients read as unknown; 0 means free. */
function toPriceFields(card: PriceCard | null): Record<string, number | null> {
  if (card === null) return { input_cost_per_token: null, output_cost_per_token: null }
  const fields: [string, number][] = []
  for (const [meter, field] of Object.entries(priceFields)) {
    const price = card.prices[toMeter(meter)]
    if (price === undefined) continue
    fields.push([field, toDollars(price.pico)])
    for (const tier of price.tiers) fields.push([`${field}_above_${tier.aboveInputTokens / 1000}k_tokens`, toDollars(tier.pico)])
  }
  return Object.fromEntries(fields)
}

// Object.entries widens the keys of `priceFields`, which are meters.
const toMeter = (name: string): Meter => name as Meter

/** Pico-dollars as dollars; a string on the way keeps the shortest exact decimal. */
const toDollars = (pico: PicoUsd): number => Number(`${pico}e-12`)

export interface CostPerMillion {
  readonly input: string | null
  readonly output: string | null
}
/** Dollars per million tokens as exact text, for people: `2.5`, `0.000001`. */
export function toUsdPerMillion(pico: PicoUsd): string {
  const digits = pico.toString().padStart(7, '0')
  const fraction = digits.slice(-6).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, -6) : `${digits.slice(0, -6)}.${fraction}`
}

export function costPerMillion(card: PriceCard | null): CostPerMillion {
  const textOf = (pico: PicoUsd | undefined): string | null => (pico === undefined ? null : toUsdPerMillion(pico))
  return { input: textOf(card?.prices.input?.pico), output: textOf(card?.prices.output?.pico) }
}
