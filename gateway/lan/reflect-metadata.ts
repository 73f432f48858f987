// The three functions of the Reflect metadata proposal that @peculiar/x509 wants to find before it is loaded.
// Promises: nothing that is there already is replaced; what is noted is kept as long as its subject.
// Leaves alone: property keys and removal, which nobody here asks for.
// Source: https://rbuckton.github.io/reflect-metadata, as known 2026-11-21.

interface Metadata {
  defineMetadata(key: unknown, value: unknown, subject: object): void
  getOwnMetadata(key: unknown, subject: object): unknown
  getMetadata(key: unknown, subject: object): unknown
}

const notes = new WeakMap<object, Map<unknown, unknown>>()

const metadata: Metadata = {
  defineMetadata(key, value, subject) {
    const own = notes.get(subject) ?? new Map<unknown, unknown>()
    notes.set(subject, own.set(key, value))
  },
  getOwnMetadata: (key, subject) => notes.get(subject)?.get(key),
  getMetadata(key, subject) {
    for (let at: unknown = subject; typeof at === 'function' || (typeof at === 'object' && at !== null); at = Object.getPrototypeOf(at)) {
      const own = notes.get(at)
      if (own?.has(key) === true) return own.get(key)
    }
    return undefined
  },
}

for (const [name, value] of Object.entries(metadata)) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true, writable: true })
}
