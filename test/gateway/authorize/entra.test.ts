// Entra's way over a real token server: a given token, an application's own, and what is said when something is missing.
// Leaves alone: what a token server may answer (fetch-token.test.ts).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEntra } from '../../../gateway/authorize/entra.ts'
import { createFetchToken } from '../../../gateway/authorize/fetch-token.ts'
import { createTokenCache } from '../../../gateway/authorize/token-cache.ts'
import { defaultLimits } from '../../../gateway/config.ts'
import type { Authorization, AuthorizeOrder } from '../../../gateway/contract/authorize.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'
import { systemClock } from '../../../gateway/kit/clock.ts'
import { startTokenServer, type TokenServer } from '../../kit/token-server.ts'

const outgoing = { method: 'POST', url: 'https://vendor.example/', headers: {}, body: null }
const egress = createEgress({ limits: defaultLimits })
const entra = createEntra({
  tokens: createTokenCache({ clock: systemClock, limits: defaultLimits }),
  fetchToken: createFetchToken({ egress, limits: defaultLimits }),
})
let server: TokenServer
beforeAll(async () => {
  server = await startTokenServer()
})
afterAll(async () => {
  await egress.close()
  await server.close()
})

function ask(change: Partial<AuthorizeOrder> = {}): Promise<Authorization> {
  const { tenant, clientId, clientSecret } = server.application
  return entra({
    title: 'Azure OpenAI',
    baseUrl: 'https://my-resource.openai.azure.com',
    secrets: { client_secret: clientSecret },
    place: { tenant_id: tenant, client_id: clientId, token_url: `${server.origin}/${tenant}/oauth2/v2.0/token` },
    signal: new AbortController().signal,
    ...change,
  })
}
const bearerOf = async (): Promise<string> => (await ask()).headers(outgoing)['authorization']?.slice('Bearer '.length) ?? ''

describe('a call to Azure proves who pays', () => {
  it('with the token that was given', async () => {
    const access = await ask({ secrets: { azure_ad_token: 'given-token' } })
    expect([access.headers(outgoing), access.secrets]).toEqual([{ authorization: 'Bearer given-token' }, ['given-token']])
  })
  it('with one token of its application for many calls', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, bearerOf))
    expect([new Set(tokens).size, server.isValid(tokens[0] ?? '')]).toEqual([1, true])
  })
  it('with a new one after the vendor refused it', async () => {
    const access = await ask()
    access.refused?.()
    expect(await bearerOf()).not.toBe(access.secrets[0])
  })
})

describe('a call to Azure does not', () => {
  it.each<[string, Partial<AuthorizeOrder>, RegExp]>([
    ['with nothing, and says what would do', { secrets: {} }, /azure_ad_token.*tenant_id, client_id and client_secret.*link-local/],
    ['without a tenant', { place: { client_id: 'c' } }, /tenant_id is not set beside client_secret/],
    ['without a client', { place: { tenant_id: 't' } }, /client_id is not set beside client_secret/],
    ['for a tenant that is a path', { place: { tenant_id: '../x', client_id: 'c' } }, /tenant_id is neither an id nor a domain name/],
  ])('%s', async (_title, change, sentence) => {
    await expect(ask(change)).rejects.toThrow(sentence)
  })
  it('after its secret was withdrawn', async () => {
    await expect(ask({ secrets: { client_secret: 'withdrawn' } })).rejects.toThrow(/refused the credential \(invalid_grant: Invalid client secret provided/)
  })
})
