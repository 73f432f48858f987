// The AppImage that this app runs from, by the variables that an AppImage's own start sets.
// Promises: another program's are not believed: a terminal or an editor that is an AppImage hands its own on to everything it starts.
// Leaves alone: what is done with it. Source: https://docs.appimage.org/packaging-guide/environment-variables.html, as known 2026-11-21.

import { realpathSync } from 'node:fs'
import path from 'node:path'

/** null: it runs from none. `executable` is `process.execPath`. */
export function findAppImage(readVariable: (name: string) => string | undefined, executable: string): string | null {
  const [file, mount] = [readVariable('APPIMAGE') ?? '', readVariable('APPDIR') ?? '']
  return file !== '' && mount !== '' && isBelow(executable, mount) ? file : null
}

function isBelow(file: string, folder: string): boolean {
  const way = path.posix.relative(realOf(folder), file)
  return way !== '' && way !== '..' && !way.startsWith('../')
}

/** The executable's path has no links in it; the folder for temporary files may be one. */
function realOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    // Not there: then nothing runs from it either.
    return folder
  }
}
