// What these tests ask of a promise that must be refused, and of a value that must be text.
// Promises: a pass means it really was refused by the gateway, not that something else broke. Leaves alone: which refusal it was.

import { GatewayError } from '../../../gateway/contract/errors.ts'

/** The refusal itself; fails when nothing was refused or something else went wrong. */
export async function refusal(work: Promise<unknown>): Promise<GatewayError> {
  const outcome: unknown = await work.catch((error: unknown) => error)
  if (outcome instanceof GatewayError) return outcome
  throw new Error('nothing was refused', { cause: outcome })
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new Error(`not a text: ${typeof value}`)
}
