// Recomputes bills: of attempts, of later adjustments, and what calls held in blocks have promised.
// Promises: every line is units times a pinned price, every cost the sum of its lines; changes nothing. Leaves alone: sums over requests (verify.ts).

import type { Database } from 'better-sqlite3'
import { picoUsd, priceOf } from '../../contract/money.ts'
import { isIncluded, type BillLine, type PriceCard } from '../../contract/price.ts'
import type { Violation } from '../../contract/reports.ts'
import { invariants } from '../invariants.ts'
import { parseBlock } from '../open-requests.ts'
import { parseLines } from './request-read.ts'
import { violation } from './violation.ts'

interface StoredBill {
  readonly id: string
  readonly ordinal: number | null
  readonly lines: string
  readonly cost: string
  readonly prices: string | null
}

export function checkAttempts(db: Database): Violation[] {
  const sql = `SELECT r.request_id AS id, a.ordinal, a.lines, CAST(a.cost_nusd AS TEXT) AS cost, p.prices
    FROM attempt a JOIN request r ON r.id = a.request_id LEFT JOIN price p ON p.id = a.price_id WHERE a.state <> 'orphaned'`
  const found: Violation[] = []
  for (const row of db.prepare<[], StoredBill>(sql).iterate()) {
    const lines = parseLines(row.lines)
    const subject = `${row.id} attempt ${row.ordinal}`
    const total = totalOf(lines)
    if (total !== BigInt(row.cost)) found.push(violation(invariants.I5, subject, { cost: row.cost, lines: total }))
    found.push(...checkLines(lines, { subject, prices: row.prices }))
  }
  return found
}

interface StoredAdjustment extends StoredBill {
  readonly amount: string
}

/** In the order they were made: each with lines says what the whole attempt costs from then on, and none takes more than there is. */
export function checkAdjustments(db: Database): Violation[] {
  const sql = `SELECT r.request_id AS id, d.ordinal, d.lines, CAST(d.amount_nusd AS TEXT) AS amount, CAST(coalesce(a.cost_nusd, 0) AS TEXT) AS cost, p.prices
    FROM adjustment d JOIN request r ON r.id = d.request_id LEFT JOIN attempt a ON a.request_id = d.request_id AND a.ordinal = d.ordinal
    LEFT JOIN price p ON p.id = d.price_id ORDER BY d.request_id, d.ordinal, d.id`
  const found: Violation[] = []
  let last = { subject: '', cost: 0n }
  for (const row of db.prepare<[], StoredAdjustment>(sql).iterate()) {
    const subject = `${row.id} attempt ${row.ordinal ?? 'none'} adjusted`
    const cost = (last.subject === subject ? last.cost : BigInt(row.cost)) + BigInt(row.amount)
    last = { subject, cost }
    const lines = parseLines(row.lines)
    const total = lines.length === 0 ? cost : totalOf(lines)
    if (cost < 0n || total !== cost) found.push(violation(invariants.I5, subject, { cost, lines: total }))
    found.push(...checkLines(lines, { subject, prices: row.prices }))
  }
  return found
}

function checkLines(lines: readonly BillLine[], of: { readonly subject: string; readonly prices: string | null }): Violation[] {
  const found: Violation[] = []
  for (const { meter, units, pico, costNanoUsd } of lines) {
    if (priceOf(units, pico) !== costNanoUsd) found.push(violation(invariants.I5, of.subject, { meter, units, pico, cost: costNanoUsd }))
    // A rate may be a tier's, or a base meter's that stands in: it is one of the card's. What the card does not sell may be included.
    if (of.prices === null || !(of.prices.includes(`"${pico}"`) || (pico === 0n && isIncluded(readCard(of.prices), meter))))
      found.push(violation(invariants.I5, of.subject, { meter, pico, reason: 'not a price of the pinned card' }))
  }
  return found
}

/** As interned.ts wrote it; only which lines it has is read. */
const readCard = (prices: string): Pick<PriceCard, 'prices'> => ({ prices: JSON.parse(prices) as PriceCard['prices'] })

const totalOf = (lines: readonly BillLine[]): bigint => lines.reduce((sum, line) => sum + line.costNanoUsd, 0n)

/** The hold of a running call in blocks covers what it was told it may produce. */
export function checkBlocks(db: Database): Violation[] {
  const sql = `SELECT request_id AS id, block, output_tokens_held AS tokens, CAST(hold_nusd AS TEXT) AS hold
    FROM request INDEXED BY request_unclosed WHERE state <> 'closed' AND state = 'open' AND hold_mode = 'block'`
  return db
    .prepare<[], { id: string; block: string; tokens: number; hold: string }>(sql)
    .all()
    .flatMap(({ id, block, tokens, hold }) => {
      const terms = parseBlock(block)
      const promised = terms.inputNanoUsd + priceOf(tokens, picoUsd(terms.outputPico))
      const sound = BigInt(hold) >= promised && tokens <= terms.outputTokensMax && promised <= terms.strictNanoUsd
      return sound ? [] : [violation(invariants.I2, id, { hold, promised, tokens })]
    })
}
