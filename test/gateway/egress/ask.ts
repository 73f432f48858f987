// A request for tests of the way out, and the text of its reply.
// Promises: short waits. Leaves alone: what is asserted.

import type { Egress, EgressRequest } from '../../../gateway/contract/egress.ts'

export const order = (baseUrl: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
  title: 'Vendor',
  baseUrl,
  path: '/v1/thing',
  method: 'POST',
  headers: { authorization: 'Bearer sk-vendor' },
  body: Buffer.from('{}'),
  signal: new AbortController().signal,
  headersTimeoutMs: 20_000,
  idleTimeoutMs: 20_000,
  bodyBytesMax: 64 * 1024 * 1024,
  ...more,
})

export async function textOf(egress: Egress, request: EgressRequest): Promise<string> {
  const reply = await egress.send(request)
  const pieces: Uint8Array[] = []
  for await (const piece of reply.body) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}
