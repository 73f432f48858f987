// Reports over a small, known history: lists, one request, spend both ways, figures.
// Promises: sums agree to the nano-dollar whichever way they are read. Leaves alone: how a face words them.

import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deploymentId, teamId, type KeyId } from '../../../gateway/contract/ids.ts'
import { dimensions, type RequestFilter, type SpendRow } from '../../../gateway/contract/reports.ts'
import { createLedger, type Ledger } from '../../../gateway/ledger/ledger.ts'
import { createReader } from '../../../gateway/ledger/reader-link.ts'
import { toWhere } from '../../../gateway/ledger/reports/request-filter.ts'
import {
  attemptOrder,
  attemptRecord,
  bill,
  holdOrder,
  keyDraft,
  limits,
  quiet,
  refusal,
  startMs,
  teamDraft,
  temporaryFolder,
  visit,
  type Who,
} from './fixture.ts'

const hourMs = 3_600_000
const folder = temporaryFolder()
let ledger: Ledger
let web: Who
let lone: Who
const clock = { nowMs: startMs }

beforeAll(async () => {
  ledger = await createLedger({ dataDir: folder.path, durability: 'normal', limits, zone: 'Asia/Kathmandu', log: quiet, nowMs: () => clock.nowMs })
  const team = await ledger.store.createTeam(teamDraft('web'))
  const member = await ledger.store.createKey(keyDraft('member', { teamId: team.id }))
  const single = await ledger.store.createKey(keyDraft('single'))
  web = { keyId: member.id, teamId: team.id, scopes: [ledger.snapshot.globalScopeId, team.scopeId, member.scopeId] }
  lone = { keyId: single.id, scopes: [ledger.snapshot.globalScopeId, single.scopeId] }
  for (let index = 0; index < 60; index += 1) await one(index)
  await ledger.port.hold(holdOrder('req_open', web, { receivedAtMs: clock.nowMs }))
  await ledger.port.openAttempt(attemptOrder('req_open'))
  await ledger.store.deleteKey(single.id)
})
afterAll(async () => {
  expect(await ledger.reports.verify()).toEqual([])
  await ledger.close()
  folder.remove()
})

/** Every seventh is refused, every fifth falls back to a second provider after a billed failure. */
async function one(index: number): Promise<void> {
  clock.nowMs = startMs + index * (hourMs / 2)
  const id = `req_${String(index).padStart(2, '0')}`
  const who = index % 3 === 0 ? lone : web
  const trace = {
    traceId: null,
    sessionId: index % 10 === 0 ? 'session-a' : null,
    endUser: index % 12 === 0 ? 'ann' : null,
    userAgent: 'curl/8',
    clientIp: null,
    tags: [],
  }
  const more = { receivedAtMs: clock.nowMs, model: index % 4 === 0 ? 'claude' : 'gpt-4o', trace }
  if (index % 7 === 6) return ledger.port.refuse(refusal(id, who, more))
  await ledger.port.hold(holdOrder(id, who, more))
  await ledger.port.openAttempt(attemptOrder(id))
  const fallsBack = index % 5 === 4
  if (fallsBack) await ledger.port.openAttempt(attemptOrder(id, 2, { deploymentId: deploymentId('dep_2'), providerId: 'azure', upstreamModel: 'gpt-4o' }))
  const first = attemptRecord(1, { input: 100, output: index }, fallsBack ? { end: 'failed' } : {})
  await ledger.port.record(visit(id, fallsBack ? [first, attemptRecord(2, { input: 50, output: 5 }, { upstreamId: `chatcmpl-${id}` })] : [first]))
}

const listAll = async (filter: RequestFilter): Promise<string[]> => {
  const ids: string[] = []
  for (let before: number | undefined; ;) {
    const page = await ledger.reports.listRequests(filter, { limit: 7, ...(before === undefined ? {} : { before }) })
    ids.push(...page.rows.map(({ requestId }) => requestId))
    if (page.next === null) return ids
    before = page.next
  }
}

describe('lists', () => {
  it('come newest first, page by page, without gap or repetition', async () => {
    const ids = await listAll({})
    expect(ids).toHaveLength(61)
    expect(new Set(ids).size).toBe(61)
    expect(ids.slice(0, 3)).toEqual(['req_open', 'req_59', 'req_58'])
  })

  it.each<[string, () => RequestFilter, (index: number) => boolean]>([
    ['key', () => ({ keyId: lone.keyId }), (index) => index % 3 === 0],
    ['team', () => ({ teamId: web.teamId ?? teamId(0) }), (index) => index % 3 !== 0],
    ['model', () => ({ model: 'claude' }), (index) => index % 4 === 0],
    ['provider', () => ({ providerId: 'azure' }), (index) => index % 7 !== 6 && index % 5 === 4],
    ['error', () => ({ outcome: 'error' }), (index) => index % 7 === 6],
    ['refused', () => ({ outcome: 'refused' }), (index) => index % 7 === 6],
    ['failed', () => ({ outcome: 'failed' }), () => false],
    ['ok', () => ({ outcome: 'ok' }), (index) => index % 7 !== 6],
    ['session', () => ({ sessionId: 'session-a' }), (index) => index % 10 === 0],
    ['end user', () => ({ endUser: 'ann' }), (index) => index % 12 === 0],
    ['time', () => ({ fromMs: startMs + 5 * hourMs, toMs: startMs + 10 * hourMs }), (index) => index >= 10 && index < 20],
    ['a name nobody used', () => ({ model: 'nothing' }), () => false],
    [
      'all together',
      () => ({ keyId: lone.keyId, model: 'claude', outcome: 'ok', fromMs: startMs + 1, toMs: startMs + 100 * hourMs }),
      (index) => index % 12 === 0 && index > 0 && index % 7 !== 6,
    ],
  ])('filter by %s', async (_name, filter, expected) => {
    const ids = (await listAll(filter())).filter((id) => id !== 'req_open')
    expect(ids.map((id) => Number(id.slice(4))).toReversed()).toEqual(Array.from({ length: 60 }, (_, index) => index).filter(expected))
    expect((await ledger.reports.listRequests(filter(), { limit: 1 })).count).toBe((await listAll(filter())).length)
  })

  it('show what is open, and all but that', async () => {
    expect(await listAll({ outcome: 'open' })).toEqual(['req_open'])
    expect(await listAll({ outcome: 'ended' })).toEqual((await listAll({})).filter((id) => id !== 'req_open'))
  })

  it('never scan requests where an index serves', () => {
    const db = new Database(`${folder.path}/ledger.db`, { readonly: true })
    const filters: RequestFilter[] = [
      { keyId: lone.keyId },
      { model: 'claude' },
      { outcome: 'error' },
      { outcome: 'open' },
      { sessionId: 'session-a' },
      { endUser: 'ann' },
      { fromMs: startMs, toMs: startMs + 1 },
    ]
    for (const filter of filters) {
      const where = toWhere(db, filter)
      const plan = db
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT r.id ${where?.sql ?? ''} ORDER BY r.id DESC LIMIT 5`)
        .all(...(where?.values ?? []))
      expect(plan.map(({ detail }) => detail).join(), JSON.stringify(filter)).toMatch(
        /^(?:SEARCH r|SCAN r USING (?:COVERING )?INDEX request_failed)(?!.*TEMP B-TREE)/,
      )
    }
    db.close()
  })
})

describe('one request', () => {
  it('is found by our id and by the upstream’s, with its attempts and lines', async () => {
    const own = await ledger.reports.readRequest('req_04')
    expect(own).toMatchObject({
      requestId: 'req_04',
      end: 'answered',
      attempts: 2,
      providerId: 'azure',
      deploymentId: 'dep_2',
      servedModel: 'gpt-4o',
      model: 'claude',
      keyName: 'member',
      teamName: 'web',
      userAgent: 'curl/8',
      promptTokens: 150,
      completionTokens: 9,
      provenance: 'reported',
      unpriced: false,
      stages: [{ name: 'call', startUs: 100, endUs: 3000 }],
      dropped: [],
    })
    expect(own?.costNanoUsd).toBe(bill(100, 4).costNanoUsd + bill(50, 5).costNanoUsd)
    expect(own?.attemptRows).toMatchObject([
      {
        ordinal: 1,
        state: 'settled',
        end: 'failed',
        providerId: 'openai',
        upstreamModel: 'gpt-4o-2024-08-06',
        priceSource: 'bundled',
        priceNote: 'made up for tests',
        lines: bill(100, 4).lines,
        meters: { input: 100, output: 4 },
      },
      { ordinal: 2, state: 'settled', end: 'answered', upstreamId: 'chatcmpl-req_04' },
    ])
    expect(await ledger.reports.readRequest('chatcmpl-req_04')).toEqual(own)
    expect(await ledger.reports.readRequest('req_none')).toBeNull()
  })
})

describe('spend', () => {
  const range = { fromMs: startMs, toMs: startMs + 31 * hourMs }
  const total = (rows: readonly SpendRow[]): object =>
    rows.reduce(
      (sum, row) => ({
        requests: sum.requests + row.requests,
        errors: sum.errors + row.errors,
        tokens: sum.tokens + row.promptTokens + row.completionTokens,
        cost: sum.cost + row.costNanoUsd,
      }),
      { requests: 0, errors: 0, tokens: 0, cost: 0n },
    )

  it('is the same sum in every dimension and grain, from roll-ups and from rows', async () => {
    const expected = total(await ledger.reports.spend({ ...range, dimension: 'total', grain: 'day' }))
    expect(expected).toMatchObject({ requests: 60, errors: 8 })
    for (const dimension of dimensions) {
      for (const grain of ['hour', 'day'] as const) {
        const rollup = await ledger.reports.spend({ ...range, dimension, grain })
        expect(total(rollup)).toEqual(expected)
        const halves = await Promise.all(
          [lone.keyId, web.keyId].map((keyId) => ledger.reports.spend({ ...range, dimension, grain, filter: { keyId, outcome: 'ok' } })),
        )
        const refused = await ledger.reports.spend({ ...range, dimension, grain, filter: { outcome: 'refused' } })
        expect(total([...halves.flat(), ...refused])).toEqual(expected)
      }
    }
  })

  it('of one key is the same from its roll-up and from raw rows', async () => {
    for (const dimension of ['total', 'key'] as const) {
      const rollup = await ledger.reports.spend({ ...range, dimension, grain: 'hour', filter: { keyId: web.keyId } })
      const raw = await ledger.reports.spend({ ...range, dimension, grain: 'hour', filter: { keyId: web.keyId, teamId: web.teamId ?? teamId(0) } })
      expect(rollup).toEqual(raw)
      expect(rollup.length).toBeGreaterThan(10)
    }
  })

  it('names members, also deleted ones, and books an attempt where it was sent', async () => {
    const keys = await ledger.reports.spend({ ...range, dimension: 'key', grain: 'day' })
    expect(new Set(keys.map(({ label }) => label))).toEqual(new Set(['member', 'single']))
    const providers = await ledger.reports.spend({ ...range, dimension: 'provider', grain: 'day' })
    const azure = providers.filter(({ member }) => member === 'azure')
    expect(azure.reduce((sum, row) => sum + row.costNanoUsd, 0n)).toBe(bill(50, 5).costNanoUsd * BigInt(azure.reduce((sum, row) => sum + row.requests, 0)))
    const deployments = await ledger.reports.spend({ ...range, dimension: 'deployment', grain: 'day' })
    expect(new Set(deployments.map(({ label }) => label))).toEqual(new Set(['', 'openai/gpt-4o-2024-08-06', 'azure/gpt-4o']))
  })

  it('falls into days of the ledger’s zone', async () => {
    const days = await ledger.reports.spend({ ...range, dimension: 'total', grain: 'day' })
    expect(days.map(({ bucketMs }) => new Date(bucketMs).toISOString())).toEqual(['2026-11-20T18:15:00.000Z', '2026-11-21T18:15:00.000Z'])
  })
})

describe('figures', () => {
  it('tell latencies, facets, activity and standings', async () => {
    expect(await ledger.reports.latency(startMs, startMs + 100 * hourMs)).toEqual({
      samples: 52,
      firstByteP50Us: 2000,
      firstByteP95Us: 2000,
      totalP50Us: 3100,
      totalP95Us: 3100,
    })
    const facets = await ledger.reports.facets()
    expect(facets).toMatchObject({ models: ['claude', 'gpt-4o'], providers: ['azure', 'openai'], teams: [{ name: 'web' }] })
    expect(facets.keys.at(-1)).toEqual({ id: lone.keyId, name: 'single', deleted: true })
    const activity = new Map((await ledger.reports.keyActivity()).map((row): [KeyId, typeof row] => [row.keyId, row]))
    expect(activity.get(lone.keyId)?.lastUsedAtMs).toBe(startMs + 57 * (hourMs / 2))
    expect(activity.get(ledger.snapshot.panelKeyId)).toEqual({ keyId: ledger.snapshot.panelKeyId, lastUsedAtMs: null, spendTotalNanoUsd: 0n })
    const [standing] = await ledger.reports.standings(lone.scopes.slice(-1))
    expect(standing?.lifetime.settledNanoUsd).toBe(activity.get(lone.keyId)?.spendTotalNanoUsd)
    expect(await ledger.reports.facts()).toMatchObject({ requests: 61, openRequests: 1, orphanedRequests: 0, durability: 'normal' })
  })

  it('export every row once, oldest first, and end although requests go on', async () => {
    const ids: string[] = []
    for await (const batch of ledger.reports.exportRequests({ toMs: startMs + 1000 * hourMs })) ids.push(...batch.map(({ requestId }) => requestId))
    expect(ids).toEqual((await listAll({})).toReversed())
    for await (const batch of ledger.reports.exportRequests({ model: 'nothing' })) expect(batch).toEqual([])
  })

  it('that take too long are broken off, and the next one is answered', async () => {
    const data = { path: `${folder.path}/ledger.db`, durability: 'normal', zone: 'UTC', limits } as const
    const reader = createReader(data, quiet)
    await expect(reader.ask({ kind: 'verify' }, 0)).rejects.toMatchObject({ code: 'overloaded' })
    expect(await reader.ask({ kind: 'request', id: 'req_none' }, 5000)).toBeNull()
    await reader.close()
    await expect(createReader({ ...data, path: '/nowhere/ledger.db' }, quiet).ask({ kind: 'facts', nowMs: 0 }, 5000)).rejects.toMatchObject({
      code: 'internal',
    })
  })
})
