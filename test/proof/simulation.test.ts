// The simulation in its short form: some random days, and planted defects that it must notice.
// Promises: prints its seeds; TEST_SEED replays them. Leaves alone: the full count (npm run proof).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { defects, proveDefectsAreFound } from './simulation-defects.ts'
import { drawPlan } from './simulation-plan.ts'
import { proveSimulation } from './simulation.ts'

const log = (): void => undefined
const first = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31)

it('no random day breaks a promise of the ledger', async () => {
  const line = await proveSimulation({ log, short: true, seed: first, seeds: 40 })
  console.log(`${line.figure} (TEST_SEED=${first})`)
  expect(line.detail).toEqual([])
  expect(line.ok).toBe(true)
}, 120_000)

it('a defect planted in the ledger is found', async () => {
  const line = await proveDefectsAreFound({ log, short: true, seed: first })
  console.log(`${line.figure} (TEST_SEED=${first})`)
  expect(line, line.detail.join('\n')).toMatchObject({ ok: true })
}, 120_000)

it.each(defects)('the place of a defect is there, and once: $name', ({ file, find }) => {
  const source = readFileSync(join(import.meta.dirname, '../../gateway/ledger', file), 'utf8')
  expect(source.split(find)).toHaveLength(2)
})

it('the same seed draws the same day, another seed another one', () => {
  expect(drawPlan(7)).toEqual(drawPlan(7))
  expect(drawPlan(7).steps).not.toEqual(drawPlan(8).steps)
  expect(drawPlan(7).steps.length).toBeGreaterThan(200)
})
