// The proof of forbidden addresses in its short form.
// Promises: skipped by name where no network namespace can be made. Leaves alone: the full count (npm run proof).

import { expect, it } from 'vitest'
import { canIsolate, proveSsrf } from './ssrf.ts'

it.skipIf(!canIsolate())('no packet goes to a forbidden address, and planted defects are found', { timeout: 240_000 }, async () => {
  const line = await proveSsrf({ log: () => undefined, short: true })
  console.log(`${line.name}: ${line.figure} (seed ${line.seed ?? ''})`)
  expect(line).toMatchObject({ ok: true })
})
