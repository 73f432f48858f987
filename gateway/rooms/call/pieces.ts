// Small tools over streamed bytes.
// Promises: nothing is kept beyond its limit. Leaves alone: what the bytes mean.

import { refuse } from '../../contract/errors.ts'

/** All pieces as one. @throws GatewayError upstream_too_large */
export async function collect(pieces: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.length
    if (size > bytesMax) throw refuse('upstream_too_large', { provider: 'The provider', limit: bytesMax })
    kept.push(piece)
  }
  const [only] = kept
  return kept.length === 1 && only !== undefined ? only : Buffer.concat(kept)
}

/** The first bytes of an error: what can be had of it explains a status that is known already. @throws what broke the pieces off, when we did */
export async function collectStart(pieces: AsyncIterable<Uint8Array>, bytesMax: number, ours: AbortSignal): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of pieces) {
      kept.push(piece)
      size += piece.length
      if (size >= bytesMax) break
    }
  } catch (error) {
    if (ours.aborted) throw error
  }
  return Buffer.concat(kept).subarray(0, bytesMax)
}
