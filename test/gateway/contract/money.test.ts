// Money is exact: text and integers turn into each other without loss, and a price rounds up once.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nanoUsd, parseUnitPrice, parseUsd, picoUsd, priceOf, toUsdNumber, toUsdText } from '../../../gateway/contract/money.ts'

const anyNano = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })

describe('amounts as text', () => {
  test('every amount reads back as itself', () => {
    fc.assert(
      fc.property(anyNano, (amount) => {
        expect(parseUsd(toUsdText(nanoUsd(amount)))).toBe(amount)
      }),
    )
  })

  test('text has exactly nine places', () => {
    fc.assert(
      fc.property(anyNano, (amount) => {
        expect(toUsdText(nanoUsd(amount))).toMatch(/^-?(0|[1-9]\d*)\.\d{9}$/)
      }),
    )
    expect(toUsdText(nanoUsd(-1))).toBe('-0.000000001')
  })

  test.each([
    ['12.5', 12_500_000_000n],
    ['0.0001', 100_000n],
    ['1e-7', 100n],
    ['2.5E+1', 25_000_000_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    [' 1 ', 1_000_000_000n],
    ['-0.25', -250_000_000n],
    [0.1, 100_000_000n],
    [25.000000000000004, 25_000_000_001n],
  ])('reads %s', (text, amount) => {
    expect(parseUsd(text)).toBe(amount)
  })

  test('digits finer than a nano-dollar round up, so a small limit is not read as none', () => {
    expect(parseUsd('0.0000000001')).toBe(1n)
    expect(parseUsd('0.0000000010000001')).toBe(2n)
  })

  test.each(['', '.', '-', 'e5', '1,5', '1 2', '0x10', 'NaN', 'Infinity', '1e', '--1', '+1', '١'])('refuses %j', (text) => {
    expect(() => parseUsd(text)).toThrow(RangeError)
  })

  test('a JSON number is what the text says, to fifteen digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), (amount) => {
        expect(parseUsd(toUsdNumber(nanoUsd(amount)))).toBe(amount)
      }),
    )
  })
})

describe('prices', () => {
  test('unit prices published per million tokens are whole pico-dollars', () => {
    expect(parseUnitPrice('0.000000039')).toBe(39_000n)
    expect(parseUnitPrice(2.5e-6)).toBe(2_500_000n)
  })

  test('a price rounds up, by less than one nano-dollar', () => {
    const units = fc.integer({ min: 0, max: 2 ** 50 })
    const price = fc.bigInt({ min: 0n, max: 10n ** 12n })
    fc.assert(
      fc.property(units, price, (count, pico) => {
        const cost = priceOf(count, picoUsd(pico))
        const exactPico = BigInt(count) * pico
        expect(cost * 1000n >= exactPico && (cost - 1n) * 1000n < exactPico).toBe(true)
      }),
    )
  })

  test('more units never cost less', () => {
    const count = fc.integer({ min: 0, max: 2 ** 40 })
    fc.assert(
      fc.property(count, count, fc.bigInt({ min: 0n, max: 10n ** 10n }), (one, other, pico) => {
        const [less, more] = one < other ? [one, other] : [other, one]
        expect(priceOf(less, picoUsd(pico)) <= priceOf(more, picoUsd(pico))).toBe(true)
      }),
    )
  })

  test('nothing costs nothing, and one unit of the smallest price costs one nano-dollar', () => {
    expect(priceOf(0, picoUsd(7))).toBe(0n)
    expect(priceOf(1, picoUsd(1))).toBe(1n)
    expect(priceOf(1000, picoUsd(1))).toBe(1n)
    expect(priceOf(1001, picoUsd(1))).toBe(2n)
  })
})
