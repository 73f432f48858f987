// Budgets through the administration routes: LiteLLM's fields on keys and teams, and one list for every kind of scope.

import { beforeEach, describe, expect, test } from 'vitest'
import { findKey } from '../../../gateway/admin/find-record.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { isLimiting, scopeKinds } from '../../../gateway/contract/scope.ts'
import { refusal, text } from './refusal.ts'
import { createWorld, startMs, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
const budgetOf = (made: JsonObject) => findKey(world.deps.directory, text(made['token'])).key.budget
const listed = async (kind: string): Promise<readonly JsonObject[]> => (await world.get(`/budgets?kind=${kind}`))['budgets'] as never

describe('a budget on a key', () => {
  const whole = {
    max_budget: 10,
    budget_duration: '30d',
    soft_budget: 8,
    budget_limits: [
      { budget_duration: '1d', max_budget: 2 },
      { budget_duration: '1h', max_budget: '0.5' },
    ],
    budget_holds: 'block',
    budget_covers_free: true,
  }

  test('keeps every field and shows it as it can be sent back', async () => {
    const made = await world.post('/key/generate', whole)
    expect(made).toMatchObject({
      ...whole,
      budget_reset_at: '2026-12-01T00:00:00.000Z',
      budget_limits: [
        { budget_duration: '1d', max_budget: 2, reset_at: '2026-11-22T00:00:00.000Z' },
        { budget_duration: '1h', max_budget: 0.5, reset_at: '2026-11-21T10:00:00.000Z' },
      ],
    })
    const before = budgetOf(made)
    const again = Object.fromEntries(Object.keys(whole).map((field) => [field, made[field] ?? null]))
    await world.post('/key/update', { key: text(made['token']), ...again })
    expect(budgetOf(made)).toEqual(before)
  })

  test.each(Object.keys(whole))('keeps the other fields when %s alone is cleared', async (field) => {
    const made = await world.post('/key/generate', whole)
    const changed = await world.post('/key/update', { key: text(made['token']), [field]: null })
    const cleared = { budget_holds: 'strict', budget_covers_free: false }
    for (const other of Object.keys(whole)) {
      const expected = other === field ? (cleared[field as keyof typeof cleared] ?? null) : made[other]
      expect(changed[other], other).toEqual(expected)
    }
  })

  test('with further limits alone has no max_budget', async () => {
    const made = await world.post('/key/generate', { budget_limits: whole.budget_limits })
    expect(made).toMatchObject({ max_budget: null, budget_duration: null, budget_limits: [{ max_budget: 2 }, { max_budget: 0.5 }] })
    expect(isLimiting(budgetOf(made))).toBe(true)
    expect(await world.post('/key/update', { key: text(made['token']), budget_limits: [] })).toMatchObject({ budget_limits: null })
    expect(budgetOf(made).windows).toEqual([])
  })

  test('that is only soft limits nothing', async () => {
    const made = await world.post('/key/generate', { soft_budget: 3, budget_duration: '7d' })
    expect(made).toMatchObject({ max_budget: null, soft_budget: 3, budget_duration: '7d' })
    expect(isLimiting(budgetOf(made))).toBe(false)
  })

  test.each<[string, JsonObject, string]>([
    ['two limits for one period', { max_budget: 1, budget_duration: '1d', budget_limits: [{ budget_duration: '1d', max_budget: 2 }] }, 'budget_limits'],
    ['a limit without a period', { budget_limits: [{ max_budget: 2 }] }, 'budget_limits.0.budget_duration'],
    ['seven further limits', { budget_limits: [1, 2, 3, 4, 5, 6, 7].map((hours) => ({ budget_duration: `${hours}h`, max_budget: 1 })) }, 'budget_limits'],
    ['an unknown way to hold', { budget_holds: 'loose' }, 'budget_holds'],
    ['an increase without an end', { max_budget: 1, temp_budget_increase: 1 }, 'temp_budget_expiry'],
    ['an end without an increase', { max_budget: 1, temp_budget_expiry: '1d' }, 'temp_budget_expiry'],
    ['an increase of nothing', { temp_budget_increase: 1, temp_budget_expiry: '1d' }, 'temp_budget_increase'],
    ['an increase that is over', { max_budget: 1, temp_budget_increase: 1, temp_budget_expiry: '2026-11-01' }, 'temp_budget_expiry'],
    ['a date that is none', { max_budget: 1, temp_budget_increase: 1, temp_budget_expiry: '2026-02-31' }, 'temp_budget_expiry'],
    ['more tags than a call may have', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, 'tags'],
  ])('is refused by name for %s', async (_what, body, param) => {
    expect(await refusal(world.post('/key/generate', body))).toMatchObject({ status: 400, hints: { param } })
  })

  test('may be increased until a date or for a time, and shows it no longer when that is over', async () => {
    const made = await world.post('/key/generate', { max_budget: 1 })
    const key = text(made['token'])
    expect(await world.post('/key/update', { key, temp_budget_increase: 2, temp_budget_expiry: '1d' })).toMatchObject({
      max_budget: 1,
      temp_budget_increase: 2,
      temp_budget_expiry: new Date(startMs + 86_400_000).toISOString(),
    })
    expect(await world.post('/key/update', { key, temp_budget_expiry: '2026-11-25' })).toMatchObject({
      temp_budget_increase: 2,
      temp_budget_expiry: '2026-11-25T00:00:00.000Z',
    })
    world.time.nowMs = Date.UTC(2026, 10, 25)
    expect((await world.get(`/key/info?key=${key}`))['info']).toMatchObject({ max_budget: 1, temp_budget_increase: null, temp_budget_expiry: null })
    expect(await world.post('/key/update', { key, temp_budget_increase: null, temp_budget_expiry: null })).toMatchObject({ temp_budget_increase: null })
    expect(budgetOf(made).increase).toBeNull()
  })
})

describe('owners of a key', () => {
  const owners = { organization_id: 'acme', project_id: 'apollo', user_id: 'ada' }

  test('are kept, shown, changed and cleared', async () => {
    const made = await world.post('/key/generate', owners)
    expect(made).toMatchObject(owners)
    expect(await world.post('/key/update', { key: text(made['token']), user_id: 'bob', project_id: null })).toMatchObject({
      organization_id: 'acme',
      org_id: 'acme',
      project_id: null,
      user_id: 'bob',
    })
  })

  test('narrow the list of keys', async () => {
    const made = await world.post('/key/generate', owners)
    await world.post('/key/generate', { user_id: 'bob' })
    for (const [field, value] of Object.entries(owners)) expect((await world.get(`/key/list?${field}=${value}`))['keys']).toEqual([made['token']])
  })

  test('cannot be the user that stands for all', async () => {
    expect(await refusal(world.post('/key/generate', { user_id: '*' }))).toMatchObject({ hints: { param: 'user_id' } })
  })

  test('tags are cleared by null and nothing else of the metadata is', async () => {
    const made = await world.post('/key/generate', { metadata: { a: 1 }, tags: ['nightly'] })
    expect(await world.post('/key/update', { key: text(made['token']), tags: null })).toMatchObject({ metadata: { a: 1 } })
    expect(findKey(world.deps.directory, text(made['token'])).caller.tags).toEqual([])
  })
})

describe('budgets of a key for single models', () => {
  test('are kept in either spelling, replaced as a list and cleared by null', async () => {
    const made = await world.post('/key/generate', {
      model_max_budget: { a: { max_budget: 1, budget_duration: '1d' }, b: { budget_limit: '2', time_period: '30d' } },
    })
    expect(made['blocked']).toBe(false)
    const both = { a: { max_budget: 1, budget_duration: '1d' }, b: { max_budget: 2, budget_duration: '30d' } }
    expect(made['model_max_budget']).toEqual(both)
    const key = text(made['token'])
    expect(await world.post('/key/update', { key, rpm_limit: 5 })).toMatchObject({ model_max_budget: both })
    expect((await world.post('/key/update', { key, model_max_budget: { b: { max_budget: 3 } } }))['model_max_budget']).toEqual({
      b: { max_budget: 3, budget_duration: null },
    })
    expect((await world.post('/key/update', { key, model_max_budget: null }))['model_max_budget']).toEqual({})
  })

  test.each<[string, JsonObject]>([
    ['no limit', { m: { budget_duration: '1d' } }],
    ['two spellings at once', { m: { max_budget: 1, budget_limit: 1 } }],
    ['a limit of tokens', { m: { max_budget: 1, tpm_limit: 5 } }],
  ])('are refused with %s', async (_what, model_max_budget) => {
    expect((await refusal(world.post('/key/generate', { model_max_budget }))).hints.param).toMatch(/^model_max_budget\.m/)
  })
})

describe('the budget of every member of a team', () => {
  const members = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries((await listed('member')).map((row) => [row['id'], (row['windows'] as { max_budget: string }[]).map(({ max_budget }) => max_budget)]))

  test('reaches those who are there, those who come, and leaves one whose budget was set by itself', async () => {
    await world.post('/team/new', { team_id: 'web', organization_id: 'acme' })
    for (const user_id of ['ada', 'bob']) await world.post('/key/generate', { team_id: 'web', user_id })
    await world.post('/budgets', { kind: 'member', team_id: 'web', id: 'bob', max_budget: 9 })
    const answer = await world.post('/team/update', { team_id: 'web', team_member_budget: 1, team_member_budget_duration: '1d' })
    expect(answer).toMatchObject({ data: { organization_id: 'acme', team_member_budget: 1, team_member_budget_duration: '1d' } })
    await world.post('/key/generate', { team_id: 'web', user_id: 'cem' })
    const late = await world.post('/key/generate', {})
    await world.post('/key/update', { key: text(late['token']), team_id: 'web', user_id: 'dia' })
    expect(await members()).toEqual({ ada: ['1.000000000'], bob: ['9.000000000'], cem: ['1.000000000'], dia: ['1.000000000'] })
    await world.post('/team/update', { team_id: 'web', team_member_budget: null, team_member_budget_duration: null })
    expect(await members()).toEqual({ ada: [], bob: ['9.000000000'], cem: [], dia: [] })
  })

  test('reaches those who come back', async () => {
    await world.post('/team/new', { team_id: 'web' })
    const { token } = await world.post('/key/generate', { team_id: 'web', user_id: 'ada' })
    await world.post('/key/delete', { keys: [text(token)] })
    await world.post('/team/update', { team_id: 'web', team_member_budget: 1 })
    await world.post('/key/generate', { team_id: 'web', user_id: 'ada' })
    expect(await members()).toEqual({ ada: ['1.000000000'] })
  })

  const making = (): Promise<unknown> => world.post('/key/generate', { team_id: 'web', user_id: 'ada' })
  const setting = (): Promise<unknown> => world.post('/team/update', { team_id: 'web', team_member_budget: 1 })
  test.each([
    ['before', [making, setting]],
    ['after', [setting, making]],
  ] as const)('reaches those whose key is asked for just %s it is set', async (_, steps) => {
    await world.post('/team/new', { team_id: 'web' })
    await Promise.all(steps.map((step) => step()))
    expect(await members()).toEqual({ ada: ['1.000000000'] })
  })
})

describe('/budgets', () => {
  /** For each kind: how it is named. */
  async function subjects(): Promise<Record<(typeof scopeKinds)[number], JsonObject>> {
    await world.post('/team/new', { team_id: 'web' })
    const key = text((await world.post('/key/generate', { team_id: 'web' }))['token'])
    const model = await world.post('/model/new', { model_name: 'm', litellm_params: { model: 'openai/gpt-4o', api_key: 'os.environ/X' } })
    return {
      global: {},
      organization: { id: 'acme' },
      project: { id: 'apollo' },
      team: { id: 'web' },
      member: { id: 'ada', team_id: 'web' },
      user: { id: 'ada' },
      key: { id: key },
      key_model: { id: 'm', key },
      customer: { id: 'c/1' },
      tag: { id: 'nightly' },
      provider: { id: 'openai' },
      deployment: { id: text(model['model_id']) },
    }
  }

  test('sets, changes, lists and takes away the budget of every kind', async () => {
    const named = await subjects()
    for (const kind of scopeKinds) {
      const subject = named[kind]
      const set = await world.post('/budgets', { kind, ...subject, max_budget: 5, budget_duration: '30d', soft_budget: 4 })
      expect(set, kind).toMatchObject({ kind, id: subject['id'] ?? null, from_file: false })
      expect(set['windows'], kind).toMatchObject([
        { max_budget: '5.000000000', hard: true, left: '5.000000000', period_start: '2026-11-01T00:00:00.000Z', period_end: '2026-12-01T00:00:00.000Z' },
        { max_budget: '4.000000000', hard: false },
      ])
      const changed = await world.post('/budgets', { kind, ...subject, max_budget: '6.5', temp_budget_increase: 1, temp_budget_expiry: '1d' })
      expect(changed['windows'], kind).toMatchObject([{ max_budget: '6.500000000', budget_duration: '30d' }, { max_budget: '4.000000000' }])
      expect(changed).toMatchObject({ temp_budget_increase: '1.000000000' })
      expect((await listed(kind)).filter((row) => row['id'] === (subject['id'] ?? null))).toEqual([changed])
      expect(await world.post('/budgets/delete', { kind, ...subject })).toMatchObject({ windows: [], temp_budget_increase: null })
    }
    expect(((await world.get('/budgets'))['budgets'] as JsonObject[]).map((row) => row['kind'])).toEqual(expect.arrayContaining([...scopeKinds]))
  })

  test('what it sets on a key and a team is what their own routes show', async () => {
    const { key, team } = await subjects()
    await world.post('/budgets', { kind: 'key', ...key, max_budget: 5 })
    await world.post('/budgets', { kind: 'team', ...team, max_budget: 6 })
    expect(await world.get(`/key/info?key=${text(key['id'])}`)).toMatchObject({ info: { max_budget: 5 } })
    expect(await world.get('/team/info?team_id=web')).toMatchObject({ team_info: { max_budget: 6 } })
  })

  test.each<[string, JsonObject, number, string]>([
    ['nobody named', { kind: 'tag' }, 400, 'id'],
    ['a team that is not there', { kind: 'team', id: 'nobody' }, 404, 'team_id'],
    ['a key that is not there', { kind: 'key', id: 'f'.repeat(64) }, 404, 'key'],
    ['a provider that is not there', { kind: 'provider', id: 'opneai' }, 404, 'id'],
    ['a deployment that is not there', { kind: 'deployment', id: 'x' }, 404, 'id'],
    ['a member of no team', { kind: 'member', id: 'ada' }, 400, 'team_id'],
    ['the member that stands for all', { kind: 'member', id: '*', team_id: 'web' }, 400, 'id'],
    ['a name for the whole gateway', { kind: 'global', id: 'x' }, 400, 'id'],
    ['a team for a tag', { kind: 'tag', id: 'x', team_id: 'web' }, 400, 'team_id'],
    ['a kind that is none', { kind: 'galaxy' }, 400, 'kind'],
  ])('refuses %s', async (_what, subject, status, param) => {
    expect(await refusal(world.post('/budgets', { ...subject, max_budget: 1 }))).toMatchObject({ status, hints: { param } })
  })

  test('takes nothing away that is not there', async () => {
    expect(await refusal(world.post('/budgets/delete', { kind: 'tag', id: 'x' }))).toMatchObject({ status: 404 })
  })

  test('leaves what the configuration file sets to the file', async () => {
    world = await createWorld({ fileBudgets: [{ kind: 'tag', ref: 'nightly' }] })
    for (const path of ['/budgets', '/budgets/delete']) expect(await refusal(world.post(path, { kind: 'tag', id: 'nightly' }))).toMatchObject({ status: 409 })
  })

  test('/provider/budgets answers in LiteLLM’s shape', async () => {
    await world.post('/budgets', { kind: 'provider', id: 'openai', max_budget: 5, budget_duration: '1d' })
    await world.post('/budgets', { kind: 'provider', id: 'anthropic', max_budget: 7 })
    await world.post('/budgets/delete', { kind: 'provider', id: 'anthropic' })
    expect(await world.get('/provider/budgets')).toEqual({
      providers: { openai: { budget_limit: 5, time_period: '1d', spend: 0, budget_reset_at: '2026-11-22T00:00:00.000Z' } },
    })
  })

  test('the first page shows limits of every kind, and says when one is nearly used up', async () => {
    await world.post('/budgets', { kind: 'tag', id: 'nightly', max_budget: 0 })
    await world.post('/budgets', { kind: 'provider', id: 'openai', max_budget: 2, budget_duration: '1d' })
    const { budgets } = (await world.get('/panel/home')) as { budgets: JsonObject[] }
    expect(budgets).toMatchObject([
      { kind: 'tag', name: 'nightly', duration: null },
      { kind: 'provider', name: 'OpenAI', duration: '1d', limitUsd: '2.000000000' },
    ])
  })
})
