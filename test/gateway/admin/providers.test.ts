// GET /providers over the real shelf: who can be called, and what is known of each.

import { beforeEach, describe, expect, test } from 'vitest'
import { listOf, objectOf, type JsonObject } from '../../../gateway/contract/json.ts'
import { readDocumented } from '../../kit/documented-request.ts'
import { refusal } from './refusal.ts'
import { createWorld, type World } from './world.ts'

let world: World
let rows: readonly JsonObject[]
beforeEach(async () => {
  world = await createWorld({ variables: { GROQ_API_KEY: 'gsk-of-the-environment' } })
  rows = listOf((await world.get('/providers'))['providers']).map((row) => objectOf(row) ?? {})
})
const rowOf = (id: string): JsonObject | undefined => rows.find((row) => row['litellm_provider'] === id)

describe('GET /providers', () => {
  test('tells of each its address, variable and documentation, under LiteLLM’s prefix', () => {
    expect(rowOf('groq')).toEqual({
      litellm_provider: 'groq',
      title: 'Groq',
      aliases: [],
      local: false,
      api_base: 'https://api.groq.com/openai/v1',
      api_key_env: 'GROQ_API_KEY',
      api_key_required: true,
      status: 'verified',
      documentation: { url: 'https://console.groq.com/docs/quickstart', checked: '2026-11-21' },
    })
    expect(rowOf('vllm')).toMatchObject({ aliases: ['hosted_vllm'], local: true, api_key_required: false })
    expect(rowOf('runpod')).toMatchObject({ api_base: null, api_key_required: true })
  })

  test('counts what it lists, and calls verified exactly what is held against its documentation', async () => {
    const documented = [...new Set(readDocumented().map((one) => one.id))]
    const verified = rows.filter((row) => row['status'] === 'verified').map((row) => row['litellm_provider'])
    expect(verified.sort()).toEqual(documented.sort())
    expect(await world.get('/providers')).toMatchObject({ total_count: world.deps.providers.length, verified_count: documented.length })
    expect(rows).toHaveLength(world.deps.providers.length)
  })

  test('is the administrator’s, and shows no key', async () => {
    const caller = { ...world.deps.directory.adminCaller, kind: 'key' } as const
    expect(await refusal(world.ask('GET', '/providers', { as: caller }))).toMatchObject({ code: 'admin_only' })
    expect(JSON.stringify(rows)).not.toContain('gsk-of-the-environment')
  })
})
