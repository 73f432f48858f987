// What the panel reads: every answer satisfies its declared schema; home, requests, keys, providers, probe.

import { beforeEach, describe, expect, test } from 'vitest'
import { refuse } from '../../../gateway/contract/errors.ts'
import { requestId, teamId } from '../../../gateway/contract/ids.ts'
import { listOf, objectOf } from '../../../gateway/contract/json.ts'
import { nanoUsd, picoUsd } from '../../../gateway/contract/money.ts'
import { refusal } from './refusal.ts'
import { createWorld, startMs, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
const dayMs = 86_400_000

describe('GET /panel/home', () => {
  test('an empty gateway has zeros, the setup still to do, and nothing that needs attention', async () => {
    expect(await world.get('/panel/home')).toMatchObject({
      totals: { requests: 0, costUsd: '0.000000000' },
      setup: { models: 0, keys: 0, requests: 0 },
      attention: [],
      budgets: [],
      recent: [],
      grain: 'hour',
    })
  })

  test('sums the current hour and the 23 before it, and compares with the 24 before those', async () => {
    for (const hours of [0, 1, 23]) world.ledger.add({ receivedAtMs: startMs - hours * 3_600_000 })
    for (const hours of [24, 47]) world.ledger.add({ receivedAtMs: startMs - hours * 3_600_000, end: 'failed', model: 'other' })
    world.ledger.add({ receivedAtMs: startMs - 48 * 3_600_000 })
    const home = await world.get('/panel/home')
    expect(home).toMatchObject({
      totals: { requests: 3, errors: 0, costUsd: '0.030000000' },
      previous: { requests: 2, errors: 2 },
      topModels: [{ model: 'gpt-4o', requests: 3, costUsd: '0.030000000' }],
    })
    expect(listOf(home['series'])).toHaveLength(24)
    expect(listOf(home['recent'])).toHaveLength(6)
  })

  test('a call that was refused before its body was read is no model', async () => {
    world.ledger.add()
    world.ledger.add({ end: 'refused', model: '' })
    expect((await world.get('/panel/home'))['topModels']).toMatchObject([{ model: 'gpt-4o', requests: 1 }])
  })

  test.each([
    ['7d', 'day', 7],
    ['30d', 'day', 30],
    ['1h', 'hour', 1],
  ])('%s has %s buckets, %d of them', async (range, grain, count) => {
    const home = await world.get(`/panel/home?range=${range}`)
    expect([home['grain'], listOf(home['series']).length]).toEqual([grain, count])
  })

  test.each(['0h', '500h', '999d', 'week'])('refuses the range %s', async (range) => {
    expect(await refusal(world.get(`/panel/home?range=${range}`))).toMatchObject({ status: 400, hints: { param: 'range' } })
  })

  test('names what needs a person, worst first', async () => {
    await world.post('/key/generate', { key_alias: 'nearly', max_budget: 1 })
    await world.post('/key/generate', { key_alias: 'over', max_budget: 1 })
    await world.post('/key/generate', { key_alias: 'blocked by design', max_budget: 0 })
    await world.post('/key/generate', { key_alias: 'soon', duration: '6d' })
    await world.post('/key/generate', { key_alias: 'later', duration: '8d' })
    await world.post('/model/new', { model_name: 'odd', litellm_params: { model: 'openai/a-model-nobody-priced', api_key: 'os.environ/MISSING' } })
    const scope = (alias: string) => world.deps.directory.findByAlias(alias)?.key.scopeId ?? world.ledger.snapshot.globalScopeId
    world.ledger.settled.set(scope('nearly'), nanoUsd(800_000_000n))
    world.ledger.settled.set(scope('over'), nanoUsd(1_000_000_000n))
    const { attention, budgets } = await world.get('/panel/home')
    expect(attention).toEqual([
      {
        kind: 'budget',
        level: 'bad',
        text: 'The budget of the key over is used up.',
        href: `/ui/keys/${String(world.deps.directory.findByAlias('over')?.key.id)}`,
      },
      { kind: 'credential', level: 'bad', text: 'The model odd needs the environment variable MISSING, which is not set.', href: '/ui/providers' },
      expect.objectContaining({ kind: 'budget', level: 'warn', text: 'The budget of the key nearly is 80 % used.' }),
      expect.objectContaining({ kind: 'expiring', text: 'The key soon expires in 6 days.' }),
      expect.objectContaining({ kind: 'unpriced', level: 'warn' }),
    ])
    expect(listOf(budgets).map((budget) => objectOf(budget)?.['name'])).toEqual(['over', 'nearly', 'blocked by design'])
  })
})

describe('what needs a person', () => {
  test('leads to the requests that were cut off, however long ago', async () => {
    const facts = { ...(await world.deps.reports.facts()), orphanedRequests: 2 }
    Object.assign(world.deps.reports, { facts: () => Promise.resolve(facts) })
    expect((await world.get('/panel/home'))['attention']).toMatchObject([{ kind: 'orphaned', href: '/ui/requests?outcome=failed&range=all' }])
  })

  test('says which of the limits of one key is used up', async () => {
    const limits = [
      { budget_duration: '1mo', max_budget: 1 },
      { budget_duration: '12h', max_budget: 1 },
    ]
    await world.post('/key/generate', { key_alias: 'ci', max_budget: 1, budget_duration: '1d', soft_budget: 1, budget_limits: limits })
    const scopeId = world.deps.directory.findByAlias('ci')?.key.scopeId ?? world.ledger.snapshot.globalScopeId
    world.ledger.settled.set(scopeId, nanoUsd(1_000_000_000n))
    const { attention } = await world.get('/panel/home')
    expect(listOf(attention).map((item) => objectOf(item)?.['text'])).toEqual([
      'The daily budget of the key ci is used up.',
      'The monthly budget of the key ci is used up.',
      'The 12h budget of the key ci is used up.',
      'The daily soft budget of the key ci is reached; nothing is refused.',
    ])
  })
})

describe('requests', () => {
  test('are paged by row, newest first, with amounts as text', async () => {
    for (let index = 0; index < 5; index += 1) world.ledger.add()
    const first = await world.get('/panel/requests?limit=2')
    expect(first).toMatchObject({
      rows: [{ row: 5, costUsd: '0.010000000', heldUsd: '0.020000000', firstByteMs: 1.5, totalMs: 2.5 }, { row: 4 }],
      next: 4,
      count: 5,
    })
    expect(await world.get('/panel/requests?limit=2&before=4')).toMatchObject({ rows: [{ row: 3 }, { row: 2 }], next: 2 })
  })

  test('are filtered by what the panel’s address holds', async () => {
    world.ledger.add({ teamId: teamId(7), teamName: 'Web', model: 'a', receivedAtMs: startMs - dayMs })
    world.ledger.add({ end: 'failed', model: 'b' })
    for (const [query, model] of [
      ['team=7', 'a'],
      ['outcome=error', 'b'],
      ['model=a', 'a'],
      [`to=${startMs}`, 'a'],
      [`from=${startMs}`, 'b'],
    ])
      expect(await world.get(`/panel/requests?${query ?? ''}`)).toMatchObject({ count: 1, rows: [{ model }] })
  })

  test.each(['limit=201', 'before=x', 'outcome=bad', 'cursor=1', 'key=abc'])('refuse %s', async (query) => {
    expect(await refusal(world.get(`/panel/requests?${query}`))).toMatchObject({ status: 400 })
  })

  test('show stages, attempts and the lines of their bill', async () => {
    world.ledger.add({
      requestId: requestId('req_x'),
      stages: [{ name: 'call', startUs: 250, endUs: 1500 }],
      attemptRows: [
        {
          ordinal: 1,
          deploymentId: 'dep_1',
          providerId: 'openai',
          upstreamModel: 'gpt-4o-2024',
          reason: 'drawn',
          state: 'settled',
          end: 'answered',
          meters: { input: 3 },
          provenance: 'reported',
          costNanoUsd: nanoUsd(7500),
          lines: [{ meter: 'input', units: 3, pico: picoUsd(2_500_000), costNanoUsd: nanoUsd(7500) }],
          priceSource: 'bundled',
          priceNote: 'list',
          upstreamStatus: 200,
          upstreamId: 'up_1',
          failure: null,
          startedUs: 300,
          firstByteUs: 900,
          endedUs: 1400,
        },
      ],
    })
    expect(await world.get('/panel/requests/req_x')).toMatchObject({
      stages: [{ name: 'call', startMs: 0.25, endMs: 1.5 }],
      attemptRows: [
        {
          startedMs: 0.3,
          firstByteMs: 0.9,
          endedMs: 1.4,
          costUsd: '0.000007500',
          lines: [{ meter: 'input', units: 3, usdPerMillion: '2.5', costUsd: '0.000007500' }],
        },
      ],
    })
    expect(await refusal(world.get('/panel/requests/nobody'))).toMatchObject({ status: 404 })
  })
})

describe('keys and teams', () => {
  test('carry where their budgets stand and no key', async () => {
    await world.post('/team/new', { team_id: 'web', team_alias: 'Web', max_budget: 9, budget_duration: '1mo' })
    const made = await world.post('/key/generate', {
      key_alias: 'ci',
      team_id: 'web',
      max_budget: 0.1,
      budget_duration: '1d',
      rpm_limit: 5,
      metadata: { a: [1, null] },
    })
    const { list } = await world.get('/panel/keys')
    expect(list).toMatchObject([
      {
        token: made['token'],
        name: 'ci',
        teamName: 'Web',
        rpm: 5,
        metadata: { a: [1, null] },
        budget: { limitUsd: '0.100000000', duration: '1d', settledUsd: '0.000000000', resetsAtMs: Date.UTC(2026, 10, 22) },
      },
    ])
    expect(JSON.stringify(list)).not.toContain(String(made['key']))
    expect(await world.get('/panel/teams')).toMatchObject({
      list: [{ teamId: 'web', name: 'Web', keys: 1, budget: { limitUsd: '9.000000000', resetsAtMs: Date.UTC(2026, 11, 1) } }],
    })
  })
})

describe('providers', () => {
  test('list what can be added, what is there and who uses which credential', async () => {
    world = await createWorld({ variables: { OPENAI_API_KEY: 'x' }, fileDeployments: [{ model_name: 'f', litellm_params: { model: 'openai/gpt-4o' } }] })
    await world.post('/credentials', {
      credential_name: 'mine',
      credential_values: { api_key: 'sk-provider-secret' },
      credential_info: { custom_llm_provider: 'openai' },
    })
    await world.post('/model/new', {
      model_name: 'g',
      litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'mine', input_cost_per_token: 2.5e-6, output_cost_per_token: 1e-5 },
    })
    const value = await world.get('/panel/providers')
    expect(value).toMatchObject({
      deployments: [
        { modelName: 'f', origin: 'file' },
        { modelName: 'g', origin: 'ledger', providerTitle: 'OpenAI', credential: 'mine', priced: true, inputUsdPerMillion: '2.5', outputUsdPerMillion: '10' },
      ],
      credentials: [{ name: 'mine', usedBy: 1, ref: 'keychain/credential/mine' }],
    })
    expect(listOf(value['catalogue']).find((kind) => objectOf(kind)?.['id'] === 'openai')).toMatchObject({
      keyVariable: 'OPENAI_API_KEY',
      keyVariableSet: true,
      needsKey: true,
    })
    expect(JSON.stringify(value)).not.toContain('sk-provider-secret')
  })

  test('a probe lists models in order and keeps nothing', async () => {
    let asked: unknown
    world.network.listModels = (query) => {
      asked = { baseUrl: query.baseUrl, secret: query.secret?.open(), credential: query.credential }
      return Promise.resolve(['b', 'a', 'b'])
    }
    expect(await world.post('/panel/probe', { provider: 'openai', api_base: 'https://proxy.example/v1/', api_key: 'typed-secret' })).toEqual({
      ok: true,
      models: ['a', 'b'],
      problem: null,
    })
    expect(asked).toEqual({ baseUrl: 'https://proxy.example/v1', secret: 'typed-secret', credential: null })
    expect([world.vaultSecrets.size, world.deps.entries.credentials()]).toEqual([0, []])
  })

  test.each(['credential_name', 'litellm_credential_name'])('a probe uses a saved credential named by %s', async (field) => {
    await world.post('/credentials', { credential_name: 'mine', credential_values: { api_key: 'os.environ/KEY' } })
    await world.post('/credentials', { credential_name: 'there', credential_values: { api_key: 'os.environ/KEY', api_base: 'https://llm.internal/v1/' } })
    await world.deps.entries.putCredential({ name: 'keyless', providerId: null, ref: '', values: { api_base: 'https://llm.internal/v1' }, createdAtMs: 0 })
    let asked: unknown
    world.network.listModels = ({ credential, baseUrl }) => Promise.resolve((asked = [credential, baseUrl]).map(String))
    for (const [name, typed, expected] of [
      ['mine', {}, ['os.environ/KEY', 'https://api.openai.com/v1']],
      ['there', {}, ['os.environ/KEY', 'https://llm.internal/v1']],
      ['there', { api_base: 'https://llm.other/v1' }, ['os.environ/KEY', 'https://llm.other/v1']],
      ['keyless', {}, [null, 'https://llm.internal/v1']],
    ] as const) {
      await world.post('/panel/probe', { provider: 'openai', [field]: name, ...typed })
      expect(asked).toEqual(expected)
    }
  })

  test('what goes wrong at the provider is an answer in words; a bug is not', async () => {
    world.network.listModels = () => Promise.reject(refuse('upstream_unreachable', { provider: 'OpenAI', reason: 'connection refused' }))
    expect(await world.post('/panel/probe', { provider: 'openai' })).toEqual({
      ok: false,
      models: [],
      problem: 'OpenAI could not be reached: connection refused.',
    })
    world.network.listModels = () => Promise.reject(new TypeError('a bug'))
    await expect(world.post('/panel/probe', { provider: 'openai' })).rejects.toThrow(TypeError)
  })

  test.each([
    [{ provider: 'nobody' }, 'provider'],
    [{ provider: 'openai', api_base: 'file:///etc/passwd' }, 'api_base'],
    [{ provider: 'openai', colour: 'red' }, 'colour'],
    [{ provider: 'openai', credential_name: 'none' }, 'credential_name'],
  ])('a probe refuses %j', async (body, param) => {
    expect(await refusal(world.post('/panel/probe', body))).toMatchObject({ hints: { param } })
  })

  test('engines and facets are passed on', async () => {
    expect(await world.get('/panel/engines')).toEqual({ list: [] })
    expect(await world.get('/panel/facets')).toMatchObject({ models: ['m'], providers: [{ id: 'p', title: 'p' }] })
  })
})
