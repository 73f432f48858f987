// The form of a provider: what it checks and sends.
// Promises: a secret appears in one body only.

import { describe, expect, it } from 'vitest'
import type { PanelProviderKind } from '../../gateway/contract/panel.ts'
import {
  type ProviderForm,
  checkConnection,
  checkProviderForm,
  startProviderForm,
  toCredentialBody,
  toModelBodies,
  toProbeBody,
} from '../../renderer/lib/provider-form.ts'

describe('the form of a provider', () => {
  const kind: PanelProviderKind = {
    id: 'openai',
    title: 'OpenAI',
    local: false,
    needsKey: true,
    defaultBaseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    keyVariableSet: false,
    settings: [
      { name: 'api_base', label: 'Base URL', kind: 'url', required: false },
      { name: 'api_key', label: 'API key', kind: 'secret', required: true },
      { name: 'num_ctx', label: 'Context', kind: 'number', required: false },
    ],
    documentationUrl: 'https://platform.openai.com/docs',
    verified: true,
    common: true,
  }
  const vault = { canSave: true, savedNames: ['openai'] }
  const filled = (changes: Partial<ProviderForm>): ProviderForm => ({
    ...startProviderForm(kind, vault),
    picked: [{ upstream: 'gpt-4o', name: 'smart' }],
    ...changes,
  })

  it('starts with the credential that needs least work', () => {
    expect(startProviderForm({ ...kind, keyVariableSet: true }, vault).credential).toBe('variable')
    expect(startProviderForm(kind, vault).credential).toBe('saved')
    expect(startProviderForm(kind, { canSave: true, savedNames: [] }).credential).toBe('new')
    expect(startProviderForm(kind, { canSave: false, savedNames: [] }).credential).toBe('variable')
    expect(startProviderForm({ ...kind, needsKey: false }, vault).credential).toBe('none')
  })

  it('writes the provider in front of its model and refers to the credential by name', () => {
    expect(toModelBodies(filled({ settings: { num_ctx: '8192' }, baseUrl: 'https://proxy.example/v1/' })).map((item) => item.body)).toEqual([
      {
        model_name: 'smart',
        litellm_params: { model: 'openai/gpt-4o', api_base: 'https://proxy.example/v1', num_ctx: 8192, litellm_credential_name: 'openai' },
        model_info: {},
      },
    ])
  })

  it('puts a pasted secret into the credential and the probe, never into a model', () => {
    const pasted = filled({ credential: 'new', newName: 'work', newSecret: ' sk-secret ' })
    expect(toCredentialBody(pasted)).toEqual({
      credential_name: 'work',
      credential_values: { api_key: 'sk-secret' },
      credential_info: { custom_llm_provider: 'openai' },
    })
    expect(toProbeBody(pasted)).toEqual({ provider: 'openai', api_key: 'sk-secret' })
    expect(JSON.stringify(toModelBodies(pasted))).not.toContain('sk-secret')
    expect(toCredentialBody(filled({}))).toBeNull()
  })

  const several: typeof kind = {
    ...kind,
    id: 'azure',
    settings: [
      { name: 'api_key', label: 'API key', kind: 'secret', required: false },
      { name: 'tenant_id', label: 'Tenant', kind: 'text', required: false },
      { name: 'client_secret', label: 'Client secret', kind: 'secret', required: false },
    ],
  }
  it('puts every secret of a provider that has several into the credential, and the rest into the model', () => {
    const form = {
      ...filled({ credential: 'new', newName: 'work', newSecrets: { client_secret: ' entra~secret ' } }),
      kind: several,
      settings: { tenant_id: 't' },
    }
    expect(toCredentialBody(form)).toEqual({
      credential_name: 'work',
      credential_values: { client_secret: 'entra~secret' },
      credential_info: { custom_llm_provider: 'azure' },
    })
    expect(toModelBodies(form)[0]?.body['litellm_params']).toMatchObject({ tenant_id: 't', litellm_credential_name: 'work' })
    expect(JSON.stringify(toModelBodies(form))).not.toContain('entra~secret')
    expect(checkConnection(form, vault).credential).toBeUndefined()
    expect(checkConnection({ ...form, newSecrets: { client_secret: ' ' } }, vault).credential).toBe('Paste the key the provider gave you.')
  })

  it('says which secret a variable holds where there are several', () => {
    const form = { ...filled({ credential: 'variable', variable: 'ENTRA_SECRET', variableHolds: 'client_secret' }), kind: several }
    expect(toModelBodies(form)[0]?.body['litellm_params']).toMatchObject({ client_secret: 'os.environ/ENTRA_SECRET' })
    expect(startProviderForm({ ...several, settings: several.settings.toReversed() }, vault).variableHolds).toBe('client_secret')
  })

  it('refers to environment variables the way the configuration file does', () => {
    expect(toProbeBody(filled({ credential: 'variable', variable: 'MY_KEY' }))).toEqual({ provider: 'openai', api_key: 'os.environ/MY_KEY' })
  })

  it('moves the exponent of a price and keeps its digits', () => {
    const [model] = toModelBodies(filled({ inputUsdPerMillion: '0.15', outputUsdPerMillion: '0.6' }))
    expect(model?.body['litellm_params']).toMatchObject({ input_cost_per_token: 1.5e-7, output_cost_per_token: 6e-7 })
  })

  it('says what is missing before it asks the provider, and more before it saves', () => {
    expect(checkConnection(filled({ baseUrl: 'ftp://x' }), vault)).toEqual({ baseUrl: 'Write an address that begins with http:// or https://.' })
    expect(checkConnection(filled({ credential: 'variable', variable: 'not a name' }), vault).credential).toMatch(/environment variable/)
    expect(checkConnection({ ...filled({}), kind: { ...kind, defaultBaseUrl: null } }, vault).baseUrl).toBe('This provider needs an address.')
    expect(checkProviderForm(filled({ picked: [] }), vault).picked).toBe('Choose at least one model.')
    expect(checkProviderForm(filled({ inputUsdPerMillion: '1' }), vault).prices).toBe('Give both prices, or neither.')
    expect(checkProviderForm(filled({}), vault)).toEqual({})
  })
})
