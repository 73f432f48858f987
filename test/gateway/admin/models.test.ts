// Deployments through LiteLLM's routes: made and usable at once, shown without secrets, refused when they cannot be served.

import { beforeEach, describe, expect, test } from 'vitest'
import { findKey } from '../../../gateway/admin/find-record.ts'
import { toUsdPerMillion } from '../../../gateway/admin/model-shape.ts'
import { parseUnitPrice } from '../../../gateway/contract/money.ts'
import { refusal } from './refusal.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld({
    fileDeployments: [{ model_name: 'from-file', litellm_params: { model: 'openai/gpt-4o', api_key: 'os.environ/OPENAI_API_KEY' } }],
  })
})
const gpt = { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', api_key: 'os.environ/OPENAI_API_KEY' } }

describe('POST /model/new', () => {
  test('the catalog has the deployment when the answer comes', async () => {
    const made = await world.post('/model/new', { ...gpt, model_info: { id: 'my-gpt' } })
    expect(made).toMatchObject({ model_id: 'my-gpt', model_name: 'gpt', model_info: { id: 'my-gpt', db_model: true, mode: 'chat' } })
    expect(world.deps.catalog().find('gpt')?.deployments[0]).toMatchObject({
      id: 'my-gpt',
      upstreamModel: 'gpt-4o',
      credential: 'os.environ/OPENAI_API_KEY',
      origin: 'ledger',
    })
  })

  test('puts a literal key into the vault and shows it nowhere', async () => {
    const made = await world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', api_key: 'sk-provider-secret' } })
    expect([...world.vaultSecrets.values()].map((value) => value.open())).toEqual(['sk-provider-secret'])
    const shown = JSON.stringify([made, await world.get('/model/info'), world.deps.entries.deployments(), world.logged, await world.get('/panel/providers')])
    expect(shown).not.toContain('sk-provider-secret')
  })

  test('takes back an entry that cannot be served, with its secret, and says why', async () => {
    const refused = await refusal(world.post('/model/new', { model_name: 'x', litellm_params: { model: 'nobody/x', api_key: 'sk-provider-secret' } }))
    expect(refused).toMatchObject({ status: 400 })
    expect(refused.message).toMatch(/^There is no provider called nobody/)
    expect(world.deps.entries.deployments()).toEqual([])
    expect(world.vaultSecrets.size).toBe(0)
  })

  test('refuses an id that is taken, also by the file', async () => {
    await world.post('/model/new', { ...gpt, model_info: { id: 'one' } })
    for (const id of ['one', 'file-0'])
      expect(await refusal(world.post('/model/new', { ...gpt, model_info: { id } }))).toMatchObject({ status: 400, hints: { param: 'model_info.id' } })
  })

  test('of two that ask for one id at the same moment one is made, with its own key and budget', async () => {
    const asked = ['first', 'second'].map((api_key, index) => ({
      model_name: api_key,
      litellm_params: { model: 'openai/gpt-4o', api_key, max_budget: index + 1 },
      model_info: { id: 'mine' },
    }))
    const outcomes = await Promise.allSettled(asked.map((body) => world.post('/model/new', body)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(world.deps.entries.deployments()).toMatchObject([{ id: 'mine', modelName: 'first' }])
    expect([...world.vaultSecrets.values()].map((value) => value.open())).toEqual(['first'])
    expect(await world.get('/budgets?kind=deployment')).toMatchObject({ budgets: [{ name: 'first at OpenAI', windows: [{ max_budget: '1.000000000' }] }] })
  })

  test.each(['nobody/x', 'openai/gpt-4o'])('refuses the id of an entry that cannot be served, and leaves it all it has: %s', async (model) => {
    const params = { model: 'openai/gpt-4o', api_key: 'sk-provider-secret', max_budget: 5 }
    await world.post('/model/new', { model_name: 'm', litellm_params: params, model_info: { id: 'mine' } })
    const [made] = world.deps.entries.deployments()
    if (made === undefined) throw new Error('nothing was made')
    await world.deps.entries.putDeployment({ ...made, params: { ...made.params, model: 'gone_provider/x' } })
    const all = async (): Promise<unknown> => [
      world.deps.entries.deployments(),
      [...world.vaultSecrets].map(([ref, value]) => [ref, value.open()]),
      await world.get('/budgets?kind=deployment'),
    ]
    const before = await all()
    const again = { model_name: 'm', litellm_params: { model, api_key: 'sk-other-secret', max_budget: 9 }, model_info: { id: 'mine' } }
    expect(await refusal(world.post('/model/new', again))).toMatchObject({ status: 400, hints: { param: 'model_info.id' } })
    expect(await all()).toEqual(before)
  })

  test('keeps the budget of the deployment, and takes it away with it', async () => {
    const model = { model_name: 'm', litellm_params: { model: 'openai/gpt-4o', api_key: 'os.environ/X', max_budget: 5, budget_duration: '1d' } }
    const id = String((await world.post('/model/new', model))['model_id'])
    const windows = async (): Promise<unknown> =>
      ((await world.get('/budgets?kind=deployment'))['budgets'] as { id: string; windows: unknown }[]).find((row) => row.id === id)?.windows
    expect(await windows()).toMatchObject([{ max_budget: '5.000000000', budget_duration: '1d' }])
    await world.post('/model/delete', { id })
    expect(await windows()).toEqual([])
  })

  test.each(['max_parallel_requests', 'tags', 'default_api_key_rpm_limit'])('refuses litellm_params.%s, which it does not keep', async (field) => {
    const refused = await refusal(world.post('/model/new', { ...gpt, litellm_params: { ...gpt.litellm_params, [field]: field === 'tags' ? ['x'] : 5 } }))
    expect(refused.hints.param).toBe(`litellm_params.${field}`)
  })

  test.each([
    ['access_groups', ['beta']],
    ['team_id', 't'],
    ['blocked', true],
  ])('refuses model_info.%s, which it does not keep', async (field, value) => {
    expect((await refusal(world.post('/model/new', { ...gpt, model_info: { [field]: value } }))).hints.param).toBe(`model_info.${field}`)
  })
})

describe('POST /model/delete', () => {
  test('removes the deployment and the key that was typed into it', async () => {
    const made = await world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', api_key: 'sk-provider-secret' } })
    expect(await world.post('/model/delete', { id: String(made['model_id']) })).toEqual({ message: `Model: ${String(made['model_id'])} deleted successfully` })
    expect(world.deps.catalog().find('gpt')).toBeNull()
    expect(world.vaultSecrets.size).toBe(0)
  })

  test('keeps a named credential', async () => {
    await world.post('/credentials', { credential_name: 'shared', credential_values: { api_key: 'sk-provider-secret' } })
    const made = await world.post('/model/new', { model_name: 'gpt', litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'shared' } })
    await world.post('/model/delete', { id: String(made['model_id']) })
    expect(world.vaultSecrets.size).toBe(1)
  })

  test('leaves the configuration file’s entries alone', async () => {
    expect(await refusal(world.post('/model/delete', { id: 'file-0' }))).toMatchObject({ code: 'read_only_entry', status: 409 })
  })

  test('answers 404 for an id that is not there', async () => {
    expect(await refusal(world.post('/model/delete', { id: 'nobody' }))).toMatchObject({ status: 404 })
  })
})

describe('GET /model/info', () => {
  test('shows facts and prices in LiteLLM’s fields', async () => {
    await world.post('/model/new', {
      ...gpt,
      litellm_params: { ...gpt.litellm_params, input_cost_per_token: 2.5e-6, output_cost_per_token: 1e-5 },
      model_info: { id: 'priced', max_input_tokens: 1000, max_output_tokens: 50 },
    })
    expect(await world.get('/v1/model/info?litellm_model_id=priced')).toMatchObject({
      data: [
        {
          model_name: 'gpt',
          litellm_params: { model: 'openai/gpt-4o', custom_llm_provider: 'openai', api_base: 'https://api.openai.com/v1' },
          model_info: {
            id: 'priced',
            db_model: true,
            max_tokens: 50,
            max_input_tokens: 1000,
            max_output_tokens: 50,
            input_cost_per_token: 2.5e-6,
            output_cost_per_token: 1e-5,
          },
        },
      ],
    })
  })

  test('an unpriced model has unknown costs, not free ones', async () => {
    await world.post('/model/new', {
      model_name: 'odd',
      litellm_params: { model: 'openai/a-model-nobody-priced', api_key: 'os.environ/X' },
      model_info: { id: 'odd' },
    })
    expect(await world.get('/model/info?litellm_model_id=odd')).toMatchObject({
      data: [{ model_info: { input_cost_per_token: null, output_cost_per_token: null } }],
    })
  })

  test('a key sees only its models, without addresses', async () => {
    await world.post('/model/new', gpt)
    const made = await world.post('/key/generate', { models: ['gpt'] })
    const as = findKey(world.deps.directory, String(made['token'])).caller
    const seen = await world.get('/model/info', { as })
    expect(seen).toMatchObject({ data: [{ model_name: 'gpt' }] })
    expect(JSON.stringify(seen)).not.toContain('api_base')
    expect(await refusal(world.get('/model/info?litellm_model_id=file-0', { as }))).toMatchObject({ status: 404 })
  })

  test('shows neither references to credentials nor header values', async () => {
    await world.post('/model/new', { ...gpt, litellm_params: { ...gpt.litellm_params, extra_headers: { 'x-team': 'header-value' } } })
    const shown = JSON.stringify(await world.get('/model/info'))
    expect(shown).not.toContain('OPENAI_API_KEY')
    expect(shown).not.toContain('header-value')
  })
})

test.each([
  ['2.5e-6', '2.5'],
  ['0.00003', '30'],
  ['1e-12', '0.000001'],
  ['0', '0'],
  ['1', '1000000'],
  ['0.000000123456', '0.123456'],
])('%s dollars per token are %s per million', (perToken, perMillion) => {
  expect(toUsdPerMillion(parseUnitPrice(perToken))).toBe(perMillion)
})
