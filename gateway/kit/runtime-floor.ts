// The oldest Node the gateway runs on. Under an older one the SQLite binding dies without a word, so entries ask this before they load anything.
// Promises: a sentence, or null when this Node will do. Leaves alone: what to do about it.

const needed = { major: 24, minor: 21 }

export function runtimeComplaint(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) return null
  return `Tollgate needs Node ${needed.major}.${needed.minor} or newer and this is Node ${version}.`
}
