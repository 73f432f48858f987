// What bounds the cost of a request in Ollama's dialect before any model sees it.
// Promises: never throws, whatever the body holds. Leaves alone: prices; whether the engine will accept the request.
// Source: https://docs.ollama.com/modelfile#parameter (num_predict: -1 is no limit, -2 the rest of the context), as known 2026-11-21.

import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'

export function boundOllama(body: JsonObject): RequestBound {
  const images = [body, ...listOf(body['messages']).map((message) => objectOf(message) ?? {})].flatMap((holder) => listOf(holder['images']))
  const cap = objectOf(body['options'])?.['num_predict']
  return {
    mediaBytes: images.reduce<number>((sum, image) => sum + (textOf(image)?.length ?? 0), 0),
    images: images.length,
    files: 0,
    outputTokensMax: typeof cap === 'number' && Number.isFinite(cap) && cap >= 1 ? Math.ceil(cap) : undefined,
    choices: 1,
    unbounded: [],
  }
}
