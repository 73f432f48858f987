// Reads one price as exact pico-dollars per unit, and refuses what cannot be a price.
// Promises: decimal text in, integer out, no floating point between; negative and absurd amounts are refused by the name given.
// Leaves alone: which field or model the amount belongs to.

import { refuse } from '../contract/errors.ts'
import type { Json } from '../contract/json.ts'
import { parseUnitPrice, picoUsd, type PicoUsd } from '../contract/money.ts'
import { unitMeters, type Meter } from '../contract/usage.ts'

// The dearest token ever listed cost under a tenth of a cent; a dollar or more is a price per million in the wrong field.
const tokenPicoMax = picoUsd(1_000_000_000_000n)
const wholePicoMax = picoUsd(10_000_000_000_000_000n)

/** @throws GatewayError invalid_request naming the field */
export function parseAmount(field: string, value: Json | undefined, meter: Meter): PicoUsd {
  if (typeof value !== 'number' && typeof value !== 'string') throw wrongPrice(field, 'must be an amount in dollars')
  const pico = readDecimal(field, value)
  if (pico < 0n) throw wrongPrice(field, 'must not be negative')
  const whole = unitMeters.includes(meter)
  if (pico > (whole ? wholePicoMax : tokenPicoMax))
    throw wrongPrice(field, whole ? 'is more than 10,000 dollars a unit' : 'is more than a dollar a token; prices are per token, not per million')
  return pico
}

export function wrongPrice(field: string, problem: string, cause?: unknown): Error {
  return refuse('invalid_request', { reason: `${field} ${problem}.` }, { param: field }, cause)
}

function readDecimal(field: string, value: number | string): PicoUsd {
  try {
    return parseUnitPrice(value)
  } catch (cause) {
    if (cause instanceof RangeError) throw wrongPrice(field, 'must be an amount in dollars', cause)
    throw cause
  }
}
