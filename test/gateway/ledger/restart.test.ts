// What a restart finds and what administrators keep, on a database in memory.
// Promises: after every story the books balance. Leaves alone: threads and files.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScopeStanding } from '../../../gateway/contract/scope.ts'
import {
  attemptOrder,
  attemptRecord,
  createBench,
  holdOrder,
  keyDraft,
  limit,
  mainOf,
  standingsOf,
  startMs,
  teamDraft,
  violations,
  visit,
  type Bench,
  type Who,
} from './fixture.ts'

const full = 1_250_000n
let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => {
  bench.core.commit()
  expect(violations(bench)).toEqual([])
  bench.close()
})

const standing = (who: Who, at = -1): ScopeStanding | undefined => mainOf(standingsOf(bench, who.scopes.at(at)))
const hold = (id: string, who: Who, more = {}) => bench.core.apply({ kind: 'hold', order: holdOrder(id, who, more) })
const open = (id: string, ordinal = 1, more = {}) => bench.core.apply({ kind: 'open-attempt', order: attemptOrder(id, ordinal, more) })
const record = (id: string, tokens: { input: number; output: number } | null = { input: 100, output: 10 }) =>
  bench.core.apply({ kind: 'record', visit: visit(id, [attemptRecord(1, tokens)]) })

describe('recovery', () => {
  it('charges dispatched requests their hold, voids the others, and counts the charged', () => {
    const who = bench.key(keyDraft('crash', { budget: limit(full * 5n, '1d') }))
    for (const id of ['req_1', 'req_2', 'req_3']) hold(id, who)
    open('req_1')
    open('req_2')
    record('req_2')
    bench.core.commit()
    hold('req_4', who)
    bench.crash()
    expect(bench.core.recoveredRequests).toBe(1)
    expect(standing(who)).toMatchObject({ settledNanoUsd: full + 350_000n, heldNanoUsd: 0n })
    const rows = bench.db.prepare('SELECT request_id AS id, state, cost_nusd AS cost, provenance FROM request ORDER BY id').all()
    expect(rows).toEqual([
      { id: 'req_1', state: 'orphaned', cost: Number(full), provenance: 'estimated' },
      { id: 'req_2', state: 'closed', cost: 350_000, provenance: 'reported' },
      { id: 'req_3', state: 'closed', cost: 0, provenance: null },
    ])
    bench.crash()
    expect(bench.core.recoveredRequests).toBe(0)
  })

  it('reads everything again after a rollback', () => {
    const who = bench.key(keyDraft('back', { budget: limit(full * 3n) }))
    hold('req_1', who)
    open('req_1')
    bench.core.commit()
    hold('req_2', who)
    record('req_1')
    bench.core.rollback()
    expect(open('req_2')).toEqual({ kind: 'lost' })
    expect(standing(who)).toMatchObject({ heldNanoUsd: full, settledNanoUsd: 0n })
    record('req_1')
    expect(standing(who)).toMatchObject({ heldNanoUsd: 0n, settledNanoUsd: 350_000n })
  })
})

describe('administrators’ rows', () => {
  it('are read back as they were written, and again after a restart', () => {
    const team = bench.core.apply({ kind: 'create-team', draft: teamDraft('web', { budget: limit(2n ** 59n), metadata: { a: [1] } }) })
    const who = bench.key(keyDraft('ci-bot', { models: ['gpt-4o'], expiresAtMs: 5, metadata: { owner: 'x' } }))
    bench.core.apply({ kind: 'save-setting', name: 'theme', value: { dark: true } })
    bench.core.apply({ kind: 'save-session', session: { hash: 'h', createdAtMs: 1, expiresAtMs: startMs + 1000 } })
    bench.core.apply({
      kind: 'save-credential',
      entry: { name: 'c', providerId: null, ref: 'keychain/c', values: { api_base: 'x' }, createdAtMs: 1, savedAtMs: 2 },
    })
    bench.core.commit()
    const keys = bench.core.stored.keys()
    expect(keys.map(({ kind }) => kind)).toEqual(['admin', 'system', 'key'])
    expect(keys.at(-1)).toMatchObject({
      ...keyDraft('ci-bot', { models: ['gpt-4o'], expiresAtMs: 5, metadata: { owner: 'x' } }),
      id: who.keyId,
      createdAtMs: startMs,
    })
    bench.crash()
    expect(bench.core.stored.keys()).toEqual(keys)
    expect(bench.core.stored.teams()).toEqual([team])
    expect(bench.core.stored.settings()).toEqual({ theme: { dark: true } })
    expect(bench.core.stored.sessions(startMs)).toHaveLength(1)
    expect(bench.core.stored.credentials()).toEqual([
      { name: 'c', providerId: null, ref: 'keychain/c', values: { api_base: 'x' }, createdAtMs: 1, savedAtMs: 2 },
    ])
  })

  it('refuse a taken alias or hash, a missing row, and the deletion of a built-in key', () => {
    const who = bench.key(keyDraft('taken'))
    const apply = bench.core.apply.bind(bench.core)
    expect(() => apply({ kind: 'create-key', draft: { ...keyDraft('other'), alias: 'taken' } })).toThrow(/alias taken is taken/)
    expect(() => apply({ kind: 'create-key', draft: { ...keyDraft('taken'), alias: null } })).toThrow(/exists already/)
    apply({ kind: 'delete-key', id: who.keyId })
    expect(() => apply({ kind: 'update-key', id: who.keyId, patch: { blocked: true } })).toThrow(/no such key/)
    expect(() => apply({ kind: 'delete-key', id: bench.core.adminKeyId })).toThrow(/cannot be deleted/)
    expect(() => apply({ kind: 'delete-credential', name: 'none' })).toThrow(/no such credential/)
    bench.key(keyDraft('taken'))
  })

  it('keep the zone of the first run', () => {
    const other = createBench({ zone: 'Europe/Berlin' })
    expect(other.core.zone).toBe('Europe/Berlin')
    other.close()
    bench.crash()
    expect(bench.core.zone).toBe('UTC')
  })
})
