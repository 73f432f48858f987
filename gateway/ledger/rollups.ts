// Sums per hour and day for each dimension, so that reports never scan requests.
// Promises: what was added is written once per row and group, in the transaction of the requests it sums up.
// Leaves alone: reading (reports/).

import type { Database } from 'better-sqlite3'
import { dimensions, type Dimension } from '../contract/reports.ts'
import { bucketStart } from '../kit/calendar.ts'

export interface Sums {
  requests: number
  errors: number
  unpriced: number
  promptTokens: number
  completionTokens: number
  cachedTokens: number
  reasoningTokens: number
  cost: bigint
  saved: bigint
}
const noCounts = { requests: 0, errors: 0, unpriced: 0, promptTokens: 0, completionTokens: 0, cachedTokens: 0, reasoningTokens: 0 } as const
export const noSums = (): Sums => ({ ...noCounts, cost: 0n, saved: 0n })

export function addSums(total: Sums, more: Readonly<Sums>): void {
  total.requests += more.requests
  total.errors += more.errors
  total.unpriced += more.unpriced
  total.promptTokens += more.promptTokens
  total.completionTokens += more.completionTokens
  total.cachedTokens += more.cachedTokens
  total.reasoningTokens += more.reasoningTokens
  total.cost += more.cost
  total.saved += more.saved
}

/** Row id of a key, team or name per dimension; 0 = none. Nothing is added up in a dimension that is left out. */
export type Members = Readonly<Partial<Record<Dimension, number>>>

export interface Rollups {
  add(receivedAtMs: number, members: Members, sums: Readonly<Sums>): void
  flush(): void
  /** After a rollback. */
  forget(): void
}

interface Pending {
  readonly hourMs: number
  readonly members: Members
  readonly sums: Sums
}
interface Row {
  readonly bucketMs: number
  readonly dimension: Dimension
  readonly member: number
  readonly sums: Sums
}

export function createRollups(db: Database, zone: string): Rollups {
  const adding = `ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, errors = errors + excluded.errors, unpriced = unpriced + excluded.unpriced,
    prompt_tokens = prompt_tokens + excluded.prompt_tokens, completion_tokens = completion_tokens + excluded.completion_tokens,
    cached_tokens = cached_tokens + excluded.cached_tokens, reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    cost_nusd = cost_nusd + excluded.cost_nusd, saved_nusd = saved_nusd + excluded.saved_nusd`
  const upsert = db.prepare(`INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${adding}`)
  // The rows of one request have the same sums: bound once for all of them, which halves what they cost.
  const sums = '@requests, @errors, @unpriced, @promptTokens, @completionTokens, @cachedTokens, @reasoningTokens, @cost, @saved'
  const everywhere = ['hour', 'day'].flatMap((grain) => dimensions.map((dimension) => `('${grain}', @${grain}, '${dimension}', @${dimension}, ${sums})`))
  const upsertAll = db.prepare(`INSERT INTO rollup VALUES ${everywhere.join(', ')} ${adding}`)
  const pending = new Map<string, Pending>()

  const write = (grain: 'hour' | 'day', rows: ReadonlyMap<string, Row>): void => {
    for (const row of rows.values()) {
      const { requests, errors, unpriced, promptTokens, completionTokens, cachedTokens, reasoningTokens, cost, saved } = row.sums
      const counts = [requests, errors, unpriced, promptTokens, completionTokens, cachedTokens, reasoningTokens]
      upsert.run(grain, row.bucketMs, row.dimension, row.member, ...counts, cost, saved)
    }
  }
  const writeWhole = ({ hourMs, members, sums: added }: Pending): void => {
    upsertAll.run({ hour: hourMs, day: bucketStart(hourMs, 'day', zone), ...members, ...added })
  }
  const writeParts = (parts: readonly Pending[]): void => {
    const hours = new Map<string, Row>()
    const days = new Map<string, Row>()
    for (const { hourMs, members, sums: added } of parts)
      for (const dimension of dimensions) {
        const member = members[dimension]
        if (member !== undefined) merge(hours, { bucketMs: hourMs, dimension, member, sums: added })
      }
    // A local day begins on an hour bucket, so days are sums of hours.
    for (const hour of hours.values()) merge(days, { ...hour, bucketMs: bucketStart(hour.bucketMs, 'day', zone) })
    write('hour', hours)
    write('day', days)
  }
  return {
    add(receivedAtMs, members, added) {
      const hourMs = bucketStart(receivedAtMs, 'hour', zone)
      const slot = `${hourMs} ${members.total} ${members.key} ${members.team} ${members.model} ${members.provider} ${members.deployment}`
      const known = pending.get(slot)
      if (known !== undefined) return addSums(known.sums, added)
      pending.set(slot, { hourMs, members, sums: { ...added } })
    },
    flush() {
      const parts: Pending[] = []
      for (const added of pending.values()) {
        if (isWhole(added)) writeWhole(added)
        else parts.push(added)
      }
      writeParts(parts)
      pending.clear()
    },
    forget: () => pending.clear(),
  }
}

const isWhole = ({ members }: Pending): boolean => dimensions.every((dimension) => members[dimension] !== undefined)

function merge(rows: Map<string, Row>, more: Row): void {
  const slot = `${more.bucketMs} ${more.dimension} ${more.member}`
  const known = rows.get(slot)
  if (known !== undefined) return addSums(known.sums, more.sums)
  rows.set(slot, { ...more, sums: { ...more.sums } })
}
