// The price of a call to the nano-dollar, from the price fields as they stand in a configuration file.
// Promises: integers only, from the decimal text; one rounding up per kind of token, as a bill has one line for each.
// Leaves alone: where tokens come from (upstream-usage.ts).

import type { Tokens } from './upstream-usage.ts'

/** Dollars per token as decimal text, under LiteLLM's field names. */
export interface PriceFields {
  readonly input_cost_per_token: string
  readonly output_cost_per_token: string
  readonly cache_read_input_token_cost?: string
  readonly cache_creation_input_token_cost?: string
  readonly cache_creation_input_token_cost_above_1hr?: string
  readonly output_cost_per_reasoning_token?: string
}

/** Dollars with nine places, as the ledger words them. */
export function exactBill(tokens: Tokens, prices: PriceFields): string {
  const written = prices.cache_creation_input_token_cost ?? prices.input_cost_per_token
  const lines: readonly (readonly [number, string])[] = [
    [tokens.input, prices.input_cost_per_token],
    [tokens.cacheRead, prices.cache_read_input_token_cost ?? prices.input_cost_per_token],
    [tokens.cacheWrite, written],
    [tokens.cacheWrite1h, prices.cache_creation_input_token_cost_above_1hr ?? written],
    [tokens.output, prices.output_cost_per_token],
    [tokens.reasoning, prices.output_cost_per_reasoning_token ?? prices.output_cost_per_token],
  ]
  const nano = lines.reduce((sum, [units, price]) => sum + roundUp(BigInt(units) * picoOf(price)), 0n)
  return `${nano / nanoPerDollar}.${String(nano % nanoPerDollar).padStart(nanoPlaces, '0')}`
}

const nanoPlaces = 9
const picoPlaces = 12
const nanoPerDollar = 10n ** BigInt(nanoPlaces)
const picoPerNano = 10n ** BigInt(picoPlaces - nanoPlaces)

function picoOf(price: string): bigint {
  const [whole = '', fraction = ''] = price.split('.')
  if (fraction.length > picoPlaces) throw new Error(`${price} is finer than a pico-dollar`)
  return BigInt(`${whole}${fraction.padEnd(picoPlaces, '0')}`)
}

const roundUp = (pico: bigint): bigint => (pico + picoPerNano - 1n) / picoPerNano
