// OpenAI's moderations as a wire: texts and images in, a judgement of each out.
// Promises: one call is one call; tokens count where a vendor reports them. Leaves alone: judgements.
// Source: https://platform.openai.com/docs/api-reference/moderations, as known 2026-11-21.

import { listOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import type { RequestBound, StreamFacts, Wire } from '../contract/wire.ts'
import { readOpenaiUsage } from './openai-usage.ts'
import { createSeen, type Seen } from './tap.ts'
import { readVendorError } from './vendor-error.ts'
import { createMediaWire } from './openai-media/media-wire.ts'

export const openaiModerations: Wire = createMediaWire({ id: 'openai-moderations', operation: 'moderation', bound, note: () => false, readFacts })

function bound(body: JsonObject): RequestBound {
  const images = listOf(body['input']).flatMap((part) => textOf(objectOf(objectOf(part)?.['image_url'])?.['url']) ?? [])
  return {
    mediaBytes: images.reduce((sum, url) => sum + (url.startsWith('data:') ? url.length : 0), 0),
    images: images.length,
    files: 0,
    outputTokensMax: 0,
    choices: 1,
    unbounded: [],
    units: { most: {}, about: { calls: 1 }, guessed: [], tokens: {} },
  }
}

function readFacts(body: unknown): StreamFacts {
  const reply = objectOf(body) ?? {}
  const seen: Seen = { ...createSeen(), finished: true, upstreamId: textOf(reply['id']) ?? null, model: textOf(reply['model']) ?? null }
  if (reply['error'] !== undefined && reply['error'] !== null) seen.error = readVendorError(0, reply)
  else if (!Array.isArray(reply['results'])) seen.error = { ...readVendorError(0, {}), message: 'The provider sent a reply without results.' }
  seen.usage = readOpenaiUsage(reply['usage'])
  return seen
}
