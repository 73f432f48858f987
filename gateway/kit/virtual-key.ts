// The form of a virtual key: `sk-tg-` + 43 base62 characters of 32 random bytes + 6 base62 characters of their CRC32.
// Promises: fixed length (55), one spelling per key, a checksum that lets secret scanners tell a key from noise without asking anyone.
// Leaves alone: who holds a key, and keys of other forms (any `sk-…` a caller brings is hashed the same way).

import { hash, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const keyPrefix = 'sk-tg-'
export const keyRandomBytes = 32
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const bodyLength = 43
const checksumLength = 6
const pattern = new RegExp(`^${keyPrefix}[0-9A-Za-z]{${bodyLength + checksumLength}}$`)

/** A new key from exactly 32 random bytes. The CRC32 is taken over prefix and body as ASCII. */
export function makeVirtualKey(random: Uint8Array): string {
  if (random.length !== keyRandomBytes) throw new RangeError(`a key takes ${keyRandomBytes} random bytes, not ${random.length}`)
  const start = keyPrefix + toBase62(random)
  return start + checksumOf(start)
}

/** True for our own form with a right checksum. A caller-chosen or imported key is a good key too, but not of this form. */
export function isWellFormed(text: string): boolean {
  return pattern.test(text) && text.slice(-checksumLength) === checksumOf(text.slice(0, -checksumLength))
}

/** SHA-256 of the whole string as 64 lower-case hex digits: how keys and session tokens are stored, and how LiteLLM stores its own. */
export function hashKey(text: string): string {
  return hash('sha256', text)
}

/** Compares two hashes of `hashKey` in constant time. */
export function isSameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

/** What may be shown of a key after its first reveal: `sk-…` and the last four characters. */
export function showKey(text: string): string {
  return `sk-…${text.slice(-4)}`
}

/** Big-endian base62 of fixed width: 43 characters for 32 bytes. */
export function toBase62(bytes: Uint8Array): string {
  const width = Math.ceil((bytes.length * 8) / Math.log2(alphabet.length))
  return digitsOf(BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`), width)
}

function checksumOf(text: string): string {
  return digitsOf(BigInt(crc32(text)), checksumLength)
}

function digitsOf(value: bigint, width: number): string {
  const base = BigInt(alphabet.length)
  let text = ''
  for (let rest = value; rest > 0n; rest /= base) text = alphabet.charAt(Number(rest % base)) + text
  return text.padStart(width, '0')
}
