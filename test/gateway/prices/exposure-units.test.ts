// Pictures, sound and moderation: what is held covers every bill within the bound, and what nothing bounds is named.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import { picoUsd, priceOf } from '../../../gateway/contract/money.ts'
import type { PriceCard } from '../../../gateway/contract/price.ts'
import type { Deployment, ModelFacts } from '../../../gateway/contract/provider.ts'
import type { Meter, Meters } from '../../../gateway/contract/usage.ts'
import type { RequestBound, UnitBound } from '../../../gateway/contract/wire.ts'
import { exposureOf, type ExposureAnswer } from '../../../gateway/prices/exposure.ts'
import { openai } from '../../../gateway/providers/openai.ts'
import { settle } from '../../../gateway/rooms/settle.ts'

const card = (prices: Partial<Record<Meter, number>>): PriceCard => ({
  digest: 'd',
  source: 'deployment',
  note: '',
  prices: Object.fromEntries(Object.entries(prices).map(([meter, pico]) => [meter, { pico: picoUsd(BigInt(pico)), tiers: [] }])),
})
const plainFacts: ModelFacts = { contextTokensMax: 1000, outputTokensMax: 500, imageTokensMax: null, fileTokensMax: null, capabilities: [] }
const at = (price: PriceCard, facts: Partial<ModelFacts> = {}, provider = openai): Deployment => ({
  id: deploymentId('d'),
  modelName: 'm',
  provider,
  upstreamModel: 'm',
  baseUrl: 'https://api.openai.com/v1',
  credential: null,
  secrets: {},
  place: {},
  weight: 1,
  timeoutMs: null,
  streamTimeoutMs: null,
  dropParams: false,
  extraHeaders: {},
  settings: {},
  price,
  facts: { ...plainFacts, ...facts },
  origin: 'file',
  modelInfo: {},
})
const bound = (most: Meters, more: Partial<RequestBound> = {}, units: Partial<UnitBound> = {}): RequestBound => ({
  ...{ mediaBytes: 0, images: 0, files: 0, outputTokensMax: undefined, choices: 1, unbounded: [] },
  ...more,
  units: { most, about: most, guessed: [], tokens: {}, ...units },
})
const bodyBytes = 100
const exposure = (price: PriceCard, asked: RequestBound, facts: Partial<ModelFacts> = {}): ExposureAnswer => exposureOf([at(price, facts)], asked, bodyBytes)
const namesIn = (answer: ExposureAnswer): readonly string[] => (answer.kind === 'unbounded' ? answer.names : [answer.kind])

describe('the bound', () => {
  test.each<[string, Meters, Partial<Record<Meter, number>>, bigint]>([
    ['pictures', { images: 3 }, { images: 40_000_000_000 }, 120_000_000n],
    ['pixels', { images: 1, pixels: 1_048_576 }, { pixels: 24_414 }, 25_599_935n],
    ['characters', { characters: 8 }, { characters: 15_000_000 }, 120_000n],
    ['seconds', { seconds: 9 }, { seconds: 100_000_000 }, 900_000n],
    ['calls', {}, { calls: 1_000_000_000 }, 1_000_000n],
  ])('of %s is their number times their price, and tokens beside are included', (_, most, prices, nano) => {
    expect(exposure(card(prices), bound(most))).toMatchObject({ kind: 'bounded', exposure: { inputNanoUsd: nano, outputTokensMax: 0 } })
  })

  test('of a recording is no less than the shortest that its vendor bills', () => {
    const least = { ...openai, quirks: { ...openai.quirks, secondsMin: 10 } }
    const held = (seconds: number): ExposureAnswer => exposureOf([at(card({ seconds: 100_000_000 }), {}, least)], bound({ seconds }), bodyBytes)
    expect(held(2)).toMatchObject({ exposure: { inputNanoUsd: 1_000_000n } })
    expect(held(30)).toMatchObject({ exposure: { inputNanoUsd: 3_000_000n } })
  })

  test('covers every bill of as much or less', () => {
    const rate = fc.integer({ min: 0, max: 10_000_000 })
    const meters = ['input', 'inputImage', 'inputAudio', 'output', 'outputImage', 'outputAudio', 'images', 'characters', 'seconds', 'pixels', 'calls'] as const
    const prices = fc.record(Object.fromEntries(meters.map((meter) => [meter, rate])), { requiredKeys: ['input', 'output'] })
    const units = fc.record({ images: fc.nat(20), characters: fc.nat(5000), seconds: fc.nat(5000), pixels: fc.nat(10_000_000) })
    fc.assert(
      fc.property(prices, units, fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }), (listed, most, shares) => {
        const price = card(listed)
        const answer = exposure(price, bound(most, { choices: 2 }, { fillsWindow: true }))
        if (answer.kind !== 'bounded') throw new Error(answer.kind)
        const { inputNanoUsd, outputPico, outputTokensMax } = answer.exposure
        const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = shares
        const inputMost = bodyBytes + 1000
        const split = (most: number, parts: readonly number[]): number[] =>
          parts.map((part) =>
            Math.floor(
              (most * part) /
                Math.max(
                  1,
                  parts.reduce((sum, one) => sum + one, 0),
                ),
            ),
          )
        const [input = 0, inputImage = 0, inputAudio = 0] = split(inputMost, [a, b, c])
        const [output = 0, outputImage = 0, outputAudio = 0] = split(outputTokensMax, [d, e, f])
        const used: Meters = { input, inputImage, inputAudio, output, outputImage, outputAudio, ...most, calls: 1 }
        const [bill] = settle([{ usage: { meters: used, provenance: 'reported' }, price }])
        expect(bill?.costNanoUsd ?? 0n).toBeLessThanOrEqual(inputNanoUsd + priceOf(outputTokensMax, outputPico))
      }),
    )
  })

  test('of a recording sold by tokens is the model’s window', () => {
    const prices = card({ input: 2_500_000, inputAudio: 6_000_000, output: 10_000_000 })
    const recorded = bound({}, { mediaBytes: 90 }, { fillsWindow: true })
    expect(exposure(prices, recorded, { contextTokensMax: 16_000, outputTokensMax: 2000 })).toMatchObject({
      kind: 'bounded',
      exposure: { inputNanoUsd: 16_010n * 6000n, outputTokensMax: 2000, outputPico: 10_000_000n },
    })
    expect(namesIn(exposure(prices, recorded, { contextTokensMax: null }))).toEqual(['file (how much of it m can hear is not known)'])
  })
})

describe('what nothing bounds', () => {
  test.each<[string, PriceCard, RequestBound, Partial<ModelFacts>]>([
    ['duration (m is priced by the second)', card({ seconds: 1 }), bound({}), {}],
    ['size (m is priced by the pixel)', card({ pixels: 1 }), bound({ images: 1 }), {}],
    ['output (the most that m makes is not known)', card({ input: 1, output: 1 }), bound({ images: 1 }), { outputTokensAssumed: true }],
    ['images (the most tokens of one is not known for m)', card({ input: 1, output: 1 }), bound({ images: 1 }, { images: 2 }), {}],
  ])('is named: %s', (name, price, asked, facts) => {
    expect(namesIn(exposure(price, asked, facts))).toEqual([name])
  })
  test('does not matter where tokens are not what is sold', () => {
    expect(exposure(card({ images: 5 }), bound({ images: 1 }, { images: 2 }), { outputTokensAssumed: true }).kind).toBe('bounded')
  })
  test('is not asked of a model that writes nothing', () => {
    expect(exposure(card({ input: 1, output: 1 }), bound({}, { outputTokensMax: 0 }), { outputTokensAssumed: true }).kind).toBe('bounded')
  })
})
