// Lists of requests, one request, and batches for exports.
// Promises: newest first by position; counts stop at a bound and say so; an export sees no row twice and ends. Leaves alone: words for people.

import type { RequestDetail, RequestFilter, RequestPage } from '../../contract/reports.ts'
import type { ReportContext } from './context.ts'
import { above, below, toWhere, upTo } from './request-filter.ts'
import { readDetails, readRequests } from './request-read.ts'

export function listRequests({ db, limits }: ReportContext, filter: RequestFilter, page: { readonly before?: number; readonly limit: number }): RequestPage {
  const all = toWhere(db, filter)
  const where = page.before === undefined ? all : toWhere(db, filter, [below(page.before)])
  if (all === null || where === null) return { rows: [], next: null, count: 0, more: false }
  const limit = Math.max(1, Math.min(page.limit, limits.reportRowsMax))
  // One row more than asked tells whether there is a next page.
  const found = readRequests(db, { sql: `${where.sql} ORDER BY r.id DESC LIMIT ?`, values: [...where.values, limit + 1] })
  const rows = found.slice(0, limit)
  const counted =
    db.prepare<unknown[], { count: number }>(`SELECT count(*) AS count FROM (SELECT 1 ${all.sql} LIMIT ?)`).get(...all.values, limits.countMax + 1)?.count ?? 0
  return { rows, next: found.length > limit ? (rows.at(-1)?.row ?? null) : null, count: Math.min(counted, limits.countMax), more: counted > limits.countMax }
}

/** By our id, or by the upstream's; where several requests share an upstream id, the newest. */
export function readRequest({ db }: ReportContext, id: string): RequestDetail | null {
  const own = readDetails(db, { sql: 'FROM request r WHERE r.request_id = ?', values: [id] })[0]
  if (own !== undefined) return own
  const upstream = 'FROM request r WHERE r.id = (SELECT max(request_id) FROM attempt WHERE upstream_id = ?)'
  return readDetails(db, { sql: upstream, values: [id] })[0] ?? null
}

/** Oldest first, after a position and up to one. */
export interface ExportPage {
  readonly filter: RequestFilter
  readonly after: number
  readonly last: number
  readonly limit: number
}
export function exportPage({ db }: ReportContext, page: ExportPage): readonly RequestDetail[] {
  const where = toWhere(db, page.filter, [above(page.after), upTo(page.last)])
  return where === null ? [] : readDetails(db, { sql: `${where.sql} ORDER BY r.id LIMIT ?`, values: [...where.values, page.limit] })
}

/** An export ends at the row that was newest when it began. */
export function lastRow({ db }: ReportContext): number {
  return db.prepare<[], { last: number | null }>('SELECT max(id) AS last FROM request').get()?.last ?? 0
}
