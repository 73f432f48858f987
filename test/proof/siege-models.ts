// The configuration of the gateway under siege: a model for each dialect of the vendor, a lender of credentials for each vendor's own paths, and paths of
// the administrator's own.
// Promises: every address in it is the siege's own vendor, so that no call goes anywhere else. Leaves alone: what is asked.

import type { Dialect, VendorDialect } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { dialectModels, toModelList, type Model } from '../kit/misbehaving-vendor/models.ts'

/** Spoken with models that are asked in another dialect, or with none. */
const unasked = ['any', 'openai-completions', 'ollama-generate'] as const
type Unasked = (typeof unasked)[number]
/** Asked through a model of their own. */
type ModelDialect = Exclude<VendorDialect, Unasked>

const lent = (dialect: Dialect): Model => ({ ...dialectModels[dialect], lends: true })
const models: Readonly<Record<ModelDialect, Model>> = {
  ...dialectModels,
  'openai-chat': lent('openai-chat'),
  'anthropic-messages': lent('anthropic-messages'),
  'gemini-generate': lent('gemini-generate'),
  'openai-images': { name: 'draws', model: 'openai/vendor-draws', base: '/v1', costs: 'output_cost_per_image: 0.04' },
  'openai-speech': { name: 'speaks', model: 'openai/vendor-speaks', base: '/v1', costs: 'input_cost_per_character: 0.000015' },
  'openai-transcriptions': { name: 'hears', model: 'openai/vendor-hears', base: '/v1', costs: 'input_cost_per_second: 0.0001' },
  'openai-moderations': { name: 'judges', model: 'openai/vendor-judges', base: '/v1', costs: 'input_cost_per_request: 0.001' },
  'cohere-rerank': { name: 'ranks', model: 'cohere/vendor-ranks', base: '', costs: 'input_cost_per_query: 0.002', mode: 'rerank', lends: true },
  'jina-rerank': { name: 'ranks-by-tokens', model: 'jina_ai/vendor-ranks', base: '/jina/v1' },
  'voyage-rerank': { name: 'ranks-elsewhere', model: 'voyage/vendor-ranks', base: '/voyage/v1' },
  'tei-rerank': { name: 'ranks-here', model: 'tei/vendor-ranks', base: '/tei', costs: 'input_cost_per_token: 0' },
}

const isUnasked = (dialect: VendorDialect): dialect is Unasked => unasked.some((one) => one === dialect)
/** The public model for a dialect of the vendor. */
export const modelFor = (dialect: ModelDialect): string => models[dialect].name
/** '': a dialect that no model is asked in. */
export const publicModel = (dialect: VendorDialect): string => (isUnasked(dialect) ? '' : modelFor(dialect))

/** What the vendor itself calls the model, where its own paths are used. */
export const vendorModelFor: Readonly<Partial<Record<VendorDialect, string>>> = {
  'openai-chat': 'vendor-chat',
  'openai-responses': 'vendor-responses',
  'openai-embeddings': 'vendor-vectors',
  'anthropic-messages': 'vendor-claude',
  'gemini-generate': 'vendor-gemini',
  'gemini-embed': 'vendor-gemini-vectors',
} satisfies Partial<Record<Dialect, string>>

const entries: readonly Model[] = [
  ...Object.values(models),
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
  return `${toModelList(origin, entries)}router_settings: { num_retries: 0 }
general_settings:
  pass_through_endpoints:
    - { path: ${ownPaths.sold}, target: "${origin}/own/anything", cost_per_request: 0.001 }
    - { path: ${ownPaths.below}, target: "${origin}/own", include_subpath: true }
`
}
