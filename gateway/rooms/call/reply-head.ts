// The head of a streamed reply and the identity a translated one is written under.
// Promises: the caller's public model name, never the vendor's. Leaves alone: facts about cost (flow.ts).

import { toHeaderText } from '../../contract/header-text.ts'
import type { GuardedRequest } from '../../contract/request.ts'
import type { WriterOptions } from '../../contract/wire.ts'
import type { Reading } from './order.ts'

export function writerOptions(request: GuardedRequest): WriterOptions {
  return {
    id: request.id.slice('req_'.length),
    model: request.model,
    createdS: Math.floor(request.receivedAtMs / 1000),
    request: request.json.open(),
    ...(request.framing === undefined ? {} : { framing: request.framing }),
  }
}

/** Nothing between us and the caller may hold a stream back or keep it. What is known before the end stands here; cost is not. */
export function streamHeaders(contentType: string, { run, exchange }: Reading): Readonly<Record<string, string>> {
  const { id, modelName } = run.planned.deployment
  return {
    'content-type': contentType,
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    ...(exchange.dropped.length === 0 ? {} : { 'x-tollgate-dropped-params': toHeaderText(exchange.dropped.join(',')) }),
    'x-litellm-model-id': id,
    'x-litellm-model-group': toHeaderText(modelName),
  }
}
