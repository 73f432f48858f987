// Cloudflare as a provider: its address follows from an account.
// Promises: an account is enough, a whole address works too, and without either the reason is said.

import { expect, it } from 'vitest'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Deployment } from '../../../gateway/contract/provider.ts'
import { toDeployment } from '../../../gateway/intake/to-deployment.ts'
import { cloudflare } from '../../../gateway/providers/cloudflare.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const facts = { contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] }
function deployed(params: JsonObject, variables: Readonly<Record<string, string>> = {}): Deployment {
  const entry = {
    id: deploymentId('d'),
    modelName: 'm',
    params: { model: 'cloudflare/@cf/meta/llama-3.1-8b-instruct', ...params },
    modelInfo: {},
    credential: null,
  }
  return toDeployment(entry, {
    findProvider: createProviders([]).find,
    prices: { cardFor: () => null, factsFor: () => facts },
    credentials: new Map(),
    defaults: { timeoutMs: null, streamTimeoutMs: null, dropParams: true },
    readVariable: (name) => variables[name],
    origin: 'ledger',
  })
}
const home = 'https://api.cloudflare.com/client/v4/accounts/abc/ai/v1'

it('is called at its account’s address, with its own key', () => {
  expect(deployed({ account_id: 'abc' })).toMatchObject({
    baseUrl: home,
    credential: 'os.environ/CLOUDFLARE_API_KEY',
    upstreamModel: '@cf/meta/llama-3.1-8b-instruct',
  })
  expect(deployed({}, { CLOUDFLARE_ACCOUNT_ID: 'abc' }).baseUrl).toBe(home)
  expect(deployed({ api_base: home }).baseUrl).toBe(home)
})

it('says what is missing', () => {
  expect(() => deployed({})).toThrow('give its api_base')
  expect(cloudflare.addressOf?.({ account_id: 'a/../b' })).toBe('https://api.cloudflare.com/client/v4/accounts/a%2F..%2Fb/ai/v1')
})
