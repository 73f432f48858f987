// No bill is ever larger than what was held for it, over random cards, tiers, media, candidates and usages.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deploymentId, isNonEmpty } from '../../../gateway/contract/ids.ts'
import { picoUsd, priceOf } from '../../../gateway/contract/money.ts'
import type { PriceCard, UnitPrice } from '../../../gateway/contract/price.ts'
import type { Deployment, ModelFacts } from '../../../gateway/contract/provider.ts'
import type { Meter } from '../../../gateway/contract/usage.ts'
import type { RequestBound } from '../../../gateway/contract/wire.ts'
import { exposureOf } from '../../../gateway/prices/exposure.ts'
import { settle } from '../../../gateway/rooms/settle.ts'
import { plainBound } from '../../kit/plain-bound.ts'

const line = (pico: number, tiers: readonly (readonly [number, number])[] = []): UnitPrice => ({
  pico: picoUsd(pico),
  tiers: tiers.map(([aboveInputTokens, other]) => ({ aboveInputTokens, pico: picoUsd(other) })),
})
const card = (prices: PriceCard['prices']): PriceCard => ({ digest: 'd', source: 'bundled', note: 'test', prices })

function deployment(price: PriceCard | null, facts: Partial<ModelFacts> = {}, overhead = 0): Deployment {
  return {
    id: deploymentId('dep_1'),
    modelName: 'public',
    upstreamModel: 'upstream',
    baseUrl: 'https://vendor.example',
    credential: null,
    secrets: {},
    place: {},
    weight: 1,
    timeoutMs: null,
    streamTimeoutMs: null,
    dropParams: false,
    extraHeaders: {},
    settings: {},
    origin: 'ledger',
    modelInfo: {},
    price,
    facts: { contextTokensMax: null, outputTokensMax: 100, imageTokensMax: null, fileTokensMax: null, capabilities: [], ...facts },
    provider: {
      id: 'vendor',
      title: 'Vendor',
      aliases: [],
      local: false,
      wires: {},
      defaultBaseUrl: null,
      keyVariable: null,
      needsKey: false,
      headers: () => ({}),
      modelList: null,
      settings: [],
      quirks: { promptOverheadTokens: overhead },
      abortedCalls: 'whole',
      priceVendor: null,
      documentation: { url: 'https://vendor.example', checked: '2026-11-21' },
    },
  }
}
const bound = (changes: Partial<RequestBound> = {}): RequestBound => ({ ...plainBound, ...changes })
const simple = card({ input: line(1000), output: line(2000) })

/** Splits a total over some meters: a usage that uses the bound up. */
function split(total: number, names: readonly Meter[], cuts: readonly number[]): [Meter, number][] {
  let left = total
  return names.map((name, index) => {
    const part = index === names.length - 1 ? left : Math.floor(left * (cuts[index] ?? 0))
    left -= part
    return [name, part]
  })
}

describe('a bill never exceeds what was held', () => {
  const anyPico = fc.oneof(
    fc.nat(5000),
    fc.nat(60).map((nano) => nano * 1000),
  )
  const anyLine = fc
    .tuple(anyPico, fc.uniqueArray(fc.tuple(fc.nat(3000), anyPico), { maxLength: 2, selector: ([threshold]) => threshold }))
    .map(([pico, tiers]) =>
      line(
        pico,
        tiers.sort(([left], [right]) => left - right),
      ),
    )
  const others = ['cacheRead', 'cacheWrite', 'cacheWrite1h', 'inputAudio', 'reasoning', 'outputAudio', 'calls', 'images', 'characters'] as const
  const anyCard = fc
    .tuple(fc.record({ input: anyLine, output: anyLine }), fc.record(Object.fromEntries(others.map((meter) => [meter, anyLine])), { requiredKeys: [] }))
    .map(([needed, more]) => card({ ...more, ...needed }))
  const anyCandidate = fc
    .tuple(anyCard, fc.nat(200), fc.nat(50), fc.nat(50), fc.nat(50))
    .map(([price, outputTokensMax, imageTokensMax, fileTokensMax, overhead]) => deployment(price, { outputTokensMax, imageTokensMax, fileTokensMax }, overhead))
  const anyCall = fc.record({
    textBytes: fc.nat(3000),
    mediaBytes: fc.nat(3000),
    images: fc.nat(3),
    files: fc.nat(2),
    asked: fc.option(fc.nat(300), { nil: undefined }),
    choices: fc.integer({ min: 1, max: 3 }),
  })
  const anyShare = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 })

  test('for any candidate that serves the call and any usage within the bounds', () => {
    fc.assert(
      fc.property(fc.array(anyCandidate, { minLength: 1, maxLength: 3 }), anyCall, anyShare, (candidates, call, [ofInput = 1, ofOutput = 1, ...cuts]) => {
        if (!isNonEmpty(candidates)) return
        const bodyBytes = call.textBytes + call.mediaBytes
        const answer = exposureOf(candidates, bound({ ...call, outputTokensMax: call.asked }), bodyBytes)
        if (answer.kind !== 'bounded') throw new Error(`expected a bound, got ${answer.kind}`)
        for (const { price, facts, provider } of candidates) {
          const most =
            call.textBytes + call.images * (facts.imageTokensMax ?? 0) + call.files * (facts.fileTokensMax ?? 0) + (provider.quirks.promptOverheadTokens ?? 0)
          const output = Math.floor(ofOutput * call.choices * Math.min(call.asked ?? facts.outputTokensMax, facts.outputTokensMax))
          const used = Object.fromEntries([
            ...split(Math.round(ofInput * most), ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h'], cuts),
            ...split(output, ['output', 'reasoning', 'outputAudio'], cuts.slice(3)),
            ['images', call.images],
            ['characters', bodyBytes],
          ])
          const cost = settle([{ usage: { meters: used, provenance: 'reported' }, price }])[0]?.costNanoUsd ?? -1n
          expect(output).toBeLessThanOrEqual(answer.exposure.outputTokensMax)
          expect(cost).toBeLessThanOrEqual(answer.exposure.inputNanoUsd + priceOf(output, answer.exposure.outputPico))
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('lines that each round up are covered by the nano-dollars added, and no more are added than can be needed', () => {
    const tiny = card({ input: line(1), output: line(1) })
    const answer = exposureOf([deployment(tiny)], bound(), 4)
    const used = { input: 1, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1, output: 1, reasoning: 1, outputAudio: 1 }
    expect(settle([{ usage: { meters: used, provenance: 'reported' }, price: tiny }])[0]?.costNanoUsd).toBe(7n)
    expect(answer).toMatchObject({ exposure: { inputNanoUsd: 1n + 3n + 2n, outputPico: 1n } })
  })
})

describe('the bound is tight', () => {
  test('prices in whole nano-dollars add nothing, so a budget for ten calls admits ten', () => {
    expect(exposureOf([deployment(card({ input: line(0), output: line(600_000) }))], bound({ outputTokensMax: 64 }), 500)).toEqual({
      kind: 'bounded',
      exposure: { inputNanoUsd: 0n, outputPico: 600_000n, outputTokensMax: 64 },
    })
  })

  test('base64 media is counted by its maximum, not by its bytes', () => {
    expect(exposureOf([deployment(simple, { imageTokensMax: 7, fileTokensMax: 11 }, 3)], bound({ mediaBytes: 900, images: 2, files: 1 }), 1000)).toMatchObject({
      exposure: { inputNanoUsd: 100n + 14n + 11n + 3n },
    })
  })

  test('a tier that the body cannot reach is not held', () => {
    const tiered = card({ input: line(1000, [[200, 5000]]), output: line(2000, [[200, 9000]]) })
    expect(exposureOf([deployment(tiered)], bound(), 200)).toMatchObject({ exposure: { inputNanoUsd: 200n, outputPico: 2000n } })
    expect(exposureOf([deployment(tiered)], bound(), 201)).toMatchObject({ exposure: { inputNanoUsd: 1005n, outputPico: 9000n } })
  })

  test('a tier that is cheaper above does not lower the hold below it', () => {
    expect(exposureOf([deployment(card({ input: line(5000, [[10, 1000]]), output: line(1) }))], bound(), 100)).toMatchObject({
      exposure: { inputNanoUsd: 502n },
    })
  })

  test('cache writes and a price per call are held, since the vendor may charge them', () => {
    const priced = card({ input: line(1000), cacheWrite1h: line(2000), output: line(1000), calls: line(5_000_000) })
    expect(exposureOf([deployment(priced)], bound(), 10)).toMatchObject({ exposure: { inputNanoUsd: 20n + 5000n } })
  })

  test.each([
    [undefined, 1, 100],
    [40, 1, 40],
    [400, 1, 100],
    [40, 3, 120],
    [0, 2, 0],
  ])('with %s tokens asked and %i choices at most %i are held', (outputTokensMax, choices, most) => {
    expect(exposureOf([deployment(simple)], bound({ outputTokensMax, choices }), 1)).toMatchObject({ exposure: { outputTokensMax: most } })
  })

  test('of several candidates the dearest of each counts', () => {
    const dearInput = deployment(card({ input: line(9000), output: line(1000) }), { outputTokensMax: 10 })
    const dearOutput = deployment(card({ input: line(1000), output: line(8000) }), { outputTokensMax: 50 })
    expect(exposureOf([dearInput, dearOutput], bound(), 10)).toEqual({
      kind: 'bounded',
      exposure: { inputNanoUsd: 90n, outputPico: 8000n, outputTokensMax: 50 },
    })
  })
})

describe('what has no bound', () => {
  test('an unpriced candidate is named by its public name', () => {
    expect(exposureOf([deployment(simple), deployment(null)], bound(), 1)).toEqual({ kind: 'unpriced', model: 'public' })
    expect(exposureOf([deployment(card({ input: line(5) }))], bound(), 1)).toEqual({ kind: 'unpriced', model: 'public' })
  })

  test('a model without an output price is bounded where it writes nothing', () => {
    expect(exposureOf([deployment(card({ input: line(20_000) }))], bound({ outputTokensMax: 0 }), 10)).toMatchObject({
      kind: 'bounded',
      exposure: { inputNanoUsd: 200n, outputTokensMax: 0 },
    })
  })

  test('what the wire named, unknown image and file sizes and prices by the second are all named, once', () => {
    const timed = deployment(card({ input: line(1), output: line(1), seconds: line(1) }))
    const answer = exposureOf([timed, timed], bound({ images: 1, files: 1, unbounded: ['tools[0] (web_search)'] }), 10)
    expect(answer.kind === 'unbounded' ? answer.names.map((name) => name.split(' ')[0]) : []).toEqual(['tools[0]', 'images', 'files', 'duration'])
  })

  test('what runs at a vendor is named for one who speaks the caller’s wire; a translation leaves it out', () => {
    const asked = bound({ outputTokensMax: 5, hosted: { wire: 'openai-responses', names: ['tools[0] (web_search)'] } })
    const translated = deployment(simple)
    const native = { ...translated, provider: { ...translated.provider, wires: { 'openai-responses': '/responses' } } }
    expect(exposureOf([translated], asked, 10)).toMatchObject({ kind: 'bounded' })
    expect(exposureOf([translated, native], asked, 10)).toEqual({ kind: 'unbounded', names: ['tools[0] (web_search)'] })
  })

  test.each([1e15, 1e308, Number.MAX_VALUE])('%d choices are named, free or not: no ledger row could hold their cost', (choices) => {
    const free = card({ input: line(0), output: line(0) })
    const named = { kind: 'unbounded', names: ['choices (more than any call can cost)'] }
    expect(exposureOf([deployment(simple)], bound({ choices, outputTokensMax: 100 }), 100)).toEqual(named)
    expect(exposureOf([deployment(free)], bound({ choices, outputTokensMax: 100 }), 100)).toEqual(named)
  })
  test('what is free needs no bound', () => {
    const local = deployment(card({ input: line(0), output: line(0, [[5, 0]]) }))
    expect(exposureOf([local], bound({ images: 9, unbounded: ['messages[0].content[0] (file_id)'] }), 10)).toEqual({
      kind: 'bounded',
      exposure: { inputNanoUsd: 0n, outputPico: 0n, outputTokensMax: 100 },
    })
  })
})
