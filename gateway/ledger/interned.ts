// Texts and cards that many rows share, as row ids: names, price cards, sets of periods.
// Promises: the same content is the same row; the memory kept for it is bounded. Leaves alone: what the rows mean.

import type { Database } from 'better-sqlite3'
import { priceId, type PriceId } from '../contract/ids.ts'
import type { PriceCard } from '../contract/price.ts'
import { Misuse } from './ops.ts'

export type NameKind = 'model' | 'upstream' | 'provider' | 'deployment' | 'agent'
export interface Interned {
  nameId(kind: NameKind, text: string, label?: string): number
  /** null when no row has used this name: callers can invent names, and must not fill the table with them. */
  knownNameId(kind: NameKind, text: string): number | null
  priceId(card: PriceCard): PriceId
  periodSetId(periods: string): number
  /** After a rollback. */
  forget(): void
}

const keptMax = 10_000
const textMax = 300

export function createInterned(db: Database): Interned {
  const names = new Map<string, number>()
  const prices = new Map<string, PriceId>()
  const sets = new Map<string, number>()
  const findName = db.prepare<[string, string], { id: number }>('SELECT id FROM name WHERE kind = ? AND text = ?')
  const addName = db.prepare<[string, string, string | null]>('INSERT INTO name (kind, text, label) VALUES (?, ?, ?)')
  const findPrice = db.prepare<[string], { id: number }>('SELECT id FROM price WHERE digest = ?')
  const addPrice = db.prepare<[string, string, string, string]>('INSERT INTO price (digest, source, note, prices) VALUES (?, ?, ?, ?)')
  const findSet = db.prepare<[string], { id: number }>('SELECT id FROM period_set WHERE periods = ?')
  const addSet = db.prepare<[string]>('INSERT INTO period_set (periods) VALUES (?)')

  const knownNameId = (kind: NameKind, text: string): number | null => {
    const capped = text.slice(0, textMax)
    const slot = `${kind} ${capped}`
    const known = names.get(slot)
    if (known !== undefined) return known
    const found = findName.get(kind, capped)?.id
    return found === undefined ? null : keep(names, slot, found)
  }
  return {
    knownNameId,
    nameId(kind, text, label) {
      const capped = text.slice(0, textMax)
      return knownNameId(kind, capped) ?? keep(names, `${kind} ${capped}`, Number(addName.run(kind, capped, label ?? null).lastInsertRowid))
    },
    priceId(card) {
      const known = prices.get(card.digest)
      if (known !== undefined) return known
      const stored = findPrice.get(card.digest)?.id
      // Only a card that is already in the file may come without its prices.
      if (stored === undefined && Object.keys(card.prices).length === 0) throw new Misuse(`the price card ${card.digest} is not in the ledger`)
      const found = stored ?? addPrice.run(card.digest, card.source, card.note, toPricesText(card)).lastInsertRowid
      return keep(prices, card.digest, priceId(Number(found)))
    },
    periodSetId(periods) {
      return sets.get(periods) ?? keep(sets, periods, Number(findSet.get(periods)?.id ?? addSet.run(periods).lastInsertRowid))
    },
    forget() {
      names.clear()
      prices.clear()
      sets.clear()
    },
  }
}

function keep<Id extends number>(kept: Map<string, Id>, slot: string, id: Id): Id {
  if (kept.size >= keptMax) kept.clear()
  kept.set(slot, id)
  return id
}

/** Pico-USD as decimal strings: JSON numbers would round. */
function toPricesText(card: PriceCard): string {
  return JSON.stringify(card.prices, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}
