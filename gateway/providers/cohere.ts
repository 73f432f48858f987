// Cohere, over its own API of version 2. Its OpenAI-compatible endpoint is a provider apart, `cohere_compatibility`.
// Promises: description only. Leaves alone: dialling (rooms/call), prices (gateway/prices).

import { listOf, objectOf, textOf } from '../contract/json.ts'
import type { Passage, Provider } from '../contract/provider.ts'
import { bearer } from '../translate/openai-surface.ts'

export const cohere: Provider = {
  id: 'cohere',
  title: 'Cohere',
  aliases: ['cohere_chat'],
  local: false,
  wires: { 'cohere-chat': '/v2/chat', 'cohere-embed': '/v2/embed', 'cohere-rerank': '/v2/rerank' },
  defaultBaseUrl: 'https://api.cohere.com',
  keyVariable: 'COHERE_API_KEY',
  // Cohere's own SDK reads it (https://github.com/cohere-ai/cohere-typescript, as known 2026-11-21).
  otherKeyVariables: ['CO_API_KEY'],
  needsKey: true,
  passPrefixes: ['cohere'],
  passages: {
    surface: 'cohere',
    paths: [
      { path: '/v2/chat', wire: 'cohere-chat' },
      { path: '/v1/chat', wire: 'cohere-chat-v1' },
      ...['/v1', '/v2'].flatMap((version): readonly Passage[] => [
        { path: `${version}/embed`, wire: 'cohere-embed', streams: false },
        { path: `${version}/rerank`, wire: 'cohere-rerank', streams: false },
      ]),
    ],
  },
  headers: bearer,
  modelList: { path: '/v1/models?page_size=1000', read: (body) => listOf(objectOf(body)?.['models']).flatMap((row) => textOf(objectOf(row)?.['name']) ?? []) },
  settings: [
    { name: 'api_key', label: 'API key', kind: 'secret', required: true },
    {
      name: 'api_base',
      label: 'Base URL',
      kind: 'url',
      required: false,
      placeholder: 'https://api.cohere.com',
      help: 'The origin, without /v2.',
    },
  ],
  quirks: {},
  // Text that Cohere adds to a prompt is not billed (https://docs.cohere.com/docs/how-does-cohere-pricing-work, as known 2026-11-21).
  // Nothing is published of what an aborted call costs.
  abortedCalls: 'produced',
  priceVendor: 'cohere',
  documentation: { url: 'https://docs.cohere.com/reference/rerank', checked: '2026-11-21' },
  verified: true,
  common: true,
}
