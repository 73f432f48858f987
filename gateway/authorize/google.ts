// Google's way: a bearer token that is fetched with a service account's key, or with what gcloud keeps for a user.
// Promises: one token serves all calls of a credential until it is nearly over; another credential means another token at once.
// Leaves alone: API keys (a key in a header), where a credential is kept (vault).

import { createHash } from 'node:crypto'
import type { Authorizer } from '../contract/authorize.ts'
import type { Clock } from '../contract/clock.ts'
import { refuse } from '../contract/errors.ts'
import type { Secret } from '../contract/sealed.ts'
import { credentialFilePrefix, type CredentialRef } from '../contract/vault.ts'
import type { FetchToken } from './fetch-token.ts'
import { parseGoogleCredential } from './google-credential.ts'
import { toGoogleAsk } from './google-token.ts'
import type { TokenCache } from './token-cache.ts'
import { parseTokenUrl } from './token-url.ts'

export interface GoogleTools {
  readonly tokens: TokenCache
  readonly fetchToken: FetchToken
  /** For a credential that is the path of a file, as in `GOOGLE_APPLICATION_CREDENTIALS`. */
  readonly readSecret: (ref: CredentialRef) => Promise<Secret | null>
  readonly clock: Pick<Clock, 'nowMs'>
}

// Machines in Google's cloud get tokens from an address that the egress refuses to everybody, because it gives them to everybody who can reach it.
const nothingGiven =
  'set vertex_credentials to a service account key, as a file or as JSON, or give an API key; the metadata server of Google Cloud is a link-local address and is not asked'

export function createGoogle({ tokens, fetchToken, readSecret, clock }: GoogleTools): Authorizer {
  const readFile = async (path: string, provider: string): Promise<string> => {
    const found = await readSecret(`${credentialFilePrefix}${path}`)
    // What is no file may be a secret in the wrong place: it is not repeated.
    if (found === null) throw refuse('credential_missing', { provider, reason: 'vertex_credentials is neither JSON nor a file that can be read' })
    return found.open()
  }
  return async ({ title, baseUrl, secrets, place }) => {
    const given = secrets['vertex_credentials']
    if (given === undefined) throw refuse('credential_missing', { provider: title, reason: nothingGiven })
    if (!baseUrl.includes('/projects/'))
      throw refuse('credential_missing', { provider: title, reason: 'vertex_project is not set, and without it only an API key is taken' })
    const text = given.trimStart().startsWith('{') ? given : await readFile(given, title)
    const tokenUrl = place['token_url'] === undefined ? null : parseTokenUrl(place['token_url'], title)
    const id = createHash('sha256')
      .update(JSON.stringify(['google', tokenUrl, text]))
      .digest('base64')
    const token = await tokens.take(id, async () => {
      const credential = parseGoogleCredential(text, title)
      const fetched = await fetchToken(toGoogleAsk({ provider: title, credential, tokenUrl, nowMs: clock.nowMs() }))
      const quotaProject = credential.kind === 'authorized_user' ? credential.quotaProject : null
      return quotaProject === null ? fetched : { ...fetched, headers: { 'x-goog-user-project': quotaProject } }
    })
    return {
      headers: () => ({ authorization: `Bearer ${token.text}`, ...token.headers }),
      secrets: [token.text],
      refused: () => tokens.drop(id, token.text),
    }
  }
}
