// For bugs, not for input: a false assertion means our own code is wrong.

export function assert(condition: unknown, message: string): asserts condition {
  if (condition !== true && !condition) throw new Error(`assertion failed: ${message}`)
}

/** Marks a branch the types rule out. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`)
}
