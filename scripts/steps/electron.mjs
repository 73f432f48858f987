// Finds Electron's runtime: the one that ELECTRON_OVERRIDE_DIST_PATH names, or the one its package has downloaded.
// Promises: looks only; what is missing is said in one sentence with the way to get it. Leaves alone: downloading (desktop.mjs asks the package to).

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { inRoot, runTool } from './tools.mjs'

const places = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

/** @returns {string | null} path of the program */
export function findElectron() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? inRoot('node_modules/electron/dist')
  const program = path.join(folder, places[process.platform] ?? 'electron')
  return existsSync(program) ? program : null
}

/** Asks Electron's own package to fetch what it lacks. @returns {Promise<string | null>} as findElectron */
export async function fetchElectron() {
  const found = findElectron()
  if (found !== null) return found
  await runTool('electron/install.js', []).catch(() => 1)
  return findElectron()
}

export function missingElectron() {
  const { version } = JSON.parse(readFileSync(inRoot('node_modules/electron/package.json'), 'utf8'))
  return (
    `There is no Electron runtime here (version ${version}). Run "npx install-electron --no" where GitHub can be reached, ` +
    'or set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds it. The gateway itself needs none: npm start.'
  )
}
