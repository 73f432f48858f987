// What an entry says beside provider, address and credential: settings, limits, and what its price is asked for by.

import { describe, expect, it } from 'vitest'
import { createAsked, make } from './made-deployment.ts'

describe('settings and prices of a deployment', () => {
  it('turns seconds into milliseconds and falls back to the defaults', () => {
    expect(make({ model: 'openai/x', timeout: 1.5, stream_timeout: '3', drop_params: true, weight: 0.5 })).toMatchObject({
      timeoutMs: 1500,
      streamTimeoutMs: 3000,
      dropParams: true,
      weight: 0.5,
    })
    expect(make({ model: 'openai/x' })).toMatchObject({ timeoutMs: 60_000, streamTimeoutMs: null, dropParams: false, weight: 1 })
  })
  it('sends request defaults and extra_body, and nothing else of the entry', () => {
    const params = {
      model: 'openai/x',
      temperature: 0.1,
      stop: ['a'],
      num_ctx: 8192,
      extra_body: { top_a: 1, temperature: 9 },
      rpm: 5,
      input_cost_per_token: 1,
      weight: 2,
      organization: 'o',
    }
    expect(make(params).settings).toEqual({ temperature: 0.1, stop: ['a'], num_ctx: 8192, top_a: 1 })
  })
  it("raises the model's maximum output to a default cap above it, so that holds cover what is asked for", () => {
    expect(make({ model: 'openai/x', max_tokens: 8192 }).facts.outputTokensMax).toBe(8192)
    expect(make({ model: 'openai/x', max_tokens: 100 }).facts.outputTokensMax).toBe(4096)
  })
  it.each([
    ['its own name', { model: 'openai/gpt-4o' }, {}, { vendor: 'openai', provider: 'openai', model: 'gpt-4o', local: false }],
    [
      'its base model',
      { model: 'openai/my-deployment' },
      { base_model: 'azure/gpt-4o' },
      { vendor: 'openai', provider: 'azure', model: 'gpt-4o', local: false },
    ],
    [
      'a base model of another vendor',
      { model: 'openai_compatible/x', api_base: 'http://h' },
      { base_model: 'anthropic/claude-sonnet-4-5' },
      { vendor: 'anthropic', provider: 'anthropic', model: 'claude-sonnet-4-5', local: false },
    ],
    ['nothing, being local', { model: 'ollama/llama3.1' }, {}, { vendor: null, provider: 'ollama', model: 'llama3.1', local: true }],
  ])('asks for the price by %s', (_title, params, modelInfo, query) => {
    const asked = createAsked()
    make(params, { modelInfo, tools: { prices: asked.prices } })
    expect(asked.queries).toEqual([{ ...query, modelName: 'm', overrides: {} }])
  })
  it('passes prices of the entry on, its parameters over its model_info', () => {
    const asked = createAsked()
    const modelInfo = { input_cost_per_token: 1, output_cost_per_token: 2, cache_read_input_token_cost: null, mode: 'chat' }
    make({ model: 'openai/gpt-4o', input_cost_per_token: 3, temperature: 1 }, { modelInfo, tools: { prices: asked.prices } })
    expect(asked.queries[0]).toMatchObject({ overrides: { input_cost_per_token: 3, output_cost_per_token: 2 } })
    expect(Object.keys(asked.queries[0]?.overrides ?? {}).sort()).toEqual(['input_cost_per_token', 'output_cost_per_token'])
  })
})
