// Anthropic's own API.
// Promises: description only. Leaves alone: dialling (rooms/call), prices (gateway/prices).

import { listOf, objectOf, textOf } from '../contract/json.ts'
import type { Provider } from '../contract/provider.ts'
import { claudeQuirks, claudeQuirksOf } from '../translate/anthropic-surface.ts'

export const anthropic: Provider = {
  id: 'anthropic',
  title: 'Anthropic',
  aliases: [],
  local: false,
  wires: { 'anthropic-messages': '/v1/messages' },
  forModel: (model) => ({ quirks: claudeQuirksOf(model) }),
  defaultBaseUrl: 'https://api.anthropic.com',
  keyVariable: 'ANTHROPIC_API_KEY',
  needsKey: true,
  passPrefixes: ['anthropic'],
  headers: (secret) => ({ 'anthropic-version': '2023-06-01', ...(secret === null ? {} : { 'x-api-key': secret }) }),
  modelList: { path: '/v1/models?limit=1000', read: (body) => listOf(objectOf(body)?.['data']).flatMap((row) => textOf(objectOf(row)?.['id']) ?? []) },
  settings: [
    { name: 'api_key', label: 'API key', kind: 'secret', required: true, placeholder: 'sk-ant-…' },
    { name: 'api_base', label: 'Base URL', kind: 'url', required: false, placeholder: 'https://api.anthropic.com', help: 'The origin, without /v1.' },
  ],
  quirks: claudeQuirks,
  // Not published either; named among the vendors whose streams stop (https://openrouter.ai/docs/api-reference/streaming, "Stream cancellation", as known
  // 2026-11-21). The prompt's true count comes with the first event, so only the output is ever counted here.
  abortedCalls: 'produced',
  priceVendor: 'anthropic',
  documentation: { url: 'https://platform.claude.com/docs/en/api/messages', checked: '2026-11-21' },
  common: true,
}
