// Making virtual keys through LiteLLM's route: shapes field by field, what is refused, and that a key is shown once.

import { beforeEach, describe, expect, test } from 'vitest'
import { findKey } from '../../../gateway/admin/find-record.ts'
import { keyHash } from '../../../gateway/contract/ids.ts'
import { nanoUsd, toUsdText } from '../../../gateway/contract/money.ts'
import { firstHard } from '../../../gateway/contract/scope.ts'
import { hashKey, isWellFormed } from '../../../gateway/kit/virtual-key.ts'
import { refusal, text } from './refusal.ts'
import { adminKeyText, createWorld, startMs, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})

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
    expect(toUsdText(firstHard(key.budget)?.limitNanoUsd ?? nanoUsd(-1))).toBe('0.100000000')
  })

  test.each([
    [0, '0.000000000'],
    [1e-9, '0.000000001'],
    ['0.1', '0.100000000'],
    [12.5, '12.500000000'],
    [1e9, '1000000000.000000000'],
  ])('reads the budget %s exactly', async (max_budget, exact) => {
    const made = await world.post('/key/generate', { max_budget })
    expect(toUsdText(firstHard(findKey(world.deps.directory, text(made['token'])).key.budget)?.limitNanoUsd ?? nanoUsd(-1))).toBe(exact)
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
    ['budget_id', 'b'],
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
    ['agent_id', 'a'],
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
    [{ models: [''] }, 'models.0'],
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
