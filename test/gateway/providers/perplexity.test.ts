// Perplexity as a provider: its Agent API alone, at either address, under the names it has there.
// Promises: names of LiteLLM's files find their model; the address from before is called where the API is today.

import { expect, it } from 'vitest'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Deployment } from '../../../gateway/contract/provider.ts'
import { toDeployment } from '../../../gateway/intake/to-deployment.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const facts = { contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] }
function deployed(params: JsonObject): Deployment {
  return toDeployment(
    { id: deploymentId('d'), modelName: 'm', params, modelInfo: {}, credential: null },
    {
      findProvider: createProviders([]).find,
      prices: { cardFor: () => null, factsFor: () => facts },
      credentials: new Map(),
      defaults: { timeoutMs: null, streamTimeoutMs: null, dropParams: true },
      readVariable: () => undefined,
      origin: 'ledger',
    },
  )
}
const pathOf = (params: JsonObject): string => {
  const { baseUrl, provider } = deployed({ model: 'perplexity/sonar', ...params })
  return baseUrl + (provider.wires['openai-responses'] ?? '')
}

it('is never asked for Chat Completions, which it answers with 403', () => {
  expect(Object.keys(deployed({ model: 'perplexity/sonar' }).provider.wires)).toEqual(['openai-responses'])
})

it('is called where its API is, also by the address of Sonar', () => {
  expect(pathOf({})).toBe('https://api.perplexity.ai/v1/responses')
  expect(pathOf({ api_base: 'https://api.perplexity.ai' })).toBe('https://api.perplexity.ai/v1/responses')
  expect(pathOf({ api_base: 'https://api.perplexity.ai/v1' })).toBe('https://api.perplexity.ai/v1/responses')
  expect(pathOf({ api_base: 'https://proxy.example/v1' })).toBe('https://proxy.example/v1/responses')
})

it('knows its own model by the short name, and others by their maker', () => {
  expect(deployed({ model: 'perplexity/sonar' }).upstreamModel).toBe('perplexity/sonar')
  expect(deployed({ model: 'perplexity/perplexity/sonar' }).upstreamModel).toBe('perplexity/sonar')
  expect(deployed({ model: 'perplexity/openai/gpt-5.4' }).upstreamModel).toBe('openai/gpt-5.4')
})
