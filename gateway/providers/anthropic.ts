// Anthropic's own API.
// Promises: description only. Leaves alone: dialling (rooms/call), prices (gateway/prices).

import { listOf, objectOf, textOf } from '../contract/json.ts'
import type { Provider } from '../contract/provider.ts'

export const anthropic: Provider = {
  id: 'anthropic',
  title: 'Anthropic',
  aliases: [],
  local: false,
  wires: { 'anthropic-messages': '/v1/messages' },
  defaultBaseUrl: 'https://api.anthropic.com',
  keyVariable: 'ANTHROPIC_API_KEY',
  needsKey: true,
  headers: (secret) => ({ 'anthropic-version': '2023-06-01', ...(secret === null ? {} : { 'x-api-key': secret }) }),
  modelList: { path: '/v1/models?limit=1000', read: (body) => listOf(objectOf(body)?.['data']).flatMap((row) => textOf(objectOf(row)?.['id']) ?? []) },
  settings: [
    { name: 'api_key', label: 'API key', kind: 'secret', required: true, placeholder: 'sk-ant-…' },
    { name: 'api_base', label: 'Base URL', kind: 'url', required: false, placeholder: 'https://api.anthropic.com', help: 'The origin, without /v1.' },
  ],
  quirks: {
    // With tools the vendor adds a system prompt of its own: 530 tokens at most in its published table
    // (https://docs.anthropic.com/en/docs/tool-use-pricing-and-tokens, as known 2026-11-21). Newer tokenizers make about 30 percent more of the same
    // text (https://platform.claude.com/docs/en/build-with-claude/token-counting) and output formats bring a prompt too, hence the round number.
    promptOverheadTokens: 1024,
    // "Extended thinking" is off until a request turns it on (https://platform.claude.com/docs/en/build-with-claude/extended-thinking, as known 2026-11-21).
    reasonsWhenAsked: true,
  },
  // Not published either; named among the vendors whose streams stop (https://openrouter.ai/docs/api-reference/streaming, "Stream cancellation", as known
  // 2026-11-21). The prompt's true count comes with the first event, so only the output is ever counted here.
  abortedCalls: 'produced',
  priceVendor: 'anthropic',
  documentation: { url: 'https://platform.claude.com/docs/en/api/messages', checked: '2026-11-21' },
  common: true,
}
