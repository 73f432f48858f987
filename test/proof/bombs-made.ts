// The bombs of the proof, and a plain body beside them.
// Promises: made once, small on the wire and up to ten gigabytes when unpacked. Leaves alone: throwing them (bombs.ts).

import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

export interface Bomb {
  readonly name: string
  readonly encoding: string
  readonly bytes: Uint8Array
}

const mib = 1024 * 1024
const layers = 1000
/** At its default quality brotli takes seconds, and minutes on a busy machine, for hardly fewer bytes. */
const brotliQuality = 5

export const packPlain = (body: unknown): Bomb => ({ name: 'a plain body', encoding: 'gzip', bytes: gzipSync(JSON.stringify(body)) })

/** Members of a gzip body follow one another (RFC 1952, section 2.2): a hundred of 100 MB are 10 MB that become 10 GB. */
export function makeBombs(members: number): readonly Bomb[] {
  const blanks = Buffer.alloc(100 * mib, ' ')
  const member = gzipSync(blanks, { level: 9 })
  const large = Buffer.concat(Array.from({ length: members }, () => member))
  const twice = gzipSync(large)
  let layered: Uint8Array = gzipSync('{}')
  for (let layer = 1; layer < layers; layer += 1) layered = gzipSync(layered, { level: 1 })
  return [
    { name: 'gzip', encoding: 'gzip', bytes: large },
    { name: 'gzip in gzip', encoding: 'gzip', bytes: twice },
    { name: 'gzip, gzip', encoding: 'gzip, gzip', bytes: twice },
    { name: 'brotli', encoding: 'br', bytes: brotliCompressSync(blanks, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }) },
    { name: 'zstd', encoding: 'zstd', bytes: zstdCompressSync(blanks) },
    { name: 'deflate', encoding: 'deflate', bytes: deflateSync(blanks) },
    { name: 'a thousand layers, named', encoding: Array.from({ length: layers }, () => 'gzip').join(', '), bytes: layered },
    { name: 'a thousand layers, one named', encoding: 'gzip', bytes: layered },
  ]
}
