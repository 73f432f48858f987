// OpenAI's API: Chat Completions, Completions, Embeddings.
// Promises: errors in OpenAI's shape. Leaves alone: bodies (translate/openai-…).
// Source: OpenAI's error object (platform.openai.com/docs/guides/error-codes, as known 2026-11-21).

import type { Operation, WireId } from '../../contract/request.ts'
import { askedInBody, type ErrorFacts, type InferenceRoute, type Surface } from './surface.ts'

export const openai: Surface = {
  id: 'openai',
  prefixes: ['/v1'],
  routes(bodyBytesMax) {
    const route = (path: string, operation: Operation, facts: { wire: WireId; summary: string }): InferenceRoute => ({
      method: 'POST',
      path,
      operation,
      ...facts,
      auth: 'key',
      surface: 'openai',
      tag: 'inference',
      body: 'wire',
      reply: 'wire',
      limits: { bodyBytesMax },
      asked: askedInBody,
    })
    return [
      route('/v1/chat/completions', 'chat', { wire: 'openai-chat', summary: 'Chat completion, streamed or whole.' }),
      route('/v1/completions', 'completion', { wire: 'openai-completions', summary: 'Text completion, streamed or whole.' }),
      route('/v1/embeddings', 'embedding', { wire: 'openai-embeddings', summary: 'Embeddings as floats or base64.' }),
    ]
  },
  wordError: (facts) => wordOpenai(facts, facts.error.code),
}

export function wordOpenai(
  { error, message }: ErrorFacts,
  code: string,
): { readonly error: { message: string; type: string; param: string | null; code: string } } {
  const { vendor, param } = error.hints
  return { error: { message, type: vendor?.type ?? error.row.openaiType, param: param ?? null, code: vendor?.code ?? code } }
}
