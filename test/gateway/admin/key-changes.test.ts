// Changing, blocking and deleting virtual keys: what stays, what is cleared, and that the next look-up meets the change.

import { beforeEach, describe, expect, test } from 'vitest'
import { findKey } from '../../../gateway/admin/find-record.ts'
import { keyHash } from '../../../gateway/contract/ids.ts'
import { refusal, text } from './refusal.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
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

  test.each([[Array.from({ length: 21 }, (_, index) => `t${index}`)], ['nightly'], [[1]]])(
    'refuses tags in metadata that would not be counted: %j',
    async (tags) => {
      expect(await refusal(world.post('/key/generate', { metadata: { tags } }))).toMatchObject({ status: 400, hints: { param: 'metadata.tags' } })
    },
  )

  test('adds tags to the metadata that is there', async () => {
    const made = await world.post('/key/generate', { metadata: { x: 1 } })
    expect(await world.post('/key/update', { key: text(made['token']), tags: ['t'] })).toMatchObject({ metadata: { x: 1, tags: ['t'] } })
  })

  test.each(['budget_id', 'tpm_limit'])('refuses %s', async (field) => {
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
