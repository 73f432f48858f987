// Makes a folder that electron-builder takes for Electron's: for machines where its binary cannot be had, and for tests of what is packed.
// Promises: its program says that it is none and ends with 1; only asked for by name, and its packages are named after it.
// Leaves alone: what is packed, which is the same with Electron.

import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Set to 1 by `npm run pack -- --stand-in-runtime`: the one case in which a program without fuses is let through. */
export const standInVariable = 'TOLLGATE_STAND_IN_RUNTIME'

const program = `#!/bin/sh
echo "This package was made without Electron's runtime, to look at what is in it. It cannot show a window." >&2
exit 1
`

export function makeStandInRuntime(folder) {
  rmSync(folder, { recursive: true, force: true })
  for (const inner of ['locales', 'resources']) mkdirSync(path.join(folder, inner), { recursive: true })
  writeFileSync(path.join(folder, 'electron'), program)
  chmodSync(path.join(folder, 'electron'), 0o755)
  writeFileSync(path.join(folder, 'locales', 'en-US.pak'), '')
  return folder
}
