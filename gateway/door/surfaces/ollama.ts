// Ollama's native API, for clients that speak to nothing else (Home Assistant, editors, Open WebUI's Ollama connection).
// Promises: a chat or prompt streams unless told otherwise, as there; errors are one sentence in `error`. Leaves alone: pulling and making models.
// Source: https://docs.ollama.com/api (introduction, errors, streaming), as known 2026-11-21.

import type { JsonObject } from '../../contract/json.ts'
import type { Operation, WireId } from '../../contract/request.ts'
import { askedInBody, type Asked, type InferenceRoute, type Surface } from './surface.ts'

const streamsByDefault = (json: JsonObject): Asked => ({ model: json['model'], stream: json['stream'] ?? true })

export const ollama: Surface = {
  id: 'ollama',
  prefixes: ['/api'],
  routes(bodyBytesMax) {
    const route = (path: string, operation: Operation, facts: Pick<InferenceRoute, 'summary' | 'asked'> & { readonly wire: WireId }): InferenceRoute => ({
      method: 'POST',
      path,
      operation,
      ...facts,
      auth: 'key',
      surface: 'ollama',
      tag: 'inference',
      body: 'wire',
      reply: 'wire',
      limits: { bodyBytesMax },
    })
    return [
      route('/api/chat', 'chat', { wire: 'ollama-chat', summary: 'Chat in Ollama’s dialect, streamed unless told otherwise.', asked: streamsByDefault }),
      route('/api/generate', 'completion', { wire: 'ollama-generate', summary: 'A prompt in Ollama’s dialect.', asked: streamsByDefault }),
      route('/api/embed', 'embedding', { wire: 'ollama-embed', summary: 'Embeddings in Ollama’s dialect.', asked: askedInBody }),
      route('/api/embeddings', 'embedding', { wire: 'ollama-embed', summary: 'One embedding, in the older form.', asked: askedInBody }),
    ]
  },
  wordError: ({ message }) => ({ error: message }),
}
