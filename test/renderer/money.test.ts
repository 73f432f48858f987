// Money as the panel reads and shows it: exact on nano-dollars, readable for people.
// Promises: every case a table row; properties hold for random amounts (fast-check prints its seed).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changeOf,
  changeOfCount,
  compareUsd,
  formatUsd,
  formatUsdExact,
  perMille,
  readNano,
  readTypedUsd,
  sumUsd,
  toUsdText,
} from '../../renderer/lib/money.ts'

const amounts = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })

describe('showing an amount', () => {
  it.each([
    ['0.000000000', '$0'],
    ['0', '$0'],
    ['1204.500000000', '$1,204.50'],
    ['12.340000000', '$12.34'],
    ['12.345000000', '$12.35'],
    ['0.012300000', '$0.0123'],
    ['0.000042000', '$0.000042'],
    ['0.000000001', '$0.000000001'],
    ['0.000000999', '$0.000000999'],
    ['0.500000000', '$0.50'],
    ['0.999600000', '$1.00'],
    ['0.123456789', '$0.123'],
    ['1234567890.999999999', '$1,234,567,891.00'],
    ['-0.004200000', '−$0.0042'],
    ['-12.500000000', '−$12.50'],
  ])('%s reads %s', (text, shown) => {
    expect(formatUsd(text)).toBe(shown)
  })

  it('never shows more than nothing as nothing', () => {
    fc.assert(
      fc.property(amounts, (nano) => {
        expect(formatUsd(toUsdText(nano)) === '$0').toBe(nano === 0n)
      }),
    )
  })

  it('shows every digit when asked to be exact', () => {
    expect(formatUsdExact('1204.512345000')).toBe('$1,204.512345')
    expect(formatUsdExact('1204.500000000')).toBe('$1,204.50')
    expect(formatUsdExact('0.000000001')).toBe('$0.000000001')
    fc.assert(
      fc.property(amounts, (nano) => {
        expect(readNano(formatUsdExact(toUsdText(nano)).replace('−', '-').replace(/[$,]/g, ''))).toBe(nano)
      }),
    )
  })
})

describe('reckoning', () => {
  it('adds without losing a nano-dollar', () => {
    expect(sumUsd(['0.100000000', '0.200000000'])).toBe('0.300000000')
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 30 }), (nanos) => {
        expect(readNano(sumUsd(nanos.map(toUsdText)))).toBe(nanos.reduce((total, nano) => total + nano, 0n))
      }),
    )
  })

  it('refuses what is not an amount instead of taking it for zero', () => {
    for (const text of ['', 'NaN', '1e3', '1,5', '0x10']) expect(() => readNano(text), text).toThrow(RangeError)
  })

  it('compares amounts that differ past the fifteenth digit', () => {
    expect(compareUsd('1000000.000000001', '1000000.000000002')).toBe(-1)
    expect(compareUsd('1000000.000000002', '1000000.000000002')).toBe(0)
    expect(compareUsd('-1', '-2')).toBe(1)
  })

  it('reaches a full budget only when it is full', () => {
    expect(perMille('49.999999999', '50')).toBe(999)
    expect(perMille('50', '50')).toBe(1000)
    expect(perMille('60', '50')).toBe(1200)
    expect(perMille('1', '0')).toBeNull()
  })

  it('words a change with its direction, amount and share', () => {
    expect(changeOf('12', '10')).toEqual({ direction: 'up', amount: '$2.00', percent: '20.0 %' })
    expect(changeOf('8', '10')).toEqual({ direction: 'down', amount: '$2.00', percent: '20.0 %' })
    expect(changeOf('8', '8')).toEqual({ direction: 'same', amount: '$0', percent: '0.0 %' })
    expect(changeOf('8', '0')).toEqual({ direction: 'up', amount: '$8.00', percent: null })
    expect(changeOfCount(2400, 1200)).toEqual({ direction: 'up', amount: '1,200', percent: '100.0 %' })
  })
})

describe('a typed amount', () => {
  it.each([
    ['25', '25'],
    [' $25.50 ', '25.5'],
    ['1,000', '1000'],
    ['1,234,567.25', '1234567.25'],
    ['0', '0'],
    ['007', '7'],
    ['0.000000001', '0.000000001'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['999,999,999,999', '999999999999'],
  ])('%s is read as %s', (typed, read) => {
    expect(readTypedUsd(typed)).toBe(read)
  })

  it.each(['', 'abc', '-5', '1.2.3', '0.0000000001', '1e5', '25 €', '1,5', '1234567890.123456789', '.', '$', ','])('%s is refused', (typed) => {
    expect(readTypedUsd(typed)).toBeNull()
  })

  it.each(['0,125', '0,500', ',250', '1234,567', '01,000', '1,000,00', '1,,000', '1.000,500', '1,000,000,000,000'])(
    '%s is refused: its comma separates no thousands',
    (typed) => {
      expect(readTypedUsd(typed)).toBeNull()
    },
  )

  it('survives the JSON number of the admin route', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 999_999_999 }), (whole, fraction) => {
        const typed = readTypedUsd(`${String(whole)}.${String(fraction).padStart(9, '0')}`)
        if (typed === null) throw new Error('a six-digit amount with nine places is at most fifteen digits')
        expect(readNano(Number(typed).toFixed(9))).toBe(readNano(typed))
      }),
    )
  })
})
