// The head of a streamed reply and the identity a translated one is written under.
// Promises: the caller's public model name, never the vendor's. Leaves alone: facts about cost (flow.ts).

import type { GuardedRequest } from '../../contract/request.ts'
import type { WriterOptions } from '../../contract/wire.ts'

export function writerOptions(request: GuardedRequest): WriterOptions {
  return { id: request.id.slice('req_'.length), model: request.model, createdS: Math.floor(request.receivedAtMs / 1000), request: request.json.open() }
}

/** Nothing between us and the caller may hold a stream back or keep it. */
export function streamHeaders(contentType: string): Readonly<Record<string, string>> {
  return { 'content-type': contentType, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }
}
