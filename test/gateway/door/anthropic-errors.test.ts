// Errors as Anthropic's clients read them.
// Promises: the envelope, and Anthropic's own word for each kind, whoever said no.

import { expect, it } from 'vitest'
import { refuse, type GatewayError } from '../../../gateway/contract/errors.ts'
import { wordRefusal } from '../../../gateway/door/fail.ts'

const vendor = (status: number, type: string | null, code: string | null = null): GatewayError =>
  refuse('upstream_rejected', { reason: 'no' }, { vendor: { status, message: 'no', type, code } })

it.each<[string, GatewayError, number, string]>([
  ['a bad field', refuse('invalid_request', { reason: 'no' }), 400, 'invalid_request_error'],
  ['no key', refuse('missing_key'), 401, 'authentication_error'],
  ['a model that is not for this key', refuse('model_not_allowed', { model: 'm' }), 403, 'permission_error'],
  ['an unknown model', refuse('model_not_found', { model: 'm' }), 404, 'not_found_error'],
  ['a body that is too large', refuse('body_too_large', { limit: 1 }), 413, 'request_too_large'],
  ['too many requests', refuse('rate_limit_exceeded', { reason: 'no' }), 429, 'rate_limit_error'],
  ['a budget that is used up', refuse('insufficient_quota', { reason: 'no' }), 429, 'billing_error'],
  ['a bug', refuse('internal'), 500, 'api_error'],
  ['a vendor that cannot be reached', refuse('upstream_unreachable'), 502, 'api_error'],
  ['a gateway at its limit', refuse('overloaded', { what: 'x' }), 503, 'overloaded_error'],
  ['a vendor that is too slow', refuse('upstream_timeout'), 504, 'timeout_error'],
  ['another vendor’s bad request', vendor(400, 'invalid_request_error'), 400, 'invalid_request_error'],
  ['another vendor’s 422', vendor(422, null), 422, 'invalid_request_error'],
  ['another vendor’s rate limit', vendor(429, 'requests', 'rate_limit_exceeded'), 429, 'rate_limit_error'],
  ['another vendor’s empty account', vendor(429, 'insufficient_quota', 'insufficient_quota'), 429, 'billing_error'],
  ['another vendor’s failure', vendor(502, 'server_error'), 502, 'api_error'],
])('%s', (_, error, status, type) => {
  const refusal = wordRefusal(error, { surface: 'anthropic', requestId: 'req_1' })
  expect(refusal.status).toBe(status)
  expect(JSON.parse(Buffer.from(refusal.body).toString('utf8'))).toEqual({
    type: 'error',
    error: { type, message: error.hints.vendor?.message ?? error.message },
    request_id: 'req_1',
  })
})

it('a budget that is used up tells the client to stop', () => {
  const { headers } = wordRefusal(refuse('insufficient_quota', { reason: 'no' }), { surface: 'anthropic', requestId: 'req_1' })
  expect(headers).toMatchObject({ 'x-should-retry': 'false' })
  expect(headers).not.toHaveProperty('retry-after')
})
