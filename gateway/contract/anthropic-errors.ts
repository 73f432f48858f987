// Anthropic's word for each kind of error: what `error.type` says in its envelope, in a body and in a stream alike.
// Promises: every status and code has one; a budget that is used up is `billing_error`, which Claude Code shows as it is worded.
// Leaves alone: the envelope itself (door/surfaces, translate/).
// Source: https://platform.claude.com/docs/en/api/errors, as known 2026-11-21.

const byStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}
const types = new Set(['invalid_request_error', 'api_error', ...Object.values(byStatus)])

/** `words` are the codes and types that are known of an error, ours or a vendor's: one of Anthropic's own stands. */
export function anthropicErrorType(status: number, words: readonly (string | null)[]): string {
  if (words.includes('insufficient_quota')) return 'billing_error'
  const own = words.find((word) => word !== null && types.has(word))
  if (own !== undefined && own !== null) return own
  return byStatus[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
}
