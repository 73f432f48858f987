// Every way a request can be turned away or fail: one table, one class.
// Promises: a code is listed once with its blame, status, whether a retry can help, and its public text.
// Leaves alone: the body around it (door/fail.ts words it in the caller's dialect).

export type Blame = 'caller' | 'policy' | 'provider' | 'house'
export interface ErrorRow {
  readonly blame: Blame
  readonly status: number
  /** May the same request succeed later without anyone changing anything? */
  readonly retryable: boolean
  /** OpenAI's `error.type`. */
  readonly openaiType: string
  /** `{name}` is filled from details. */
  readonly text: string
}

const row = (blame: Blame, status: number, retryable: boolean, openaiType: string, text: string): ErrorRow => ({ blame, status, retryable, openaiType, text })

export const errorTable = {
  invalid_json: row('caller', 400, false, 'invalid_request_error', 'The request body is not valid JSON: {reason}.'),
  invalid_request: row('caller', 400, false, 'invalid_request_error', '{reason}'),
  unsupported_parameter: row('caller', 400, false, 'invalid_request_error', '{model} does not support: {names}. Set drop_params to leave them out.'),
  request_target_refused: row('caller', 400, false, 'invalid_request_error', 'The request target is not acceptable: {reason}.'),
  host_not_allowed: row(
    'caller',
    421,
    false,
    'invalid_request_error',
    'This address does not serve the host named in the request. Allowed hosts are set in the gateway.',
  ),
  origin_not_allowed: row('caller', 403, false, 'permission_error', 'Requests from this web origin are not allowed.'),
  credentials_conflict: row('caller', 400, false, 'invalid_request_error', 'The request carries different credentials in several headers. Send one.'),
  unsupported_media_type: row('caller', 415, false, 'invalid_request_error', '{reason}'),
  body_too_large: row('caller', 413, false, 'invalid_request_error', 'The request body is larger than {limit} bytes.'),
  not_found: row('caller', 404, false, 'invalid_request_error', 'Nothing is served at {method} {path}.'),
  method_not_allowed: row('caller', 405, false, 'invalid_request_error', '{method} is not served at {path}.'),
  websocket_refused: row('caller', 426, false, 'invalid_request_error', 'WebSocket connections are not served. Send the request over HTTP.'),
  missing_key: row('caller', 401, false, 'authentication_error', 'No API key was sent. Send a virtual key as "Authorization: Bearer sk-…".'),
  invalid_api_key: row('caller', 401, false, 'authentication_error', '{reason}'),
  admin_only: row('caller', 403, false, 'permission_error', 'Only an administrator may do this.'),
  request_timeout: row('caller', 408, true, 'invalid_request_error', 'The request took too long to arrive.'),
  conflict: row('caller', 409, false, 'invalid_request_error', '{reason}'),
  idempotency_conflict: row(
    'caller',
    409,
    false,
    'invalid_request_error',
    'This Idempotency-Key was used for another request. Send a new key with a new request.',
  ),
  idempotency_in_progress: row('caller', 409, true, 'invalid_request_error', 'The request with this Idempotency-Key is still running.'),
  idempotency_reply_not_kept: row(
    'caller',
    409,
    false,
    'invalid_request_error',
    'The request with this Idempotency-Key was answered as {id}, but its answer is not kept any more. It was not sent again.',
  ),
  read_only_entry: row('caller', 409, false, 'invalid_request_error', '{reason}'),
  record_not_found: row('caller', 404, false, 'invalid_request_error', '{reason}'),
  previous_response_not_found: row(
    'caller',
    400,
    false,
    'invalid_request_error',
    'There is no response {id} here to go on from. Replies are kept in memory for a while, for the key that asked; send the whole conversation as input.',
  ),
  model_not_found: row('caller', 404, false, 'invalid_request_error', 'There is no model named {model} here. GET /v1/models lists the ones you may use.'),
  model_not_allowed: row('policy', 403, false, 'permission_error', 'The model {model} is not available for this key, or the name is wrong.'),
  model_unpriced: row(
    'policy',
    403,
    false,
    'permission_error',
    'The model {model} has no known price, so it cannot be used with a hard budget. Set a price for it.',
  ),
  request_unbounded: row('policy', 403, false, 'permission_error', 'A hard budget cannot cover this request, because its cost has no upper bound: {names}.'),
  guardrail_blocked: row('policy', 400, false, 'invalid_request_error', 'The request was blocked by the guardrail {guardrail}: {reason}.'),
  insufficient_quota: row('policy', 429, false, 'insufficient_quota', '{reason}'),
  stream_budget_spent: row(
    'policy',
    429,
    false,
    'insufficient_quota',
    'The reply ends here: the budget was used up while it was streamed. What has been delivered counts. {reason}',
  ),
  rate_limit_exceeded: row('policy', 429, true, 'rate_limit_error', '{reason}'),
  concurrency_limit: row('policy', 429, true, 'rate_limit_error', '{reason}'),
  upstream_rejected: row('provider', 502, false, 'server_error', '{reason}'),
  upstream_credential: row('provider', 502, false, 'server_error', '{provider} did not accept the credential this gateway holds for it.'),
  upstream_unreachable: row('provider', 502, true, 'server_error', '{provider} could not be reached: {reason}.'),
  upstream_protocol: row('provider', 502, true, 'server_error', '{provider} sent a reply that could not be understood: {reason}.'),
  upstream_cut: row('provider', 502, true, 'server_error', '{provider} broke off its reply.'),
  upstream_timeout: row('provider', 504, true, 'server_error', '{provider} did not answer in time.'),
  upstream_too_large: row('provider', 502, false, 'server_error', '{provider} sent more than {limit} bytes.'),
  egress_refused: row('house', 502, false, 'server_error', 'The address of {provider} is not one this gateway may call: {reason}.'),
  credential_missing: row('house', 502, false, 'server_error', 'No credential for {provider} is available: {reason}.'),
  ledger_unavailable: row('house', 503, true, 'server_error', 'The ledger cannot take this request now: {reason}.'),
  vault_unavailable: row('house', 503, false, 'server_error', '{reason}'),
  overloaded: row('house', 503, true, 'server_error', 'The gateway is at its limit of {what}.'),
  shutting_down: row('house', 503, true, 'server_error', 'The gateway is stopping.'),
  internal: row('house', 500, false, 'server_error', 'Something went wrong inside the gateway. The request id finds it in the log.'),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable
export type ErrorDetails = Readonly<Record<string, string | number>>

/** Extra facts the door turns into headers or fields. */
export interface ErrorHints {
  /** Seconds after which a retry may succeed; only for rate limits and busy states. */
  readonly retryAfterS?: number
  /** The offending field, OpenAI's `error.param`. */
  readonly param?: string
  /** A vendor's own reply to hand on as it came (same dialect), already scrubbed of credentials. */
  readonly passthrough?: { readonly status: number; readonly contentType: string; readonly body: Uint8Array }
  /** A vendor's refusal to be worded in the caller's own dialect, with its status. */
  readonly vendor?: { readonly status: number; readonly message: string; readonly type: string | null; readonly code: string | null }
  /** What the ledger keeps instead of the message, when that may repeat what somebody wrote. */
  readonly stored?: string
  readonly headers?: Readonly<Record<string, string>>
}

export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly hints: ErrorHints
  constructor(code: ErrorCode, details: ErrorDetails, hints: ErrorHints, cause?: unknown) {
    super(fill(errorTable[code].text, details), cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
    this.hints = hints
  }
  /** For rows: never a vendor's own words, which may quote a prompt. */
  get storedMessage(): string {
    return this.hints.stored ?? this.message
  }
  get row(): ErrorRow {
    return errorTable[this.code]
  }
  get status(): number {
    return this.hints.passthrough?.status ?? this.hints.vendor?.status ?? this.row.status
  }
}

/** Makes the error; the caller throws it. */
export function refuse(code: ErrorCode, details: ErrorDetails = {}, hints: ErrorHints = {}, cause?: unknown): GatewayError {
  return new GatewayError(code, details, hints, cause)
}

function fill(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole))
}
