// Roll-ups come out the same however what was added is divided into groups: each call in one statement, parts of calls as rows that they share.
// Promises: against sums computed here. Leaves alone: recomputing from requests (reports.test.ts, the simulation).

import { describe, expect, it } from 'vitest'
import { dimensions } from '../../../gateway/contract/reports.ts'
import { addSums, createRollups, noSums, type Members, type Sums } from '../../../gateway/ledger/rollups.ts'
import { createChance, type Chance } from '../../kit/random.ts'
import { createBench, startMs } from './fixture.ts'

interface Added {
  readonly atMs: number
  readonly members: Members
  readonly sums: Sums
}
const hourMs = 3_600_000
const dayMs = 24 * hourMs

function drawAdded(chance: Chance): Added {
  const request: Members = { total: 0, key: chance.between(1, 3), team: chance.between(0, 1), model: chance.between(1, 2) }
  const place: Members = { provider: chance.between(0, 2), deployment: chance.between(0, 3) }
  const members = chance.pick([{ ...request, ...place }, { ...request, ...place }, request, place])
  const sums = { ...noSums(), requests: chance.between(0, 1), promptTokens: chance.between(0, 9000), cost: 10n ** 15n * BigInt(chance.between(-3, 9)) + 1n }
  return { atMs: startMs + chance.between(0, 30) * hourMs + chance.between(0, hourMs - 1), members, sums: { ...sums, saved: BigInt(chance.between(0, 5)) } }
}

function sumUp(added: readonly Added[]): Map<string, Sums> {
  const rows = new Map<string, Sums>()
  for (const { atMs, members, sums } of added)
    for (const dimension of dimensions)
      for (const [grain, ms] of [['hour', hourMs] as const, ['day', dayMs] as const]) {
        if (members[dimension] === undefined) continue
        const slot = `${grain} ${Math.floor(atMs / ms) * ms} ${dimension} ${members[dimension]}`
        const total = rows.get(slot) ?? noSums()
        addSums(total, sums)
        rows.set(slot, total)
      }
  return rows
}

function write(added: readonly Added[], groupMost: number, chance: Chance): Map<string, Sums> {
  const bench = createBench()
  const rollups = createRollups(bench.db, 'UTC')
  for (let from = 0; from < added.length;) {
    const to = from + chance.between(1, groupMost)
    for (const { atMs, members, sums } of added.slice(from, to)) rollups.add(atMs, members, sums)
    rollups.flush()
    from = to
  }
  const stored = bench.db
    .prepare<[], Readonly<Record<keyof Sums, bigint>> & { readonly slot: string }>(
      `SELECT grain || ' ' || bucket_start || ' ' || dimension || ' ' || member AS slot, requests, errors, unpriced, prompt_tokens AS promptTokens,
       completion_tokens AS completionTokens, cached_tokens AS cachedTokens, reasoning_tokens AS reasoningTokens, cost_nusd AS cost, saved_nusd AS saved FROM rollup`,
    )
    .safeIntegers()
    .all()
  bench.close()
  return new Map(
    stored.map(({ slot, cost, saved, ...counts }) => {
      const numbers = Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Number(value)]))
      return [slot, { ...noSums(), ...numbers, cost, saved }]
    }),
  )
}

describe('roll-ups', () => {
  it.each([1, 2, 3, 40])('in groups of up to %i', (groupMost) => {
    const chance = createChance(groupMost)
    const added = Array.from({ length: 300 }, () => drawAdded(chance))
    expect(write(added, groupMost, chance), `seed ${chance.seed}`).toEqual(sumUp(added))
  })

  it('forget what was not written', () => {
    const bench = createBench()
    const rollups = createRollups(bench.db, 'UTC')
    rollups.add(startMs, { total: 0, key: 1, team: 0, model: 1, provider: 1, deployment: 1 }, { ...noSums(), requests: 1 })
    rollups.forget()
    rollups.flush()
    expect(bench.db.prepare('SELECT count(*) AS count FROM rollup').get()).toEqual({ count: 0 })
    bench.close()
  })
})
