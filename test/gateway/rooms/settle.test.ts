// What an attempt costs follows from its usage and its pinned card alone, line by line, in whole nano-dollars.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { picoUsd } from '../../../gateway/contract/money.ts'
import { rateOf, type PriceCard, type UnitPrice } from '../../../gateway/contract/price.ts'
import { meters, promptTokens, type Meter, type Meters } from '../../../gateway/contract/usage.ts'
import { settle } from '../../../gateway/rooms/settle.ts'

const flat = (pico: number, tiers: readonly (readonly [number, number])[] = []): UnitPrice => ({
  pico: picoUsd(pico),
  tiers: tiers.map(([aboveInputTokens, dearer]) => ({ aboveInputTokens, pico: picoUsd(dearer) })),
})
const card = (prices: PriceCard['prices']): PriceCard => ({ digest: 'd', source: 'bundled', note: 'test', prices })
const billOf = (price: PriceCard | null, used: Meters) => settle([{ usage: { meters: used, provenance: 'reported' }, price }])[0]

test('tokens are not included in a card that has a price for searches alone', () => {
  const bill = billOf(card({ searches: flat(10_000) }), { input: 5, output: 5, searches: 2 })
  expect(bill).toMatchObject({ unpriced: true, costNanoUsd: 20n })
  expect(billOf(card({ calls: flat(10_000) }), { input: 5, output: 5, calls: 1 })).toMatchObject({ unpriced: false, costNanoUsd: 10n })
})

describe('rateOf', () => {
  const full = card({
    input: flat(10),
    cacheRead: flat(1),
    cacheWrite: flat(12),
    cacheWrite1h: flat(20),
    inputAudio: flat(40),
    cacheReadAudio: flat(4),
    output: flat(50),
    reasoning: flat(30),
    outputAudio: flat(80),
  })

  test('a meter with its own line uses it', () => {
    const rates = (['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'inputAudio', 'cacheReadAudio', 'output', 'reasoning', 'outputAudio'] as const).map(
      (meter) => rateOf(full, meter, 0),
    )
    expect(rates).toEqual([10n, 1n, 12n, 20n, 40n, 4n, 50n, 30n, 80n])
  })

  test.each<[Meter, Meter[]]>([
    ['cacheRead', ['input']],
    ['cacheWrite', ['input']],
    ['cacheWrite1h', ['cacheWrite', 'input']],
    ['inputAudio', ['input']],
    ['cacheReadAudio', ['cacheRead', 'input']],
    ['reasoning', ['output']],
    ['outputAudio', ['output']],
  ])('%s falls back to %j in turn', (meter, chain) => {
    const missing: Meter[] = [meter]
    for (const base of chain) {
      const left = card(Object.fromEntries(Object.entries(full.prices).filter(([name]) => !missing.some((gone) => gone === name))))
      expect(rateOf(left, meter, 0)).toBe(full.prices[base]?.pico)
      missing.push(base)
    }
  })

  test('a token meter without any line has no rate; a unit the model is not sold by costs nothing', () => {
    expect(rateOf(card({ output: flat(1) }), 'cacheRead', 0)).toBeNull()
    expect(rateOf(card({ input: flat(1) }), 'outputAudio', 0)).toBeNull()
    for (const meter of ['calls', 'seconds', 'images', 'characters'] as const) expect(rateOf(card({ input: flat(1) }), meter, 0)).toBe(0n)
  })

  test('the highest tier whose threshold is exceeded holds; at the threshold the lower one does', () => {
    const tiered = card({
      input: flat(10, [
        [100, 20],
        [200, 30],
      ]),
    })
    expect([0, 100, 101, 200, 201, 1_000_000].map((size) => rateOf(tiered, 'input', size))).toEqual([10n, 10n, 20n, 20n, 30n, 30n])
  })
})

describe('settle', () => {
  test('no usage is no bill, and not an unpriced one', () => {
    expect(settle([{ usage: null, price: null }])).toEqual([{ costNanoUsd: 0n, lines: [], provenance: 'reported', unpriced: false }])
  })

  test('usage without a card is flagged', () => {
    expect(billOf(null, { input: 5 })).toEqual({ costNanoUsd: 0n, lines: [], provenance: 'reported', unpriced: true })
  })

  test('a meter without a rate is flagged, and the others are charged', () => {
    expect(billOf(card({ input: flat(1000) }), { input: 5, output: 7 })).toMatchObject({
      costNanoUsd: 5n,
      unpriced: true,
      lines: [{ meter: 'input', units: 5 }],
    })
  })

  test('an unknown rate does not matter where nothing was used', () => {
    expect(billOf(card({ input: flat(1000) }), { input: 5, output: 0 })).toMatchObject({ costNanoUsd: 5n, unpriced: false })
  })

  test('each line rounds up once', () => {
    expect(billOf(card({ input: flat(1), output: flat(1) }), { input: 1, cacheRead: 1001, output: 1 })?.lines.map((line) => line.costNanoUsd)).toEqual([
      1n,
      2n,
      1n,
    ])
  })

  test('a price per call is charged once, unless the vendor counted calls', () => {
    const perCall = card({ input: flat(0), output: flat(0), calls: flat(5_000_000) })
    expect(billOf(perCall, { input: 1 })).toMatchObject({ costNanoUsd: 5000n, lines: [{ meter: 'input' }, { meter: 'calls', units: 1 }] })
    expect(billOf(perCall, { calls: 3 })).toMatchObject({ costNanoUsd: 15_000n })
  })

  test('parts of a unit count as one, and nonsense counts as nothing', () => {
    expect(billOf(card({ seconds: flat(1_000_000) }), { seconds: 2.1 })?.costNanoUsd).toBe(3000n)
    expect(billOf(card({ input: flat(1000) }), { input: Number.NaN, cacheRead: -5 })).toMatchObject({ costNanoUsd: 0n, lines: [] })
  })

  test('the provenance of the usage is that of the bill', () => {
    expect(settle([{ usage: { meters: {}, provenance: 'estimated' }, price: card({}) }])[0]?.provenance).toBe('estimated')
  })

  test('one bill per attempt, each the sum of its lines, each line recomputable from the card', () => {
    const anyLine = fc.tuple(fc.nat(10_000_000), fc.array(fc.tuple(fc.nat(5000), fc.nat(10_000_000)), { maxLength: 2 })).map(([pico, tiers]) =>
      flat(
        pico,
        tiers.sort(([left], [right]) => left - right),
      ),
    )
    const anyCard = fc.record(Object.fromEntries(meters.map((meter) => [meter, anyLine])), { requiredKeys: [] }).map((prices) => card(prices))
    const anyMeters = fc.record(Object.fromEntries(meters.map((meter) => [meter, fc.nat(4000)])), { requiredKeys: [] })
    fc.assert(
      fc.property(fc.array(fc.record({ price: fc.option(anyCard), used: anyMeters }), { maxLength: 3 }), (attempts) => {
        const bills = settle(attempts.map(({ price, used }) => ({ price, usage: { meters: used, provenance: 'reported' as const } })))
        expect(bills).toHaveLength(attempts.length)
        for (const [index, bill] of bills.entries()) {
          const attempt = attempts[index]
          expect(bill.costNanoUsd).toBe(bill.lines.reduce((sum, line) => sum + line.costNanoUsd, 0n))
          for (const line of bill.lines) {
            expect(line.pico).toBe(attempt?.price === null || attempt === undefined ? null : rateOf(attempt.price, line.meter, promptTokens(attempt.used)))
            expect(line.costNanoUsd).toBe((BigInt(line.units) * line.pico + 999n) / 1000n)
          }
          expect(bill.lines.map((line) => meters.indexOf(line.meter))).toEqual(
            [...bill.lines.keys()].map((key) => meters.indexOf(bill.lines[key]?.meter ?? 'input')).sort((left, right) => left - right),
          )
        }
      }),
    )
  })
})
