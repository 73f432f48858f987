// The icons that are checked in are what their names say, and the containers of Windows and macOS hold what they list.
// Promises: the tray's four states differ in shape, not in colour alone. Leaves alone: how they look (npm run icons draws them).

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { toIcns, toIco } from '../../scripts/steps/icon-files.mjs'

const icon = (name: string): Buffer => readFileSync(resolve(import.meta.dirname, '../../resources/icons', name))
const states = ['serving', 'paused', 'attention', 'stopped']
const pngSignature = '89504e470d0a1a0a'

/** Width and height out of a PNG's first chunk. */
function sizeOf(png: Buffer): readonly number[] {
  expect(png.subarray(0, 8).toString('hex')).toBe(pngSignature)
  return [png.readUInt32BE(16), png.readUInt32BE(20)]
}

/** The pixels as they are stored, decompressed. */
function pixelsOf(png: Buffer): string {
  const pieces: Buffer[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') pieces.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  return inflateSync(Buffer.concat(pieces)).toString('hex')
}

describe('the icons', () => {
  it.each(states)('have the state %s for light and dark bars and as a template, at one and two pixels a point', (state) => {
    for (const ending of ['-light', '-dark', 'Template']) {
      expect(sizeOf(icon(`tray/${state}${ending}.png`))).toEqual([16, 16])
      expect(sizeOf(icon(`tray/${state}${ending}@2x.png`))).toEqual([32, 32])
    }
  })

  it('tell the states apart by shape', () => {
    for (const ending of ['-light', '-dark', 'Template', 'Template@2x'])
      expect(new Set(states.map((state) => pixelsOf(icon(`tray/${state}${ending}.png`)))).size).toBe(states.length)
  })

  it('have every size a Linux desktop asks for', () => {
    for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) expect(sizeOf(icon(`linux/${size}x${size}.png`))).toEqual([size, size])
  })

  it('hold whole pictures in the container of Windows', () => {
    const ico = icon('app.ico')
    const count = ico.readUInt16LE(4)
    const sizes = Array.from({ length: count }, (_entry, index) => {
      const at = 6 + 16 * index
      return sizeOf(ico.subarray(ico.readUInt32LE(at + 12), ico.readUInt32LE(at + 12) + ico.readUInt32LE(at + 8)))[0]
    })
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256])
  })

  it('hold whole pictures in the container of macOS', () => {
    const icns = icon('app.icns')
    expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length])
    const found: [string, number | undefined][] = []
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4))
      found.push([icns.toString('latin1', at, at + 4), sizeOf(icns.subarray(at + 8, at + icns.readUInt32BE(at + 4)))[0]])
    expect(Object.fromEntries(found)).toEqual({ ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 })
  })
})

it('a container names the place and length of each picture', () => {
  const ico = toIco([
    { size: 16, png: Buffer.from('one') },
    { size: 256, png: Buffer.from('second') },
  ])
  expect([ico.readUInt8(6), ico.readUInt8(22), ico.subarray(ico.readUInt32LE(34)).toString()]).toEqual([16, 0, 'second'])
  const pictures = new Map([32, 64, 128, 256, 512, 1024].map((size) => [size, Buffer.from(`${size}`)]))
  expect(toIcns(pictures).toString('latin1')).toMatch(/^icns....ic11....32ic12....64/s)
})
