// npm run dev: the gateway from source, restarted on each change, beside vite's server for the panel.
// Promises: options after `--` go to the gateway; when one of the two ends, the other is ended too.
// Leaves alone: dist/, except that the panel is built once so that the gateway's own /ui/ has something to serve.

import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { inRoot, nodeBinary, run, runTool } from './steps/tools.mjs'

const children = []
const onChild = (child) => children.push(child)
try {
  await ensureInstalled()
  await ensureBuilt()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, endAll)
  process.exitCode = await Promise.race([
    run(nodeBinary, ['--watch', '--watch-preserve-output', inRoot('gateway/main.ts'), ...process.argv.slice(2)], { onChild }),
    runTool('vite/bin/vite.js', ['--config', 'vite.config.ts'], { onChild }),
  ])
  endAll()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  endAll()
}

function endAll() {
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM')
}
