// Models of a gateway before the misbehaving vendor, as lines of its configuration: one for each dialect, and whatever else a test adds.
// Promises: every address is that vendor's own; where a model says nothing of its costs, they are the ordinary ones. Leaves alone: what is asked.

import type { Dialect } from './misbehaviour.ts'

export interface Model {
  /** What callers say. */
  readonly name: string
  /** LiteLLM's model text. */
  readonly model: string
  /** Behind the vendor's origin. */
  readonly base: string
  readonly costs?: string
  readonly lends?: true
  readonly mode?: string
}

export const dialectModels: Readonly<Record<Dialect, Model>> = {
  'openai-chat': { name: 'plain', model: 'openai/vendor-chat', base: '/v1' },
  'openai-responses': { name: 'responding', model: 'openai/vendor-responses', base: '/v1', mode: 'responses' },
  'openai-embeddings': { name: 'vectors', model: 'openai/vendor-vectors', base: '/v1' },
  'anthropic-messages': { name: 'claude', model: 'anthropic/vendor-claude', base: '/anthropic' },
  'gemini-generate': { name: 'gemini', model: 'gemini/vendor-gemini', base: '/v1beta' },
  'gemini-embed': { name: 'gemini-vectors', model: 'gemini/vendor-gemini-vectors', base: '/v1beta' },
  'ollama-chat': { name: 'engine', model: 'ollama_chat/vendor-engine', base: '/ollama' },
  'ollama-embed': { name: 'engine-vectors', model: 'ollama/vendor-vectors', base: '/ollama' },
}

const ordinaryCosts = 'input_cost_per_token: 0.000001, cache_read_input_token_cost: 0.0000005, output_cost_per_token: 0.000003'

/** `model_list` with a line's end; the credential is VENDOR_KEY of the environment. */
export function toModelList(origin: string, models: readonly Model[]): string {
  const rows = models.map(({ name, model, base, costs = ordinaryCosts, lends, mode }) => {
    const params = [`model: ${model}`, `api_base: "${origin}${base}"`, 'api_key: os.environ/VENDOR_KEY', costs, ...(lends ? ['use_in_pass_through: true'] : [])]
    return `\n  - model_name: ${name}\n    litellm_params: { ${params.join(', ')} }${mode === undefined ? '' : `\n    model_info: { mode: ${mode} }`}`
  })
  return `model_list:${rows.join('')}\n`
}
