// Entries become deployments over the real shelf of providers: prefixes, addresses, credentials.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Deployment, Provider } from '../../../gateway/contract/provider.ts'
import { azure } from '../../../gateway/providers/azure.ts'
import { make, providers, shared } from './made-deployment.ts'

describe('the provider of a deployment', () => {
  it.each([
    ['openai/gpt-4o', {}, 'openai', 'gpt-4o', 'https://api.openai.com/v1'],
    ['anthropic/claude-sonnet-4-5', {}, 'anthropic', 'claude-sonnet-4-5', 'https://api.anthropic.com'],
    ['ollama_chat/llama3.1', {}, 'ollama', 'llama3.1', 'http://127.0.0.1:11434'],
    ['ollama/hf.co/someone/model:Q4', {}, 'ollama', 'hf.co/someone/model:Q4', 'http://127.0.0.1:11434'],
    ['hosted_vllm/meta-llama/Llama-3.1-8B', {}, 'vllm', 'meta-llama/Llama-3.1-8B', 'http://127.0.0.1:8000/v1'],
    ['gpt-4o-mini', {}, 'openai', 'gpt-4o-mini', 'https://api.openai.com/v1'],
    ['o3', {}, 'openai', 'o3', 'https://api.openai.com/v1'],
    ['o4-mini', {}, 'openai', 'o4-mini', 'https://api.openai.com/v1'],
    ['ft:gpt-4o:me::1', {}, 'openai', 'ft:gpt-4o:me::1', 'https://api.openai.com/v1'],
    ['text-embedding-3-small', {}, 'openai', 'text-embedding-3-small', 'https://api.openai.com/v1'],
    ['claude-opus-4-5', {}, 'anthropic', 'claude-opus-4-5', 'https://api.anthropic.com'],
    ['qwen', { api_base: 'http://10.0.0.5:9000/v1' }, 'openai_compatible', 'qwen', 'http://10.0.0.5:9000/v1'],
    ['gpt-4o', { api_base: 'http://10.0.0.5:9000/v1' }, 'openai_compatible', 'gpt-4o', 'http://10.0.0.5:9000/v1'],
    ['llama3.1', { custom_llm_provider: 'ollama' }, 'ollama', 'llama3.1', 'http://127.0.0.1:11434'],
    ['ollama_chat/llama3.1', { custom_llm_provider: 'ollama' }, 'ollama', 'llama3.1', 'http://127.0.0.1:11434'],
    ['meta-llama/Llama-3', { custom_llm_provider: 'hosted_vllm' }, 'vllm', 'meta-llama/Llama-3', 'http://127.0.0.1:8000/v1'],
  ])('is read from %s with %j', (model, params, provider, upstreamModel, baseUrl) => {
    expect(make({ model, ...params })).toMatchObject({ provider: { id: provider }, upstreamModel, baseUrl })
  })
  it('reaches Azure by its deployments, with the API version that was asked for, or by its newer address', () => {
    const at = (params: JsonObject): unknown => make({ model: 'azure/my-gpt', ...params }).provider.wires['openai-chat']
    const api_base = 'https://resource.openai.azure.com'
    expect(at({ api_base })).toBe('/openai/deployments/{model}/chat/completions?api-version=2024-10-21')
    expect(at({ api_base, api_version: '2025-01-01-preview&x' })).toBe('/openai/deployments/{model}/chat/completions?api-version=2025-01-01-preview%26x')
    expect(at({ api_base: `${api_base}/openai/v1/`, api_version: 'any' })).toBe('/chat/completions')
    expect(() => make({ model: 'azure/my-gpt' })).toThrow('give its api_base')
  })
  it.each([
    ['groq/llama-3.3-70b-versatile', 'groq', 'llama-3.3-70b-versatile', 'https://api.groq.com/openai/v1', 'GROQ_API_KEY'],
    [
      'together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo',
      'together_ai',
      'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      'https://api.together.ai/v1',
      'TOGETHER_API_KEY',
    ],
    ['fireworks_ai/accounts/fireworks/models/x', 'fireworks_ai', 'accounts/fireworks/models/x', 'https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'],
    ['deepseek/deepseek-chat', 'deepseek', 'deepseek-chat', 'https://api.deepseek.com', 'DEEPSEEK_API_KEY'],
    ['xai/grok-4', 'xai', 'grok-4', 'https://api.x.ai/v1', 'XAI_API_KEY'],
    ['mistral/mistral-large-latest', 'mistral', 'mistral-large-latest', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY'],
    ['codestral/codestral-latest', 'codestral', 'codestral-latest', 'https://codestral.mistral.ai/v1', 'CODESTRAL_API_KEY'],
    ['perplexity/sonar', 'perplexity', 'perplexity/sonar', 'https://api.perplexity.ai/v1', 'PERPLEXITY_API_KEY'],
    ['openrouter/anthropic/claude-sonnet-4.5', 'openrouter', 'anthropic/claude-sonnet-4.5', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'],
    ['nvidia_nim/meta/llama3-70b-instruct', 'nvidia_nim', 'meta/llama3-70b-instruct', 'https://integrate.api.nvidia.com/v1', 'NVIDIA_NIM_API_KEY'],
    ['cerebras/llama3.1-8b', 'cerebras', 'llama3.1-8b', 'https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'],
    ['sambanova/Meta-Llama-3.3-70B-Instruct', 'sambanova', 'Meta-Llama-3.3-70B-Instruct', 'https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY'],
    ['deepinfra/meta-llama/Llama-2-70b-chat-hf', 'deepinfra', 'meta-llama/Llama-2-70b-chat-hf', 'https://api.deepinfra.com/v1/openai', 'DEEPINFRA_API_KEY'],
    ['moonshot/kimi-k2.5', 'moonshot', 'kimi-k2.5', 'https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'],
    ['dashscope/qwen-max', 'dashscope', 'qwen-max', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'DASHSCOPE_API_KEY'],
    ['volcengine/doubao-pro', 'volcengine', 'doubao-pro', 'https://ark.cn-beijing.volces.com/api/v3', 'VOLCENGINE_API_KEY'],
    ['ai21/jamba-mini', 'ai21_chat', 'jamba-mini', 'https://api.ai21.com/studio/v1', 'AI21_API_KEY'],
    ['nano-gpt/x', 'nano_gpt', 'x', 'https://nano-gpt.com/api/v1', 'NANOGPT_API_KEY'],
    ['huggingface/together/deepseek-ai/DeepSeek-R1', 'huggingface', 'together/deepseek-ai/DeepSeek-R1', 'https://router.huggingface.co/v1', 'HF_TOKEN'],
    ['vercel_ai_gateway/openai/gpt-4o', 'vercel_ai_gateway', 'openai/gpt-4o', 'https://ai-gateway.vercel.sh/v1', 'VERCEL_AI_GATEWAY_API_KEY'],
    ['minimax/MiniMax-M2', 'minimax', 'MiniMax-M2', 'https://api.minimax.io/v1', 'MINIMAX_API_KEY'],
    ['zai/glm-4.7', 'zai', 'glm-4.7', 'https://api.z.ai/api/paas/v4', 'ZAI_API_KEY'],
  ])('knows LiteLLM’s prefix of %s, its address and its variable', (model, provider, upstreamModel, baseUrl, variable) => {
    expect(make({ model })).toMatchObject({ provider: { id: provider }, upstreamModel, baseUrl, credential: `os.environ/${variable}` })
  })
  it.each([
    ['hosted_vllm/x', 'vllm', 'http://127.0.0.1:8000/v1'],
    ['lm_studio/x', 'lm_studio', 'http://127.0.0.1:1234/v1'],
    ['llamafile/x', 'llamafile', 'http://127.0.0.1:8080/v1'],
    ['oobabooga/x', 'text_generation_webui', 'http://127.0.0.1:5000/v1'],
    ['xinference/x', 'xinference', 'http://127.0.0.1:9997/v1'],
    ['docker_model_runner/ai/smollm2', 'docker_model_runner', 'http://127.0.0.1:12434/engines/llama.cpp/v1'],
  ])('knows the local engine of %s, which needs no key', (model, provider, baseUrl) => {
    expect(make({ model })).toMatchObject({ provider: { id: provider, local: true, abortedCalls: 'free' }, baseUrl, credential: null })
  })
  it("gives no row's key to another origin, not even with its own prefix", () => {
    for (const { id, keyVariable } of providers.all.filter((provider) => provider.keyVariable !== null))
      expect(make({ model: `${id}/x`, api_base: 'https://elsewhere.example/v1' }).credential, `${id} ${keyVariable ?? ''}`).toBeNull()
  })
  describe('with parameters and secrets of its own', () => {
    const regional: Provider = {
      ...azure,
      id: 'regional',
      needsKey: false,
      keyVariable: 'REGIONAL_KEY',
      authorizer: 'aws',
      wires: { 'openai-chat': '/{region}/{model}' },
      streamPaths: { 'openai-chat': '/{region}/{model}/stream' },
      ownParams: {
        region: { variables: ['REGION_A', 'REGION_B'] },
        aws_access_key_id: { secret: true, variables: ['ID'] },
        aws_secret_access_key: { secret: true, variables: ['SECRET'] },
      },
      addressOf: ({ region }) => (region === undefined ? null : `https://${region}.vendor.example`),
      forModel: (model) => (model.startsWith('special') ? { wires: { 'anthropic-messages': '/special/{region}' } } : {}),
    }
    const at = (params: JsonObject, variables: Readonly<Record<string, string>> = {}): Deployment =>
      make({ model: 'regional/m', ...params }, { tools: { findProvider: () => regional, readVariable: (name) => variables[name] } })

    it('has its address and its paths from them, or from their variables', () => {
      expect(at({}, { REGION_B: 'north' })).toMatchObject({
        baseUrl: 'https://north.vendor.example',
        place: { region: 'north' },
        provider: { wires: { 'openai-chat': '/north/{model}' }, streamPaths: { 'openai-chat': '/north/{model}/stream' } },
      })
      expect(at({ region: 'so/uth', api_base: 'https://x.example' }).provider.wires['openai-chat']).toBe('/so%2Futh/{model}')
      expect(() => at({})).toThrow('give its api_base')
      expect(at({ model: 'regional/special-1', region: 'north' }).provider.wires).toEqual({ 'anthropic-messages': '/special/north' })
    })
    it('takes secrets from their variables at its own address only, and only where nothing else is given', () => {
      const variables = { REGION_A: 'north', ID: 'x', SECRET: 'y' }
      const held = { aws_access_key_id: 'os.environ/ID', aws_secret_access_key: 'os.environ/SECRET' }
      const given = { aws_access_key_id: 'keychain/d/aws_access_key_id' }
      expect(at({}, variables)).toMatchObject({ credential: null, secrets: held })
      expect(at({ api_base: 'https://elsewhere.example' }, { ...variables, REGIONAL_KEY: 'k' })).toMatchObject({ credential: null, secrets: {} })
      expect(at(given, { ...variables, REGIONAL_KEY: 'k' })).toMatchObject({ credential: null, secrets: given })
      expect(at({}, { ...variables, REGIONAL_KEY: 'k' })).toMatchObject({ credential: 'os.environ/REGIONAL_KEY' })
      expect(Object.values(at({}, variables).place)).toEqual(['north'])
    })
  })
  it('bills a call that was broken off as the entry says, else as the provider does', () => {
    const rule = (params: JsonObject): string => make(params).provider.abortedCalls
    const elsewhere = { api_base: 'http://10.0.0.5:9000/v1' }
    expect([rule({ model: 'openai/x' }), rule({ model: 'openai/x', ...elsewhere }), rule({ model: 'x', ...elsewhere })]).toEqual([
      'produced',
      'produced',
      'produced',
    ])
    expect(rule({ model: 'ollama_chat/x' })).toBe('free')
    expect(rule({ model: 'openai/x', ...elsewhere, aborted_calls: 'whole' })).toBe('whole')
    expect(rule({ model: 'ollama_chat/x', aborted_calls: 'produced' })).toBe('produced')
  })
  it.each([
    ['nobody/llama-3', {}, 'There is no provider called nobody here'],
    ['meta-llama/Llama-3', { api_base: 'http://h/v1' }, 'There is no provider called meta-llama here'],
    ['x', { custom_llm_provider: 'sagemaker' }, 'There is no provider called sagemaker here'],
    // Services that ended.
    ['github/openai/gpt-4o', {}, 'There is no provider called github here'],
    ['meta_llama/Llama-3.3-70B-Instruct', {}, 'There is no provider called meta_llama here'],
    ['bedrock/amazon.nova-pro-v1:0', {}, 'give its aws_region_name or api_base'],
    ['bedrock/amazon.nova-pro-v1:0', { aws_region_name: 'evil.example/#' }, 'give its aws_region_name or api_base'],
    ['llama3.1', {}, 'does not say which provider serves it'],
    ['gpt-oss:20b', {}, 'does not say which provider serves it'],
    ['constructor', {}, 'does not say which provider serves it'],
    ['openai/', {}, 'no name after it'],
    ['openai_compatible/x', {}, 'give its api_base'],
    ['openai/x', { litellm_credential_name: 'lost' }, 'There is no credential called lost'],
  ])('is not guessed: %s with %j', (model, params, sentence) => {
    expect(() => make({ model, ...params })).toThrow(sentence)
  })
})

describe('address and credential of a deployment', () => {
  it('takes the whole address of an operation for its base', () => {
    expect(make({ model: 'openai/x', api_base: 'https://h/v1/chat/completions/' }).baseUrl).toBe('https://h/v1')
    expect(make({ model: 'anthropic/x', api_base: 'https://h/v1/messages' }).baseUrl).toBe('https://h')
  })
  it("uses the conventional variable at the vendor's own origin only", () => {
    expect(make({ model: 'openai/x' }).credential).toBe('os.environ/OPENAI_API_KEY')
    expect(make({ model: 'openai/x', api_base: 'https://api.openai.com/v1/' }).credential).toBe('os.environ/OPENAI_API_KEY')
    expect(make({ model: 'openai/x', api_base: 'https://api.openai.com.evil.example/v1' }).credential).toBeNull()
    expect(make({ model: 'openai/x', api_base: 'http://api.openai.com/v1' }).credential).toBeNull()
    expect(make({ model: 'ollama/x' }).credential).toBeNull()
  })
  it('takes key and address from a named credential, and its own first', () => {
    expect(make({ model: 'openai/x', litellm_credential_name: 'shared' })).toMatchObject({
      credential: 'keychain/shared',
      baseUrl: 'https://shared.example/v1',
    })
    expect(make({ model: 'openai/x', litellm_credential_name: 'shared', api_base: 'http://mine/v1' })).toMatchObject({
      credential: 'keychain/shared',
      baseUrl: 'http://mine/v1',
    })
  })
  it.each([
    [{ providerId: 'openai' }, { model: 'openai/x', api_base: 'http://proxy.internal/v1' }],
    [{ providerId: 'hosted_vllm' }, { model: 'vllm/x' }],
    [{ providerId: 'openai' }, { model: 'openai_compatible/x', api_base: 'https://api.openai.com/v1' }],
    [{ providerId: 'openai_compatible', values: { api_base: 'http://10.0.0.5:8000/v1' } }, { model: 'vllm/x' }],
    [{ providerId: null }, { model: 'anthropic/x' }],
  ])('a named credential of %j may go with %j', (credential, params) => {
    const credentials = new Map([['shared', { ...shared, values: {}, ...credential }]])
    expect(make({ ...params, litellm_credential_name: 'shared' }, { tools: { credentials } }).credential).toBe('keychain/shared')
  })
  it.each([
    [{ providerId: 'openai' }, { model: 'anthropic/x' }, 'is for OpenAI and is not sent to Anthropic at https://api.anthropic.com'],
    [{ providerId: 'openai' }, { model: 'groq/x' }, 'is not sent to Groq at https://api.groq.com'],
    [{ providerId: 'openai' }, { model: 'openai_compatible/x', api_base: 'https://elsewhere.example/v1' }, 'at https://elsewhere.example/v1'],
    [{ providerId: 'openai' }, { model: 'openai_compatible/x', api_base: 'http://api.openai.com/v1' }, 'at http://api.openai.com/v1'],
    [{ providerId: 'openai_compatible', values: { api_base: 'http://10.0.0.5:8000/v1' } }, { model: 'vllm/x', api_base: 'http://10.0.0.6:8000/v1' }, 'vLLM'],
    [{ providerId: 'gone' }, { model: 'openai/x' }, 'is for gone'],
  ])('a named credential of %j is refused %j', (credential, params, sentence) => {
    const credentials = new Map([['shared', { ...shared, values: {}, ...credential }]])
    expect(() => make({ ...params, litellm_credential_name: 'shared' }, { tools: { credentials } })).toThrow(sentence)
  })
  it("sends the organization as OpenAI's header where that wire is spoken", () => {
    expect(make({ model: 'openai/x', organization: 'org-1', extra_headers: { 'X-A': '1' } }).extraHeaders).toEqual({
      'openai-organization': 'org-1',
      'x-a': '1',
    })
    expect(make({ model: 'anthropic/x', organization: 'org-1' }).extraHeaders).toEqual({})
  })
})
