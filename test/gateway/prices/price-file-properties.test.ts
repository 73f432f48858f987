// Any table that can be kept can be written as a file and read back equal, and a number means the same however it is written.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { picoUsd } from '../../../gateway/contract/money.ts'
import type { PriceRow, Prices } from '../../../gateway/contract/prices.ts'
import { meters, type Meter } from '../../../gateway/contract/usage.ts'
import { settle } from '../../../gateway/rooms/settle.ts'
import { sealCard, toUnitPrice } from '../../../gateway/prices/card.ts'
import { writeOwnFormat } from '../../../gateway/prices/own-format.ts'
import { readPriceFile, type PriceFile } from '../../../gateway/prices/price-file.ts'

const read = async (text: string): Promise<PriceFile> => await readPriceFile(text, { providerId: () => null, modelsMax: 1000 })
const whole: readonly Meter[] = ['calls', 'seconds', 'images', 'pixels', 'characters', 'searches']

const pico = fc.oneof(fc.bigInt(0n, 1_000_000_000_000n), fc.bigInt(0n, 100_000_000n))
const tier = fc.record({ aboveInputTokens: fc.integer({ min: 1, max: 2_000_000 }), pico: pico.map((amount) => picoUsd(amount)) })
const lineOf = (meter: Meter) =>
  fc
    .tuple(pico, whole.includes(meter) ? fc.constant([]) : fc.uniqueArray(tier, { maxLength: 3, selector: ({ aboveInputTokens }) => aboveInputTokens }))
    .map(([base, tiers]) => [meter, toUnitPrice(picoUsd(base), tiers)] as const)
const prices: fc.Arbitrary<Prices> = fc
  .uniqueArray(fc.constantFrom(...meters), { minLength: 1, maxLength: meters.length })
  .chain((names) => fc.tuple(...names.map(lineOf)))
  .map((lines) => Object.fromEntries(lines))
const row: fc.Arbitrary<PriceRow> = fc.record({
  provider: fc.option(fc.constantFrom('openai', 'anthropic', 'mistral')),
  model: fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    .map((text) => text.trim())
    .filter((text) => text !== ''),
  fromMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000_000_000_000 })),
  prices,
})
const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 20, selector: (one) => JSON.stringify([one.provider, one.model, one.fromMs]) })

describe('price files', () => {
  test('what is exported is imported equal, and its own export is the same text', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.option(fc.string()), async (kept, note) => {
        const text = JSON.stringify(writeOwnFormat(kept, note))
        const file = await read(text)
        expect(file.skipped).toEqual([])
        expect(file.rows).toEqual(kept)
        expect(JSON.stringify(writeOwnFormat(file.rows, file.note))).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  test('an amount is the same price in any spelling, to the pico-dollar', async () => {
    const spell = (amount: bigint, form: number): string => {
      const digits = amount.toString()
      const padded = digits.padStart(13, '0')
      if (form === 0) return `${padded.slice(0, -12)}.${padded.slice(-12)}`
      return form === 1 ? `${digits}e-12` : `${digits.slice(0, 1)}${digits.length > 1 ? `.${digits.slice(1)}` : ''}E${String(digits.length - 13)}`
    }
    await fc.assert(
      fc.asyncProperty(fc.bigInt(1n, 1_000_000_000_000n), fc.integer({ min: 0, max: 2 }), async (amount, form) => {
        const file = await read(`{"m":{"litellm_provider":"openai","input_cost_per_token":${spell(amount, form)}}}`)
        expect(file.rows[0]?.prices.input?.pico).toBe(amount)
      }),
      { numRuns: 300 },
    )
  })

  test('a bill by the card of a table is a bill by the card of its exported file', async () => {
    const used = fc.dictionary(fc.constantFrom(...meters), fc.integer({ min: 0, max: 3_000_000 }))
    await fc.assert(
      fc.asyncProperty(row, used, async (kept, units) => {
        const again = (await read(JSON.stringify(writeOwnFormat([kept], null)))).rows[0]
        const billBy = (one: PriceRow | undefined) =>
          settle([{ usage: { meters: units, provenance: 'reported' }, price: sealCard('imported', '', one?.prices ?? {}) }])
        expect(billBy(again)).toEqual(billBy(kept))
      }),
      { numRuns: 200 },
    )
  })
})
