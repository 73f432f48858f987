// Vertex AI: the address of a location, the publisher and method of a model, what a location adds to a price, and what LiteLLM's entries become.
// Leaves alone: what is sent there (test/journeys/vertex-provider).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Deployment } from '../../../gateway/contract/provider.ts'
import { toDeployment } from '../../../gateway/intake/to-deployment.ts'
import { createPriceBook } from '../../../gateway/prices/price-book.ts'
import { createProviders } from '../../../gateway/providers/index.ts'
import { vertexAi } from '../../../gateway/providers/vertex-ai.ts'

const providers = createProviders([])
const models: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/models.json'), 'utf8'))
const prices = createPriceBook({ models, clock: { nowMs: () => Date.parse('2026-11-21') } })
await prices.load(['google', 'anthropic'])

function make(params: JsonObject, variables: Readonly<Record<string, string>> = {}): Deployment {
  return toDeployment(
    { id: deploymentId('d'), modelName: 'm', params, modelInfo: {}, credential: null },
    {
      findProvider: providers.find,
      prices,
      credentials: new Map(),
      origin: 'file',
      readVariable: (name) => variables[name],
      defaults: { timeoutMs: null, streamTimeoutMs: null, dropParams: true },
    },
  )
}

describe('the address', () => {
  it.each([
    ['global', 'https://aiplatform.googleapis.com/v1/projects/my-project/locations/global'],
    ['us', 'https://aiplatform.us.rep.googleapis.com/v1/projects/my-project/locations/us'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com/v1/projects/my-project/locations/eu'],
    ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com/v1/projects/my-project/locations/europe-west4'],
    [undefined, 'https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations/us-central1'],
  ])('of the location %s', (location, baseUrl) => {
    const params = { model: 'vertex_ai/gemini-2.5-pro', vertex_project: 'my-project', ...(location === undefined ? {} : { vertex_location: location }) }
    expect(make(params).baseUrl).toBe(baseUrl)
  })
  it('of no project is that of Express mode', () => {
    expect(make({ model: 'vertex_ai_beta/gemini-2.5-pro' }).baseUrl).toBe('https://aiplatform.googleapis.com/v1')
  })
  it.each([
    [{ vertex_location: 'evil.example/' }, 'vertex_location must be a region'],
    [{ vertex_location: '../x' }, 'vertex_location must be a region'],
    [{ vertex_project: 'a/b' }, 'vertex_project must be the id of a project'],
  ])('is nobody else’s: %j', (params, sentence) => {
    expect(() => make({ model: 'vertex_ai/gemini-2.5-pro', vertex_project: 'p1', ...params })).toThrow(sentence)
  })
})

describe('the credential', () => {
  const held = { GOOGLE_APPLICATION_CREDENTIALS: '/etc/account.json', VERTEXAI_PROJECT: 'from-variable', VERTEXAI_LOCATION: 'global' }
  it('of the usual variables serves at Google’s own address', () => {
    expect(make({ model: 'vertex_ai/gemini-2.5-pro' }, held)).toMatchObject({
      baseUrl: 'https://aiplatform.googleapis.com/v1/projects/from-variable/locations/global',
      credential: null,
      secrets: { vertex_credentials: 'os.environ/GOOGLE_APPLICATION_CREDENTIALS' },
    })
  })
  it('of the usual variables does not follow an api_base to somebody else', () => {
    expect(make({ model: 'vertex_ai/gemini-2.5-pro', api_base: 'https://proxy.example/v1/projects/p/locations/us' }, held).secrets).toEqual({})
  })
})

describe('the model', () => {
  const wiresOf = (model: string): Deployment['provider']['wires'] => make({ model: `vertex_ai/${model}`, vertex_project: 'p1' }).provider.wires
  it.each([
    [
      'gemini-3-pro-preview',
      { 'gemini-generate': '/publishers/google/models/{model}:generateContent', 'vertex-predict': '/publishers/google/models/{model}:predict' },
    ],
    ['claude-opus-4-6', { 'anthropic-messages': '/publishers/anthropic/models/{model}:rawPredict' }],
    ['gemini-embedding-2', { 'vertex-embed': '/publishers/google/models/{model}:embedContent' }],
  ])('%s has its methods', (model, wires) => {
    expect(wiresOf(model)).toEqual(wires)
  })
  it('is known by its limits, whatever sets its date apart', () => {
    const most = (model: string): number => make({ model: `vertex_ai/${model}`, vertex_project: 'p1' }).facts.outputTokensMax
    expect([most('claude-sonnet-4-5@20250929'), most('claude-3-5-sonnet-v2@20241022'), most('gemini-2.5-pro')]).toEqual([64_000, 8192, 65_536])
  })
})

describe('a location', () => {
  it.each([
    ['claude-sonnet-4-5@20250929', 'global', 0],
    ['claude-sonnet-4-5@20250929', 'us', 10],
    ['claude-haiku-4-5@20251001', 'europe-west1', 10],
    ['claude-opus-4-6', 'us-east5', 10],
    ['claude-opus-4-1@20250805', 'us-east5', 0],
    ['claude-sonnet-4@20250514', 'us-east5', 0],
    ['claude-3-haiku@20240307', 'us-east5', 0],
    ['gemini-3.5-flash', 'eu', 10],
    ['gemini-3.5-flash', 'global', 0],
    ['gemini-2.5-pro', 'europe-west4', 0],
  ])('adds to the price of %s at %s: %d percent', (model, location, percent) => {
    expect(vertexAi.surchargePercent?.(model, `https://h.example/v1/projects/p/locations/${location}`)).toBe(percent)
  })
  it('is in the price that is pinned, and in its note; a price of one’s own stays', () => {
    const at = (location: string, more: JsonObject = {}): Deployment['price'] =>
      make({ model: 'vertex_ai/claude-opus-4-6', vertex_project: 'p1', vertex_location: location, ...more }).price
    expect([at('global')?.prices.input?.pico, at('us')?.prices.input?.pico, at('us')?.prices.cacheRead?.pico]).toEqual([5_000_000n, 5_500_000n, 550_000n])
    expect(at('us')?.note).toMatch(/anthropic\/claude-opus-4-6 plus 10 % for its location$/)
    expect(at('us', { input_cost_per_token: 0.000005 })?.prices.input?.pico).toBe(5_000_000n)
  })
})
