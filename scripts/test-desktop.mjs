// npm run test:desktop: the desktop suite, in a real Electron (Playwright drives it), against an app that is built first when stale.
// Promises: without a runtime it says so and fails, with `--allow-missing` it says so and does not; nothing is ever counted as passed that did not run.
// Leaves alone: npm test, which has the same code under a stand-in for Electron. Options after `--` go to Playwright.

import { ensureBuilt } from './steps/build.mjs'
import { findElectron, missingElectron } from './steps/electron.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { runTool } from './steps/tools.mjs'

const allowMissing = '--allow-missing'
const parameters = process.argv.slice(2)
try {
  await ensureInstalled()
  const program = findElectron()
  if (program === null) {
    process.stdout.write(`The desktop suite did not run. ${missingElectron()}\n0 passed, 0 failed\n`)
    process.exitCode = parameters.includes(allowMissing) ? 0 : 1
  } else {
    await ensureBuilt()
    const rest = parameters.filter((parameter) => parameter !== allowMissing)
    process.exitCode = await runTool('@playwright/test/cli.js', ['test', '--config', 'test/desktop/playwright.config.ts', ...rest], {
      env: { ELECTRON_PROGRAM: program },
    })
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
