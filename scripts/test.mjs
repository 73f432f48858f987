// npm test: every suite this machine has the parts for; then what was skipped and how to enable it; then one line of totals.
// Promises: installs and builds what is missing; with CI=true a skip that test/allowed-skips.json does not name fails the run.
// Leaves alone: load tests (npm run bench). `npm test -- <file name part>` runs those vitest files alone.

import { readFileSync } from 'node:fs'
import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { addTallies, closingLine, unexcusedSkips } from './steps/results.mjs'
import { listBrowserSuites, readParts, runBrowserSuites, runVitest } from './steps/suites.mjs'
import { inRoot } from './steps/tools.mjs'

const filters = process.argv.slice(2)
const inCi = process.env.CI === 'true'
try {
  await ensureInstalled()
  await ensureBuilt()
  const { parts, missing } = await readParts()
  const tallies = [await runVitest(filters)]
  if (filters.length === 0) tallies.push(parts.chromium === null ? await listBrowserSuites() : await runBrowserSuites([]))
  const total = addTallies(tallies)
  const unexcused = unexcusedSkips(total.skips, JSON.parse(readFileSync(inRoot('test/allowed-skips.json'), 'utf8')))
  report(total, missing, unexcused)
  process.exitCode = total.failed > 0 || (inCi && unexcused.length > 0) ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.stdout.write('0 passed, 1 failed, 0 skipped\n')
  process.exitCode = 1
}

function report(total, missing, unexcused) {
  const lines = ['']
  if (total.skipped > 0) lines.push(`Skipped on this machine (${total.skipped}):`, ...total.skips.map((skip) => `  ${skip}`))
  if (total.skipped > 0 && missing.length > 0) lines.push('To enable them:', ...missing.map((entry) => `  ${entry.part}: ${entry.enable}`))
  if (inCi && unexcused.length > 0) lines.push('Not named in test/allowed-skips.json, so this run fails:', ...unexcused.map((skip) => `  ${skip}`))
  process.stdout.write([...lines, closingLine(total), ''].join('\n'))
}
