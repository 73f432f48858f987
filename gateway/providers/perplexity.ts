// Perplexity over its Agent API, which has the form of OpenAI's Responses: Chat Completions answers 403 there since Sonar became part of it.
// Promises: description only; `sonar`, as LiteLLM's files write it, is `perplexity/sonar` there. Leaves alone: searches, which a request asks for by a tool.
// Source: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/how-to and https://docs.perplexity.ai/docs/grounded-llm/openai-compatibility, as known 2026-11-22.

import type { Provider } from '../contract/provider.ts'
import { bearer, openaiModelList, responsesPath } from '../translate/openai-surface.ts'

export const perplexity: Provider = {
  id: 'perplexity',
  title: 'Perplexity',
  aliases: [],
  local: false,
  wires: responsesPath,
  // Every name there begins with its maker's; its own are written without it in LiteLLM's files.
  forModel: (model) => ({ name: model.includes('/') ? model : `perplexity/${model}` }),
  defaultBaseUrl: 'https://api.perplexity.ai/v1',
  // The address that configurations name from before.
  newer: { baseUrlEnd: '//api.perplexity.ai', wires: { 'openai-responses': `/v1${responsesPath['openai-responses']}` } },
  keyVariable: 'PERPLEXITY_API_KEY',
  needsKey: true,
  headers: bearer,
  modelList: openaiModelList,
  settings: [
    { name: 'api_base', label: 'Base URL', kind: 'url', required: false, placeholder: 'https://api.perplexity.ai/v1' },
    { name: 'api_key', label: 'API key', kind: 'secret', required: true, placeholder: 'pplx-…' },
  ],
  quirks: { plainResponses: true, reasoningBack: 'none' },
  // Nothing is published of what an aborted call costs.
  abortedCalls: 'produced',
  // The bundled list has the prices of Sonar's chat models, which are served no more; those of the Agent API are other ones.
  priceVendor: null,
  documentation: { url: 'https://docs.perplexity.ai/docs/grounded-llm/openai-compatibility', checked: '2026-11-22' },
  verified: true,
  common: true,
}
