// GET /spend/logs in both of LiteLLM's shapes, on a real ledger: fields, bounds, and whose rows a key may see.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listOf, objectOf, type JsonObject } from '../../../gateway/contract/json.ts'
import { refusal } from './refusal.ts'
import { createSpendWorld, range, readSheet, rowsMax, type SpendWorld } from './spend-world.ts'
import { type World } from './world.ts'

let spend: SpendWorld
let world: World
beforeAll(async () => {
  spend = await createSpendWorld()
  world = spend.world
})
afterAll(async () => {
  await spend.close()
})

describe('GET /spend/logs', () => {
  test("has LiteLLM's fields", async () => {
    const { list } = await world.get('/spend/logs?request_id=req_a0')
    expect(list).toMatchObject([
      {
        request_id: 'req_a0',
        call_type: 'acompletion',
        spend: 0.0000475,
        total_tokens: 10,
        prompt_tokens: 7,
        completion_tokens: 3,
        startTime: '2026-11-21T09:30:00.000Z',
        endTime: '2026-11-21T09:30:00.003Z',
        completionStartTime: '2026-11-21T09:30:00.002Z',
        model_id: 'dep_1',
        model_group: 'gpt-4o',
        custom_llm_provider: 'openai',
        cache_hit: 'False',
        status: 'success',
        requester_ip_address: '127.0.0.1',
        api_key: world.deps.directory.findByAlias('ci')?.key.hash,
        metadata: { user_api_key_alias: 'ci', status: 'success' },
      },
    ])
    const columns = [
      'api_base',
      'user',
      'cache_key',
      'request_tags',
      'team_id',
      'organization_id',
      'end_user',
      'messages',
      'response',
      'proxy_server_request',
      'session_id',
      'mcp_namespaced_tool_name',
      'agent_id',
    ]
    for (const column of columns) expect(listOf(list)[0]).toHaveProperty(column)
  })

  test('finds a request by the upstream’s id', async () => {
    expect(await world.get('/spend/logs?request_id=chatcmpl-req_a3')).toMatchObject({ list: [{ request_id: 'req_a3' }] })
    expect(await world.get('/spend/logs?request_id=nobody')).toEqual({ list: [] })
  })

  test('leaves out what is still running', async () => {
    expect(await world.get('/spend/logs?request_id=req_open')).toEqual({ list: [] })
  })

  test('says when there are more rows than it gives', async () => {
    const bounded = await world.ask('GET', '/spend/logs?summarize=false')
    expect(bounded).toMatchObject({ headers: { 'x-tollgate-truncated': 'true' } })
    expect(listOf(bounded.kind === 'json' ? bounded.value : null)).toHaveLength(rowsMax)
    const whole = await world.ask('GET', '/spend/logs?summarize=False&start_date=2026-11-21&end_date=2026-11-21')
    expect(whole).toMatchObject({ headers: {} })
  })

  test('sums up per day, with both dates included and empty days shown', async () => {
    const { list } = await world.get('/spend/logs?start_date=2026-11-17&end_date=2026-11-21')
    const days = listOf(list).map((day) => objectOf(day) ?? {})
    expect(days.map((day) => day['startTime'])).toEqual(['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'])
    expect(days[0]).toEqual({ startTime: '2026-11-17', spend: 0, models: {}, users: {} })
    const { rows } = await readSheet(world, `${range}&group=day`)
    for (const day of days.slice(1)) expect(day['spend']).toBe(Number(rows.find((row) => row['day'] === day['startTime'])?.['cost_usd'] ?? '0'))
    const hash = world.deps.directory.findByAlias('ci')?.key.hash ?? ''
    expect(days.at(-1)).toHaveProperty(hash)
  })

  test('sums up per day for one key alone, in the same shape', async () => {
    const dates = 'start_date=2026-11-17&end_date=2026-11-21'
    const read = async (query: string): Promise<JsonObject[]> => listOf((await world.get(`/spend/logs?${query}`))['list']).map((day) => objectOf(day) ?? {})
    const all = await read(dates)
    const hash = world.deps.directory.findById(spend.web.keyId)?.key.hash ?? ''
    const one = await read(`${dates}&api_key=${hash}`)
    expect(one.map((day) => day['startTime'])).toEqual(all.map((day) => day['startTime']))
    expect(one.map((day) => [day['spend'], day[hash]])).toEqual(all.map((day) => [day[hash] ?? 0, day[hash]]))
    expect(one.some((day) => Number(day['spend']) > 0)).toBe(true)
    expect(new Set(one.flatMap(Object.keys))).toEqual(new Set(['startTime', 'spend', 'models', 'users', hash]))
    expect((await read(`${dates}&api_key=${hash}&summarize=false`)).map((row) => row['api_key'])).toEqual(Array.from({ length: 5 }, () => hash))
  })

  test('a key sees its own rows and no others', async () => {
    const as = world.deps.directory.findById(spend.web.keyId)?.caller ?? world.deps.directory.adminCaller
    const { list } = await world.get('/spend/logs?summarize=false', { as })
    expect(listOf(list)).toHaveLength(5)
    expect(JSON.stringify(list)).not.toContain('127.0.0.1')
    expect(await world.get('/spend/logs?request_id=req_a0', { as })).toEqual({ list: [] })
    expect(await refusal(world.get(`/spend/logs?api_key=${world.deps.directory.findByAlias('ci')?.key.hash ?? ''}`, { as }))).toMatchObject({
      code: 'admin_only',
    })
    const days = await world.get('/spend/logs?start_date=2026-11-20&end_date=2026-11-21', { as })
    const sum = listOf(days['list']).reduce<number>((spend, day) => spend + Number(objectOf(day)?.['spend']), 0)
    // One of its calls was corrected downward later.
    expect(sum).toBeCloseTo(5 * 0.000225 - 0.000005, 12)
  })

  test('an unknown key has no rows', async () => {
    expect(await world.get('/spend/logs?api_key=sk-nobody-has-this-one')).toEqual({ list: [] })
  })

  test('refuses a filter by user', async () => {
    expect(await refusal(world.get('/spend/logs?user_id=u'))).toMatchObject({ hints: { param: 'user_id' } })
  })
})
