// npm run proof: the promises of this repository measured at their full size. Options after `--` are handed on (`-- --help` lists them).
// Promises: installs what is missing, and what is stale is built before it is proved (test/kit/command-line.ts); its exit code says whether every line holds.
// Leaves alone: the tests, which run each proof in a few seconds.

import { ensureInstalled } from './steps/install.mjs'
import { inRoot, nodeBinary, run } from './steps/tools.mjs'

try {
  await ensureInstalled()
  // Some proofs start thousands of processes and threads from the sources: what they compile is kept.
  const cache = process.env.NODE_COMPILE_CACHE ?? inRoot('node_modules/.cache/compiled')
  process.exitCode = await run(nodeBinary, [inRoot('test/proof/run.ts'), ...process.argv.slice(2)], { env: { NODE_COMPILE_CACHE: cache } })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
