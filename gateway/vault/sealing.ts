// A passphrase becomes a key, a key seals texts: scrypt (RFC 7914) and AES-256-GCM (NIST SP 800-38D).
// Promises: a text opens only with its key and under the name it was sealed for; the cost of a guess stands in the file and is bounded when read.
// Leaves alone: files (vault-file), who is asked for a passphrase.

import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, scrypt, type KeyObject } from 'node:crypto'
import type { Secret } from '../contract/sealed.ts'

/** scrypt's N, r and p with the salt: what a guess costs. */
export interface KeyCost {
  readonly n: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
}

// 128 MiB and some tenths of a second for each guess (OWASP's Password Storage Cheat Sheet asks for N=2^17, r=8, p=1; as known 2026-11-21).
const newCost = { n: 131_072, r: 8, p: 1 }
const saltBytes = 32
export const makeCost = (n: number = newCost.n): KeyCost => ({ ...newCost, n, salt: randomBytes(saltBytes) })

/** Cheaper is not worth the name; dearer would let a changed file take all memory, or hold up the start. */
const bounds = { nMin: 16_384, nMax: 1_048_576, rMin: 8, rMax: 16, pMin: 1, pMax: 4, saltBytesMin: 16, saltBytesMax: 64, memoryBytesMax: 536_870_912 }

export function isFitCost({ n, r, p, salt }: KeyCost): boolean {
  const within = (value: number, min: number, max: number): boolean => Number.isSafeInteger(value) && value >= min && value <= max
  const powerOfTwo = Number.isInteger(Math.log2(n))
  return (
    within(n, bounds.nMin, bounds.nMax) &&
    powerOfTwo &&
    within(r, bounds.rMin, bounds.rMax) &&
    within(p, bounds.pMin, bounds.pMax) &&
    within(salt.length, bounds.saltBytesMin, bounds.saltBytesMax) &&
    memoryOf(n, r) <= bounds.memoryBytesMax
  )
}
const memoryOf = (n: number, r: number): number => 128 * n * r

const keyBytes = 32

export async function deriveKey(passphrase: Secret, { n, r, p, salt }: KeyCost): Promise<KeyObject> {
  // The same letters typed on two systems may come as different code points.
  const text = passphrase.open().normalize('NFKC')
  const options = { N: n, r, p, maxmem: 2 * memoryOf(n, r) }
  const bytes = await new Promise<Buffer>((resolve, reject) =>
    scrypt(text, salt, keyBytes, options, (failure, key) => (failure === null ? resolve(key) : reject(failure))),
  )
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

const ivBytes = 12
const tagBytes = 16
export const sealedBytesMin = ivBytes + tagBytes

/** The name is bound to the text, so that no sealed text can be put in another one's place. */
export function seal(key: KeyObject, name: string, text: string): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed])
}

/** null: the key is another one, or the bytes or the name were changed. */
export function unseal(key: KeyObject, name: string, sealed: Buffer): string | null {
  if (sealed.length < sealedBytesMin) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(ivBytes, sealedBytesMin))
  const opened = decipher.update(sealed.subarray(sealedBytesMin))
  try {
    return Buffer.concat([opened, decipher.final()]).toString('utf8')
  } catch {
    // The one thing `final` can say: the tag does not fit.
    return null
  } finally {
    opened.fill(0)
  }
}
