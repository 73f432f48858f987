// OpenAI itself.
// Promises: description only. Leaves alone: dialling (rooms/call), prices (gateway/prices).

import type { Provider } from '../contract/provider.ts'
import { bearer, mediaPaths, moderationsPath, openaiModelList, openaiPaths, placeOfResponses, responsesPath } from '../translate/openai-surface.ts'

const otherPaths = { ...mediaPaths, ...moderationsPath }

export const openai: Provider = {
  id: 'openai',
  title: 'OpenAI',
  aliases: ['text-completion-openai'],
  local: false,
  wires: { ...openaiPaths, ...responsesPath, ...otherPaths },
  forModel(model) {
    const place = placeOfResponses(model)
    if (place === 'last') return {}
    return { wires: place === 'alone' ? responsesPath : { ...responsesPath, ...openaiPaths, ...otherPaths } }
  },
  defaultBaseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  needsKey: true,
  passPrefixes: ['openai', 'openai_passthrough'],
  headers: bearer,
  modelList: openaiModelList,
  settings: [
    { name: 'api_key', label: 'API key', kind: 'secret', required: true, placeholder: 'sk-…' },
    { name: 'api_base', label: 'Base URL', kind: 'url', required: false, placeholder: 'https://api.openai.com/v1' },
  ],
  // `max_tokens` is deprecated there and refused by the reasoning models. Its chat template adds fewer tokens than the JSON around each message has
  // bytes, so the bytes bound it. Neither `top_k` nor earlier thoughts have a field there.
  quirks: { outputCapField: 'max_completion_tokens', systemAnywhere: true, noTopK: true, reasoningBack: 'none' },
  // OpenAI publishes no rule. Two resellers that measured it say the same: breaking a stream off stops the work and its bill, anything else runs on
  // (https://openrouter.ai/docs/api-reference/streaming, "Stream cancellation", and
  // https://www.truefoundry.com/docs/ai-gateway/stream-disconnect-cost-accounting, both as known 2026-11-21).
  abortedCalls: 'produced',
  // Servers that speak the dialect know the older field and Chat Completions for certain. Pictures and sound have no translation: who asks them of such a
  // server has it asked.
  elsewhere: { quirks: { outputCapField: 'max_tokens' }, wires: { ...openaiPaths, ...otherPaths } },
  responsesMode: { wires: responsesPath },
  // "The moderation endpoint is free to use" (https://platform.openai.com/docs/guides/moderation, as known 2026-11-21).
  freeModels: ['omni-moderation-', 'text-moderation-'],
  priceVendor: 'openai',
  documentation: { url: 'https://platform.openai.com/docs/api-reference/chat/create', checked: '2026-11-21' },
  verified: true,
  common: true,
}
