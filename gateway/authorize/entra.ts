// Microsoft Entra's way: a bearer token that was given, or one that is fetched for an application with its client secret.
// Promises: one token serves all calls of an application until it is nearly over; a renewed secret means another token at once.
// Leaves alone: API keys (a key in a header), managed identities (their tokens come from a link-local address), certificates.

import { createHash } from 'node:crypto'
import type { Authorizer } from '../contract/authorize.ts'
import { refuse } from '../contract/errors.ts'
import { toEntraAsk } from './entra-token.ts'
import type { FetchToken } from './fetch-token.ts'
import type { TokenCache } from './token-cache.ts'
import { parseTokenUrl } from './token-url.ts'

export interface EntraTools {
  readonly tokens: TokenCache
  readonly fetchToken: FetchToken
}

const nothingGiven =
  'give an API key, a token (azure_ad_token), or an application (tenant_id, client_id and client_secret); the identity service of Azure machines is a link-local address and is not asked'

export function createEntra({ tokens, fetchToken }: EntraTools): Authorizer {
  return async ({ title, secrets, place }) => {
    const given = secrets['azure_ad_token']
    if (given !== undefined) return { headers: () => ({ authorization: `Bearer ${given}` }), secrets: [given] }
    const clientSecret = secrets['client_secret']
    if (clientSecret === undefined) throw refuse('credential_missing', { provider: title, reason: nothingGiven })
    const { tenant_id: tenant, client_id: clientId, azure_scope: scope = null, token_url: url } = place
    if (tenant === undefined || clientId === undefined)
      throw refuse('credential_missing', { provider: title, reason: `${tenant === undefined ? 'tenant_id' : 'client_id'} is not set beside client_secret` })
    const ask = toEntraAsk({ provider: title, tenant, clientId, clientSecret, scope, tokenUrl: url === undefined ? null : parseTokenUrl(url, title) })
    const id = createHash('sha256')
      .update(JSON.stringify(['entra', ask.url, ask.form]))
      .digest('base64')
    const token = await tokens.take(id, async () => await fetchToken(ask))
    return {
      headers: () => ({ authorization: `Bearer ${token.text}` }),
      secrets: [token.text, clientSecret],
      refused: () => tokens.drop(id, token.text),
    }
  }
}
