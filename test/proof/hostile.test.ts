// The proof about hostile replies in its short form, and its plan.
// Promises: the same seed and number give the same case. Leaves alone: the full count (npm run proof).

import { expect, it } from 'vitest'
import { createChance } from '../kit/random.ts'
import { planCase, proveHostile } from './hostile.ts'
import { speakers } from './speakers.ts'

const { seed } = createChance()

it('plans a case from its seed and number alone, over every speaker and dialect', () => {
  const cases = Array.from({ length: 3000 }, (_, index) => planCase(seed, index))
  expect(planCase(seed, 1234)).toEqual(cases[1234])
  expect(new Set(cases.map(({ speaker }) => speaker.row))).toEqual(new Set(speakers.map(({ row }) => row)))
  expect(new Set(cases.map(({ dialect }) => dialect)).size).toBe(17)
  expect(new Set(cases.map(({ misbehaviour }) => misbehaviour.name)).size).toBeGreaterThan(150)
})

it('survives hostile replies', { timeout: 120_000 }, async () => {
  const lines = await proveHostile({ log: () => undefined, short: true, seed })
  for (const line of lines.slice(0, 2)) console.log(`${line.name}: ${line.figure} (TEST_SEED=${line.seed ?? ''})`)
  expect(lines.filter((line) => !line.ok)).toEqual([])
  expect(lines.length).toBeGreaterThan(20)
})
