// Virtual keys through LiteLLM's routes: shapes field by field, what is refused, and that a key is shown once.

import { beforeEach, describe, expect, test } from 'vitest'
import { findKey } from '../../../gateway/admin/find-record.ts'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import { keyHash } from '../../../gateway/contract/ids.ts'
import { nanoUsd, toUsdText } from '../../../gateway/contract/money.ts'
import { hashKey, isWellFormed } from '../../../gateway/kit/virtual-key.ts'
import { adminKeyText, createWorld, startMs, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
const refusal = async (work: Promise<unknown>): Promise<GatewayError> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  if (error instanceof GatewayError) return error
  throw new Error('nothing was refused')
}
const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error(`not a text: ${String(value)}`)
  return value
}

describe('POST /key/generate', () => {
  test('answers with a well-formed key and the hash it is stored under', async () => {
    const made = await world.post('/key/generate', {})
    expect(isWellFormed(text(made['key']))).toBe(true)
    expect(made['token']).toBe(hashKey(text(made['key'])))
    expect(made['token_id']).toBe(made['token'])
    expect(made['key_name']).toBe(`sk-...${text(made['key']).slice(-4)}`)
  })

  test("answers with LiteLLM's fields", async () => {
    const made = await world.post('/key/generate', {})
    const fields = [
      'key',
      'key_name',
      'key_alias',
      'key_type',
      'expires',
      'token_id',
      'token',
      'litellm_budget_table',
      'created_by',
      'created_at',
      'updated_by',
      'updated_at',
      'models',
      'aliases',
      'spend',
      'max_budget',
      'soft_budget',
      'budget_duration',
      'budget_id',
      'budget_limits',
      'model_max_budget',
      'tpm_limit',
      'rpm_limit',
      'max_parallel_requests',
      'user_id',
      'team_id',
      'agent_id',
      'organization_id',
      'project_id',
      'permissions',
      'config',
      'metadata',
      'guardrails',
      'allowed_routes',
      'allowed_cache_controls',
      'router_settings',
      'access_group_ids',
      'tags',
      'duration',
      'blocked',
      'auto_rotate',
      'rotation_interval',
    ]
    for (const field of fields) expect(made).toHaveProperty(field)
  })

  test('keeps every field it accepts', async () => {
    await world.post('/team/new', { team_id: 'web', team_alias: 'Web' })
    const body = {
      key_alias: 'ci-bot',
      models: ['gpt-4o', '*'],
      max_budget: 0.1,
      budget_duration: '7d',
      rpm_limit: 60,
      max_parallel_requests: 4,
      team_id: 'web',
      metadata: { purpose: 'tests' },
      tags: ['nightly'],
      blocked: true,
      duration: '30d',
    }
    const made = await world.post('/key/generate', body)
    expect(made).toMatchObject({
      ...body,
      metadata: { purpose: 'tests', tags: ['nightly'] },
      expires: new Date(startMs + 30 * 86_400_000).toISOString(),
    })
    // 21 November 2026 is a Saturday; weeks begin on Monday.
    expect(made['budget_reset_at']).toBe('2026-11-23T00:00:00.000Z')
    const { key } = findKey(world.deps.directory, text(made['key']))
    expect(toUsdText(key.budget.limitNanoUsd ?? nanoUsd(-1))).toBe('0.100000000')
  })

  test.each([
    [0, '0.000000000'],
    [1e-9, '0.000000001'],
    ['0.1', '0.100000000'],
    [12.5, '12.500000000'],
    [1e9, '1000000000.000000000'],
  ])('reads the budget %s exactly', async (max_budget, exact) => {
    const made = await world.post('/key/generate', { max_budget })
    expect(toUsdText(findKey(world.deps.directory, text(made['token'])).key.budget.limitNanoUsd ?? nanoUsd(-1))).toBe(exact)
  })

  test('the next look-up meets the key', async () => {
    const made = await world.post('/key/generate', { models: ['gpt-4o'] })
    expect(world.deps.directory.findByHash(keyHash(hashKey(text(made['key']))))?.caller.models).toEqual(['gpt-4o'])
  })

  test('takes a key of the caller’s choice', async () => {
    const made = await world.post('/key/generate', { key: 'sk-0123456789abcdef' })
    expect(made['key']).toBe('sk-0123456789abcdef')
    expect((await refusal(world.post('/key/generate', { key: 'sk-0123456789abcdef' }))).status).toBe(400)
  })

  test.each([['pk-0123456789abcdef'], ['sk-short'], ['sk-0123456789 abcdef'], [adminKeyText]])('refuses the chosen key %s', async (key) => {
    const refused = await refusal(world.post('/key/generate', { key }))
    expect(refused).toMatchObject({ code: 'invalid_request', hints: { param: 'key' } })
    expect(refused.message).not.toContain(key)
  })

  test('answers 400 when the alias is taken, as LiteLLM does', async () => {
    await world.post('/key/generate', { key_alias: 'ci' })
    expect(await refusal(world.post('/key/generate', { key_alias: 'ci' }))).toMatchObject({ status: 400, hints: { param: 'key_alias' } })
  })

  test('answers 400 when two callers race for an alias', async () => {
    const results = await Promise.allSettled([world.post('/key/generate', { key_alias: 'ci' }), world.post('/key/generate', { key_alias: 'ci' })])
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({ status: 400 })
  })

  test('refuses an unknown field by name', async () => {
    expect((await refusal(world.post('/key/generate', { max_bugdet: 5 }))).message).toContain('max_bugdet')
  })

  const unenforced: readonly [string, unknown][] = [
    ['soft_budget', 5],
    ['budget_id', 'b'],
    ['budget_limits', [{ budget_duration: '1d', max_budget: 1 }]],
    ['model_max_budget', { 'gpt-4o': { max_budget: 1 } }],
    ['budget_fallbacks', { a: ['b'] }],
    ['throttle_on_budget_exceeded', true],
    ['tpm_limit', 1000],
    ['tpm_limit', 0],
    ['model_rpm_limit', { m: 1 }],
    ['model_tpm_limit', { m: 1 }],
    ['mcp_rpm_limit', { m: 1 }],
    ['tag_rpm_limit', { t: 1 }],
    ['rpm_limit_type', 'guaranteed_throughput'],
    ['tpm_limit_type', 'dynamic'],
    ['user_id', 'u'],
    ['agent_id', 'a'],
    ['organization_id', 'o'],
    ['project_id', 'p'],
    ['permissions', { pii: true }],
    ['config', { a: 1 }],
    ['aliases', { a: 'b' }],
    ['guardrails', ['pii']],
    ['policies', ['p']],
    ['prompts', ['p']],
    ['disable_global_guardrails', true],
    ['allowed_routes', ['/v1/models']],
    ['allowed_passthrough_routes', ['/x']],
    ['allowed_vector_store_indexes', [{ a: 1 }]],
    ['allowed_cache_controls', ['no-cache']],
    ['enforced_params', ['user']],
    ['object_permission', { mcp_servers: ['x'] }],
    ['router_settings', { num_retries: 1 }],
    ['access_group_ids', ['g']],
    ['key_type', 'read_only'],
    ['auto_rotate', true],
    ['rotation_interval', '30d'],
    ['send_invite_email', true],
    ['spend', 3],
  ]
  test.each(unenforced)('refuses %s = %j by name instead of ignoring it', async (field, value) => {
    const refused = await refusal(world.post('/key/generate', { [field]: value as never }))
    expect(refused).toMatchObject({ status: 400, hints: { param: field } })
    expect(refused.message).toContain('not enforced by this version')
  })

  test.each([
    ['guardrails', ['pii']],
    ['model_rpm_limit', { m: 1 }],
    ['enforced_params', ['user']],
  ])('refuses %s hidden in metadata', async (field, value) => {
    expect(await refusal(world.post('/key/generate', { metadata: { [field]: value } }))).toMatchObject({ hints: { param: `metadata.${field}` } })
  })

  test('accepts what asks for nothing', async () => {
    const nothing = Object.fromEntries(unenforced.map(([field]) => [field, null]))
    await world.post('/key/generate', nothing)
    await world.post('/key/generate', {
      guardrails: [],
      aliases: {},
      send_invite_email: false,
      spend: 0,
      key_type: 'default',
      object_permission: { mcp_servers: [], agents: [] },
      rpm_limit_type: 'best_effort_throughput',
    })
  })

  test.each([
    [{ max_budget: -1 }, 'max_budget'],
    [{ max_budget: 1e12 }, 'max_budget'],
    [{ max_budget: '1e3' }, 'max_budget'],
    [{ budget_duration: 'weekly' }, 'budget_duration'],
    [{ rpm_limit: 1.5 }, 'rpm_limit'],
    [{ max_parallel_requests: -1 }, 'max_parallel_requests'],
    [{ duration: '3 days' }, 'duration'],
    [{ duration: '0d' }, 'duration'],
    [{ models: ['openai/*'] }, 'models.0'],
    [{ key_alias: '' }, 'key_alias'],
  ])('refuses %j', async (body, param) => {
    expect(await refusal(world.post('/key/generate', body))).toMatchObject({ status: 400, hints: { param } })
  })

  test('answers 404 for a team that is not there', async () => {
    expect(await refusal(world.post('/key/generate', { team_id: 'nobody' }))).toMatchObject({ status: 404 })
  })

  test('logs the change and whom it was made for, without the key', async () => {
    const made = await world.post('/key/generate', {}, { changedBy: 'alice' })
    expect(world.logged).toContainEqual({
      event: 'admin-change',
      facts: { action: 'key-generate', subject: made['token'], changedBy: 'alice', requestId: 'req_of_this_test' },
    })
    expect(JSON.stringify(world.logged)).not.toContain(text(made['key']))
  })
})

describe('POST /key/update', () => {
  test('leaves what is not named as it is', async () => {
    const made = await world.post('/key/generate', {
      key_alias: 'a',
      max_budget: 5,
      budget_duration: '1d',
      rpm_limit: 3,
      models: ['m'],
      metadata: { x: 1 },
      duration: '1h',
    })
    const changed = await world.post('/key/update', { key: text(made['token']), max_budget: 7 })
    expect(changed).toMatchObject({
      key: made['token'],
      key_alias: 'a',
      max_budget: 7,
      budget_duration: '1d',
      rpm_limit: 3,
      models: ['m'],
      metadata: { x: 1 },
      expires: made['expires'],
    })
  })

  test('takes limits away with null', async () => {
    const made = await world.post('/key/generate', {
      key_alias: 'a',
      max_budget: 5,
      budget_duration: '1d',
      rpm_limit: 3,
      max_parallel_requests: 2,
      models: ['m'],
      duration: '1h',
    })
    const nulls = { key_alias: null, max_budget: null, budget_duration: null, rpm_limit: null, max_parallel_requests: null, models: null, duration: null }
    const changed = await world.post('/key/update', { key: text(made['key']), ...nulls })
    expect(changed).toMatchObject({
      key_alias: null,
      max_budget: null,
      budget_duration: null,
      rpm_limit: null,
      max_parallel_requests: null,
      models: [],
      expires: null,
    })
  })

  test('takes "-1" for never expiring', async () => {
    const made = await world.post('/key/generate', { duration: '1h' })
    expect(await world.post('/key/update', { key: text(made['token']), duration: '-1' })).toMatchObject({ expires: null })
  })

  test('may keep its own alias but not take another’s', async () => {
    const made = await world.post('/key/generate', { key_alias: 'a' })
    await world.post('/key/generate', { key_alias: 'b' })
    await world.post('/key/update', { key: text(made['token']), key_alias: 'a' })
    expect(await refusal(world.post('/key/update', { key: text(made['token']), key_alias: 'b' }))).toMatchObject({ status: 400 })
  })

  test('adds tags to the metadata that is there', async () => {
    const made = await world.post('/key/generate', { metadata: { x: 1 } })
    expect(await world.post('/key/update', { key: text(made['token']), tags: ['t'] })).toMatchObject({ metadata: { x: 1, tags: ['t'] } })
  })

  test.each(['temp_budget_increase', 'tpm_limit'])('refuses %s', async (field) => {
    const made = await world.post('/key/generate', {})
    expect(await refusal(world.post('/key/update', { key: text(made['token']), [field]: 5 }))).toMatchObject({ hints: { param: field } })
  })
})

describe('blocking and deleting', () => {
  test('the next look-up meets a blocked key as blocked', async () => {
    const made = await world.post('/key/generate', {})
    expect(await world.post('/key/block', { key: text(made['key']) })).toMatchObject({ blocked: true, token: made['token'] })
    expect(findKey(world.deps.directory, text(made['token'])).key.blocked).toBe(true)
    expect(await world.post('/key/unblock', { key: text(made['token']) })).toMatchObject({ blocked: false })
  })

  test('deletes by key, hash and alias, and answers without keys', async () => {
    const [first, second, third] = [
      await world.post('/key/generate', {}),
      await world.post('/key/generate', {}),
      await world.post('/key/generate', { key_alias: 'third' }),
    ]
    const gone = await world.post('/key/delete', { keys: [text(first['key']), text(second['token'])], key_aliases: ['third'] })
    expect(gone).toEqual({ deleted_keys: [first['token'], second['token'], 'third'] })
    for (const made of [first, second, third]) expect(world.deps.directory.findByHash(keyHash(text(made['token'])))).toBeNull()
  })

  test('deletes nothing when one of the keys is unknown, and does not repeat it', async () => {
    const made = await world.post('/key/generate', {})
    const refused = await refusal(world.post('/key/delete', { keys: [text(made['key']), 'sk-unknown-key-of-somebody'] }))
    expect(refused.status).toBe(404)
    expect(refused.message).not.toContain('sk-unknown-key-of-somebody')
    expect(world.deps.directory.findByHash(keyHash(text(made['token'])))).not.toBeNull()
  })

  test('does not find the gateway’s own callers', async () => {
    for (const hash of world.ledger.keys.map((key) => key.hash)) expect(await refusal(world.post('/key/block', { key: hash }))).toMatchObject({ status: 404 })
    expect(await refusal(world.post('/key/delete', { key_aliases: ['admin'] }))).toMatchObject({ status: 404 })
  })

  test('asks for at least one key', async () => {
    expect(await refusal(world.post('/key/delete', {}))).toMatchObject({ status: 400 })
  })
})

describe('GET /key/info', () => {
  const callerOf = (token: unknown) => findKey(world.deps.directory, text(token)).caller

  test('shows the row without the key, with what the current period has settled', async () => {
    const made = await world.post('/key/generate', { key_alias: 'ci', max_budget: 1, budget_duration: '1d' })
    world.ledger.settled.set(findKey(world.deps.directory, text(made['token'])).key.scopeId, nanoUsd(123_456_789n))
    const { key, info } = await world.get(`/key/info?key=${text(made['key'])}`)
    expect(key).toBe(made['token'])
    expect(info).toMatchObject({ token: made['token'], key_alias: 'ci', spend: 0.123456789, max_budget: 1, budget_reset_at: '2026-11-22T00:00:00.000Z' })
    expect(JSON.stringify(info)).not.toContain(text(made['key']))
  })

  test("has LiteLLM's columns", async () => {
    const made = await world.post('/key/generate', {})
    const { info } = await world.get(`/key/info?key=${text(made['token'])}`)
    const columns = [
      'token',
      'key_name',
      'key_alias',
      'spend',
      'max_budget',
      'expires',
      'models',
      'aliases',
      'config',
      'user_id',
      'team_id',
      'agent_id',
      'project_id',
      'org_id',
      'max_parallel_requests',
      'metadata',
      'tpm_limit',
      'rpm_limit',
      'budget_duration',
      'budget_reset_at',
      'budget_limits',
      'allowed_cache_controls',
      'allowed_routes',
      'permissions',
      'model_spend',
      'model_max_budget',
      'soft_budget_cooldown',
      'blocked',
      'budget_id',
      'object_permission_id',
      'access_group_ids',
      'auto_rotate',
      'rotation_interval',
      'last_active',
      'router_settings',
      'created_at',
      'updated_at',
      'created_by',
      'updated_by',
    ]
    for (const column of columns) expect(info).toHaveProperty(column)
  })

  test('a key sees itself, named or not', async () => {
    const made = await world.post('/key/generate', { key_alias: 'self' })
    const as = callerOf(made['token'])
    expect(await world.get('/key/info', { as })).toMatchObject({ key: made['token'] })
    expect(await world.get(`/key/info?key=${text(made['key'])}`, { as })).toMatchObject({ info: { key_alias: 'self' } })
  })

  test('a key learns nothing about another, existing or not', async () => {
    const made = await world.post('/key/generate', {})
    const other = await world.post('/key/generate', {})
    const as = callerOf(made['token'])
    const [known, unknown] = await Promise.all([
      refusal(world.get(`/key/info?key=${text(other['key'])}`, { as })),
      refusal(world.get('/key/info?key=sk-nobody-has-this-one', { as })),
    ])
    expect(known).toMatchObject({ code: 'admin_only' })
    expect(unknown.message).toBe(known.message)
  })

  test('an administrator must name a key', async () => {
    expect(await refusal(world.get('/key/info'))).toMatchObject({ status: 400, hints: { param: 'key' } })
  })
})

describe('GET /key/list', () => {
  beforeEach(async () => {
    for (const [index, key_alias] of ['alpha', 'beta', 'gamma'].entries()) {
      world.time.nowMs += 1000
      await world.post('/key/generate', { key_alias, ...(index === 1 ? {} : { max_budget: index + 1 }) })
    }
  })

  test('lists hashes, newest first, without the built-in callers', async () => {
    const answer = await world.get('/key/list')
    expect(answer).toMatchObject({ total_count: 3, current_page: 1, total_pages: 1 })
    expect(answer['keys']).toEqual(['gamma', 'beta', 'alpha'].map((alias) => world.deps.directory.findByAlias(alias)?.key.hash))
  })

  test('pages', async () => {
    const answer = await world.get('/key/list?page=2&size=2&sort_by=key_alias&sort_order=asc&return_full_object=True')
    expect(answer).toMatchObject({ total_count: 3, current_page: 2, total_pages: 2, keys: [{ key_alias: 'gamma' }] })
  })

  test('sorts keys without a value last in both directions', async () => {
    for (const [order, expected] of [
      ['asc', ['alpha', 'gamma', 'beta']],
      ['desc', ['gamma', 'alpha', 'beta']],
    ] as const) {
      const answer = await world.get(`/key/list?return_full_object=true&sort_by=max_budget&sort_order=${order}`)
      expect(answer).toMatchObject({ keys: expected.map((key_alias) => ({ key_alias })) })
    }
  })

  test('filters by alias, exactly or in part', async () => {
    expect(await world.get('/key/list?key_alias=alph')).toMatchObject({ total_count: 0 })
    expect(await world.get('/key/list?key_alias=ALPH&substring_matching=true')).toMatchObject({ total_count: 1 })
  })

  test('refuses a filter over records that do not exist here', async () => {
    expect(await refusal(world.get('/key/list?user_id=u'))).toMatchObject({ hints: { param: 'user_id' } })
    expect(await world.get('/key/list?user_id=')).toMatchObject({ total_count: 3 })
  })
})
