// npm run bench: measures the built gateway against two bare proxies. Options after `--` are handed on (`-- --help` lists them).
// Promises: installs what is missing; what is measured is built first when stale (test/kit/command-line.ts). Leaves alone: everything else; run it on a machine that is otherwise idle.

import { ensureInstalled } from './steps/install.mjs'
import { inRoot, nodeBinary, run } from './steps/tools.mjs'

try {
  await ensureInstalled()
  process.exitCode = await run(nodeBinary, [inRoot('test/load/bench.ts'), ...process.argv.slice(2)])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
