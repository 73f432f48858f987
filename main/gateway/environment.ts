// What of the shell's environment the gateway gets, and by which way: a short list as its own environment, everything else over the port.
// Promises: nothing that may be a secret is in the child's environment, where other programs of the same user can read it (/proc/<pid>/environ);
// a variable too long for the port is left out, not fatal. Leaves alone: what the gateway does with them.

import { variableLengthMax, variablesMax } from '../../gateway/contract/shell.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where programs, folders, the session bus and the clock's zone are. Proxies are not here: their URLs may hold a password, and the gateway
 * asks for them by name like for any other variable.
 */
const needed: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR'],
])
const neededPrefixes = ['LC_', 'XDG_']

export function pickEnvironment(all: Environment): Record<string, string> {
  return pick(all, (name) => needed.has(name.toUpperCase()) || neededPrefixes.some((prefix) => name.startsWith(prefix)))
}

/** All of them: any name may be referenced by a deployment, now or after the next save in the panel, and is asked for in the middle of a call. */
export function pickVariables(all: Environment): Record<string, string> {
  const fitting = Object.entries(all).filter(([name, value]) => name !== '' && (value ?? '') !== '' && (value ?? '').length <= variableLengthMax)
  const kept = new Set(fitting.slice(0, variablesMax).map(([name]) => name))
  return pick(all, (name) => kept.has(name))
}

function pick(all: Environment, wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]): [string, string][] => (value !== undefined && wanted(name) ? [[name, value]] : [])))
}
