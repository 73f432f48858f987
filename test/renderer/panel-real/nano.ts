// Amounts in whole nano-dollars, from the three places they are read: the page, the exported file, the upstream's own words.
// Promises: integers only; what is not an amount throws. Leaves alone: which of them should agree.

import type { Table } from '../../kit/csv.ts'
import { exactBill } from '../../kit/exact-bill.ts'
import type { Page, UpstreamBook } from '../../kit/upstream-book.ts'
import { prices } from './first-house.ts'

/** From `0.000123457`, with up to nine places. */
export function toNano(text: string): bigint {
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  if (whole === '') throw new Error(`not an amount: ${text}`)
  return BigInt(whole + fraction.padEnd(9, '0'))
}

/** Of an export's `cost_usd`. */
export const nanoSum = (table: Table): bigint => table.rows.reduce((sum, row) => sum + toNano(row['cost_usd'] ?? 'missing'), 0n)

/** What one exchange costs by the tokens its upstream reported and the prices typed into the form. */
export function billedNano(upstream: UpstreamBook, asked: Page): bigint {
  const tokens = upstream.tokensOf(asked)
  if (tokens === null) throw new Error(`the upstream reported no tokens: ${asked.replyText.slice(0, 300)}`)
  return toNano(exactBill(tokens, prices.perToken))
}
