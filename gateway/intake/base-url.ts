// The one address a deployment may be dialled at, checked before it is kept.
// Promises: http or https, no credentials, no query, no fragment, no trailing slash. Leaves alone: which addresses egress allows.

import { refuse } from '../contract/errors.ts'

/** @throws GatewayError invalid_request */
export function parseBaseUrl(text: string): string {
  const url = URL.parse(text.trim())
  if (url === null) throw wrong('is not a URL; write it with its scheme, for example http://127.0.0.1:8000/v1')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong('must start with http:// or https://')
  // What a URL carries as user and password would be shown wherever the address is.
  if (url.username !== '' || url.password !== '') throw wrong('must not hold a user name or password; give the key as api_key')
  if (text.includes('?') || text.includes('#')) throw wrong('must not have a query or a fragment')
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

function wrong(text: string): Error {
  return refuse('invalid_request', { reason: `The base URL ${text}.` }, { param: 'litellm_params.api_base' })
}
