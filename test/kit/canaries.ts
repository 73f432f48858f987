// Secrets that can be found again: planted anywhere, searched for everywhere.
// Promises: each is unlike any other text; a search also meets them in base64 and UTF-16. Leaves alone: where they are planted.

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Canaries {
  /** A new one; `start` makes it look the part, such as `sk-`. */
  plant(what: string, start?: string): string
  /** One that somebody else made (a virtual key, a code). */
  adopt(what: string, text: string): string
  readonly count: number
  /** What is found in a text or in bytes: "prompt 3 in <place>". */
  findIn(place: string, content: string | Uint8Array): readonly string[]
  /** In every file below a folder. @returns how many files were read, and what was found in them */
  findInFolder(folder: string): { readonly files: number; readonly found: readonly string[] }
}

export function createCanaries(): Canaries {
  const planted = new Map<string, readonly Buffer[]>()
  const adopt = (what: string, text: string): string => {
    planted.set(`${what} ${planted.size}`, spellings(text))
    return text
  }
  const findIn = (place: string, content: string | Uint8Array): string[] => {
    const bytes = Buffer.from(content)
    return [...planted].filter(([, needles]) => needles.some((needle) => bytes.includes(needle))).map(([what]) => `${what} in ${place}`)
  }
  return {
    plant: (what, start = '') => adopt(what, `${start}canary${randomBytes(12).toString('hex')}`),
    adopt,
    get count() {
      return planted.size
    },
    findIn,
    findInFolder(folder) {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      return { files: files.length, found: files.flatMap((entry) => findIn(entry.name, readFileSync(join(entry.parentPath, entry.name)))) }
    },
  }
}

function spellings(text: string): readonly Buffer[] {
  const plain = Buffer.from(text)
  // In base64 a text looks different at each of three offsets; the first and last characters also depend on its neighbours.
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), plain])
      .toString('base64')
      .slice(4, -4),
  )
  return [plain, Buffer.from(text, 'utf16le'), ...encoded.map((one) => Buffer.from(one))]
}
