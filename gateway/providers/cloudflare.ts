// Cloudflare's Workers AI over its OpenAI-compatible API, whose address holds the customer's account.
// Promises: an account's id is enough; a whole `api_base` works as well. Leaves alone: models named `@cf/…`, which go as they are.

import type { Provider } from '../contract/provider.ts'
import { bearer, openaiModelList, openaiPaths } from '../translate/openai-surface.ts'

const { 'openai-chat': chat, 'openai-embeddings': embeddings } = openaiPaths

export const cloudflare: Provider = {
  id: 'cloudflare',
  title: 'Cloudflare Workers AI',
  aliases: [],
  local: false,
  wires: { 'openai-chat': chat, 'openai-embeddings': embeddings },
  // LiteLLM reads the account from this variable too (https://docs.litellm.ai/docs/providers/cloudflare_workers, as known 2026-11-21).
  ownParams: { account_id: { variables: ['CLOUDFLARE_ACCOUNT_ID'] } },
  defaultBaseUrl: null,
  addressOf: ({ account_id: account }) => (account === undefined ? null : `https://api.cloudflare.com/client/v4/accounts/${encodeURIComponent(account)}/ai/v1`),
  keyVariable: 'CLOUDFLARE_API_KEY',
  // Cloudflare's own tools read it (https://developers.cloudflare.com/workers/wrangler/system-environment-variables, as known 2026-11-21).
  otherKeyVariables: ['CLOUDFLARE_API_TOKEN'],
  needsKey: true,
  headers: bearer,
  modelList: openaiModelList,
  settings: [
    { name: 'account_id', label: 'Account ID', kind: 'text', required: false, help: 'Instead of a base URL. It stands in the address of the dashboard.' },
    { name: 'api_base', label: 'Base URL', kind: 'url', required: false, placeholder: 'https://api.cloudflare.com/client/v4/accounts/<account>/ai/v1' },
    { name: 'api_key', label: 'API key', kind: 'secret', required: true },
  ],
  // `max_tokens` is 256 where nobody says otherwise (https://developers.cloudflare.com/workers-ai/models/llama-3.3-70b-instruct-fp8-fast, "Parameters", as known 2026-11-21).
  quirks: { smallDefaultCap: true },
  // Nothing is published of what an aborted call costs.
  abortedCalls: 'produced',
  priceVendor: 'cloudflare',
  documentation: { url: 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/', checked: '2026-11-21' },
  verified: true,
}
