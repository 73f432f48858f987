// npm run desktop: installs and builds what is missing or stale, then starts the desktop app from source.
// Promises: fetches Electron's runtime when it is not there; says in one sentence what to do when it cannot. Its exit code is ours.
// Leaves alone: packing (npm run pack). Options after `--` are Electron's and the app's.

import { ensureBuilt } from './steps/build.mjs'
import { fetchElectron, missingElectron } from './steps/electron.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { root, run } from './steps/tools.mjs'

try {
  await ensureInstalled()
  await ensureBuilt()
  const electron = await fetchElectron()
  if (electron === null) throw new Error(missingElectron())
  // The repository is the app: package.json names its main file, and everything is found from there.
  process.exitCode = await run(electron, [root, ...process.argv.slice(2)])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
