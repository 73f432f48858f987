// What a deployment's secrets become: a key in a header, or what the provider's own way makes of several.
// Promises: nothing is sent with an empty key; all that was opened is named, so that it can be kept out of what is shown.

import { describe, expect, it } from 'vitest'
import { createAuthorize } from '../../gateway/authorize/index.ts'
import type { Account, AuthorizeOrder, Outgoing } from '../../gateway/contract/authorize.ts'
import type { Provider } from '../../gateway/contract/provider.ts'
import { secret } from '../../gateway/contract/sealed.ts'
import { azure } from '../../gateway/providers/azure.ts'

const outgoing: Outgoing = { method: 'POST', url: 'https://vendor.example/v1', headers: {}, body: null }
const kept: Readonly<Record<string, string>> = { 'keychain/key': 'the-key', 'keychain/id': 'the-id', 'os.environ/HALF': 'the-half' }
const readSecret = async (ref: string) => (kept[ref] === undefined ? null : secret(kept[ref]))
const signal = new AbortController().signal

const account = (change: Partial<Account>, provider: Partial<Provider> = {}): Account => ({
  provider: { ...azure, ...provider },
  baseUrl: 'https://vendor.example',
  credential: null,
  secrets: {},
  place: { aws_region_name: 'eu-west-1' },
  ...change,
})

describe('a call proves who pays', () => {
  const orders: AuthorizeOrder[] = []
  const authorize = createAuthorize({
    readSecret,
    authorizers: {
      aws: async (order) => {
        orders.push(order)
        return {
          headers: ({ method }) => ({ authorization: `${method} by ${order.secrets['aws_access_key_id'] ?? ''}` }),
          secrets: Object.values(order.secrets),
        }
      },
    },
  })

  it('with a key in the header of its vendor', async () => {
    const access = await authorize(account({ credential: 'keychain/key' }), signal)
    expect([access.headers(outgoing), access.secrets]).toEqual([{ 'api-key': 'the-key' }, ['the-key']])
  })
  it('in the way of its provider, with everything that takes', async () => {
    const access = await authorize(
      account({ secrets: { aws_access_key_id: 'keychain/id', aws_secret_access_key: 'os.environ/HALF' } }, { authorizer: 'aws' }),
      signal,
    )
    expect(access.headers(outgoing)).toEqual({ authorization: 'POST by the-id' })
    expect(access.secrets).toEqual(['the-id', 'the-half'])
    expect(orders.at(-1)).toMatchObject({ title: azure.title, baseUrl: 'https://vendor.example', place: { aws_region_name: 'eu-west-1' } })
  })
  it('with the key, where a vendor takes both', async () => {
    const access = await authorize(account({ credential: 'keychain/key', secrets: { aws_access_key_id: 'keychain/id' } }, { authorizer: 'aws' }), signal)
    expect(access.headers(outgoing)).toEqual({ 'api-key': 'the-key' })
  })
  it('or not at all: what is missing is named', async () => {
    await expect(authorize(account({ credential: 'os.environ/GONE' }), signal)).rejects.toThrow('os.environ/GONE is not set')
    await expect(authorize(account({ secrets: { aws_access_key_id: 'keychain/gone' } }, { authorizer: 'aws' }), signal)).rejects.toThrow(
      'keychain/gone is not set',
    )
    await expect(authorize(account({}, { needsKey: true }), signal)).rejects.toThrow('none is configured')
    expect((await authorize(account({}, { needsKey: false }), signal)).headers(outgoing)).toEqual({})
  })
})
