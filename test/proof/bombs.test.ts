// The proof of bombs in its short form.
// Promises: every bomb is refused and the memory stays within the bound. Leaves alone: how fast, which other suites running beside it decide.

import { expect, it } from 'vitest'
import { proveBombs } from './bombs.ts'

it('compressed bombs do not grow inside the gateway', { timeout: 120_000 }, async () => {
  const line = await proveBombs({ log: () => undefined, short: true })
  console.log(`${line.name}: ${line.figure}`)
  expect(line.detail.filter((detail) => !detail.includes('was refused after'))).toEqual([])
  expect(Number(/^([\d.]+) MB/.exec(line.figure)?.[1] ?? 0)).toBeLessThanOrEqual(64)
})
