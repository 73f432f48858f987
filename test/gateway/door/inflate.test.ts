// Packed bodies that become much more than they are.
// Promises: what is held of a bomb until it is known as one is little, however much of it has arrived. Leaves alone: a process's memory (the proof `bombs`).

import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inflate } from '../../../gateway/door/inflate.ts'

const mib = 1024 * 1024
const ratioMax = 100
/** Room for a piece or two of what is unpacked at once. */
const ratioFreeBytes = mib + 64 * 1024

async function inflated(bytes: Uint8Array): Promise<{ readonly held: number; readonly size: number | null; readonly refused: unknown }> {
  let held = 0
  const bounds = { bytesMax: 32 * mib, ratioMax, take: (count: number) => void (held += count) }
  try {
    return { held, size: (await inflate(Readable.from([bytes]), bounds)).length, refused: null }
  } catch (refused) {
    return { held, size: null, refused }
  }
}

describe('a packed body', () => {
  it('that is a bomb is refused when a mebibyte of it is there, however much of it has arrived', async () => {
    const member = gzipSync(Buffer.alloc(16 * mib))
    const { held, refused } = await inflated(Buffer.concat(Array.from({ length: 16 }, () => member)))
    expect(refused).toMatchObject({ code: 'body_too_large' })
    expect(held).toBeLessThan(ratioFreeBytes)
  })
  it('that shrinks as much as text does is taken whole', async () => {
    const text = Array.from({ length: 200_000 }, (_, index) => `line ${index} of a long text`).join('\n')
    expect(await inflated(gzipSync(text))).toMatchObject({ size: text.length, refused: null })
  })
  it('of blanks is taken while it is small', async () => {
    expect(await inflated(gzipSync(Buffer.alloc(mib, ' ')))).toMatchObject({ size: mib })
  })
})
