// The vendor's own books: what each call is charged, in exact integers from a table the test gives.
// Promises: shares no arithmetic with the gateway. Leaves alone: who is right.

import type { Call, Form, Misbehaviour, Tokens, VendorDialect } from './misbehaviour.ts'

/** Pico-dollars per token. */
export interface Rate {
  readonly input: bigint
  readonly cached: bigint
  readonly output: bigint
}
/** By the vendor's own model name; `*` for every other. */
export type Rates = Readonly<Record<string, Rate>>

export interface BilledCall {
  readonly dialect: VendorDialect
  readonly form: Form
  readonly model: string
  readonly marker: string | null
  readonly nth: number
  readonly misbehaviour: string
  readonly usage: Misbehaviour['usage']
  /** The connection was still there when the reply ended. */
  readonly callerStayed: boolean
  /** What is charged for. */
  readonly charged: Tokens
  readonly picoUsd: bigint
  /** As an invoice would say it: each line rounded up to the nano-dollar. */
  readonly nanoUsd: bigint
}

/** What a call is charged whose caller left: nothing, the work done so far, or all of it. */
export type Leavers = 'nothing' | 'produced' | 'all'

export interface Ending {
  readonly call: Call
  readonly misbehaviour: Misbehaviour
  readonly callerStayed: boolean
  /** The caller left before the reply was complete; what that costs is the vendor's rule. */
  readonly leaversPay: Leavers
}

export function billFor({ call, misbehaviour, callerStayed, leaversPay }: Ending, rates: Rates): BilledCall {
  const { dialect, form, model, marker, nth } = call
  const rule = misbehaviour.charges === 'all' && !callerStayed ? leaversPay : misbehaviour.charges
  const charged = chargedTokens(call, rule)
  const rate = rates[model] ?? rates['*']
  if (rate === undefined) throw new Error(`no rate for ${model}`)
  const lines = [BigInt(charged.prompt - charged.cached) * rate.input, BigInt(charged.cached) * rate.cached, BigInt(charged.completion) * rate.output]
  return {
    dialect,
    form,
    model,
    marker,
    nth,
    misbehaviour: misbehaviour.name,
    usage: misbehaviour.usage,
    callerStayed,
    charged,
    picoUsd: lines.reduce((sum, line) => sum + line, 0n),
    nanoUsd: lines.reduce((sum, line) => sum + (line + picoPerNano - 1n) / picoPerNano, 0n),
  }
}

const picoPerNano = 1000n

function chargedTokens({ tokens, produced, waived }: Call, rule: Misbehaviour['charges']): Tokens {
  if (waived || rule === 'nothing') return { prompt: 0, cached: 0, completion: 0 }
  return { ...tokens, completion: rule === 'all' ? tokens.completion : rule === 'input' ? 0 : produced }
}
