// Installs the packages of package-lock.json when they are not the ones in node_modules.
// Promises: does nothing, in a few milliseconds, when npm's own record of node_modules agrees with the lock file.
// Leaves alone: what is in the lock (npm install), and global packages.

import { existsSync, readFileSync } from 'node:fs'
import { inRoot, nodeBinary, runNpm } from './tools.mjs'

/** @returns {Promise<boolean>} true when it installed. Throws a sentence when npm fails. */
export async function ensureInstalled() {
  if (isInstalled()) return false
  const started = performance.now()
  process.stdout.write('Installing packages (npm ci) …\n')
  // No package's own scripts: better-sqlite3 brings its binaries, and older npm would try to compile it. Only `node` needs its one.
  await npmOrThrow(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  await npmOrThrow(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'])
  if (!isInstalled()) throw new Error('npm ci ended without an error, but node_modules is not what package-lock.json describes.')
  process.stdout.write(`Installed in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
  return true
}

/** npm writes node_modules/.package-lock.json last, so an install that was cut short does not look finished. */
export function isInstalled() {
  if (!existsSync(nodeBinary)) return false
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  return wanted !== null && present !== null && agrees(wanted, present)
}

/** Every wanted package is there in its version; optional ones (other platforms) may be absent, but not differ. */
export function agrees(wanted, present) {
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '') return true
    const found = present[place]
    if (found === undefined) return entry.optional === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(inRoot(file), 'utf8')).packages ?? null
  } catch {
    return null
  }
}

async function npmOrThrow(parameters) {
  const code = await runNpm(parameters)
  if (code !== 0) throw new Error(`npm ${parameters[0]} failed (exit code ${code}). Its messages are above.`)
}
