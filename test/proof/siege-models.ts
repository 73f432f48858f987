// The configuration of the gateway under siege: a model for each dialect of the vendor, a lender of credentials for each vendor's own paths, and paths of
// the administrator's own.
// Promises: every address in it is the siege's own vendor, so that no call goes anywhere else. Leaves alone: what is asked.

import type { Dialect, VendorDialect } from '../kit/misbehaving-vendor/misbehaviour.ts'

/** Spoken with models that are asked in another dialect, or with none. */
const unasked = ['any', 'openai-completions', 'ollama-generate'] as const
type Unasked = (typeof unasked)[number]
/** Asked through a model of their own. */
type ModelDialect = Exclude<VendorDialect, Unasked>

/** The public model for each dialect of the vendor. */
export const modelFor: Readonly<Record<ModelDialect, string>> = {
  'openai-chat': 'plain',
  'openai-responses': 'responding',
  'openai-embeddings': 'vectors',
  'anthropic-messages': 'claude',
  'gemini-generate': 'gemini',
  'gemini-embed': 'gemini-vectors',
  'ollama-chat': 'engine',
  'ollama-embed': 'engine-vectors',
  'openai-images': 'draws',
  'openai-speech': 'speaks',
  'openai-transcriptions': 'hears',
  'openai-moderations': 'judges',
  'cohere-rerank': 'ranks',
  'jina-rerank': 'ranks-by-tokens',
  'voyage-rerank': 'ranks-elsewhere',
  'tei-rerank': 'ranks-here',
}

const isUnasked = (dialect: VendorDialect): dialect is Unasked => unasked.some((one) => one === dialect)
/** '': a dialect that no model is asked in. */
export const publicModel = (dialect: VendorDialect): string => (isUnasked(dialect) ? '' : modelFor[dialect])

/** What the vendor itself calls the model, where its own paths are used. */
export const vendorModelFor: Readonly<Partial<Record<VendorDialect, string>>> = {
  'openai-chat': 'vendor-chat',
  'openai-responses': 'vendor-responses',
  'openai-embeddings': 'vendor-vectors',
  'anthropic-messages': 'vendor-claude',
  'gemini-generate': 'vendor-gemini',
  'gemini-embed': 'vendor-gemini-vectors',
} satisfies Partial<Record<Dialect, string>>

const prices = 'input_cost_per_token: 0.000001, cache_read_input_token_cost: 0.0000005, output_cost_per_token: 0.000003'

interface Entry {
  readonly name: string
  /** LiteLLM's model text. */
  readonly model: string
  /** Behind the vendor's origin. */
  readonly base: string
  readonly costs?: string
  readonly lends?: true
  readonly mode?: string
}

const of = modelFor
const entries: readonly Entry[] = [
  { name: of['openai-chat'], model: 'openai/vendor-chat', base: '/v1', lends: true },
  { name: of['openai-responses'], model: 'openai/vendor-responses', base: '/v1', mode: 'responses' },
  { name: of['openai-embeddings'], model: 'openai/vendor-vectors', base: '/v1' },
  { name: of['anthropic-messages'], model: 'anthropic/vendor-claude', base: '/anthropic', lends: true },
  { name: of['gemini-generate'], model: 'gemini/vendor-gemini', base: '/v1beta', lends: true },
  { name: of['gemini-embed'], model: 'gemini/vendor-gemini-vectors', base: '/v1beta' },
  { name: of['ollama-chat'], model: 'ollama_chat/vendor-engine', base: '/ollama' },
  { name: of['ollama-embed'], model: 'ollama/vendor-vectors', base: '/ollama' },
  { name: of['openai-images'], model: 'openai/vendor-draws', base: '/v1', costs: 'output_cost_per_image: 0.04' },
  { name: of['openai-speech'], model: 'openai/vendor-speaks', base: '/v1', costs: 'input_cost_per_character: 0.000015' },
  { name: of['openai-transcriptions'], model: 'openai/vendor-hears', base: '/v1', costs: 'input_cost_per_second: 0.0001' },
  { name: of['openai-moderations'], model: 'openai/vendor-judges', base: '/v1', costs: 'input_cost_per_request: 0.001' },
  { name: of['cohere-rerank'], model: 'cohere/vendor-ranks', base: '', costs: 'input_cost_per_query: 0.002', mode: 'rerank', lends: true },
  { name: of['jina-rerank'], model: 'jina_ai/vendor-ranks', base: '/jina/v1' },
  { name: of['voyage-rerank'], model: 'voyage/vendor-ranks', base: '/voyage/v1' },
  { name: of['tei-rerank'], model: 'tei/vendor-ranks', base: '/tei', costs: 'input_cost_per_token: 0' },
  // For the vendors whose own paths are asked alone.
  { name: 'azure-chat', model: 'azure/vendor-chat', base: '/azure', lends: true },
  { name: 'azure-vectors', model: 'azure/vendor-vectors', base: '/azure' },
  { name: 'vllm-chat', model: 'hosted_vllm/vendor-chat', base: '/v1', lends: true },
  { name: 'vllm-vectors', model: 'hosted_vllm/vendor-vectors', base: '/v1' },
  { name: 'bedrock-anything', model: 'bedrock/vendor-anything', base: '/bedrock', lends: true },
  { name: 'vertex-anything', model: 'vertex_ai/vendor-anything', base: '/vertex', lends: true },
  { name: 'mistral-vectors', model: 'mistral/vendor-vectors', base: '/v1', lends: true },
]

/** Paths of the administrator's own: one sold by the call, one whose price nobody says. */
export const ownPaths = { sold: '/own/sold', below: '/own/below' } as const

export function siegeConfig(origin: string): string {
  const rows = entries.map(({ name, model, base, costs = prices, lends, mode }) => {
    const params = [`model: ${model}`, `api_base: "${origin}${base}"`, 'api_key: os.environ/VENDOR_KEY', costs, ...(lends ? ['use_in_pass_through: true'] : [])]
    return `\n  - model_name: ${name}\n    litellm_params: { ${params.join(', ')} }${mode === undefined ? '' : `\n    model_info: { mode: ${mode} }`}`
  })
  return `model_list:${rows.join('')}
router_settings: { num_retries: 0 }
general_settings:
  pass_through_endpoints:
    - { path: ${ownPaths.sold}, target: "${origin}/own/anything", cost_per_request: 0.001 }
    - { path: ${ownPaths.below}, target: "${origin}/own", include_subpath: true }
`
}
