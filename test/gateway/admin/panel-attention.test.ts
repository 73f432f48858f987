// The facts behind notifications: every answer satisfies its declared schema; what is not pressing is not in it.

import { beforeEach, expect, test } from 'vitest'
import { listOf } from '../../../gateway/contract/json.ts'
import { nanoUsd } from '../../../gateway/contract/money.ts'
import { refusal } from './refusal.ts'
import { createWorld, startMs, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
const facts = () => world.get('/panel/attention')
const scopeOf = (alias: string) => world.deps.directory.findByAlias(alias)?.key.scopeId ?? world.ledger.snapshot.globalScopeId
const spend = (alias: string, nano: bigint) => world.ledger.settled.set(scopeOf(alias), nanoUsd(nano))

test('an empty gateway has nothing to tell', async () => {
  expect(await facts()).toEqual({ today: { requests: 0, errors: 0, costUsd: '0.000000000' }, running: 0, budgets: [], providers: [], keys: [] })
})

test('only an administrator may ask', async () => {
  await world.post('/key/generate', { key_alias: 'ci' })
  const key = world.deps.directory.findByAlias('ci')?.key
  const caller = { ...world.deps.directory.adminCaller, kind: 'key' as const, keyId: key?.id ?? world.deps.directory.adminCaller.keyId }
  expect(await refusal(world.ask('GET', '/panel/attention', { as: caller }))).toMatchObject({ code: 'admin_only' })
})

test('today begins at midnight of the ledger’s zone', async () => {
  world.ledger.add({ receivedAtMs: startMs })
  world.ledger.add({ receivedAtMs: startMs - 9 * 3_600_000, end: 'failed' })
  world.ledger.add({ receivedAtMs: startMs - 10 * 3_600_000 })
  expect(await facts()).toMatchObject({ today: { requests: 2, errors: 1, costUsd: '0.020000000' } })
})

test('budgets are told from 80 percent of settled money on, the fullest first', async () => {
  for (const alias of ['low', 'near', 'full']) await world.post('/key/generate', { key_alias: alias, max_budget: 1, budget_duration: '30d' })
  await world.post('/key/generate', { key_alias: 'blocked by design', max_budget: 0 })
  spend('low', 794_999_999n)
  spend('near', 795_000_000n)
  spend('full', 1_000_000_000n)
  const { budgets } = await facts()
  expect(budgets).toMatchObject([
    { name: 'full', percent: 100, hard: true, kind: 'key', duration: '30d', limitUsd: '1.000000000', periodStartMs: Date.UTC(2026, 10, 1) },
    { name: 'near', percent: 80, href: `/ui/keys/${String(world.deps.directory.findByAlias('near')?.key.id)}` },
  ])
  expect(listOf(budgets)).toHaveLength(2)
})

test('a soft limit has an id of its own', async () => {
  await world.post('/key/generate', { key_alias: 'both', max_budget: 1, soft_budget: 0.9 })
  spend('both', 950_000_000n)
  const { budgets } = await facts()
  const found = listOf(budgets) as { id: string; hard: boolean; percent: number }[]
  expect(found.map(({ hard, percent }) => [hard, percent])).toEqual([
    [false, 106],
    [true, 95],
  ])
  expect(new Set(found.map(({ id }) => id)).size).toBe(2)
})

test('a provider is judged by the last two minutes', async () => {
  const failure = { end: 'failed', status: 502, errorCode: 'upstream_unreachable' } as const
  for (let count = 0; count < 9; count += 1) world.ledger.add({ ...failure, receivedAtMs: startMs - 120_001 })
  expect(await facts()).toMatchObject({ providers: [] })
  for (let count = 0; count < 5; count += 1) world.ledger.add({ ...failure, receivedAtMs: startMs - 60_000 })
  expect(await facts()).toMatchObject({
    providers: [{ id: 'openai', title: 'OpenAI', state: 'failing', calls: 5, failures: 5, rescued: 0, sinceMs: startMs - 60_000 }],
  })
  for (let count = 0; count < 6; count += 1) world.ledger.add({ receivedAtMs: startMs })
  expect(await facts()).toMatchObject({ providers: [{ state: 'ok' }] })
})

test('keys are told in the last seven days of their life, the next to go first', async () => {
  for (const [alias, duration] of [
    ['week', '7d'],
    ['day', '1d'],
    ['later', '8d'],
  ] as const)
    await world.post('/key/generate', { key_alias: alias, duration })
  await world.post('/key/generate', { key_alias: 'blocked', duration: '1d' })
  await world.post('/key/block', { key: world.deps.directory.findByAlias('blocked')?.key.hash ?? '' })
  expect(await facts()).toMatchObject({
    keys: [
      { name: 'day', expiresAtMs: startMs + 86_400_000 },
      { name: 'week', expiresAtMs: startMs + 7 * 86_400_000 },
    ],
  })
  world.time.nowMs += 86_400_000
  expect(await facts()).toMatchObject({ keys: [{ name: 'week' }, { name: 'later' }] })
})
