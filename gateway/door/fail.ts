// Words an error for the caller: the one place that turns a code into a status, headers and a body of the surface's dialect.
// Promises: no stack, no secret, no prompt in any body; budget refusals tell clients not to retry; waits are at most a minute.
// Leaves alone: deciding what went wrong.
// Source: OpenAI's error object (platform.openai.com/docs/guides/error-codes), LiteLLM's ProxyException body; how SDKs obey
// `x-should-retry` and `retry-after` was observed with openai 7, as known 2026-11-21.

import { GatewayError, refuse } from '../contract/errors.ts'
import type { SurfaceId } from '../contract/request.ts'

export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export function toGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : refuse('internal', {}, {}, error)
}

export function wordRefusal(error: GatewayError, surface: SurfaceId): Refusal {
  const { passthrough, vendor } = error.hints
  const headers = { ...retryHeaders(error), ...error.hints.headers }
  if (passthrough !== undefined) return { status: passthrough.status, headers: { ...headers, 'content-type': passthrough.contentType }, body: passthrough.body }
  const facts = {
    message: vendor?.message ?? error.message,
    type: vendor?.type ?? error.row.openaiType,
    param: error.hints.param ?? null,
    code: vendor?.code ?? codeFor(error, surface),
  }
  return { status: error.status, headers: { ...headers, 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ error: facts })) }
}

/** LiteLLM's management routes put the status, as text, where OpenAI has a code word. */
function codeFor(error: GatewayError, surface: SurfaceId): string {
  return surface === 'admin' ? String(error.status) : error.code
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
