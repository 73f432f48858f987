// Rows of the request list put together from several answers.
// Promises: order and length stay; a row that is not in the newer answer stays as it was.

import type { PanelRequest } from '../../gateway/contract/panel.ts'

/** Replaces rows by their newer state: a running request turns final in its place. */
export function withFresh(rows: readonly PanelRequest[], newer: readonly PanelRequest[]): readonly PanelRequest[] {
  const fresh = new Map(newer.map((row) => [row.row, row]))
  return rows.map((row) => fresh.get(row.row) ?? row)
}
