// Puts pictures of several sizes into one file: Windows' .ico and macOS' .icns, both holding PNGs as they are.
// Promises: sizes as the formats name them; nothing is scaled here.
// Sources, as known 2026-11-21: https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10) (ICO), https://en.wikipedia.org/wiki/Apple_Icon_Image_format (ICNS).

const icoHeadBytes = 6
const icoEntryBytes = 16

/** @param {{ size: number, png: Buffer }[]} pictures smallest first; Windows reads PNG inside since Vista. */
export function toIco(pictures) {
  const head = Buffer.alloc(icoHeadBytes + icoEntryBytes * pictures.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  pictures.forEach(({ size, png }, index) => {
    const at = icoHeadBytes + index * icoEntryBytes
    // One byte a side; 0 stands for 256.
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([head, ...pictures.map((picture) => picture.png)])
}

/** Type → pixels. 16 and 32 points without a second pixel are left out: their types take no PNG on every macOS, and the larger ones are scaled. */
const icnsTypes = { ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 }

/** @param {Map<number, Buffer>} pictures PNGs by their size. */
export function toIcns(pictures) {
  const parts = Object.entries(icnsTypes).map(([type, size]) => chunk(type, pictures.get(size)))
  return chunk('icns', Buffer.concat(parts))
}

function chunk(type, bytes) {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(bytes.length + head.length, 4)
  return Buffer.concat([head, bytes])
}
