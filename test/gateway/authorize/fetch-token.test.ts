// Tokens from a real token server, which checks signature and claims, and misbehaves.
// Leaves alone: how long they are kept (token-cache.test.ts).

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toEntraAsk } from '../../../gateway/authorize/entra-token.ts'
import { createFetchToken } from '../../../gateway/authorize/fetch-token.ts'
import { parseGoogleCredential } from '../../../gateway/authorize/google-credential.ts'
import { googleTokenUrl, toGoogleAsk } from '../../../gateway/authorize/google-token.ts'
import type { TokenAsk } from '../../../gateway/authorize/token.ts'
import { parseTokenUrl } from '../../../gateway/authorize/token-url.ts'
import { defaultLimits } from '../../../gateway/config.ts'
import type { GatewayError } from '../../../gateway/contract/errors.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'
import { startTokenServer, type TokenServer } from '../../kit/token-server.ts'

const provider = 'Vertex AI'
const limits = { ...defaultLimits, tokenFetchTimeoutMs: 400, tokenReplyBytesMax: 4096 }
let server: TokenServer
const egress = createEgress({ limits })
const fetchToken = createFetchToken({ egress, limits })
beforeAll(async () => {
  server = await startTokenServer()
})
beforeEach(() => server.behave(() => ({})))
afterAll(async () => {
  await egress.close()
  await server.close()
})

function googleAsk(fields: Record<string, unknown> = {}, nowMs = Date.now()): TokenAsk {
  const credential = parseGoogleCredential(JSON.stringify(server.serviceAccount(fields)), provider)
  return toGoogleAsk({ provider, credential, tokenUrl: `${server.origin}/token`, nowMs })
}
function entraAsk(clientSecret = server.application.clientSecret): TokenAsk {
  const { tenant, clientId } = server.application
  return toEntraAsk({ provider: 'Azure OpenAI', tenant, clientId, clientSecret, scope: null, tokenUrl: `${server.origin}/${tenant}/oauth2/v2.0/token` })
}
const failureOf = async (ask: TokenAsk): Promise<GatewayError> =>
  fetchToken(ask).then(
    () => expect.fail('a token came'),
    (error: unknown) => error as GatewayError,
  )

describe('a token is given', () => {
  it('for an assertion signed by a service account', async () => {
    const token = await fetchToken(googleAsk())
    expect([server.refusal, server.isValid(token.text), token.lifetimeMs]).toEqual([null, true, 3_599_000])
  })
  it('for the refresh token of a user', async () => {
    const credential = parseGoogleCredential(JSON.stringify(server.user), provider)
    const token = await fetchToken(toGoogleAsk({ provider, credential, tokenUrl: `${server.origin}/token`, nowMs: 0 }))
    expect(server.isValid(token.text)).toBe(true)
  })
  it('for an application known to Entra', async () => {
    const token = await fetchToken(entraAsk())
    expect(server.isValid(token.text)).toBe(true)
    expect(server.asked.at(-1)).toMatchObject({ grant_type: 'client_credentials', scope: 'https://cognitiveservices.azure.com/.default' })
  })
  it('with a lifetime that is written as text', async () => {
    server.behave(() => ({ body: '{"access_token":"t","token_type":"bearer","expires_in":"120"}' }))
    expect(await fetchToken(entraAsk())).toEqual({ text: 't', lifetimeMs: 120_000 })
  })
})

describe('the server refuses', () => {
  it.each<[string, () => TokenAsk, string]>([
    ['another account', () => googleAsk({ client_email: 'stranger@example.com' }), 'invalid_grant: Invalid grant: account not found'],
    ['an assertion of yesterday', () => googleAsk({}, Date.now() - 86_400_000), 'Token must be a short-lived token'],
    ['a wrong client secret', () => entraAsk('wrong~secret'), 'Invalid client secret provided.'],
  ])('%s, and says why', async (_title, ask, words) => {
    const failure = await failureOf(ask())
    expect(failure.code).toBe('credential_missing')
    expect(failure.message).toContain(`token server refused the credential (`)
    expect(failure.message).toContain(words)
  })
  it('a signature of another key', async () => {
    const other = await startTokenServer()
    const failure = await failureOf(googleAsk({ private_key: other.serviceAccount()['private_key'] })).finally(async () => other.close())
    expect(failure.message).toContain('Invalid JWT Signature.')
  })
  it('and repeats the secret, which goes no further', async () => {
    const ask = entraAsk('very~secret~9')
    server.behave(() => ({
      status: 401,
      body: JSON.stringify({
        error: 'invalid_client',
        error_codes: [7000215],
        error_description: 'AADSTS7000215: very~secret~9 is wrong. Trace ID: 1 \r\nTimestamp: 2',
      }),
    }))
    const { message } = await failureOf(ask)
    expect(message).toContain('(invalid_client: AADSTS7000215: [redacted] is wrong.)')
    expect(message).not.toContain('very~secret~9')
  })
})

describe('a server that misbehaves', () => {
  it.each<[string, Parameters<TokenServer['behave']>[0], string, string]>([
    ['fails', () => ({ status: 500 }), 'upstream_unreachable', 'status 500'],
    ['is busy', () => ({ status: 429 }), 'upstream_unreachable', 'status 429'],
    ['sends elsewhere', () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }), 'upstream_unreachable', 'status 302'],
    ['talks HTML', () => ({ body: '<html>sign in</html>' }), 'upstream_protocol', 'no JSON object'],
    ['gives no token', () => ({ body: '{"token_type":"Bearer","expires_in":60}' }), 'upstream_protocol', 'no access_token'],
    [
      'gives a token no header can hold',
      () => ({ body: '{"access_token":"a\\r\\nb","token_type":"Bearer","expires_in":60}' }),
      'upstream_protocol',
      'no access_token',
    ],
    ['gives another type', () => ({ body: '{"access_token":"a","token_type":"mac","expires_in":60}' }), 'upstream_protocol', 'another type than Bearer'],
    ['gives no end', () => ({ body: '{"access_token":"a","token_type":"Bearer"}' }), 'upstream_protocol', 'when its token expires'],
    ['never stops talking', () => ({ body: `{"access_token":"${'a'.repeat(5000)}"` }), 'upstream_too_large', '4096 bytes'],
    ['is slow', () => ({ delayMs: 1500 }), 'upstream_timeout', 'did not answer in time'],
    ['hangs up', () => ({ cut: true }), 'upstream_cut', 'broke off'],
  ])('%s', async (_title, behaviour, code, words) => {
    server.behave(behaviour)
    const failure = await failureOf(googleAsk())
    expect([failure.code, failure.message]).toEqual([code, expect.stringContaining(words)])
  })
})

describe('who is asked', () => {
  const account = (tokenUri: unknown): Parameters<typeof toGoogleAsk>[0] => ({
    provider,
    credential: parseGoogleCredential(JSON.stringify(server.serviceAccount({ token_uri: tokenUri })), provider),
    tokenUrl: null,
    nowMs: Date.now(),
  })
  it.each([undefined, googleTokenUrl, 'https://accounts.google.com/o/oauth2/token', 'https://www.googleapis.com/oauth2/v4/token'])(
    "Google's own server for a file that says %s",
    (tokenUri) => {
      expect(toGoogleAsk(account(tokenUri)).url).toBe(googleTokenUrl)
    },
  )
  it.each(['https://evil.example/token', 'http://127.0.0.1:8080/admin', 'http://169.254.169.254/computeMetadata/v1/', 'nonsense'])(
    'nobody, when a file says %s and the configuration does not',
    (tokenUri) => {
      expect(() => toGoogleAsk(account(tokenUri))).toThrow(/token_uri of its service account \(.*\) is not Google's/)
    },
  )
  it('the server the configuration names', () => {
    expect(toGoogleAsk({ ...account('https://tokens.example/t'), tokenUrl: 'https://tokens.example/t' }).url).toBe('https://tokens.example/t')
  })
  it("Entra's server of the tenant", () => {
    const ask = toEntraAsk({ provider, tenant: 'contoso.onmicrosoft.com', clientId: 'c', clientSecret: 's', scope: null, tokenUrl: null })
    expect(ask.url).toBe('https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token')
  })
  it.each(['../common', 'a/b', '', '.', 'a?b'])('nobody for the tenant "%s"', (tenant) => {
    expect(() => toEntraAsk({ provider, tenant, clientId: 'c', clientSecret: 's', scope: null, tokenUrl: null })).toThrow(/tenant_id/)
  })
  it.each(['http://tokens.example/t', 'ftp://x/', 'https://a:b@tokens.example/', 'https://tokens.example/?a=1', 'nonsense'])(
    'nobody at the token_url %s',
    (text) => {
      expect(() => parseTokenUrl(text, provider)).toThrow(/its token_url/)
    },
  )
})
