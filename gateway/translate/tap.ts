// What the taps of all wires share: the facts they gather, and the frame of those whose streams have a closing mark.
// Promises: after the mark nothing more passes; the mark itself waits for the end. Leaves alone: what a piece says (each wire knows that).

import type { VendorError } from '../contract/chat.ts'
import type { Usage } from '../contract/usage.ts'
import type { StreamFacts, Tap } from '../contract/wire.ts'
import { decodeLatin1 } from './json-text.ts'
import { addRun, passRuns } from './pieces.ts'

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
  readonly splitter: { readonly idle?: boolean; push(bytes: Uint8Array): readonly Piece[]; end(): Piece | null }
  readonly seen: Seen
  rawOf(piece: Piece): Uint8Array
  judge(piece: Piece): Judgement
  /** Takes several pieces at once that all pass, from a place where one begins; gives where they end. */
  takeRun?(burst: Burst, from: number): number
  /** What comes after the mark waits with it, where a format has more than one closing event. */
  readonly keepsTail?: true
}

/** Bytes that came together. */
export interface Burst {
  /** Read as latin1, once, and only where somebody asks; nobody keeps it for longer than the burst. */
  text(): string
}

const nothing = new Uint8Array()

export function createMarkedTap<Piece>({ splitter, seen, rawOf, judge, takeRun, keepsTail }: Frame<Piece>): Tap {
  let mark: Uint8Array | null = null
  let triesLeft = runTriesMax
  const pass = (piece: Piece): Uint8Array | null => {
    if (mark !== null) {
      if (keepsTail === true) mark = Buffer.concat([mark, rawOf(piece)])
      return null
    }
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
    push(bytes) {
      if (takeRun === undefined || triesLeft === 0 || bytes.length < burstBytesMin) return passRuns(splitter.push(bytes), pass)
      const runs: Uint8Array[] = []
      const burst = createBurst(bytes)
      for (let at = 0; at < bytes.length;) {
        const starts = splitter.idle === true
        const end = starts && mark === null ? takeRun(burst, at) : at
        if (end > at) {
          addRun(runs, bytes.subarray(at, end))
          at = end
          triesLeft = runTriesMax
          continue
        }
        if (starts) triesLeft -= 1
        const next = triesLeft > 0 ? endOfEvent(bytes, at) : bytes.length
        passRuns(splitter.push(bytes.subarray(at, next)), pass, runs)
        at = next
      }
      return runs
    },
    end() {
      const rest = splitter.end()
      const last = rest === null ? null : pass(rest)
      return mark ?? last ?? nothing
    },
  }
}

// Fewer bytes are an event or two.
const burstBytesMin = 1024
// Streams begin and end with events of their own; whoever puts something new into each event is not asked for ever.
const runTriesMax = 8

function createBurst(bytes: Uint8Array): Burst {
  let text: string | null = null
  return { text: () => (text ??= decodeLatin1(bytes)) }
}

/** Or the end of everything. */
function endOfEvent(bytes: Uint8Array, from: number): number {
  const blank = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\n\n', from)
  return blank < 0 ? bytes.length : blank + 2
}
