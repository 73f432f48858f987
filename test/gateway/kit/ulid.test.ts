// Ids sort in the order they were made, also within a millisecond and when the clock steps back.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createUlid } from '../../../gateway/kit/ulid.ts'

test('an id is 26 Crockford characters that begin with its time', () => {
  // The time part of https://github.com/ulid/spec's own example: 01ARYZ6S41 is 1469918176385 ms (the ulid package's tests, as known 2026-11-21).
  const next = createUlid(
    () => 1_469_918_176_385,
    () => 31,
  )
  expect(next()).toBe(`01ARYZ6S41${'Z'.repeat(16)}`)
})

test('ids ascend strictly, whatever the clock does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40 }),
      (steps, digits) => {
        let now = 1_700_000_000_000
        let drawn = 0
        const next = createUlid(
          () => now,
          () => digits[(drawn += 1) % digits.length] ?? 0,
        )
        const ids = steps.map((step) => {
          now += step
          return next()
        })
        expect([...ids].sort()).toEqual(ids)
        expect(new Set(ids).size).toBe(ids.length)
      },
    ),
  )
})

test('the carry of an increment runs through the whole tail', () => {
  const digits = [0, ...new Array<number>(15).fill(31)]
  const next = createUlid(
    () => 0,
    () => digits.shift() ?? 0,
  )
  expect([next(), next()]).toEqual([`${'0'.repeat(11)}${'Z'.repeat(15)}`, `${'0'.repeat(10)}1${'0'.repeat(15)}`])
})
