// Ollama, over its native API: the OpenAI-compatible one cannot set a context size and overrides a model's own sampling defaults.
// Promises: description only. Leaves alone: pulling models.

import { listOf, objectOf, textOf } from '../contract/json.ts'
import type { Provider } from '../contract/provider.ts'
import { bearer } from '../translate/openai-surface.ts'

export const ollama: Provider = {
  id: 'ollama',
  title: 'Ollama',
  aliases: ['ollama_chat'],
  local: true,
  wires: { 'ollama-chat': '/api/chat', 'ollama-generate': '/api/generate', 'ollama-embed': '/api/embed' },
  defaultBaseUrl: 'http://127.0.0.1:11434',
  keyVariable: 'OLLAMA_API_KEY',
  needsKey: false,
  headers: bearer,
  modelList: {
    path: '/api/tags',
    read: (body) => listOf(objectOf(body)?.['models']).flatMap((row) => textOf(objectOf(row)?.['model']) ?? textOf(objectOf(row)?.['name']) ?? []),
  },
  settings: [
    { name: 'api_base', label: 'Address', kind: 'url', required: false, placeholder: 'http://127.0.0.1:11434', help: 'The origin, without /api or /v1.' },
    {
      name: 'num_ctx',
      label: 'Context size',
      kind: 'number',
      required: false,
      placeholder: '16384',
      help: 'In tokens. Left empty, Ollama uses its own default and cuts longer prompts.',
    },
    { name: 'keep_alive', label: 'Keep loaded', kind: 'text', required: false, placeholder: '5m' },
    { name: 'api_key', label: 'API key', kind: 'secret', required: false, help: 'Only behind a proxy that asks for one.' },
  ],
  quirks: { coldLoad: true },
  abortedCalls: 'free',
  priceVendor: null,
  documentation: { url: 'https://docs.ollama.com/api/chat', checked: '2026-11-21' },
}
