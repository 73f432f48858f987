// The body of a reply as its reader gets it: identity or one layer of gzip, within its bounds.
// Promises: what was not asked for is refused before a byte of it is decoded; a body that grows beyond any text's ratio is a bomb and ends there.
// Leaves alone: connections, and what errors of the network mean (egress.ts).

import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Limits } from '../contract/config.ts'
import type { EgressRequest } from '../contract/egress.ts'
import { refuse } from '../contract/errors.ts'
import type { RawReply } from './exchange.ts'

/** Below this much a ratio says nothing: a small text of blanks is no attack. */
const ratioFreeBytes = 1024 * 1024

/** @throws GatewayError upstream_protocol */
export function openBody(raw: RawReply, request: EgressRequest, limits: Pick<Limits, 'inflatedRatioMax'>): AsyncIterable<Uint8Array> {
  const sent = raw.headers['content-encoding'] ?? 'identity'
  // Two layers, in one line or in two, are one more than anybody needs.
  const encoding = Array.isArray(sent) ? sent.join(', ') : sent.trim().toLowerCase()
  if (encoding === 'gzip') return inflated(raw, request, limits)
  if (encoding === 'identity') return capped(raw.body, request)
  raw.abort()
  throw refuse('upstream_protocol', { provider: request.title, reason: `its content encoding ${encoding.slice(0, 40)} was not asked for` })
}

async function* capped(source: AsyncIterable<Uint8Array>, request: EgressRequest): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const piece of source) {
    size += piece.length
    if (size > request.bodyBytesMax) throw refuse('upstream_too_large', { provider: request.title, limit: request.bodyBytesMax })
    yield piece
  }
}

async function* inflated(raw: RawReply, request: EgressRequest, limits: Pick<Limits, 'inflatedRatioMax'>): AsyncGenerator<Uint8Array> {
  let size = 0
  const gunzip = createGunzip()
  for await (const piece of capped(
    pipeline(raw.body, gunzip, () => undefined),
    request,
  )) {
    size += piece.length
    // Of what was sent only what has been unpacked: much more may lie there already, and would excuse a bomb for longer.
    if (size > ratioFreeBytes && size > gunzip.bytesWritten * limits.inflatedRatioMax)
      throw refuse('upstream_protocol', { provider: request.title, reason: `its body grows to more than ${limits.inflatedRatioMax} times what was sent` })
    yield piece
  }
}
