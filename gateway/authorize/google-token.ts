// What is posted to Google's token server for a credential: a signed assertion of a service account, or a user's refresh token.
// Promises: only Google's own token server is asked, or the one the deployment names; what a file says is checked, never followed.
// Leaves alone: sending (fetch-token), keeping (token-cache).
// Source: "Using OAuth 2.0 for Server to Server Applications" (https://developers.google.com/identity/protocols/oauth2/service-account), RFC 7523; as known 2026-11-21.

import { sign } from 'node:crypto'
import { refuse } from '../contract/errors.ts'
import type { AuthorizedUser, GoogleCredential, ServiceAccount } from './google-credential.ts'
import type { TokenAsk } from './token.ts'

export interface GoogleTokenOrder {
  readonly provider: string
  readonly credential: GoogleCredential
  /** The deployment's own; null: Google's. */
  readonly tokenUrl: string | null
  readonly nowMs: number
}

export const googleTokenUrl = 'https://oauth2.googleapis.com/token'
/** Older key files name these; one server answers at all of them. */
const formerTokenUrls: ReadonlySet<string> = new Set([
  googleTokenUrl,
  'https://accounts.google.com/o/oauth2/token',
  'https://www.googleapis.com/oauth2/v3/token',
  'https://www.googleapis.com/oauth2/v4/token',
])
const scope = 'https://www.googleapis.com/auth/cloud-platform'
const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** The longest that Google accepts. */
const assertionLifetimeS = 3600

/** @throws GatewayError credential_missing */
export function toGoogleAsk({ provider, credential, tokenUrl, nowMs }: GoogleTokenOrder): TokenAsk {
  const url = tokenUrl ?? googleTokenUrl
  if (credential.kind === 'authorized_user') return toRefresh(credential, provider, url)
  checkTokenUri(credential, provider, url)
  const assertion = toAssertion(credential, url, Math.floor(nowMs / 1000))
  return { provider, url, form: { grant_type: assertionGrant, assertion }, secrets: [assertion] }
}

/**
 * A key file is often written by someone else than the administrator who configures it. Its `token_uri` would be an address out of that file to which
 * this machine posts signed assertions, inside its own network too; so another one than Google's has to be named in the configuration as well.
 */
function checkTokenUri({ tokenUri }: ServiceAccount, provider: string, url: string): void {
  if (tokenUri === null || tokenUri === url || formerTokenUrls.has(tokenUri)) return
  throw refuse('credential_missing', {
    provider,
    reason: `the token_uri of its service account (${hostOf(tokenUri)}) is not Google's; if it is right, set the same address as token_url`,
  })
}

const hostOf = (text: string): string => URL.parse(text)?.host.slice(0, 100) ?? 'no URL'

function toRefresh({ clientId, clientSecret, refreshToken }: AuthorizedUser, provider: string, url: string): TokenAsk {
  return {
    provider,
    url,
    form: { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken },
    secrets: [clientSecret, refreshToken],
  }
}

function toAssertion(account: ServiceAccount, audience: string, nowS: number): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(account.keyId === null ? {} : { kid: account.keyId }) }
  const claims = { iss: account.email, scope, aud: audience, iat: nowS, exp: nowS + assertionLifetimeS }
  const signed = `${toPart(header)}.${toPart(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), account.privateKey).toString('base64url')}`
}

const toPart = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
