// Where a deployment's conversations go at vendors that have Responses beside Chat Completions.
// Promises: read from the real shelf of providers; the first wire named is the one that translations go to.
// Leaves alone: everything else of a deployment (to-deployment.test.ts).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Provider } from '../../../gateway/contract/provider.ts'
import { toDeployment } from '../../../gateway/intake/to-deployment.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const providers = createProviders(JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/providers.json'), 'utf8')))
const facts = { contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] }

function wiresAt(params: JsonObject, mode?: string): Provider['wires'] {
  const entry = { id: deploymentId('d'), modelName: 'm', params, modelInfo: mode === undefined ? {} : { mode }, credential: null }
  const made = toDeployment(entry, {
    findProvider: providers.find,
    prices: { cardFor: () => null, factsFor: () => facts },
    credentials: new Map(),
    origin: 'ledger',
    readVariable: () => undefined,
    defaults: { timeoutMs: 60_000, streamTimeoutMs: null, dropParams: false },
  })
  return made.provider.wires
}

describe('a deployment', () => {
  it('speaks Responses at the vendor’s own address, and alone where the entry says so', () => {
    const wiresOf = (params: JsonObject, mode?: string): readonly string[] => Object.keys(wiresAt(params, mode))
    // What has no translation is asked wherever it is asked for.
    const media = ['openai-images', 'openai-image-edits', 'openai-speech', 'openai-transcriptions', 'openai-translations', 'openai-moderations']
    const texts = ['openai-chat', 'openai-completions', 'openai-embeddings']
    const chat = [...texts, ...media]
    const elsewhere = { api_base: 'http://10.0.0.5:9000/v1' }
    expect(wiresOf({ model: 'openai/x' })).toEqual([...texts, 'openai-responses', ...media])
    expect(wiresOf({ model: 'openai/x', ...elsewhere })).toEqual(chat)
    expect(wiresOf({ model: 'x', ...elsewhere }, 'chat')).toEqual(chat)
    for (const model of ['openai/x', 'hosted_vllm/x', 'custom_openai/x']) expect(wiresOf({ model, ...elsewhere }, 'responses')).toEqual(['openai-responses'])
    expect(wiresOf({ model: 'openai/x' }, 'responses')).toEqual(['openai-responses'])
    expect(wiresOf({ model: 'anthropic/x' }, 'responses')).toEqual(['anthropic-messages'])
  })
  it.each<[string, readonly string[]]>([
    ['gpt-5.3', ['openai-chat', 'openai-completions', 'openai-embeddings', 'openai-responses']],
    ['gpt-5.6-terra', ['openai-responses', 'openai-chat', 'openai-completions', 'openai-embeddings']],
    ['ft:gpt-5.4-mini:us::id', ['openai-responses', 'openai-chat', 'openai-completions', 'openai-embeddings']],
    ['gpt-6-astra', ['openai-responses', 'openai-chat', 'openai-completions', 'openai-embeddings']],
    ['gpt-5.1-codex-max', ['openai-responses']],
    ['gpt-5-pro', ['openai-responses']],
    ['o3-deep-research', ['openai-responses']],
  ])('translates for %s to where OpenAI wants it', (model, wires) => {
    const texts = Object.keys(wiresAt({ model: `openai/${model}` })).filter((id) => !/image|speech|transcr|transl|moder/.test(id))
    expect(texts).toEqual(wires)
    // A server that speaks the dialect is no such place, whatever its model is called.
    expect(wiresAt({ model: `openai/${model}`, api_base: 'http://10.0.0.5:9000/v1' })['openai-responses']).toBeUndefined()
  })
  it('finds Responses at Azure’s newer address, for the models that need it and where the entry says so', () => {
    const at = (params: JsonObject, mode?: string): [string | undefined, string | undefined] => {
      const wires = wiresAt(params, mode)
      return [wires['openai-responses'], wires['openai-chat']]
    }
    const api_base = 'https://resource.openai.azure.com'
    const byDeployment = '/openai/deployments/{model}/chat/completions?api-version=2024-10-21'
    expect(at({ model: 'azure/my-gpt', api_base })).toEqual([undefined, byDeployment])
    expect(at({ model: 'azure/my-gpt', api_base }, 'responses')).toEqual(['/openai/v1/responses', undefined])
    expect(at({ model: 'azure/gpt-5.6-luna', api_base })).toEqual(['/openai/v1/responses', byDeployment])
    expect(at({ model: 'azure/gpt-5-codex', api_base })).toEqual(['/openai/v1/responses', undefined])
    const newer = `${api_base}/openai/v1`
    expect(at({ model: 'azure/my-gpt', api_base: newer })).toEqual([undefined, '/chat/completions'])
    expect(at({ model: 'azure/my-gpt', api_base: newer }, 'responses')).toEqual(['/responses', undefined])
    expect(at({ model: 'azure/gpt-5.6-luna', api_base: newer })).toEqual(['/responses', '/chat/completions'])
    expect(Object.keys(wiresAt({ model: 'azure/gpt-5.6-luna', api_base: newer }))[0]).toBe('openai-responses')
  })
})
