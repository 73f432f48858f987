// Google's way over a real token server: one token for all calls of a credential, another credential, a refused token, files.
// Leaves alone: what a token server may answer (fetch-token.test.ts).

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildAuthorize, type AuthorizeHolder } from '../../../gateway/compose-authorize.ts'
import { defaultLimits } from '../../../gateway/config.ts'
import type { Account, Authorization } from '../../../gateway/contract/authorize.ts'
import { secret } from '../../../gateway/contract/sealed.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'
import { systemClock } from '../../../gateway/kit/clock.ts'
import { gemini } from '../../../gateway/providers/gemini.ts'
import { startTokenServer, type TokenServer } from '../../kit/token-server.ts'

const outgoing = { method: 'POST', url: 'https://vendor.example/', headers: {}, body: null }
const kept = new Map<string, string>()
let server: TokenServer
const egress = createEgress({ limits: defaultLimits })
const build = (): AuthorizeHolder =>
  buildAuthorize({
    readSecret: async (ref) => {
      const text = kept.get(ref)
      return text === undefined ? null : secret(text)
    },
    readVariable: () => undefined,
    egress,
    clock: systemClock,
    limits: defaultLimits,
  })
let holder = build()
beforeAll(async () => {
  server = await startTokenServer()
})
beforeEach(() => {
  holder = build()
  server.behave(() => ({}))
  kept.clear()
  kept.set('keychain/account', JSON.stringify(server.serviceAccount()))
})
afterAll(async () => {
  await egress.close()
  await server.close()
})

const account = (change: Partial<Account> = {}): Account => ({
  provider: { ...gemini, title: 'Vertex AI', authorizer: 'google' },
  baseUrl: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1',
  credential: null,
  secrets: { vertex_credentials: 'keychain/account' },
  place: { vertex_project: 'p', token_url: `${server.origin}/token` },
  ...change,
})
const ask = async (change: Partial<Account> = {}): Promise<Authorization> => holder.authorize(account(change), new AbortController().signal)
const headersOf = async (change: Partial<Account> = {}): Promise<Readonly<Record<string, string>>> => (await ask(change)).headers(outgoing)
const bearerOf = async (change: Partial<Account> = {}): Promise<string> => (await headersOf(change))['authorization']?.replace('Bearer ', '') ?? ''

describe('a call to Google proves who pays', () => {
  it('with one token for 200 calls at a time, and for those that follow', async () => {
    const before = server.asked.length
    const tokens = await Promise.all(Array.from({ length: 200 }, async () => bearerOf()))
    tokens.push(await bearerOf())
    expect([new Set(tokens).size, server.asked.length - before, server.isValid(tokens[0] ?? '')]).toEqual([1, 1, true])
  })
  it('with another token as soon as the credential is another one', async () => {
    const first = await bearerOf()
    kept.set('keychain/account', JSON.stringify(server.serviceAccount({ client_id: 'renewed' })))
    const second = await bearerOf()
    expect([second === first, server.isValid(second)]).toEqual([false, true])
  })
  it('with another token after any secret was changed', async () => {
    const first = await bearerOf()
    holder.forget()
    expect(await bearerOf()).not.toBe(first)
  })
  it('with another token after the vendor refused one', async () => {
    const access = await ask()
    const first = access.headers(outgoing)['authorization']
    access.refused?.()
    expect((await headersOf())['authorization']).not.toBe(first)
  })
  it('naming what a vendor could echo', async () => {
    const access = await ask()
    expect(access.headers(outgoing)['authorization']).toBe(`Bearer ${access.secrets[0] ?? ''}`)
  })
  it('with a file whose path is the credential, or is in a variable', async () => {
    kept.set('credential-file//etc/account.json', JSON.stringify(server.serviceAccount()))
    kept.set('os.environ/GOOGLE_APPLICATION_CREDENTIALS', '/etc/account.json')
    for (const ref of ['credential-file//etc/account.json', 'os.environ/GOOGLE_APPLICATION_CREDENTIALS'])
      expect(server.isValid(await bearerOf({ secrets: { vertex_credentials: ref } }))).toBe(true)
  })
  it("with a user's own token, and the project that pays for it", async () => {
    kept.set('keychain/user', JSON.stringify({ ...server.user, quota_project_id: 'pays' }))
    const headers = await headersOf({ secrets: { vertex_credentials: 'keychain/user' } })
    expect([server.isValid(headers['authorization']?.slice(7) ?? ''), headers['x-goog-user-project']]).toEqual([true, 'pays'])
  })
  it('with an API key, where one is set', async () => {
    kept.set('keychain/key', 'AIza-key')
    expect(await headersOf({ credential: 'keychain/key' })).toEqual({ 'x-goog-api-key': 'AIza-key' })
  })
})

describe('a call to Google does not', () => {
  it.each<[string, Partial<Account>, RegExp]>([
    ['without a credential, and says that the metadata server is not asked', { secrets: {} }, /metadata server of Google Cloud is a link-local address/],
    ['without a project', { baseUrl: 'https://aiplatform.googleapis.com/v1' }, /vertex_project is not set/],
    [
      "with a file that names another token server than Google's",
      { place: { vertex_project: 'p' } },
      /token_uri of its service account \(127\.0\.0\.1:\d+\) is not Google's/,
    ],
    ['with a token server that is not reached safely', { place: { token_url: 'http://tokens.example/' } }, /its token_url must start with https/],
  ])('%s', async (_title, change, sentence) => {
    await expect(ask(change)).rejects.toThrow(sentence)
  })
  it('with a secret in the wrong place, and does not repeat it', async () => {
    kept.set('keychain/account', 'AIza-in-the-wrong-place')
    const { message } = await ask().then(
      () => expect.fail('a proof came'),
      (error: unknown) => error as Error,
    )
    expect(message).toMatch(/vertex_credentials is neither JSON nor a file/)
    expect(message).not.toContain('wrong-place')
  })
  it('for a moment after a failure, and then does', async () => {
    const before = server.asked.length
    server.behave(() => ({ status: 500 }))
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_unreachable' })
    server.behave(() => ({}))
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_unreachable' })
    expect(server.asked.length - before).toBe(1)
  })
})
