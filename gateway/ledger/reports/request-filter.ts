// Turns a filter into the WHERE of a list: the index that drives it, and the range of rows its times allow.
// Promises: rows come by position along one index, so a page costs the same at any depth; a name nobody used matches nothing.
// Leaves alone: which columns are read.

import type { Database } from 'better-sqlite3'
import type { RequestFilter } from '../../contract/reports.ts'
import { hourMs } from '../request-rows.ts'

export interface Where {
  /** FROM and WHERE over `request r`. */
  readonly sql: string
  readonly values: readonly (string | number)[]
}
interface Term {
  readonly sql: string
  readonly values: readonly (string | number)[]
  /** Index that finds these rows in order of position; null = a filter on the way. */
  readonly index: string | null
}

/** null: nothing can match. */
export function toWhere(db: Database, filter: RequestFilter, more: readonly Term[] = []): Where | null {
  const terms = [...readTerms(db, filter), ...readTimes(db, filter), ...more]
  if (terms.includes(nothing)) return null
  const index = terms.find((term) => term.index !== null)?.index
  const conditions = terms.map((term) => term.sql).join(' AND ')
  const sql = `FROM request r ${index === undefined ? 'NOT INDEXED' : `INDEXED BY ${index}`} ${conditions === '' ? '' : `WHERE ${conditions}`}`
  return { sql, values: terms.flatMap((term) => term.values) }
}

export const below = (row: number): Term => ({ sql: 'r.id < ?', values: [row], index: null })
export const above = (row: number): Term => ({ sql: 'r.id > ?', values: [row], index: null })
export const upTo = (row: number): Term => ({ sql: 'r.id <= ?', values: [row], index: null })
export const settled: Term = { sql: `r.state IN ('closed', 'orphaned')`, values: [], index: null }

const nothing: Term = { sql: '0', values: [], index: null }

/** Rarest first: the first index found drives the query. */
function readTerms(db: Database, filter: RequestFilter): readonly Term[] {
  const terms: Term[] = []
  const equal = (column: string, value: string | number, index: string | null): void => void terms.push({ sql: `r.${column} = ?`, values: [value], index })
  if (filter.sessionId !== undefined) equal('session_id', filter.sessionId, 'request_session')
  if (filter.endUser !== undefined) equal('end_user', filter.endUser, 'request_end_user')
  if (filter.outcome !== undefined) terms.push(outcomeTerm(filter.outcome))
  if (filter.keyId !== undefined) equal('key_id', filter.keyId, 'request_key')
  if (filter.model !== undefined) terms.push(nameTerm(db, { kind: 'model', text: filter.model, column: 'model_id', index: 'request_model' }))
  if (filter.teamId !== undefined) equal('team_id', filter.teamId, 'request_team')
  if (filter.providerId !== undefined) terms.push(nameTerm(db, { kind: 'provider', text: filter.providerId, column: 'provider_id', index: null }))
  return terms
}

function outcomeTerm(outcome: NonNullable<RequestFilter['outcome']>): Term {
  if (outcome === 'ended') return settled
  // The constant conditions repeat those of the partial indices, word for word, or SQLite would not use them.
  if (outcome === 'ok' || outcome === 'answered') return { sql: `r."end" = 'answered'`, values: [], index: null }
  if (outcome === 'error') return { sql: `r."end" <> 'answered'`, values: [], index: 'request_failed' }
  if (outcome === 'open') return { sql: `r.state <> 'closed' AND r.state = 'open'`, values: [], index: 'request_unclosed' }
  return { sql: `r."end" <> 'answered' AND r."end" = ?`, values: [outcome], index: 'request_failed' }
}

function nameTerm(db: Database, name: { readonly kind: string; readonly text: string; readonly column: string; readonly index: string | null }): Term {
  const id = db.prepare<[string, string], { id: number }>('SELECT id FROM name WHERE kind = ? AND text = ?').get(name.kind, name.text)?.id
  return id === undefined ? nothing : { sql: `r.${name.column} = ?`, values: [id], index: name.index }
}

function readTimes(db: Database, filter: RequestFilter): readonly Term[] {
  const { fromMs, toMs } = filter
  if (fromMs === undefined && toMs === undefined) return []
  const span = db
    .prepare<[number, number], { first: number | null; last: number | null }>(
      'SELECT min(first_row) AS first, max(last_row) AS last FROM request_hour WHERE hour BETWEEN ? AND ?',
    )
    .get(fromMs === undefined ? 0 : Math.floor(fromMs / hourMs), toMs === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(toMs / hourMs))
  if (span === undefined || span.first === null || span.last === null) return [nothing]
  const rows: Term = { sql: 'r.id BETWEEN ? AND ?', values: [span.first, span.last], index: null }
  const from: Term = { sql: 'r.received_at >= ?', values: [fromMs ?? 0], index: null }
  return toMs === undefined ? [rows, from] : [rows, from, { sql: 'r.received_at < ?', values: [toMs], index: null }]
}
