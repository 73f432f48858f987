// The address of a token server, as somebody configured it.
// Promises: https, or loopback; nothing hidden in it. Leaves alone: which address is asked (the authorizers).

import { refuse, type GatewayError } from '../contract/errors.ts'

/** @throws GatewayError credential_missing */
export function parseTokenUrl(text: string, provider: string): string {
  const url = URL.parse(text)
  const wrong = (rest: string): GatewayError => refuse('credential_missing', { provider, reason: `its token_url ${rest}` })
  if (url === null) throw wrong('is not a URL')
  // What is posted there is worth as much as the credential itself.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) throw wrong('must start with https://')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw wrong('must not hold a user name, a password, a query or a fragment')
  return url.href
}

const isLoopback = (hostname: string): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
