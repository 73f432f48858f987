// How long a recording plays, as far as its first bytes and its size tell.
// Promises: `secondsMax` is never less than it plays; `exact` only where size and rate leave nothing open. Reads heads, decodes nothing.
// Leaves alone: containers whose length stands anywhere or nowhere (MP4, WebM, Ogg, FLAC): those are guessed, and bounded by nothing.
// Source: RFC 2361 and the RIFF WAVE format; ISO 11172-3 section 2.4.2.3 (MPEG audio), as known 2026-11-21.

export interface Length {
  readonly seconds: number
  /** null: nothing bounds it. */
  readonly secondsMax: number | null
  readonly exact: boolean
}

// What speech is commonly recorded at, in bits per second.
const usualBitsPerSecond = 64_000

export function lengthOf(bytes: Uint8Array): Length {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return lengthOfWave(file) ?? lengthOfMpeg(file) ?? { seconds: (file.length * 8) / usualBitsPerSecond, secondsMax: null, exact: false }
}

// PCM, floating point, A-law, µ-law: a second of them is always as many bytes.
const evenFormats = new Set([1, 3, 6, 7])
const chunkHead = 8

function lengthOfWave(file: Buffer): Length | null {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return null
  let rate: number | null = null
  for (let at = 12; at + chunkHead <= file.length;) {
    const name = file.toString('latin1', at, at + 4)
    const size = file.readUInt32LE(at + 4)
    const start = at + chunkHead
    if (name === 'fmt ' && start + 16 <= file.length) {
      const bytesPerFrame = file.readUInt16LE(start + 2) * Math.ceil(file.readUInt16LE(start + 14) / 8)
      rate = evenFormats.has(file.readUInt16LE(start)) ? file.readUInt32LE(start + 4) * bytesPerFrame : null
    }
    // A size that is not known yet, as in a stream, reaches beyond the file; so does one that lies.
    if (name === 'data')
      return rate === null || rate === 0 ? null : { seconds: (file.length - start) / rate, secondsMax: (file.length - start) / rate, exact: true }
    at = start + size + (size % 2)
  }
  return null
}

const lowestBitsPerSecond = 8000
const bitsPerSecond = {
  mpeg1Layer3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const
const tagHead = 10

/** By the rate of its first frame, and at most by the lowest rate there is. */
function lengthOfMpeg(file: Buffer): Length | null {
  const start = file.toString('latin1', 0, 3) === 'ID3' && file.length > tagHead ? tagHead + tagSize(file) : 0
  if (start + 4 > file.length) return null
  const head = file.readUInt32BE(start)
  // Eleven bits of synchronisation, layer III, a rate of the table.
  if (head >>> 21 !== 0x7ff || ((head >>> 17) & 3) !== 1) return null
  const table = ((head >>> 19) & 3) === 3 ? bitsPerSecond.mpeg1Layer3 : bitsPerSecond.mpeg2
  const rate = (table[(head >>> 12) & 15] ?? 0) * 1000
  const bits = (file.length - start) * 8
  return rate === 0 ? null : { seconds: bits / rate, secondsMax: bits / lowestBitsPerSecond, exact: false }
}

/** Seven bits a byte (ID3v2). */
const tagSize = (file: Buffer): number => [6, 7, 8, 9].reduce((size, at) => size * 128 + ((file[at] ?? 0) & 0x7f), 0)
