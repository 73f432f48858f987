// The form of virtual keys: what is made is well formed, what is damaged is not, and hashes are LiteLLM's.

import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { hashKey, isWellFormed, keyPrefix, makeVirtualKey, showKey, toBase62 } from '../../../gateway/kit/virtual-key.ts'

const random32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const seed = 20261121

describe('a virtual key', () => {
  test('has 55 characters, its prefix, and is well formed', () => {
    fc.assert(
      fc.property(random32, (bytes) => {
        const key = makeVirtualKey(bytes)
        expect(key).toMatch(/^sk-tg-[0-9A-Za-z]{49}$/)
        expect(isWellFormed(key)).toBe(true)
      }),
      { seed },
    )
  })

  test('is not well formed when one character was changed', () => {
    fc.assert(
      fc.property(random32, fc.nat({ max: 48 }), fc.constantFrom(...'09AZaz'), (bytes, at, letter) => {
        const key = makeVirtualKey(bytes)
        const position = keyPrefix.length + at
        const damaged = key.slice(0, position) + letter + key.slice(position + 1)
        expect(isWellFormed(damaged)).toBe(damaged === key)
      }),
      { seed },
    )
  })

  test('carries all of its random bytes', () => {
    fc.assert(
      fc.property(random32, random32, (left, right) => {
        expect(makeVirtualKey(left) === makeVirtualKey(right)).toBe(Buffer.from(left).equals(Buffer.from(right)))
      }),
      { seed },
    )
  })

  test('ends with the CRC32 of what stands before it', () => {
    const key = makeVirtualKey(new Uint8Array(32))
    expect(key.slice(0, 49)).toBe(`sk-tg-${'0'.repeat(43)}`)
    let value = 0
    for (const letter of key.slice(49)) value = value * 62 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.indexOf(letter)
    expect(value).toBe(crc32(key.slice(0, 49)))
  })

  test('takes 32 random bytes and no other number', () => {
    expect(() => makeVirtualKey(new Uint8Array(31))).toThrow(RangeError)
  })

  test('is stored as the SHA-256 of the whole string', () => {
    expect(hashKey('sk-1234')).toBe(createHash('sha256').update('sk-1234').digest('hex'))
  })

  test('shows its last four characters only', () => {
    expect(showKey('sk-tg-aaaabbbbccccdddd')).toBe('sk-…dddd')
  })

  test('is written in the widest base62 number its bytes can make', () => {
    expect(toBase62(new Uint8Array(32).fill(255))).toHaveLength(43)
    expect(toBase62(new Uint8Array(32))).toHaveLength(43)
  })
})
