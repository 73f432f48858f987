// A reply that notes what passes through it.
// Promises: the caller gets everything at once, noted or not; notes are given up when there is no room for more. Leaves alone: who keeps them.

import type { Reply } from '../../contract/reply.ts'

export interface Recording {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
}
export interface TapeOptions {
  readonly reply: Reply
  /** Is there room for so many bytes more? */
  readonly grow: (bytes: number) => boolean
  /** After the last byte; null when it was too much to note. */
  readonly onEnd: (recording: Recording | null) => void
}

export function createTape({ reply, grow, onEnd }: TapeOptions): Reply {
  let head: Pick<Recording, 'status' | 'headers'> | null = null
  let pieces: Uint8Array[] | null = []
  const note = (bytes: Uint8Array): void => {
    if (pieces === null || bytes.length === 0) return
    if (grow(bytes.length)) pieces.push(bytes)
    else pieces = null
  }
  return {
    gone: reply.gone,
    get started() {
      return reply.started
    },
    start(status, headers) {
      head ??= { status, headers }
      reply.start(status, headers)
    },
    async write(bytes) {
      note(bytes)
      await reply.write(bytes)
    },
    end(bytes) {
      if (bytes !== undefined) note(bytes)
      reply.end(bytes)
      onEnd(head === null || pieces === null ? null : { ...head, bytes: join(pieces) })
      pieces = null
    },
    cut() {
      reply.cut()
      onEnd(null)
      pieces = null
    },
  }
}

/** A copy of its own: a piece may be a small window on a large buffer that would be kept with it. */
function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
