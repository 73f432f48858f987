// The books' invariants: a commit that would break one is not made, and `verify` names each one that a changed file breaks.
// Promises: every invariant of the list is broken once, on purpose. Leaves alone: what the writer does then (care).

import { describe, expect, it } from 'vitest'
import { scopeId } from '../../../gateway/contract/ids.ts'
import { nanoUsd, picoUsd } from '../../../gateway/contract/money.ts'
import type { PriceCard } from '../../../gateway/contract/price.ts'
import { checkLight, InvariantBroken, invariants } from '../../../gateway/ledger/invariants.ts'
import type { PeriodRow } from '../../../gateway/ledger/period-rows.ts'
import { verifyLedger } from '../../../gateway/ledger/reports/verify.ts'
import { attemptOrder, attemptRecord, card, createBench, hitRecord, holdOrder, keyDraft, limit, visit, type Bench } from './fixture.ts'

const row = (more: Partial<PeriodRow>): PeriodRow => ({
  scopeId: scopeId(7),
  duration: '1d',
  startMs: 0,
  endMs: 1,
  seeded: 0n,
  settled: 5n,
  held: 5n,
  ceiling: 10n,
  pins: 0,
  ...more,
})

describe('checkLight', () => {
  it('finds nothing in rows that are sound', () => {
    expect(checkLight([row({}), row({ ceiling: null, settled: 10n ** 18n }), row({ settled: 0n, held: 0n, ceiling: 0n })])).toEqual([])
  })
  it.each<[string, Partial<PeriodRow>]>([
    [invariants.I1, { settled: -1n }],
    [invariants.I2, { held: -1n }],
    [invariants.I6, { held: 6n }],
  ])('names %s', (invariant, wrong) => {
    expect(checkLight([row({}), row(wrong)])).toMatchObject([{ invariant, subject: '7 1d 0' }])
  })
})

/** A closed call with two attempts, one adjusted, one running in blocks, a hit; all in one key with a budget. */
function createHistory(): Bench {
  const bench = createBench()
  const who = bench.key(keyDraft('books', { budget: { ...limit(10n ** 9n, '1d'), holds: 'block' } }))
  const provider = bench.setBudget({ kind: 'provider', ref: 'openai' }, limit(10n ** 9n)).id
  const { core } = bench
  for (const id of ['req_1', 'req_2']) {
    core.apply({ kind: 'hold', order: holdOrder(id, who, { block: { inputNanoUsd: nanoUsd(50_000), outputTokens: 10 } }) })
    core.apply({ kind: 'open-attempt', order: attemptOrder(id, 1, { scopes: [provider] }) })
  }
  core.apply({ kind: 'record', visit: visit('req_1', [attemptRecord(1, { input: 100, output: 10 })]) })
  const [line] = attemptRecord(1, { input: 100, output: 10 }).bill.lines
  if (line === undefined) throw new Error('no line')
  const entry = { requestId: visit('req_1', []).requestId, ordinal: 1, amountNanoUsd: nanoUsd(-100_000), reason: 'correction', note: null } as const
  core.apply({ kind: 'adjust', order: { entries: [{ ...entry, price: attemptOrder('req_1').price, lines: [line] }], batch: null } })
  core.apply({ kind: 'hit', hit: hitRecord('req_3', who) })
  core.commit()
  return bench
}
const named = (bench: Bench): Set<string> => new Set(verifyLedger({ db: bench.db, zone: 'UTC' }).map(({ invariant }) => invariant))

describe('verify', () => {
  it('finds nothing in books that balance', () => {
    const bench = createHistory()
    expect([...named(bench)]).toEqual([])
    bench.close()
  })

  it.each<[string, PriceCard['prices'], readonly string[]]>([
    ['what a card sold by the image includes', { images: { pico: picoUsd(40_000_000_000), tiers: [] } }, []],
    ['calls that a card sold by tokens does not sell', { input: { pico: picoUsd(1), tiers: [] } }, []],
    ['what a card sells, given away', { input: { pico: picoUsd(1), tiers: [] }, calls: { pico: picoUsd(1), tiers: [] } }, [invariants.I5]],
  ])('knows %s', (_what, prices, found) => {
    const bench = createBench()
    const who = bench.key(keyDraft('sold'))
    const price = { ...card, digest: 'a'.repeat(64), prices }
    bench.core.apply({ kind: 'hold', order: holdOrder('req_1', who) })
    bench.core.apply({ kind: 'open-attempt', order: attemptOrder('req_1', 1, { price }) })
    const meter = prices.images === undefined ? 'calls' : 'input'
    const bill = {
      costNanoUsd: nanoUsd(0),
      lines: [{ meter, units: 1, pico: picoUsd(0), costNanoUsd: nanoUsd(0) }],
      provenance: 'reported',
      unpriced: false,
    } as const
    bench.core.apply({ kind: 'record', visit: visit('req_1', [attemptRecord(1, { input: 1, output: 0 }, { bill })]) })
    bench.core.commit()
    expect([...named(bench)]).toEqual(found)
    bench.close()
  })

  const key = `scope_id = (SELECT id FROM scope WHERE kind = 'key' ORDER BY id DESC LIMIT 1)`
  it.each<[string, string]>([
    [invariants.I1, `UPDATE budget_period SET settled_nusd = settled_nusd + 1 WHERE ${key} AND duration = ''`],
    [invariants.I1, `UPDATE adjustment SET amount_nusd = amount_nusd - 1`],
    [invariants.I1, `DELETE FROM budget_period WHERE ${key} AND duration = '1d'`],
    [invariants.I1, `UPDATE budget_period SET settled_nusd = 0 WHERE scope_id = (SELECT id FROM scope WHERE kind = 'provider')`],
    [invariants.I2, `UPDATE budget_period SET held_nusd = 0 WHERE ${key}`],
    [invariants.I2, `UPDATE attempt SET hold_nusd = hold_nusd + 1 WHERE state = 'open'`],
    [invariants.I2, `UPDATE request SET output_tokens_held = 11 WHERE state = 'open'`],
    [invariants.I3, `UPDATE request SET boot_id = 0 WHERE state = 'open'`],
    [invariants.I3, `UPDATE attempt SET state = 'settled' WHERE state = 'open'`],
    [invariants.I4, `UPDATE request SET status = NULL WHERE request_id = 'req_3'`],
    [invariants.I4, `UPDATE request SET "end" = NULL WHERE request_id = 'req_1'`],
    [invariants.I5, `UPDATE attempt SET cost_nusd = cost_nusd + 1 WHERE state = 'settled'`],
    [invariants.I5, `UPDATE attempt SET lines = replace(lines, '"2500000"', '"2400000"')`],
    [invariants.I5, `UPDATE adjustment SET lines = replace(lines, '"250000"', '"250001"')`],
    [invariants.I5, `UPDATE adjustment SET price_id = NULL`],
    [invariants.I6, `UPDATE budget_period SET ceiling_nusd = 1 WHERE ${key} AND duration = '1d'`],
    [invariants.I7, `UPDATE request SET cost_nusd = cost_nusd + 1 WHERE request_id = 'req_1'`],
    [invariants.I8, `UPDATE budget_period SET period_end = period_start WHERE duration = '1d'`],
    [invariants.I8, `UPDATE budget_period SET period_end = 1 WHERE ${key} AND duration = ''`],
    [invariants.rollups, `UPDATE rollup SET cost_nusd = cost_nusd + 1 WHERE dimension = 'total' AND grain = 'hour'`],
    [invariants.rollups, `UPDATE rollup SET saved_nusd = 0 WHERE dimension = 'key'`],
    [invariants.rollups, `DELETE FROM rollup WHERE dimension = 'provider'`],
    [invariants.rollups, `UPDATE request SET saved_nusd = 1 WHERE request_id = 'req_3'`],
  ])('names %s after %s', (invariant, sql) => {
    const bench = createHistory()
    bench.db.pragma('foreign_keys = OFF')
    expect(bench.db.prepare(sql).run().changes).toBeGreaterThan(0)
    expect([...named(bench)]).toContain(invariant)
    bench.close()
  })
})

describe('a commit', () => {
  it('that would leave books that do not balance is not made', () => {
    const bench = createHistory()
    // Somebody changed the file behind the writer’s back, and it was read again.
    bench.db.prepare(`UPDATE budget_period SET held_nusd = 0 WHERE scope_id > 1`).run()
    bench.core.rollback()
    bench.core.apply({ kind: 'record', visit: visit('req_2', [attemptRecord(1, { input: 100, output: 10 })]) })
    expect(() => bench.core.commit()).toThrow(InvariantBroken)
    bench.core.rollback()
    expect(bench.db.prepare(`SELECT state FROM request WHERE request_id = 'req_2'`).pluck().get()).toBe('open')
    bench.close()
  })
})
