// What a failed attempt means: try elsewhere, try a fallback only, or give up, and with which words.
// Promises: a vendor's own 4xx wording reaches a caller who speaks its dialect; the credential never does.
// Leaves alone: the attempt loop.

import { contextLengthCode, exceedsContext } from '../../contract/context-length.ts'
import { GatewayError, refuse, type ErrorHints } from '../../contract/errors.ts'
import type { Deployment } from '../../contract/provider.ts'
import type { VendorError } from '../../contract/chat.ts'
import type { Exchange } from './exchange.ts'

/** elsewhere: any later attempt may serve it · other: this deployment will not, another may · fallback: the same model will not, another one may · never: stop. */
export type Remedy = 'elsewhere' | 'other' | 'fallback' | 'never'
export interface Failure {
  readonly error: GatewayError
  readonly remedy: Remedy
  /** The vendor's hint, seconds. */
  readonly retryAfterS: number | null
}

export interface VendorReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const elsewhere = new Set([408, 409, 425, 429])
/**
 * 402: an account without credit says nothing of the request (https://api-docs.deepseek.com/quick_start/error_codes,
 * https://openrouter.ai/docs/api-reference/errors, as known 2026-11-22).
 */
const other = new Set([402, 404])

/** A reply with an error status. */
export function failureOf(
  reply: VendorReply,
  vendor: VendorError,
  context: { exchange: Exchange; deployment: Deployment; secrets: readonly string[] },
): Failure {
  const { exchange, deployment, secrets } = context
  const retryAfterS = retryAfterOf(reply.headers['retry-after']) ?? vendor.retryAfterS ?? null
  if (reply.status === 401 || reply.status === 403 || vendor.credentialRefused === true)
    return { error: refuse('upstream_credential', { provider: deployment.provider.title }), remedy: 'other', retryAfterS }
  const remedy = reply.status >= 500 || elsewhere.has(reply.status) ? 'elsewhere' : other.has(reply.status) || reply.status < 400 ? 'other' : 'fallback'
  const reason = scrub(vendor.message, secrets) || `${deployment.provider.title} answered with status ${reply.status}.`
  // A redirect is not followed, and its status would send the caller looking for an address it was never given.
  const known = reply.status >= 400 && reply.status < 600
  const status = !known || (reply.status >= 500 && reply.status !== 503 && reply.status !== 504) ? 502 : reply.status
  const foreign = deployment.provider.quirks.ownErrors === true
  const body =
    exchange.kind === 'pass' && !foreign && known && isJson(reply.body) ? Buffer.from(scrub(Buffer.from(reply.body).toString('utf8'), secrets)) : null
  const hints =
    body === null
      ? { vendor: exceedsContext(reply.status, vendor) ? tooLong(reason) : { status, message: reason, type: vendor.type, code: vendor.code } }
      : { passthrough: { status: reply.status, contentType: 'application/json', body } }
  const stored = `${deployment.provider.title} answered with status ${reply.status}${wordsOf(vendor)}.`
  return { error: refuse('upstream_rejected', { reason }, { ...hints, ...waitFor(retryAfterS), stored }), remedy, retryAfterS }
}

/** Whatever the vendor's own status, type and code are: no other attempt at the same model can help, and the caller can. */
const tooLong = (message: string): NonNullable<ErrorHints['vendor']> => ({
  status: tooLongStatus,
  message,
  type: 'invalid_request_error',
  code: contextLengthCode,
})
const tooLongStatus = 400

/** No usable reply at all. A bug of ours is a failure as well: thrown further it would take the results of all attempts with it, and their hold would stay. */
export function failureFrom(error: unknown): Failure {
  if (!(error instanceof GatewayError)) return { error: refuse('internal', {}, {}, error), remedy: 'never', retryAfterS: null }
  if (error.code === 'credential_missing' || error.code === 'egress_refused' || error.code === 'vault_unavailable')
    return { error, remedy: 'other', retryAfterS: null }
  return { error, remedy: error.row.blame === 'provider' ? 'elsewhere' : 'never', retryAfterS: null }
}

/** An error event before anything was sent. */
export function failureOfEvent(error: { readonly message: string; readonly code: string | null }, secrets: readonly string[]): Failure {
  const stored = `The provider reported an error${wordsOf({ type: null, code: error.code })}.`
  if (error.code === contextLengthCode) {
    const vendor = tooLong(scrub(error.message, secrets) || stored)
    return { error: refuse('upstream_rejected', { reason: vendor.message }, { vendor, stored }), remedy: 'fallback', retryAfterS: null }
  }
  return { error: refuse('upstream_rejected', { reason: scrub(error.message, secrets) || stored }, { stored }), remedy: 'elsewhere', retryAfterS: null }
}

/** Only words that are names of something: a vendor's sentences may quote what was asked, and rows never hold that. */
function wordsOf(vendor: Pick<VendorError, 'type' | 'code'>): string {
  const words = [vendor.type, vendor.code].filter((word) => word !== null && /^[\w.-]{1,60}$/.test(word))
  return words.length === 0 ? '' : ` (${[...new Set(words)].join(', ')})`
}

const messageMax = 4000
// Clients sleep as long as they are told, some without a limit; a vendor's longer hint would freeze them.
const retryAfterMaxS = 60

export const waitFor = (retryAfterS: number | null): Pick<ErrorHints, 'retryAfterS'> =>
  retryAfterS === null || retryAfterS > retryAfterMaxS ? {} : { retryAfterS }

/** A vendor's message, bounded, without the credential. */
export function scrub(text: string, secrets: readonly string[]): string {
  return redact(text, secrets).slice(0, messageMax)
}

/** The exact credentials, wherever a vendor echoes them. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => (secret.length < 4 ? clean : clean.split(secret).join('[redacted]')), text)
}

/** Whatever it is called: proxies in front of a vendor keep its content type around their own HTML. */
function isJson(body: Uint8Array): boolean {
  if (body.length > messageMax) return false
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

export function retryAfterOf(text: string | undefined): number | null {
  const seconds = Number(text)
  return text !== undefined && Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : null
}
