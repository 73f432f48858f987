// What a reply said while it passed: how much, and about how many tokens that is.
// Promises: adding costs next to nothing, because tokens are counted only when somebody asks; keeps a bounded piece of the text, in memory, never stored.
// Leaves alone: what counts as text (the wires know that).

import { countTokens } from './token-count.ts'

export interface TextTally {
  /** UTF-8 bytes of all text. A token is at least one. */
  readonly bytes: number
  /** Pieces that brought text. */
  readonly deltas: number
  /** `deltas`: how many pieces brought it, where they are added as one. */
  add(text: string, deltas?: number): void
  /** About. */
  tokens(): number
}

const keptBytesFirst = 256
const keptBytesMax = 64 * 1024
/** Words are joined as text before they are written as bytes: a write for each would be most of what passing one costs. */
const pendingMax = 64
// Most engines send one token a piece, and then counting pieces is exact; those that send more are far from it.
const deltaTolerance = 0.15

export function createTextTally(): TextTally {
  let kept = Buffer.alloc(0)
  let used = 0
  let pending = ''
  let pendingBytes = 0
  let pendingPieces = 0
  let counted = 0
  let bytes = 0
  let deltas = 0
  /** Room for so many bytes more; what was kept is counted and let go when there is enough of it. */
  const reserve = (size: number): void => {
    if (used + size <= kept.length) return
    if (used + size > keptBytesMax) {
      counted += countTokens(kept.toString('utf8', 0, used))
      used = 0
    }
    if (used + size <= kept.length) return
    const larger = Buffer.allocUnsafe(Math.max(keptBytesFirst, 2 * (used + size)))
    kept.copy(larger, 0, 0, used)
    kept = larger
  }
  const flush = (): void => {
    if (pendingBytes === 0) return
    reserve(pendingBytes)
    used += kept.write(pending, used)
    pending = ''
    pendingBytes = 0
    pendingPieces = 0
  }
  const count = (): number => {
    flush()
    return counted + countTokens(kept.toString('utf8', 0, used))
  }
  return {
    get bytes() {
      return bytes
    },
    get deltas() {
      return deltas
    },
    add(text, pieces = 1) {
      const size = Buffer.byteLength(text)
      if (size === 0) return
      deltas += pieces
      bytes += size
      if (size > keptBytesMax) {
        counted += countTokens(text)
        return
      }
      if (pendingBytes + size > keptBytesMax) flush()
      pending += text
      pendingBytes += size
      pendingPieces += pieces
      if (pendingPieces >= pendingMax) flush()
    },
    tokens() {
      const guess = count()
      return deltas > 3 && Math.abs(guess - deltas) <= deltaTolerance * deltas ? deltas : guess
    },
  }
}
