// Any server that speaks OpenAI's formats under a base URL of its own.
// Promises: assumes nothing beyond the formats. Leaves alone: prices (only an override can price it).

import type { Provider } from '../contract/provider.ts'
import { bearer, mediaPaths, moderationsPath, openaiModelList, openaiPaths, responsesPath } from '../translate/openai-surface.ts'

export const openaiCompatible: Provider = {
  id: 'openai_compatible',
  title: 'OpenAI-compatible server',
  aliases: ['openai_like', 'custom_openai', 'custom'],
  local: false,
  // Not every server has the last ones; they have no translation, so who asks them of a server has it asked.
  wires: { ...openaiPaths, ...mediaPaths, ...moderationsPath },
  responsesMode: { wires: responsesPath },
  defaultBaseUrl: null,
  keyVariable: null,
  needsKey: false,
  headers: bearer,
  modelList: openaiModelList,
  settings: [
    {
      name: 'api_base',
      label: 'Base URL',
      kind: 'url',
      required: true,
      placeholder: 'https://example.com/v1',
      help: 'Up to and including /v1: the part before /chat/completions.',
    },
    { name: 'api_key', label: 'API key', kind: 'secret', required: false },
  ],
  quirks: {},
  // Most such servers are engines that stop when nobody reads. Of the hosted ones a reseller lists about as many that stop as that do not
  // (https://openrouter.ai/docs/api-reference/streaming, "Stream cancellation", as known 2026-11-21); who has one of those says so per model.
  abortedCalls: 'produced',
  priceVendor: null,
  documentation: { url: 'https://platform.openai.com/docs/api-reference', checked: '2026-11-21' },
  common: true,
}
