// Hugging Face's text-embeddings-inference on one's own machine: embeddings in OpenAI's form, and a rerank of its own, each below the origin.
// Promises: description only. Leaves alone: which model it was started with, the only one it serves.

import { objectOf, textOf } from '../contract/json.ts'
import type { Provider } from '../contract/provider.ts'
import { bearer } from '../translate/openai-surface.ts'

export const textEmbeddingsInference: Provider = {
  id: 'text_embeddings_inference',
  title: 'Text Embeddings Inference',
  aliases: ['tei'],
  local: true,
  wires: { 'openai-embeddings': '/v1/embeddings', 'tei-rerank': '/rerank' },
  defaultBaseUrl: 'http://127.0.0.1:8080',
  keyVariable: null,
  needsKey: false,
  headers: bearer,
  modelList: {
    path: '/info',
    read(body) {
      const model = textOf(objectOf(body)?.['model_id'])
      return model === undefined ? [] : [model]
    },
  },
  settings: [
    { name: 'api_base', label: 'Address', kind: 'url', required: false, placeholder: 'http://127.0.0.1:8080', help: 'The origin, without /v1 or /rerank.' },
    { name: 'api_key', label: 'API key', kind: 'secret', required: false, help: 'Only where it was started with one.' },
  ],
  quirks: {},
  abortedCalls: 'free',
  priceVendor: null,
  documentation: { url: 'https://huggingface.co/docs/text-embeddings-inference/quick_tour', checked: '2026-11-21' },
  verified: true,
}
