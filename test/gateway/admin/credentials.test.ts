// Provider credentials: kept by reference, renewed in place, never answered.

import { beforeEach, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../gateway/contract/json.ts'
import { refusal } from './refusal.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
const save = (api_key: string, more: object = {}) => ({
  credential_name: 'openai',
  credential_values: { api_key, ...more },
  credential_info: { custom_llm_provider: 'openai' },
})

describe('credentials', () => {
  test('a key goes into the vault and its reference into the list', async () => {
    expect(await world.post('/credentials', save('sk-provider-secret', { api_base: 'https://proxy.example/v1' }))).toEqual({
      success: true,
      message: 'Credential created successfully',
    })
    const listed = await world.get('/credentials')
    expect(listed).toEqual({
      success: true,
      credentials: [
        {
          credential_name: 'openai',
          credential_values: { api_key: 'keychain/credential/openai', api_base: 'https://proxy.example/v1' },
          credential_info: { custom_llm_provider: 'openai', description: null, created_at: '2026-11-21T09:30:00.000Z', saved_at: '2026-11-21T09:30:00.000Z' },
        },
      ],
    })
    expect(world.vaultSecrets.get('keychain/credential/openai')?.open()).toBe('sk-provider-secret')
    expect(JSON.stringify([world.deps.entries.credentials(), world.logged])).not.toContain('sk-provider-secret')
  })

  test('a reference to the environment stays one', async () => {
    await world.post('/credentials', save('os.environ/OPENAI_API_KEY'))
    expect(world.deps.entries.credentials()).toMatchObject([{ ref: 'os.environ/OPENAI_API_KEY' }])
    expect(world.vaultSecrets.size).toBe(0)
  })

  test.each(['os.environ/', 'os.environ/NOT A NAME', 'os.environ/1X'])('refuses the reference %s instead of saving it as a secret', async (api_key) => {
    expect(await refusal(world.post('/credentials', save(api_key)))).toMatchObject({ status: 400 })
    expect(world.vaultSecrets.size).toBe(0)
  })

  test('refuses values it has no place for', async () => {
    expect((await refusal(world.post('/credentials', save('x', { aws_secret_access_key: 'y' })))).message).toContain('aws_secret_access_key')
    expect(await refusal(world.post('/credentials', { credential_name: 'x', credential_values: {} }))).toMatchObject({
      hints: { param: 'credential_values.api_key' },
    })
    expect(await refusal(world.post('/credentials', { ...save('x'), credential_info: { custom_llm_provider: 'nobody' } }))).toMatchObject({
      hints: { param: 'credential_info.custom_llm_provider' },
    })
  })

  test('a name is given once', async () => {
    await world.post('/credentials', save('first'))
    expect(await refusal(world.post('/credentials', save('second')))).toMatchObject({ code: 'conflict', status: 409 })
    expect(world.vaultSecrets.get('keychain/credential/openai')?.open()).toBe('first')
  })

  test('of two that ask for one name at the same moment one is saved', async () => {
    const outcomes = await Promise.allSettled([world.post('/credentials', save('first')), world.post('/credentials', save('second'))])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(world.vaultSecrets.get('keychain/credential/openai')?.open()).toBe('first')
  })

  test('one that a deployment is just taking into use is not deleted', async () => {
    await world.post('/credentials', save('first'))
    const made = world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'openai' } })
    const deleted = refusal(world.ask('DELETE', '/credentials/openai'))
    await made
    expect(await deleted).toMatchObject({ status: 409 })
    expect(world.deps.catalog().find('gpt')?.deployments[0].credential).toBe('keychain/credential/openai')
  })

  test('a deployment of another provider is refused the credential, and the credential another provider while it is used', async () => {
    await world.post('/credentials', save('first'))
    const foreign = { model_name: 'claude', litellm_params: { model: 'anthropic/claude-sonnet-4-5', litellm_credential_name: 'openai' } }
    const refused = await refusal(world.post('/model/new', foreign))
    expect(refused).toMatchObject({ status: 400, hints: { param: 'litellm_params' } })
    expect(refused.message).toMatch(/^The credential openai is for OpenAI and is not sent to Anthropic at https:\/\/api\.anthropic\.com\./)
    expect(world.deps.catalog().find('claude')).toBeNull()
    await world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'openai' } })
    const moved = { body: { credential_values: {}, credential_info: { custom_llm_provider: 'anthropic' } } }
    expect(await refusal(world.ask('PATCH', '/credentials/openai', moved))).toMatchObject({ status: 409 })
    expect(world.deps.catalog().find('gpt')).not.toBeNull()
  })

  test('a probe sends no credential of another provider, and shows a credential under its provider’s own name', async () => {
    const values = { api_base: 'http://10.0.0.5:8000/v1' }
    for (const entry of [
      { name: 'mine', providerId: 'openai', values: {} },
      { name: 'engine', providerId: 'hosted_vllm', values },
    ])
      await world.deps.entries.putCredential({ ...entry, ref: 'os.environ/KEY', createdAtMs: 0 })
    world.network.listModels = ({ baseUrl }) => Promise.resolve([baseUrl])
    for (const typed of [{ provider: 'groq' }, { provider: 'openai_compatible', api_base: 'https://elsewhere.example/v1' }])
      expect(await refusal(world.post('/panel/probe', { ...typed, credential_name: 'mine' }))).toMatchObject({ hints: { param: 'credential_name' } })
    expect(await world.post('/panel/probe', { provider: 'vllm', credential_name: 'engine' })).toMatchObject({ models: [values.api_base] })
    expect(await world.get('/panel/providers')).toMatchObject({ credentials: [{ providerId: 'openai' }, { providerId: 'vllm' }] })
  })

  test('a renewed key reaches the deployments that use it', async () => {
    await world.post('/credentials', save('first'))
    await world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'openai' } })
    await world.ask('PATCH', '/credentials/openai', { body: { credential_values: { api_key: 'os.environ/NEW' } } })
    expect(world.deps.catalog().find('gpt')?.deployments[0].credential).toBe('os.environ/NEW')
    expect(world.deps.entries.credentials()).toMatchObject([{ providerId: 'openai', ref: 'os.environ/NEW' }])
    expect(world.vaultSecrets.size).toBe(0)
  })

  test('one in use is not deleted; one that is free takes its secret along', async () => {
    await world.post('/credentials', save('first'))
    const made = await world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'openai' } })
    const refused = await refusal(world.ask('DELETE', '/credentials/openai'))
    expect(refused).toMatchObject({ status: 409 })
    expect(refused.message).toContain('gpt')
    await world.post('/model/delete', { id: String(made['model_id']) })
    await world.ask('DELETE', '/credentials/openai')
    expect([world.vaultSecrets.size, world.deps.entries.credentials()]).toEqual([0, []])
    expect(await refusal(world.ask('DELETE', '/credentials/openai'))).toMatchObject({ status: 404 })
  })

  test('a deployment that reads the same variable without naming the credential does not hold it', async () => {
    await world.post('/credentials', save('os.environ/OPENAI_API_KEY'))
    await world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o' } })
    expect(world.deps.catalog().find('gpt')?.deployments[0].credential).toBe('os.environ/OPENAI_API_KEY')
    expect(await world.get('/panel/providers')).toMatchObject({ deployments: [{ credential: 'os.environ/OPENAI_API_KEY' }], credentials: [{ usedBy: 0 }] })
    await world.ask('DELETE', '/credentials/openai')
    const named = { model_name: 'named', litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'openai' } }
    await world.post('/credentials', save('os.environ/OPENAI_API_KEY'))
    await world.post('/model/new', named)
    expect((await refusal(world.ask('DELETE', '/credentials/openai'))).message).toContain('is used by named. Delete')
  })

  test('says what to do where nothing can be saved', async () => {
    world = await createWorld({ canSave: false })
    expect(await refusal(world.post('/credentials', save('secret')))).toMatchObject({ code: 'vault_unavailable' })
    await world.post('/credentials', save('os.environ/OPENAI_API_KEY'))
  })

  const application = {
    credential_name: 'entra',
    credential_values: { tenant_id: 'contoso.onmicrosoft.com', client_id: 'c', client_secret: 'entra~secret' },
    credential_info: { custom_llm_provider: 'azure' },
  }
  test('several values make one credential: secrets into the vault, the rest as it is', async () => {
    await world.post('/credentials', application)
    expect(await world.get('/credentials')).toMatchObject({
      credentials: [
        { credential_values: { tenant_id: 'contoso.onmicrosoft.com', client_id: 'c', client_secret: 'keychain/credential-part/client_secret/entra' } },
      ],
    })
    expect([...world.vaultSecrets.keys()]).toEqual(['keychain/credential-part/client_secret/entra'])
    expect(JSON.stringify([world.deps.entries.credentials(), world.logged])).not.toContain('entra~secret')
    const params = { model: 'azure/my-gpt', api_base: 'https://my.openai.azure.com', litellm_credential_name: 'entra' }
    await world.post('/model/new', { model_name: 'gpt', litellm_params: params })
    expect(world.deps.catalog().find('gpt')?.deployments[0]).toMatchObject({
      credential: null,
      secrets: { client_secret: 'keychain/credential-part/client_secret/entra' },
      place: { tenant_id: 'contoso.onmicrosoft.com', client_id: 'c' },
    })
    const overview = await world.get('/panel/providers')
    expect(overview).toMatchObject({ deployments: [{ credential: 'entra' }], credentials: [{ name: 'entra', usedBy: 1 }] })
    expect((await refusal(world.ask('DELETE', '/credentials/entra'))).message).toContain('gpt')
  })
  test('one value is renewed and the others stay; what is replaced goes', async () => {
    await world.post('/credentials', application)
    await world.ask('PATCH', '/credentials/entra', { body: { credential_values: { client_secret: 'os.environ/ENTRA_SECRET' } } })
    expect(world.deps.entries.credentials()).toMatchObject([
      { ref: '', values: { tenant_id: 'contoso.onmicrosoft.com', client_secret: 'os.environ/ENTRA_SECRET' } },
    ])
    expect(world.vaultSecrets.size).toBe(0)
  })
  test('deleting takes every secret along', async () => {
    await world.post('/credentials', { ...application, credential_values: { ...application.credential_values, api_key: 'k' } })
    expect(world.vaultSecrets.size).toBe(2)
    await world.ask('DELETE', '/credentials/entra')
    expect([world.vaultSecrets.size, world.deps.entries.credentials()]).toEqual([0, []])
  })
  test('a key file is kept as JSON, or by its path', async () => {
    const google = (name: string, vertex_credentials: Json) => ({
      credential_name: name,
      credential_values: { vertex_credentials },
      credential_info: { custom_llm_provider: 'vertex_ai' },
    })
    await world.post('/credentials', google('pasted', { type: 'service_account', private_key: 'x' }))
    await world.post('/credentials', google('file', '/etc/account.json'))
    expect(world.vaultSecrets.get('keychain/credential-part/vertex_credentials/pasted')?.open()).toBe('{"type":"service_account","private_key":"x"}')
    expect(world.deps.entries.credentials().find(({ name }) => name === 'file')?.values).toEqual({ vertex_credentials: 'credential-file//etc/account.json' })
  })
  test.each<[string, JsonObject, string]>([
    ['what is no secret alone', { tenant_id: 't' }, 'credential_values.api_key'],
    ['a value of another provider', { api_key: 'k', vertex_project: 'p' }, 'credential_values.vertex_project'],
    ['a reference that is none', { client_secret: 'os.environ/NOT A NAME' }, 'credential_values.client_secret'],
    ['a number', { client_secret: 7 }, 'credential_values.client_secret'],
  ])('refuses %s, and keeps nothing', async (_title, credential_values, param) => {
    expect(await refusal(world.post('/credentials', { ...application, credential_values }))).toMatchObject({ status: 400, hints: { param } })
    expect([world.vaultSecrets.size, world.deps.entries.credentials()]).toEqual([0, []])
  })
})
