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
