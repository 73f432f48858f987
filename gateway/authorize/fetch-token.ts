// Asks a token server, through the one way out.
// Promises: no redirect is followed, the answer is bounded in size and time, and a failure names the provider and never the credential.
// Leaves alone: who may be asked (google-token, entra-token), keeping what came (token-cache).

import type { Limits } from '../contract/config.ts'
import type { Egress } from '../contract/egress.ts'
import { parseTokenReply } from './token-reply.ts'
import type { FetchedToken, TokenAsk } from './token.ts'

export interface FetchTokenTools {
  readonly egress: Pick<Egress, 'send'>
  readonly limits: Pick<Limits, 'tokenFetchTimeoutMs' | 'tokenReplyBytesMax'>
}
export type FetchToken = (ask: TokenAsk) => Promise<FetchedToken>

export function createFetchToken({ egress, limits }: FetchTokenTools): FetchToken {
  return async (ask) => {
    const { origin, pathname } = new URL(ask.url)
    const reply = await egress.send({
      title: `The token server of ${ask.provider}`,
      baseUrl: origin,
      path: pathname,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: Buffer.from(new URLSearchParams(ask.form).toString()),
      // Callers who wait for it share it, so no one of them can end it.
      signal: AbortSignal.timeout(limits.tokenFetchTimeoutMs),
      headersTimeoutMs: limits.tokenFetchTimeoutMs,
      idleTimeoutMs: limits.tokenFetchTimeoutMs,
      bodyBytesMax: limits.tokenReplyBytesMax,
    })
    try {
      const pieces: Uint8Array[] = []
      for await (const piece of reply.body) pieces.push(piece)
      return parseTokenReply(reply.status, Buffer.concat(pieces).toString('utf8'), ask)
    } finally {
      reply.abort()
    }
  }
}
