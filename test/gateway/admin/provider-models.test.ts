// GET /providers/{provider}/models: which account is asked, and what is said of the models it offers.
// Promises: a credential goes only where it is kept for. Leaves alone: reading a vendor's list (test/journeys, providers).

import { beforeEach, describe, expect, test } from 'vitest'
import type { ModelListQuery } from '../../../gateway/admin/deps.ts'
import { refuse } from '../../../gateway/contract/errors.ts'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { refusal } from './refusal.ts'
import { createWorld, type World } from './world.ts'

let world: World
let asked: ModelListQuery[]
beforeEach(async () => {
  asked = []
  world = await createWorld({ variables: { GROQ_API_KEY: 'gsk-of-the-environment' } })
  const put = async (id: string, modelName: string, params: JsonObject): Promise<void> =>
    await world.deps.entries.putDeployment({ id: deploymentId(id), modelName, params, modelInfo: {}, credential: `os.environ/KEY_OF_${id}` })
  await put('one', 'house-model', { model: 'mistral/b-model', api_base: 'https://proxy.example/v1' })
  await put('two', 'other', { model: 'mistral/c' })
  world.network.listModels = (query) => {
    asked.push(query)
    return Promise.resolve(['b-model', 'a-model', 'b-model'])
  }
})
const accounts = (): readonly unknown[] => asked.map(({ provider, baseUrl, credential, secret }) => [provider.id, baseUrl, credential, secret])

describe('GET /providers/{provider}/models', () => {
  test('asks with what is configured, and says how each model is written and served', async () => {
    expect(await world.get('/providers/mistral/models')).toEqual({
      litellm_provider: 'mistral',
      api_base: 'https://proxy.example/v1',
      asked_with: 'os.environ/KEY_OF_one',
      data: [
        { id: 'a-model', model: 'mistral/a-model', model_names: [] },
        { id: 'b-model', model: 'mistral/b-model', model_names: ['house-model'] },
      ],
    })
    await world.get('/providers/mistral/models?litellm_model_id=two')
    expect(accounts()).toEqual([
      ['mistral', 'https://proxy.example/v1', 'os.environ/KEY_OF_one', null],
      ['mistral', 'https://api.mistral.ai/v1', 'os.environ/KEY_OF_two', null],
    ])
  })

  test('asks with a stored credential, at its own address', async () => {
    const values = { api_base: 'https://stored.example/v1/' }
    await world.deps.entries.putCredential({ name: 'mine', providerId: 'mistral', ref: 'keychain/mine', values, createdAtMs: 0 })
    await world.get('/providers/mistral/models?litellm_credential_name=mine')
    expect(accounts()).toEqual([['mistral', 'https://stored.example/v1', 'keychain/mine', null]])
    expect(await refusal(world.ask('GET', '/providers/groq/models?litellm_credential_name=mine'))).toMatchObject({ code: 'invalid_request' })
    await world.deps.entries.putCredential({ name: 'engine', providerId: 'hosted_vllm', ref: '', values, createdAtMs: 0 })
    await world.get('/providers/vllm/models?litellm_credential_name=engine')
    expect(accounts()).toHaveLength(2)
    expect(await refusal(world.ask('GET', '/providers/groq/models?litellm_credential_name=nobody'))).toMatchObject({ code: 'record_not_found' })
  })

  test('asks the vendor itself where nothing is configured, with its conventional variable', async () => {
    await world.get('/providers/groq/models')
    await world.get('/providers/hosted_vllm/models')
    expect(accounts()).toEqual([
      ['groq', 'https://api.groq.com/openai/v1', 'os.environ/GROQ_API_KEY', null],
      ['vllm', 'http://127.0.0.1:8000/v1', null, null],
    ])
  })

  test.each([
    ['/providers/nobody/models', 'record_not_found', 'There is no provider nobody.'],
    ['/providers/cohere/models', 'credential_missing', 'COHERE_API_KEY is not set'],
    ['/providers/mistral/models?litellm_model_id=three', 'record_not_found', 'There is no deployment three of Mistral AI.'],
    ['/providers/openai_compatible/models', 'invalid_request', 'has no address of its own'],
  ])('says of %s what is missing', async (target, code, said) => {
    const error = await refusal(world.ask('GET', target))
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(said) as string])
    expect(asked).toEqual([])
  })

  test('hands on why a vendor did not answer, and is the administrator’s', async () => {
    world.network.listModels = () => Promise.reject(refuse('upstream_credential', { provider: 'Mistral AI' }))
    expect(await refusal(world.ask('GET', '/providers/mistral/models'))).toMatchObject({ code: 'upstream_credential', status: 502 })
    const caller = { ...world.deps.directory.adminCaller, kind: 'key' } as const
    expect(await refusal(world.ask('GET', '/providers/mistral/models', { as: caller }))).toMatchObject({ code: 'admin_only' })
  })
})
