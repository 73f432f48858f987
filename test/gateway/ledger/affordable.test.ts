// What a budget affords: exact to the nano-dollar, against counting one token at a time.
// Promises: prints its seed. Leaves alone: scopes and rows.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nanoUsd, picoUsd, priceOf } from '../../../gateway/contract/money.ts'
import { fitHold } from '../../../gateway/ledger/affordable.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const exposure = { inputNanoUsd: nanoUsd(1000), outputPico: picoUsd(1500), outputTokensMax: 100 }

describe('fitHold', () => {
  it('holds the dearest call when every scope affords it', () => {
    expect(fitHold({ exposure, outputTokensFloor: 16 }, [null, 1150n])).toEqual({ kind: 'fits', holdNanoUsd: 1150n, outputTokensMax: 100 })
  })
  it('caps output at what the tightest scope has left', () => {
    expect(fitHold({ exposure, outputTokensFloor: 16 }, [2000n, 1149n, 1100n])).toEqual({ kind: 'fits', holdNanoUsd: 1099n, outputTokensMax: 66 })
  })
  it('names the first scope that cannot pay for the floor', () => {
    expect(fitHold({ exposure, outputTokensFloor: 16 }, [null, 1023n, 0n])).toEqual({ kind: 'refused', at: 1, neededNanoUsd: 1150n })
    expect(fitHold({ exposure: { ...exposure, outputTokensMax: 8 }, outputTokensFloor: 16 }, [1011n])).toEqual({ kind: 'refused', at: 0, neededNanoUsd: 1012n })
  })
  it('holds only the input where there is no output', () => {
    expect(fitHold({ exposure: { ...exposure, outputTokensMax: 0 }, outputTokensFloor: 16 }, [1000n])).toEqual({
      kind: 'fits',
      holdNanoUsd: 1000n,
      outputTokensMax: 0,
    })
    expect(fitHold({ exposure: { ...exposure, outputTokensMax: 0 }, outputTokensFloor: 16 }, [999n])).toMatchObject({ kind: 'refused', at: 0 })
  })
  it('refuses what cannot be bounded as soon as one scope has a limit', () => {
    expect(fitHold({ exposure: null, outputTokensFloor: 16 }, [null, null])).toEqual({ kind: 'fits', holdNanoUsd: 0n, outputTokensMax: 0 })
    expect(fitHold({ exposure: null, outputTokensFloor: 16 }, [null, 5n])).toMatchObject({ kind: 'refused', at: 1 })
  })
  it('lets a free call through a used-up budget', () => {
    const free = { inputNanoUsd: nanoUsd(0), outputPico: picoUsd(0), outputTokensMax: 100 }
    expect(fitHold({ exposure: free, outputTokensFloor: 16 }, [0n, -5n])).toEqual({ kind: 'fits', holdNanoUsd: 0n, outputTokensMax: 100 })
  })

  it(`grants exactly as many tokens as counting does (seed ${seed})`, () => {
    const small = fc.integer({ min: 0, max: 400 })
    const floors = fc.integer({ min: 0, max: 40 })
    const lefts = fc.array(fc.option(fc.integer({ min: -50, max: 3000 })), { maxLength: 4 })
    fc.assert(
      fc.property(
        fc.record({ input: small, pico: fc.integer({ min: 0, max: 9000 }), tokens: small, floor: floors, amounts: lefts }),
        ({ input, pico, tokens, floor, amounts }) => {
          const left = amounts.map((amount) => (amount === null ? null : BigInt(amount)))
          const cost = (count: number): bigint => BigInt(input) + priceOf(count, picoUsd(pico))
          const fits = (count: number): boolean => cost(count) === 0n || left.every((amount) => amount === null || cost(count) <= amount)
          let most = tokens
          while (most >= 0 && !fits(most)) most -= 1
          const granted = most === tokens || most >= Math.min(Math.max(1, floor), tokens)
          const answer = fitHold(
            { exposure: { inputNanoUsd: nanoUsd(input), outputPico: picoUsd(pico), outputTokensMax: tokens }, outputTokensFloor: floor },
            left,
          )
          expect(answer.kind).toBe(granted ? 'fits' : 'refused')
          if (answer.kind === 'fits') expect(answer).toEqual({ kind: 'fits', holdNanoUsd: cost(most), outputTokensMax: most })
        },
      ),
      { seed, numRuns: 2000 },
    )
  })
})
