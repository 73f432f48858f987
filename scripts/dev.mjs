// npm run dev: the gateway from source, restarted when its sources change, beside vite's server for the panel.
// Promises: options after `--` go to the gateway; a gateway that ends by itself is started again at the next change.
// Leaves alone: dist/, except that the panel is built once so that the gateway's own /ui/ has something to serve.

import { digestOf, ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { inRoot, nodeBinary, run, runTool } from './steps/tools.mjs'

// By content, like the builds. `node --watch` would do it too, but its own messages arrive among those of our worker threads.
const lookMs = 700
const sources = ['gateway', 'resources']

let gateway = null
let panel = null
let stopping = false

try {
  await ensureInstalled()
  await ensureBuilt()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
  const served = runTool('vite/bin/vite.js', ['--config', 'vite.config.ts'], { onChild: (child) => (panel = child) })
  void keepGateway()
  const code = await served
  process.exitCode = stopping ? 0 : code
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
stop()

async function keepGateway() {
  let seen = digestOf(sources)
  while (!stopping) {
    const ended = run(nodeBinary, [inRoot('gateway/main.ts'), ...process.argv.slice(2)], { onChild: (child) => (gateway = child) })
    seen = await nextChange(seen)
    gateway.kill('SIGTERM')
    await ended
  }
}

async function nextChange(seen) {
  for (;;) {
    await new Promise((done) => setTimeout(done, lookMs))
    const now = digestOf(sources)
    if (stopping || now !== seen) return now
  }
}

function stop() {
  stopping = true
  for (const child of [gateway, panel]) if (child !== null && child.exitCode === null) child.kill('SIGTERM')
}
