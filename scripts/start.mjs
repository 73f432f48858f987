// npm start: installs and builds what is missing or stale, then runs the gateway in the foreground.
// Promises: a fresh clone needs nothing else; a second start goes straight to the gateway; its exit code is ours.
// Leaves alone: the gateway's options, which are handed on as they are (npm start -- --help lists them).

import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { gatewayFlags, inRoot, nodeBinary, run } from './steps/tools.mjs'

try {
  await ensureInstalled()
  await ensureBuilt()
  // Compiled code kept between starts: about a quarter off the start-up time.
  const cache = process.env.NODE_COMPILE_CACHE ?? inRoot('node_modules/.cache/compiled')
  process.exitCode = await run(nodeBinary, [...gatewayFlags, inRoot('dist/gateway/main.mjs'), ...process.argv.slice(2)], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: { NODE_COMPILE_CACHE: cache },
    onChild: forwardSignals,
  })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

function forwardSignals(child) {
  // A terminal sends Ctrl-C to the whole foreground group, so the gateway has it already; a second one would cut its drain short.
  process.on('SIGINT', () => {
    if (process.stdin.isTTY !== true) child.kill('SIGINT')
  })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGTERM'))
  stopWithParent(child)
}

// npm runs a script through a shell and hands SIGTERM to that shell alone, which dies and leaves us without a parent.
function stopWithParent(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 250)
  watch.unref()
}
