// A gzip body, inflated while it arrives.
// Promises: one layer; what grows faster than text can is refused as soon as that shows, long before it is large; neither side of it runs ahead.
// Leaves alone: how much is held by all bodies together (`take`, body.ts).

import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { refuse, type GatewayError } from '../contract/errors.ts'
import { toGatewayError } from './fail.ts'

export interface InflateBounds {
  readonly bytesMax: number
  /** Inflated bytes for each byte that was sent. */
  readonly ratioMax: number
  /** Throws when too much is held already. */
  readonly take: (bytes: number) => void
}

/** Below this much a ratio says nothing. */
const ratioFreeBytes = 1024 * 1024

export const endedEarly = (cause?: unknown): GatewayError => refuse('invalid_request', { reason: 'The request body ended early.' }, {}, cause)

/** @throws GatewayError body_too_large, invalid_request, and what `take` throws */
export async function inflate(source: Readable, { bytesMax, ratioMax, take }: InflateBounds): Promise<Uint8Array> {
  const gunzip = createGunzip()
  const pieces: Buffer[] = []
  let arrived = 0
  let size = 0
  // What is refused for want of room may be a bomb all the same, and is then called one; until that is known nothing of it is kept.
  let full: { readonly why: unknown } | null = null
  const grow = (piece: Buffer): void => {
    size += piece.length
    // Of what was sent only what has been unpacked: much more may lie there already, and would excuse a bomb for longer.
    const most = Math.min(bytesMax, Math.max(ratioFreeBytes, gunzip.bytesWritten * ratioMax))
    if (size > most) throw refuse('body_too_large', { limit: most })
    if (full === null)
      attempt(
        () => take(piece.length),
        (why) => (full = { why }),
      )
    if (full === null) pieces.push(piece)
    else pieces.length = 0
  }
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      gunzip.on('data', (piece: Buffer) => attempt(() => grow(piece), reject))
      gunzip.once('end', () => (full === null ? resolve(Buffer.concat(pieces)) : reject(toGatewayError(full.why))))
      gunzip.once('error', (error) => reject(refuse('invalid_request', { reason: 'The body is not valid gzip.' }, {}, error)))
      gunzip.on('drain', () => source.resume())
      source.on('data', (piece: Buffer) => {
        arrived += piece.length
        if (arrived > bytesMax) reject(refuse('body_too_large', { limit: bytesMax }))
        else if (!gunzip.write(piece)) source.pause()
      })
      source.once('end', () => gunzip.end())
      source.once('error', (error) => reject(endedEarly(error)))
      source.once('close', () => {
        if (!source.readableEnded) reject(endedEarly())
      })
    })
  } finally {
    source.removeAllListeners('data')
    gunzip.destroy()
  }
}

function attempt(work: () => void, reject: (error: unknown) => void): void {
  try {
    work()
  } catch (error) {
    reject(error)
  }
}
