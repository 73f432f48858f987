// Words an error for the caller: the one place that turns a code into a status, headers and a body of the surface's dialect.
// Promises: no stack, no secret, no prompt in any body; budget refusals tell clients not to retry; waits are at most a minute.
// Leaves alone: deciding what went wrong.
// Source: how SDKs obey
// `x-should-retry` and `retry-after` was observed with openai 7, as known 2026-11-21.

import { GatewayError, refuse } from '../contract/errors.ts'
import type { SurfaceId } from '../contract/request.ts'
import { surfaces } from './surfaces/index.ts'

export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export function toGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : refuse('internal', {}, {}, error)
}

export interface Asker {
  readonly surface: SurfaceId
  readonly requestId: string
  /** The status that ends it for a client who would ask again; absent: any does. */
  readonly final?: { readonly status: number; readonly budgetToo: boolean } | undefined
}

export function wordRefusal(error: GatewayError, { surface, requestId, final }: Asker): Refusal {
  const { passthrough, vendor } = error.hints
  const headers = { ...retryHeaders(error), ...error.hints.headers }
  if (passthrough !== undefined) return { status: passthrough.status, headers: { ...headers, 'content-type': passthrough.contentType }, body: passthrough.body }
  const goesOn = error.status === 403 || error.status === 404 || (error.code === 'insufficient_quota' && final?.budgetToo === true)
  const status = final !== undefined && vendor === undefined && goesOn ? final.status : error.status
  const body = surfaces[surface].wordError({ error, status, message: vendor?.message ?? error.message, requestId })
  return { status, headers: { ...headers, 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }
}

const retryAfterMaxS = 60
const firstRetriedStatus = 408

function retryHeaders(error: GatewayError): Record<string, string> {
  const { retryAfterS } = error.hints
  const wait = retryAfterS === undefined ? {} : { 'retry-after': String(Math.min(retryAfterMaxS, Math.max(1, Math.ceil(retryAfterS)))) }
  // SDKs retry 408, 409, 429 and 5xx on their own; say so when that cannot help.
  const useless = !error.row.retryable && error.status >= firstRetriedStatus && error.hints.passthrough === undefined && error.hints.vendor === undefined
  return useless ? { 'x-should-retry': 'false' } : wait
}
