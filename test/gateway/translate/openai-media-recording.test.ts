// How long a recording plays: exact for PCM, bounded for MP3, a flagged guess for the rest.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lengthOf } from '../../../gateway/translate/openai-media/recording.ts'
import { wave } from '../../kit/media-vendor.ts'

/** Frames of 417 bytes: MPEG-1, layer III, 128 kbit/s, 44.1 kHz. */
const mp3 = (frames: number): Buffer =>
  Buffer.concat(Array.from({ length: frames }, () => Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)])))

describe('the length of a recording', () => {
  it.each([1, 3, 60])('in PCM is exact: %d seconds', (seconds) => {
    expect(lengthOf(wave(seconds))).toEqual({ seconds, secondsMax: seconds, exact: true })
  })
  it('goes by the bytes that are there, not by the size that a head claims', () => {
    const lying = wave(10)
    lying.writeUInt32LE(2, 40)
    expect(lengthOf(lying).secondsMax).toBe(10)
    lying.writeUInt32LE(0xffffffff, 40)
    expect(lengthOf(lying).secondsMax).toBe(10)
  })
  it('is not known of a wave in a compressed format, or without a rate', () => {
    const compressed = wave(10)
    compressed.writeUInt16LE(17, 20)
    expect(lengthOf(compressed)).toMatchObject({ secondsMax: null, exact: false })
    const still = wave(10)
    still.writeUInt32LE(0, 24)
    expect(lengthOf(still)).toMatchObject({ secondsMax: null, exact: false })
  })
  it('of an MP3 is guessed by its first frame and bounded by the lowest rate', () => {
    const frames = 383
    for (const head of [Buffer.alloc(0), Buffer.concat([Buffer.from('ID3\x04\x00\x00\x00\x00\x01\x00', 'latin1'), Buffer.alloc(128)])]) {
      const found = lengthOf(Buffer.concat([head, mp3(frames)]))
      expect(found.seconds).toBeCloseTo((frames * 1152) / 44_100, 1)
      expect(found.secondsMax).toBe((frames * 417) / 1000)
      expect(found.exact).toBe(false)
    }
  })
  it('is bounded by nothing where a tag hides another format', () => {
    expect(lengthOf(Buffer.concat([Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x00', 'latin1'), Buffer.from('fLaC'), Buffer.alloc(100)])).secondsMax).toBeNull()
  })
  it('never throws and is never negative', () => {
    const heads = fc.constantFrom(...['', 'RIFF\0\0\0\0WAVE', 'RIFF\0\0\0\0WAVEfmt ', 'ID3\x04\0\0', '\xff\xfb'].map((text) => Buffer.from(text, 'latin1')))
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 200 }), (head, rest) => {
        const { seconds, secondsMax } = lengthOf(Buffer.concat([head, rest]))
        expect(seconds).toBeGreaterThanOrEqual(0)
        expect(secondsMax ?? seconds).toBeGreaterThanOrEqual(seconds - 1e-9)
      }),
    )
  })
})
