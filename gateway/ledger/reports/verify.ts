// Recomputes what the books say from their rows; every difference is a violation.
// Promises: one consistent picture (a read transaction); changes nothing. Leaves alone: repairing.

import type { Database } from 'better-sqlite3'
import { priceOf } from '../../contract/money.ts'
import { dimensions, type Violation } from '../../contract/reports.ts'
import { parsePeriods } from '../open-requests.ts'
import { addSums, noSums, type Sums } from '../rollups.ts'
import { minuteMs } from '../refusals.ts'
import type { ReportContext } from './context.ts'
import { parseLines } from './request-read.ts'
import { gather, readQuarters, type MemberSums } from './spend.ts'

const violationsMax = 1000

export function verifyLedger(context: Pick<ReportContext, 'db' | 'zone'>): readonly Violation[] {
  const { db, zone } = context
  const read = db.transaction(() => [...checkPeriods(db), ...checkStates(db), ...checkAttempts(db), ...checkRequests(db), ...checkRollups(db, zone)])
  return read.deferred().slice(0, violationsMax)
}

interface PeriodSums {
  cost: bigint
  held: bigint
  overrun: bigint
}
interface StoredPeriod {
  readonly scope: bigint
  readonly duration: string
  readonly start: bigint
  readonly seeded: bigint
  readonly settled: bigint
  readonly held: bigint
  readonly ceiling: bigint | null
}

function checkPeriods(db: Database): Violation[] {
  const expected = readPeriodSums(db)
  const rows = db
    .prepare<[], StoredPeriod>(
      `SELECT scope_id AS scope, duration, period_start AS start, seeded_nusd AS seeded, settled_nusd AS settled, held_nusd AS held, ceiling_nusd AS ceiling FROM budget_period`,
    )
    .safeIntegers()
    .all()
  const found: Violation[] = []
  for (const row of rows) {
    const subject = `${row.scope} ${row.duration} ${row.start}`
    const sums = expected.get(subject) ?? { cost: 0n, held: 0n, overrun: 0n }
    expected.delete(subject)
    if (row.settled !== row.seeded + sums.cost)
      found.push(violation('I1 settled = sum of costs', subject, { settled: row.settled, expected: row.seeded + sums.cost }))
    if (row.held !== sums.held) found.push(violation('I2 held = sum of open holds', subject, { held: row.held, expected: sums.held }))
    if (row.ceiling !== null && row.settled + row.held > row.ceiling + sums.overrun) {
      found.push(violation('I6 settled + held <= limit', subject, { settled: row.settled, held: row.held, ceiling: row.ceiling, overrun: sums.overrun }))
    }
  }
  for (const subject of expected.keys()) found.push(violation('I1 settled = sum of costs', subject, { reason: 'requests count in a period that has no row' }))
  return found
}

function readPeriodSums(db: Database): Map<string, PeriodSums> {
  const sql = `SELECT s.periods, sum(r.cost_nusd) AS cost, sum(iif(r.state = 'open', r.hold_nusd, 0)) AS held, sum(max(r.cost_nusd - r.hold_nusd, 0)) AS overrun
    FROM request r JOIN period_set s ON s.id = r.period_set_id GROUP BY s.id`
  const sums = new Map<string, PeriodSums>()
  for (const row of db.prepare<[], PeriodSums & { periods: string }>(sql).safeIntegers().iterate()) {
    for (const [scope, duration, start] of parsePeriods(row.periods)) {
      const subject = `${scope} ${duration} ${start}`
      const known = sums.get(subject) ?? { cost: 0n, held: 0n, overrun: 0n }
      sums.set(subject, { cost: known.cost + row.cost, held: known.held + row.held, overrun: known.overrun + row.overrun })
    }
  }
  return sums
}

function checkStates(db: Database): Violation[] {
  const foreign = `SELECT request_id AS id FROM request WHERE state <> 'closed' AND state = 'open' AND boot_id <> (SELECT max(id) FROM boot)`
  const ajar = `SELECT r.request_id AS id FROM attempt a JOIN request r ON r.id = a.request_id WHERE (a.state = 'open') <> (r.state = 'open')`
  return [
    ...ids(db, foreign).map((id) => violation('I3 no open request of another run', id, {})),
    ...ids(db, ajar).map((id) => violation('I3 attempts are open while their request is', id, {})),
  ]
}

interface StoredAttempt {
  readonly id: string
  readonly ordinal: number
  readonly state: string
  readonly lines: string
  readonly cost: string
  readonly prices: string | null
}

function checkAttempts(db: Database): Violation[] {
  const sql = `SELECT r.request_id AS id, a.ordinal, a.state, a.lines, CAST(a.cost_nusd AS TEXT) AS cost, p.prices
    FROM attempt a JOIN request r ON r.id = a.request_id LEFT JOIN price p ON p.id = a.price_id WHERE a.state <> 'orphaned'`
  const found: Violation[] = []
  for (const row of db.prepare<[], StoredAttempt>(sql).iterate()) {
    const lines = parseLines(row.lines)
    const subject = `${row.id} attempt ${row.ordinal}`
    const total = lines.reduce((sum, line) => sum + line.costNanoUsd, 0n)
    if (total !== BigInt(row.cost)) found.push(violation('I5 cost = sum of lines', subject, { cost: row.cost, lines: total }))
    for (const line of lines) {
      if (priceOf(line.units, line.pico) !== line.costNanoUsd)
        found.push(violation('I5 line = units x price', subject, { meter: line.meter, units: line.units, pico: line.pico }))
      // A rate may be a tier's, or a base meter's that stands in: it is one of the card's.
      if (row.prices?.includes(`"${line.pico}"`) !== true) found.push(violation('I5 price is the pinned one', subject, { meter: line.meter, pico: line.pico }))
    }
  }
  return found
}

function checkRequests(db: Database): Violation[] {
  const apart = `SELECT r.request_id AS id FROM request r WHERE r.cost_nusd <> (SELECT coalesce(sum(a.cost_nusd), 0) FROM attempt a WHERE a.request_id = r.id)`
  const guessed = `SELECT request_id AS id FROM request WHERE state <> 'closed' AND state = 'orphaned' AND cost_nusd <> hold_nusd`
  return [
    ...ids(db, apart).map((id) => violation('I7 request = sum of attempts', id, {})),
    ...ids(db, guessed).map((id) => violation('I7 an orphaned request costs its hold', id, {})),
  ]
}

function checkRollups(db: Database, zone: string): Violation[] {
  const found: Violation[] = []
  const stored = db.prepare<[string, string], Omit<Sums, 'cost'> & { at: number; member: number; cost: string }>(
    `SELECT bucket_start AS at, member, requests, errors, unpriced, prompt_tokens AS promptTokens, completion_tokens AS completionTokens,
     cached_tokens AS cachedTokens, reasoning_tokens AS reasoningTokens, CAST(cost_nusd AS TEXT) AS cost FROM rollup WHERE grain = ? AND dimension = ?`,
  )
  for (const dimension of dimensions) {
    const quarters = [...readQuarters(db, dimension, { sql: `FROM request r WHERE r.state <> 'open'`, values: [] }), ...readFolded(db, dimension)]
    for (const grain of ['hour', 'day'] as const) {
      const expected = new Map(gather(quarters, grain, zone).map(({ atMs, member, sums }) => [`${atMs} ${member}`, sums]))
      for (const { at, member, cost, ...counts } of stored.all(grain, dimension)) {
        const slot = `${at} ${member}`
        const difference = differenceOf({ ...counts, cost: BigInt(cost) }, expected.get(slot) ?? noSums())
        expected.delete(slot)
        if (difference !== null) found.push(violation('roll-up = sum of rows', `${grain} ${dimension} ${slot}`, difference))
      }
      for (const slot of expected.keys()) found.push(violation('roll-up = sum of rows', `${grain} ${dimension} ${slot}`, { reason: 'missing' }))
    }
  }
  return found
}

function readFolded(db: Database, dimension: (typeof dimensions)[number]): MemberSums[] {
  const member = { total: '0', key: 'key_id', team: 'team_id', model: 'model_id', provider: '0', deployment: '0' }[dimension]
  const rows = db
    .prepare<[], { at: number; member: number; count: number }>(`SELECT minute * ${minuteMs} AS at, ${member} AS member, count FROM refusal_fold`)
    .all()
  return rows.map(({ at, member: id, count }) => ({ atMs: at, member: id, sums: { ...noSums(), requests: count, errors: count } }))
}

/** What the books have beyond the rows; null when they agree. */
function differenceOf(booked: Sums, summed: Sums): Readonly<Record<string, bigint | number>> | null {
  const difference = { ...booked }
  addSums(difference, { ...noSums(), ...negated(summed) })
  return Object.values(difference).some((value) => BigInt(value) !== 0n) ? { ...difference } : null
}

function negated(sums: Sums): Sums {
  const { requests, errors, unpriced, promptTokens, completionTokens, cachedTokens, reasoningTokens, cost } = sums
  return {
    requests: -requests,
    errors: -errors,
    unpriced: -unpriced,
    promptTokens: -promptTokens,
    completionTokens: -completionTokens,
    cachedTokens: -cachedTokens,
    reasoningTokens: -reasoningTokens,
    cost: -cost,
  }
}

const ids = (db: Database, sql: string): string[] =>
  db
    .prepare<[], { id: string }>(`${sql} LIMIT ${violationsMax}`)
    .all()
    .map(({ id }) => id)

function violation(invariant: string, subject: string, detail: Readonly<Record<string, bigint | number | string>>): Violation {
  return {
    invariant,
    subject,
    detail: Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value])),
  }
}
