// What is kept for a later request to go on from.
// Promises: never more than its limits, and nothing for another key.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyId } from '../../../../gateway/contract/ids.ts'
import type { KeptResponse } from '../../../../gateway/contract/converse.ts'
import { createKeptResponses } from '../../../../gateway/rooms/converse/kept-responses.ts'
import { seed } from '../../../conformance/recordings.ts'

const limits = { responsesKeptMax: 3, responsesKeptBytesMax: 400, responseKeptBytesMax: 200, responsesKeptMs: 10 }
const [own, other] = [keyId(1), keyId(2)]
const kept = (text: string): KeptResponse => ({ input: [text], response: {} })
const sized = (text: string): { kept: KeptResponse; bytes: number } => ({ kept: kept(text), bytes: JSON.stringify(kept(text)).length })
const setUp = (): { now: { us: number }; shelf: ReturnType<typeof createKeptResponses> } => {
  const now = { us: 0 }
  return { now, shelf: createKeptResponses(limits, { monotonicUs: () => now.us }) }
}

describe('a kept response', () => {
  it('is found by its key until it is forgotten', () => {
    const { shelf } = setUp()
    expect(shelf.keep(own, 'a', sized('x'))).toBe(true)
    expect(shelf.find(own, 'a')?.open()).toEqual(kept('x'))
    expect(shelf.find(other, 'a')).toBeNull()
    expect(shelf.forget(other, 'a')).toBe(false)
    expect(shelf.forget(own, 'a')).toBe(true)
    expect(shelf.forget(own, 'a')).toBe(false)
    expect(shelf.find(own, 'a')).toBeNull()
  })

  it('is not kept when it is too large, nor beyond its time', () => {
    const { now, shelf } = setUp()
    expect(shelf.keep(own, 'big', sized('x'.repeat(200)))).toBe(false)
    shelf.keep(own, 'a', sized('x'))
    now.us = 9_999
    expect(shelf.find(own, 'a')).not.toBeNull()
    now.us = 10_000
    expect(shelf.find(own, 'a')).toBeNull()
  })

  it('prints nothing of what is inside', () => {
    const { shelf } = setUp()
    shelf.keep(own, 'a', sized('secret words'))
    expect(JSON.stringify(shelf.find(own, 'a'))).not.toContain('secret')
  })
})

it('never exceeds its number and bytes, and forgets the oldest first', () => {
  const step = fc.record({ size: fc.integer({ min: 0, max: 220 }), waits: fc.nat({ max: 3_000 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { now, shelf } = setUp()
      const taken: { id: string; bytes: number }[] = []
      steps.forEach(({ size, waits }, index) => {
        now.us += waits
        const value = sized('x'.repeat(size))
        if (shelf.keep(own, String(index), value)) taken.push({ id: String(index), bytes: value.bytes })
        const found = taken.filter(({ id }) => shelf.find(own, id) !== null)
        expect(found.length).toBeLessThanOrEqual(limits.responsesKeptMax)
        expect(found.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThanOrEqual(limits.responsesKeptBytesMax)
        // The ones that are left are the latest.
        expect(found).toEqual(taken.slice(taken.length - found.length))
      })
    }),
    { seed, numRuns: 200 },
  )
})
