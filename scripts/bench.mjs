// npm run bench: measures the built gateway against two bare proxies. Options after `--` are handed on (test/load/bench.ts lists them).
// Promises: builds first when stale. Leaves alone: everything else; run it on a machine that is otherwise idle.

import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { inRoot, nodeBinary, run } from './steps/tools.mjs'

try {
  await ensureInstalled()
  await ensureBuilt()
  process.exitCode = await run(nodeBinary, [inRoot('test/load/bench.ts'), ...process.argv.slice(2)])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
