// Google's Gemini API: generateContent, streamed and whole, and embeddings. The model and the method stand in the path.
// Promises: errors in Google's shape, with its status names. Leaves alone: bodies (translate/gemini-…); the list of models and counting (admin/).
// Source: https://ai.google.dev/api/generate-content and https://cloud.google.com/apis/design/errors, as known 2026-11-21.

import type { Json } from '../../contract/json.ts'
import { errorInfo, statusNameOf } from '../../kit/google-status.ts'
import type { ErrorFacts, InferenceRoute, Surface } from './surface.ts'

export const gemini: Surface = {
  id: 'gemini',
  prefixes: ['/v1beta'],
  routes(bodyBytesMax) {
    const route = (method: string, facts: Pick<InferenceRoute, 'operation' | 'wire' | 'summary' | 'asked'>): InferenceRoute => ({
      method: 'POST',
      path: `/v1beta/models/{model*}:${method}`,
      ...facts,
      auth: 'key',
      surface: 'gemini',
      tag: 'inference',
      body: 'wire',
      reply: 'wire',
      limits: { bodyBytesMax },
    })
    const chat = { operation: 'chat', wire: 'gemini-generate' } as const
    const embedding = { operation: 'embedding', wire: 'gemini-embed', asked: whole } as const
    return [
      route('generateContent', { ...chat, summary: 'Gemini content, whole.', asked: whole }),
      route('streamGenerateContent', { ...chat, summary: 'Gemini content as events (alt=sse) or as one JSON array.', asked: streamed }),
      route('embedContent', { ...embedding, summary: 'One Gemini embedding.' }),
      route('batchEmbedContents', { ...embedding, summary: 'Several Gemini embeddings.' }),
    ]
  },
  wordError: (facts) => ({ error: { code: facts.status, message: facts.message, status: statusNameOf(facts.status), details: detailsOf(facts) } }),
}

const whole: InferenceRoute['asked'] = (_json, params) => ({ model: params['model'], stream: false })
const streamed: InferenceRoute['asked'] = (_json, params, query) => ({
  model: params['model'],
  stream: true,
  ...((query.get('alt') ?? query.get('$alt')) === 'sse' ? {} : { framing: 'json-array' }),
})

/** Google's clients read a wait from here; it sends no `retry-after`. */
function detailsOf({ error }: ErrorFacts): readonly Json[] {
  const { retryAfterS, vendor } = error.hints
  const info = errorInfo(vendor?.code ?? error.code)
  return retryAfterS === undefined ? [info] : [info, { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${Math.ceil(retryAfterS)}s` }]
}
