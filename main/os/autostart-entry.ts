// How a start at login is written down where Electron has no word for it: a desktop entry, in the XDG autostart folder.
// Promises: any path survives the quoting. Leaves alone: writing the file (autostart.ts).
// Source: https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html and …/autostart-spec/, as known 2026-11-21.

import path from 'node:path'

/** Says that the system started the app, not a person. */
export const backgroundFlag = '--background'

export interface LoginPlace {
  readonly home: string
  readonly readVariable: (name: string) => string | undefined
}

export function autostartFile({ home, readVariable }: LoginPlace): string {
  const config = readVariable('XDG_CONFIG_HOME')
  // A relative path there is to be ignored, as the base directory specification says.
  return path.posix.join(config !== undefined && path.posix.isAbsolute(config) ? config : path.posix.join(home, '.config'), 'autostart', 'tollgate.desktop')
}

export function toDesktopEntry(executable: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Tollgate',
    'Comment=AI gateway for this computer',
    `Exec=${quoteExec(executable)} ${backgroundFlag}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** An argument in quotes; backslashes once for the argument and once for the string it stands in. A percent sign would begin a field code. */
function quoteExec(argument: string): string {
  const quoted = argument.replace(/["`$\\]/g, (special) => `\\${special}`).replaceAll('%', '%%')
  return `"${quoted}"`.replaceAll('\\', '\\\\')
}

/** Desktops switch an entry off by these, and leave the file. */
export function isEntryOn(entry: string): boolean {
  return !/^(?:Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/im.test(entry)
}
