// Rows as CSV for spreadsheets: typed columns, header row, CRLF, UTF-8.
// Promises: a text cell can never become a formula; a number or a time stays exactly what it is, negative ones included.
// Leaves alone: which columns there are. Money has nine decimals, never an exponent or a thousands separator.
// Source: https://owasp.org/www-community/attacks/CSV_Injection and RFC 4180, as known 2026-11-21.

import { stringify } from 'csv-stringify/sync'
import { toUsdText, type NanoUsd } from '../contract/money.ts'
import { toZonedText } from './zone-time.ts'

export type Column<Row> =
  | { readonly header: string; readonly kind: 'text'; read(row: Row): string | null }
  | { readonly header: string; readonly kind: 'number'; read(row: Row): number | null }
  | { readonly header: string; readonly kind: 'money'; read(row: Row): NanoUsd | null }
  | { readonly header: string; readonly kind: 'time'; read(row: Row): number | null }

export function headerLine<Row>(columns: readonly Column<Row>[]): string {
  return stringify([columns.map((column) => column.header)], options)
}

export function toLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], zone: string): string {
  return rows.length === 0
    ? ''
    : stringify(
        rows.map((row) => columns.map((column) => cellOf(column, row, zone))),
        options,
      )
}

const options = { record_delimiter: 'windows' } as const

// csv-stringify's own `escape_formulas` works on every cell of a row by JavaScript type; here the column decides, so that amounts,
// which are text to JavaScript, are never touched.
function cellOf<Row>(column: Column<Row>, row: Row, zone: string): string | number | null {
  if (column.kind === 'text') return escapeFormula(column.read(row))
  if (column.kind === 'number') return column.read(row)
  if (column.kind === 'money') {
    const amount = column.read(row)
    return amount === null ? null : toUsdText(amount)
  }
  const atMs = column.read(row)
  return atMs === null ? null : toZonedText(atMs, zone)
}

// Spreadsheets also read the full-width forms of the four signs as formulas, and drop a leading tab or line break before they look.
const formulaStart = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
// Where a semicolon or a tab separates cells, a comma does not, so quotes within a line mean nothing and a line break ends the row.
const laterStart = /[;\t\r\n][\s;"]*(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g

export function escapeFormula(text: string | null): string | null {
  if (text === null) return null
  const safe = text.replace(laterStart, "$&'")
  return formulaStart.test(safe) ? `'${safe}` : safe
}
