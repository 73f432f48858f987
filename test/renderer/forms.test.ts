// The forms of keys and providers: what they check, say and send.
// Promises: an edit sends only what changed; a secret appears in one body only.

import { describe, expect, it } from 'vitest'
import type { PanelKey, PanelProviderKind } from '../../gateway/contract/panel.ts'
import { type KeyForm, checkKeyForm, describeKey, emptyKeyForm, toCreateBody, toKeyForm, toUpdateBody } from '../../renderer/lib/key-form.ts'
import {
  type ProviderForm,
  checkConnection,
  checkProviderForm,
  startProviderForm,
  toCredentialBody,
  toModelBodies,
  toProbeBody,
} from '../../renderer/lib/provider-form.ts'
import { curlSnippet } from '../../renderer/lib/snippet.ts'
import { statusOf } from '../../renderer/pages/keys/key-status.ts'

const nowMs = Date.parse('2026-11-21T11:00:00Z')
const key: PanelKey = {
  id: 3,
  token: 'f'.repeat(64),
  name: 'ci',
  alias: 'ci',
  shown: 'sk-…1a2b',
  teamId: 'web',
  teamName: 'Web',
  models: ['b', 'a'],
  budget: {
    limitUsd: '50.000000000',
    duration: '1mo',
    settledUsd: '10.000000000',
    heldUsd: '0.000000000',
    resetsAtMs: nowMs + 1,
    softUsd: '40.500000000',
    holds: 'block',
    windows: [],
    increase: null,
  },
  organizationId: 'acme',
  projectId: null,
  userId: 'ada',
  spendTotalUsd: '10.000000000',
  rpm: 60,
  parallel: null,
  expiresAtMs: nowMs + 30 * 86_400_000,
  blocked: false,
  metadata: { repository: 'shop', weight: 3 },
  createdAtMs: 0,
  lastUsedAtMs: nowMs,
}
const form = (changes: Partial<KeyForm>): KeyForm => ({ ...emptyKeyForm(), name: 'laptop', ...changes })
const names = { team: null, expiresAtMs: null, nowMs, zone: 'UTC' }

describe('the form of a key', () => {
  it('sends a name and nothing else when nothing else was chosen', () => {
    expect(toCreateBody(form({}))).toEqual({ key_alias: 'laptop' })
  })

  it('sends each limit under the name the admin route has for it', () => {
    expect(
      toCreateBody(
        form({
          budget: 'amount',
          amount: '$1,000.50',
          duration: '7d',
          allModels: false,
          models: ['x'],
          rpm: '60',
          parallel: '4',
          expiry: '30d',
          teamId: 'web',
          tags: [{ name: 'app', value: 'shop' }],
        }),
      ),
    ).toEqual({
      key_alias: 'laptop',
      team_id: 'web',
      max_budget: 1000.5,
      budget_duration: '7d',
      models: ['x'],
      rpm_limit: 60,
      max_parallel_requests: 4,
      duration: '30d',
      metadata: { app: 'shop' },
    })
  })

  it('sends a budget of zero, which blocks paid models, and none for an amount without a period', () => {
    expect(toCreateBody(form({ budget: 'amount', amount: '0', duration: '' }))).toEqual({ key_alias: 'laptop', max_budget: 0 })
  })

  it('changes nothing when nothing was changed', () => {
    expect(toUpdateBody(toKeyForm(key), key)).toEqual({})
  })

  it('sends only what changed, and null to take a limit away', () => {
    expect(toUpdateBody({ ...toKeyForm(key), budget: 'none', rpm: '' }, key)).toEqual({ max_budget: null, budget_holds: 'strict', rpm_limit: null })
    expect(toUpdateBody({ ...toKeyForm(key), allModels: true }, key)).toEqual({ models: [] })
    expect(toUpdateBody({ ...toKeyForm(key), amount: '75' }, key)).toEqual({ max_budget: 75 })
    expect(toUpdateBody({ ...toKeyForm(key), soft: '', userId: ' ', projectId: 'apollo' }, key)).toEqual({
      soft_budget: null,
      user_id: null,
      project_id: 'apollo',
    })
    expect(toUpdateBody({ ...toKeyForm(key), budget: 'none', soft: '', holds: 'strict' }, key)).toMatchObject({
      max_budget: null,
      soft_budget: null,
      budget_duration: null,
    })
  })

  it('keeps the type of a tag that was not touched', () => {
    const edited = toKeyForm(key)
    expect(toUpdateBody({ ...edited, tags: [...edited.tags, { name: 'owner', value: 'ada' }] }, key)).toEqual({
      metadata: { repository: 'shop', weight: 3, owner: 'ada' },
    })
  })

  it('takes an expiry away with -1 and leaves it alone otherwise', () => {
    expect(toUpdateBody({ ...toKeyForm(key), expiry: 'never' }, key)).toEqual({ duration: '-1' })
    expect(toUpdateBody({ ...toKeyForm(key), expiry: '7d' }, key)).toEqual({ duration: '7d' })
    expect(toUpdateBody({ ...toKeyForm(key), expiry: 'never' }, { ...key, expiresAtMs: null })).toEqual({})
  })

  it('names each field that is wrong', () => {
    expect(
      Object.keys(
        checkKeyForm(form({ name: ' ', budget: 'amount', amount: 'ten', allModels: false, rpm: '0', parallel: '1.5', tags: [{ name: '', value: 'x' }] })),
      ),
    ).toEqual(['name', 'amount', 'models', 'rpm', 'parallel', 'tags'])
    expect(
      checkKeyForm(
        form({
          tags: [
            { name: 'a', value: '' },
            { name: ' a ', value: '' },
          ],
        }),
      ).tags,
    ).toBe('Two tags have the same name.')
    expect(checkKeyForm(form({}))).toEqual({})
  })

  it('says in words what the key may do', () => {
    expect(describeKey(form({}), names)).toEqual(['Can use every model of this gateway.', 'No budget of its own.', 'Never expires.'])
    expect(
      describeKey(form({ budget: 'amount', amount: '50', allModels: false, models: ['a', 'b'], expiry: '7d', rpm: '60' }), { ...names, team: 'Web' }),
    ).toEqual([
      'Can use 2 models.',
      'Up to $50.00 per calendar month. Requests beyond it are blocked.',
      'Spends from the budget of team Web as well.',
      'At most 60 requests per minute.',
      'Expires in 7 days.',
    ])
  })
})

describe('the status of a key', () => {
  it.each([
    [{}, 'active'],
    [{ blocked: true, expiresAtMs: nowMs - 1 }, 'blocked'],
    [{ expiresAtMs: nowMs }, 'expired'],
    [{ budget: { ...key.budget, settledUsd: '49.000000000', heldUsd: '1.000000000' } }, 'spent'],
    [{ budget: { ...key.budget, settledUsd: '40.000000000' } }, 'near'],
    [{ budget: { ...key.budget, limitUsd: '0.000000000' } }, 'spent'],
    [{ expiresAtMs: nowMs + 86_400_000 }, 'expiring'],
    [{ lastUsedAtMs: null }, 'unused'],
  ])('with %j it is %s', (changes, status) => {
    expect(statusOf({ ...key, ...changes }, nowMs).id).toBe(status)
  })
})

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

describe('the curl command', () => {
  it('survives a shell whatever the model is called', () => {
    expect(curlSnippet('http://127.0.0.1:4000/v1', "o'brien", 'sk-x')).toContain(`"model": "o'\\''brien"`)
    expect(curlSnippet('http://127.0.0.1:4000/v1', 'm')).toContain('curl http://127.0.0.1:4000/v1/chat/completions')
  })
})
