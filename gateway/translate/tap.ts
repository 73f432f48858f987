// What the taps of all wires share: the facts they gather, and the frame of those whose streams have a closing mark.
// Promises: after the mark nothing more passes; the mark itself waits for the end. Leaves alone: what a piece says (each wire knows that).

import type { VendorError } from '../contract/chat.ts'
import type { Usage } from '../contract/usage.ts'
import type { StreamFacts, Tap } from '../contract/wire.ts'
import { passRuns } from './pieces.ts'

/** The facts while they are gathered. */
export interface Seen extends StreamFacts {
  usage: Usage | null
  upstreamId: string | null
  model: string | null
  textBytesAtUsage: number
  finished: boolean
  error: VendorError | null
}
export const createSeen = (): Seen => ({ usage: null, upstreamId: null, model: null, textBytesAtUsage: 0, finished: false, error: null })

/** pass: the caller gets it · hide: it came only because we asked for it · close: the mark, kept for the end */
export type Judgement = 'pass' | 'hide' | 'close'
export interface Frame<Piece> {
  readonly splitter: { push(bytes: Uint8Array): readonly Piece[]; end(): Piece | null }
  readonly seen: Seen
  rawOf(piece: Piece): Uint8Array
  judge(piece: Piece): Judgement
}

const nothing = new Uint8Array()

export function createMarkedTap<Piece>({ splitter, seen, rawOf, judge }: Frame<Piece>): Tap {
  let mark: Uint8Array | null = null
  const pass = (piece: Piece): Uint8Array | null => {
    if (mark !== null) return null
    const judgement = judge(piece)
    if (judgement === 'pass') return rawOf(piece)
    if (judgement === 'close') mark = rawOf(piece)
    return null
  }
  return {
    seen,
    get closed() {
      return mark !== null
    },
    push: (bytes) => passRuns(splitter.push(bytes), pass),
    end() {
      const rest = splitter.end()
      const last = rest === null ? null : pass(rest)
      return mark ?? last ?? nothing
    },
  }
}
