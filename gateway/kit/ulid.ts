// ULIDs: 48 bits of time and 80 of chance in 26 Crockford characters (https://github.com/ulid/spec, as known 2026-11-21).
// Promises: ids made by one factory sort in the order they were made, also within a millisecond.
// Leaves alone: prefixes.

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const randomDigits = 16
const timeDigits = 10

/** `random` gives a whole number in [0, 32). */
export function createUlid(nowMs: () => number, random: () => number): () => string {
  let lastMs = -1
  let lastTime = ''
  const tail: number[] = new Array<number>(randomDigits).fill(0)
  return () => {
    const now = Math.max(nowMs(), lastMs)
    if (now === lastMs) increment(tail)
    else {
      lastMs = now
      lastTime = encodeTime(now)
      for (let position = 0; position < randomDigits; position += 1) tail[position] = random()
    }
    let text = lastTime
    for (const digit of tail) text += alphabet[digit] ?? '0'
    return text
  }
}

/** Whole numbers below 32 from a pool of random bytes: asking the system for each one costs more than the rest of an id. */
export function createRandomDigits(randomBytes: (count: number) => Uint8Array): () => number {
  let pool: Uint8Array = new Uint8Array(0)
  let used = 0
  return () => {
    if (used >= pool.length) {
      pool = randomBytes(poolBytes)
      used = 0
    }
    used += 1
    return (pool[used - 1] ?? 0) % 32
  }
}

const poolBytes = 4096

function increment(digits: number[]): void {
  for (let position = digits.length - 1; position >= 0; position -= 1) {
    const next = (digits[position] ?? 0) + 1
    if (next < 32) {
      digits[position] = next
      return
    }
    digits[position] = 0
  }
}

function encodeTime(ms: number): string {
  let text = ''
  let rest = ms
  for (let position = 0; position < timeDigits; position += 1) {
    text = (alphabet[rest % 32] ?? '0') + text
    rest = Math.floor(rest / 32)
  }
  return text
}
