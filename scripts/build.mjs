// npm run build: builds the gateway's bundle and the panel anew, whether stale or not.
// Leaves alone: starting anything.

import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'

try {
  await ensureInstalled()
  await ensureBuilt({ force: true })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
