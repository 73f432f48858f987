// The hot path's proof in its short form: it measures real requests, and its books balance.
// Promises: fails when a request is lost or the ledger has become slow beyond any noise. Leaves alone: the target itself (npm run proof on a quiet machine).

import { expect, it } from 'vitest'
import { proveHotPath } from './hot-path.ts'

/** Far above the target: other suites run beside this one. */
const p50Max = 100

it('the cost of a request is measured beyond the disk’s own syncs', async () => {
  const lines = await proveHotPath({ log: () => undefined, short: true })
  for (const line of lines) {
    console.log(`${line.name}: ${line.figure}`)
    expect(Number(/^p50 (-?\d+\.\d+) ms/.exec(line.figure)?.[1])).toBeLessThan(p50Max)
    expect(line.detail.filter((detail) => !/^round \d|^load of/.test(detail))).toEqual([])
  }
  expect(lines.map((line) => line.name)).toEqual(['Hot path, 1 request', 'Hot path, 32 requests'])
}, 60_000)
