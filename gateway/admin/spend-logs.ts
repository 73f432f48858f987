// GET /spend/logs in both of LiteLLM's shapes: raw rows, or one aggregate per day.
// Promises: at most a fixed number of rows, and a header when there were more; a virtual key sees its own rows only.
// Leaves alone: requests still running (LiteLLM logs a request when it has ended). Dates are days of the ledger's zone, both included.

import { z } from 'zod'
import { keyId, type KeyId } from '../contract/ids.ts'
import { refuse } from '../contract/errors.ts'
import { nanoUsd, toUsdNumber, type NanoUsd } from '../contract/money.ts'
import type { Dimension, RequestFilter, RequestRow, SpendRow } from '../contract/reports.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { bucketsBetween } from '../kit/calendar.ts'
import { defineRoute, json, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { flag, name, unenforcedFields } from './fields.ts'
import { toHash } from './find-record.ts'
import { mayReadKey, onlyKey } from './own-key.ts'
import { hashOf, spendLogSchema, toSpendLog } from './spend-log-shape.ts'
import { endOfDay, readTime, toDateText } from './zone-time.ts'

const logsQuery = z.strictObject({
  api_key: name.optional(),
  request_id: name.optional(),
  start_date: z.string().max(40).optional(),
  end_date: z.string().max(40).optional(),
  summarize: flag.default(true),
  ...unenforcedFields(['user_id']),
})
type LogsQuery = z.infer<typeof logsQuery>
const dayRow = z
  .object({ startTime: z.string(), spend: z.number(), models: z.record(z.string(), z.number()), users: z.record(z.string(), z.number()) })
  .catchall(z.unknown())
const logsReply = z
  .union([z.array(spendLogSchema), z.array(dayRow)])
  .meta({ description: 'Rows; or, with both dates and summarize (the default), one object per day whose other members are spend by key hash.' })

const pageRows = 200
const daysMax = 1100
const truncatedHeader = 'x-tollgate-truncated'

export function createSpendLogRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    defineRoute(deps, {
      method: 'GET',
      path: '/spend/logs',
      auth: 'key',
      tag: 'spend',
      summary: 'Spend rows, or spend per day',
      query: logsQuery,
      reply: logsReply,
      handle: (call) => logs(deps, call),
    }),
  ]
}

async function logs(deps: AdminDeps, call: ParsedCall<LogsQuery, undefined>): Promise<RouteAnswer> {
  const { query } = call
  const own = onlyKey(call.caller)
  if (query.request_id !== undefined) return await one(deps, query.request_id, own)
  const span = readSpan(deps, query)
  const key = whichKey(deps, call, own)
  // A key nobody has: no rows, as for any filter that matches nothing.
  if (key === 'unknown') return json([])
  const filter: RequestFilter = { ...span, ...(key === null ? {} : { keyId: key }) }
  if (query.summarize && span.fromMs !== undefined && span.toMs !== undefined) {
    return json(await days(deps, { fromMs: span.fromMs, toMs: span.toMs }, key))
  }
  const { rows, truncated } = await readRows(deps, filter)
  const tools = { directory: deps.directory, catalog: deps.catalog(), full: own === null }
  return json(
    rows.map((row) => toSpendLog(row, tools)),
    truncated ? { [truncatedHeader]: 'true' } : {},
  )
}

/** By our id or the upstream's. */
async function one(deps: AdminDeps, id: string, own: KeyId | null): Promise<RouteAnswer> {
  const row = await deps.reports.readRequest(id)
  const visible = row !== null && row.state !== 'open' && (own === null || row.keyId === own)
  return json(visible ? [toSpendLog(row, { directory: deps.directory, catalog: deps.catalog(), full: own === null })] : [])
}

function whichKey(deps: AdminDeps, call: ParsedCall<LogsQuery, undefined>, own: KeyId | null): KeyId | 'unknown' | null {
  const { api_key: asked } = call.query
  if (asked === undefined) return own
  const ownHash = own === null ? null : (deps.directory.findById(own)?.key.hash ?? null)
  if (!mayReadKey(call.caller, ownHash, toHash(asked))) throw refuse('admin_only')
  return deps.directory.findByHash(toHash(asked))?.key.id ?? 'unknown'
}

function readSpan(deps: AdminDeps, query: LogsQuery): { readonly fromMs?: number; readonly toMs?: number } {
  const { zone } = deps.facts
  const fromMs = query.start_date === undefined ? undefined : readTime(query.start_date, zone, 'start_date')
  const toMs = query.end_date === undefined ? undefined : readEnd(query.end_date, zone)
  if (fromMs !== undefined && toMs !== undefined && toMs - fromMs > daysMax * 86_400_000)
    throw refuse('invalid_request', { reason: `At most ${daysMax} days at once.` }, { param: 'start_date' })
  return { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) }
}

/** A bare date includes its whole day. */
function readEnd(text: string, zone: string): number {
  const atMs = readTime(text, zone, 'end_date')
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? endOfDay(atMs, zone) : atMs
}

async function readRows(deps: AdminDeps, filter: RequestFilter): Promise<{ readonly rows: readonly RequestRow[]; readonly truncated: boolean }> {
  const rows: RequestRow[] = []
  const rowsMax = deps.limits.reportRowsMax
  let before: number | null = null
  do {
    const page = await deps.reports.listRequests(filter, { limit: pageRows, ...(before === null ? {} : { before }) })
    rows.push(...page.rows.filter((row) => row.state !== 'open'))
    before = page.next
  } while (before !== null && rows.length <= rowsMax)
  return { rows: rows.slice(0, rowsMax), truncated: rows.length > rowsMax }
}

interface Day {
  spend: NanoUsd
  readonly models: Map<string, NanoUsd>
  readonly keys: Map<string, NanoUsd>
}

/** Every day of the range, also those without spend. */
async function days(deps: AdminDeps, span: { fromMs: number; toMs: number }, key: KeyId | null): Promise<readonly z.infer<typeof dayRow>[]> {
  const { zone } = deps.facts
  const byDay = new Map<string, Day>(
    bucketsBetween(span.fromMs, span.toMs, 'day', zone).map((at) => [toDateText(at, zone), { spend: nanoUsd(0), models: new Map(), keys: new Map() }]),
  )
  const read = (dimension: Dimension): Promise<readonly SpendRow[]> =>
    deps.reports.spend({ ...span, dimension, grain: 'day', ...(key === null ? {} : { filter: { keyId: key } }) })
  const [byModel, byKey] = await Promise.all([read('model'), read('key')])
  for (const row of byModel) addTo(byDay.get(toDateText(row.bucketMs, zone))?.models, row.member, row.costNanoUsd)
  for (const row of byKey) {
    const day = byDay.get(toDateText(row.bucketMs, zone))
    if (day === undefined) continue
    day.spend = nanoUsd(day.spend + row.costNanoUsd)
    addTo(day.keys, nameOfKey(deps, row), row.costNanoUsd)
  }
  return [...byDay].map(([startTime, day]) => ({ ...toNumbers(day.keys), startTime, spend: toUsdNumber(day.spend), models: toNumbers(day.models), users: {} }))
}

/** The hash, as LiteLLM has it, else the name. */
function nameOfKey(deps: AdminDeps, row: SpendRow): string {
  return hashOf(deps.directory, keyId(Number(row.member))) ?? row.label
}

function addTo(sums: Map<string, NanoUsd> | undefined, member: string, amount: NanoUsd): void {
  sums?.set(member, nanoUsd((sums.get(member) ?? 0n) + amount))
}

const toNumbers = (sums: ReadonlyMap<string, NanoUsd>): Record<string, number> =>
  Object.fromEntries([...sums].map(([member, amount]) => [member, toUsdNumber(amount)]))
