// Cohere's API, as far as LiteLLM serves it too: rerank, under the address of either version.
// Promises: an error says `message`, as Cohere's does, and the same in OpenAI's envelope, because LiteLLM's callers come to these addresses as well.
// Leaves alone: bodies (translate/cohere-rerank).
// Source: https://docs.cohere.com/reference/rerank, https://docs.cohere.com/reference/errors; Cohere's SDK (cohere-ai 8.1.0) puts the whole
// body into its error; https://docs.litellm.ai/docs/rerank, as known 2026-11-21.

import { askedInBody, type InferenceRoute, type Surface } from './surface.ts'
import { wordOpenai } from './openai.ts'

export const cohere: Surface = {
  id: 'cohere',
  prefixes: ['/v2', '/v1/rerank'],
  routes(bodyBytesMax) {
    const route = (path: string, summary: string): InferenceRoute => ({
      method: 'POST',
      path,
      operation: 'rerank',
      wire: 'cohere-rerank',
      summary,
      auth: 'key',
      surface: 'cohere',
      tag: 'inference',
      body: 'wire',
      reply: 'wire',
      limits: { bodyBytesMax },
      asked: askedInBody,
    })
    return [route('/v2/rerank', 'Documents by how well they answer a query.'), route('/v1/rerank', 'The same, also with documents that have fields.')]
  },
  wordError: (facts) => ({ id: facts.requestId, message: facts.message, ...wordOpenai(facts, facts.error.code) }),
}
