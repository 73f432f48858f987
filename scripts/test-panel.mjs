// npm run test:panel: the panel's browser suites alone, against a panel that is built first when stale.
// Promises: options after `--` go to Playwright (npm run test:panel -- --headed keys).
// Leaves alone: everything that needs no browser (npm test).

import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { closingLine } from './steps/results.mjs'
import { readParts, runBrowserSuites } from './steps/suites.mjs'

try {
  await ensureInstalled()
  await ensureBuilt()
  const { parts, missing } = await readParts()
  if (parts.chromium === null) throw new Error(`There is no Chromium here. ${missing.find((entry) => entry.part === 'chromium')?.enable ?? ''}`)
  const tally = await runBrowserSuites(process.argv.slice(2))
  process.stdout.write(`${closingLine(tally)}\n`)
  process.exitCode = tally.failed > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
