// The list of requests while answers come late and in any order.
// Promises: the gateway is a stand-in that answers when the test says so; no row is there twice, and none runs on after its end.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PanelRequest } from '../../gateway/contract/panel.ts'
import type { Query } from '../../renderer/lib/api.ts'
import { RequestList } from '../../renderer/state/request-list.svelte.ts'

let world: PanelRequest[]
let asked: string[]
/** Answers that wait to be sent; null: each is sent at once. */
let waiting: (() => void)[] | null

beforeEach(() => {
  world = Array.from({ length: 250 }, (_, index) => rowOf(250 - index))
  asked = []
  waiting = null
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    const answer = answerTo(new URL(path, 'http://gateway'))
    const held = waiting
    if (held !== null) await new Promise<void>((resolve) => held.push(resolve))
    return new Response(JSON.stringify(answer))
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

function rowOf(row: number): PanelRequest {
  return { row, requestId: `req_${String(row)}`, state: 'closed', end: 'answered' } as PanelRequest
}
function set(row: number, state: 'open' | 'closed'): void {
  world = world.map((request) => (request.row === row ? { ...request, state, end: state === 'open' ? null : 'answered' } : request))
}
function add(count: number): void {
  for (let index = 0; index < count; index += 1) world = [rowOf((world[0]?.row ?? 0) + 1), ...world]
}
function answerTo({ pathname, searchParams: query }: URL): unknown {
  const id = pathname.split('/')[3]
  if (id !== undefined) return world.find(({ requestId }) => requestId === id)
  const before = Number(query.get('before') ?? Infinity)
  const found = world.filter(({ row, state }) => row < before && (query.get('outcome') !== 'open' || state === 'open'))
  const rows = found.slice(0, Number(query.get('limit')))
  return { rows, next: found.length > rows.length ? (rows.at(-1)?.row ?? null) : null, count: found.length, more: false }
}
async function send(index: number): Promise<void> {
  waiting?.[index]?.()
  // Long enough for an answer to be read and taken.
  await new Promise((resolve) => setTimeout(resolve, 5))
}
async function filled(query: Query = {}): Promise<RequestList> {
  const list = new RequestList(() => query)
  await list.restart()
  await list.older()
  return list
}
const rowsOf = (list: RequestList): readonly number[] => list.rows.map(({ row }) => row)
const openOf = (list: RequestList): readonly number[] => list.rows.filter(({ state }) => state === 'open').map(({ row }) => row)

describe('a request that ends', () => {
  it.each([true, false])('turns final below the newest page, too (held: %s)', async (hold) => {
    for (const row of [60, 70, 80]) set(row, 'open')
    const list = await filled()
    await list.older()
    expect(openOf(list)).toEqual([80, 70, 60])
    for (const row of [60, 80]) set(row, 'closed')
    await list.refresh(hold)
    expect(openOf(list)).toEqual([70])
    expect(rowsOf(list)).toHaveLength(250)
  })

  it('costs no question when no row further down runs', async () => {
    set(240, 'open')
    const list = await filled()
    asked = []
    await list.refresh(false)
    expect(asked).toHaveLength(1)
  })

  it('leaves the list of running ones, but not before a reader’s eyes', async () => {
    for (let row = 100; row <= 250; row += 1) set(row, 'open')
    const list = await filled({ outcome: 'open' })
    for (const row of [120, 240]) set(row, 'closed')
    await list.refresh(true)
    expect(rowsOf(list)).toHaveLength(151)
    expect(openOf(list)).not.toContain(120)
    expect(openOf(list)).not.toContain(240)
    await list.refresh(false)
    expect(rowsOf(list)).toEqual(world.filter(({ state }) => state === 'open').map(({ row }) => row))
  })
})

describe('answers that overlap', () => {
  it('leave no row twice when new rows come while older ones are read', async () => {
    const list = new RequestList(() => ({}))
    await list.restart()
    waiting = []
    const first = list.older()
    const fresh = list.refresh(false)
    await send(1)
    const second = list.older()
    for (let index = 0; index < 3; index += 1) await send(index)
    await Promise.all([first, fresh, second])
    expect(rowsOf(list)).toEqual(world.slice(0, 200).map(({ row }) => row))
    expect(list.loading).toBe(false)
  })

  it('count in the order they were asked for', async () => {
    set(250, 'open')
    const list = new RequestList(() => ({}))
    await list.restart()
    waiting = []
    const early = list.refresh(false)
    set(250, 'closed')
    add(1)
    const late = list.refresh(false)
    await send(1)
    expect(openOf(list)).toEqual([])
    await send(0)
    await Promise.all([early, late])
    expect(openOf(list)).toEqual([])
    expect(rowsOf(list)[0]).toBe(251)
  })

  it('mean nothing once the list has started over', async () => {
    const query: Record<string, string> = {}
    const list = new RequestList(() => query)
    await list.restart()
    waiting = []
    const older = list.older()
    const refreshed = list.refresh(false)
    query['outcome'] = 'open'
    const again = list.restart()
    await send(2)
    await send(0)
    await send(1)
    await Promise.all([older, refreshed, again])
    expect(rowsOf(list)).toEqual([])
  })
})
