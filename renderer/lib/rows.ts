// Rows of the request list put together from several answers.
// Promises: order stays; no row is there twice; a row that is not in the newer answer stays as it was.

import type { PanelRequest } from '../../gateway/contract/panel.ts'

type Rows = readonly PanelRequest[]

/** Replaces rows by their newer state: a running request turns final in its place. */
export function withFresh(rows: Rows, newer: Rows): Rows {
  const fresh = new Map(newer.map((row) => [row.row, row]))
  return rows.map((row) => fresh.get(row.row) ?? row)
}

/** Appends older rows, each once. */
export function withOlder(rows: Rows, older: Rows): Rows {
  const known = new Set(rows.map((row) => row.row))
  return [...rows, ...older.filter((row) => !known.has(row.row))]
}

export function without(rows: Rows, gone: Rows): Rows {
  const left = new Set(gone.map((row) => row.row))
  return rows.filter((row) => !left.has(row.row))
}

/** Rows that still run as far as they were read, and that a newer answer says nothing of. */
export function openOutside(rows: Rows, newer: Rows): Rows {
  const answered = new Set(newer.map((row) => row.row))
  return rows.filter((row) => row.state === 'open' && !answered.has(row.row))
}
