// The keys of LiteLLM's `litellm_params` and `model_info`, and what each becomes here.
// Promises: a key is in one table; a key in none is unknown and is named. Leaves alone: reading the values.
// Source: LiteLLM's `litellm/types/router.py` and its page "Config settings" (as known 2026-11-21).

import { furtherSecrets } from '../contract/store.ts'

/** id: a text that may be all digits, which YAML takes for a number. */
export type ValueKind = 'text' | 'id' | 'number' | 'boolean' | 'object' | 'any'

/** Kept and used. `base_url` and `headers` are read as their twins below. */
const usedKeys: Readonly<Record<string, ValueKind>> = {
  model: 'text',
  custom_llm_provider: 'text',
  api_base: 'text',
  api_version: 'text',
  organization: 'text',
  aws_region_name: 'text',
  aws_profile_name: 'text',
  vertex_project: 'id',
  vertex_location: 'text',
  account_id: 'text',
  tenant_id: 'text',
  client_id: 'text',
  azure_scope: 'text',
  token_url: 'text',
  litellm_credential_name: 'text',
  weight: 'number',
  timeout: 'number',
  stream_timeout: 'number',
  drop_params: 'boolean',
  aborted_calls: 'text',
  max_budget: 'number',
  budget_duration: 'text',
  extra_headers: 'object',
  extra_body: 'object',
  use_in_pass_through: 'boolean',
  ssl_certificate: 'text',
  ssl_key: 'text',
  ssl_key_passphrase: 'text',
}

/** Name files of this computer, or a secret, by where they are: through the API nobody may point there. */
export const fileOnlyKeys: ReadonlySet<string> = new Set(['ssl_certificate', 'ssl_key', 'ssl_key_passphrase'])

/** Other spellings of used keys. */
export const twinKeys: ReadonlyMap<string, string> = new Map([
  ['base_url', 'api_base'],
  ['headers', 'extra_headers'],
  ['vertex_ai_project', 'vertex_project'],
  ['vertex_ai_location', 'vertex_location'],
  ['vertex_ai_credentials', 'vertex_credentials'],
  ['aws_bedrock_runtime_endpoint', 'api_base'],
])

/** Sent to the vendor when the caller left the field out. Nothing here adds to the prompt or multiplies the cost, so strict holds stay strict. */
const requestDefaults: Readonly<Record<string, ValueKind>> = {
  temperature: 'number',
  top_p: 'number',
  top_k: 'number',
  min_p: 'number',
  max_tokens: 'number',
  max_completion_tokens: 'number',
  seed: 'number',
  stop: 'any',
  frequency_penalty: 'number',
  presence_penalty: 'number',
  repetition_penalty: 'number',
  logit_bias: 'object',
  logprobs: 'boolean',
  top_logprobs: 'number',
  reasoning_effort: 'text',
  parallel_tool_calls: 'boolean',
  verbosity: 'text',
  thinking: 'object',
  think: 'any',
  dimensions: 'number',
  encoding_format: 'text',
  user: 'text',
  num_ctx: 'number',
  keep_alive: 'any',
  num_predict: 'number',
  num_gpu: 'number',
  num_thread: 'number',
  num_batch: 'number',
  num_keep: 'number',
  repeat_last_n: 'number',
  repeat_penalty: 'number',
  mirostat: 'number',
  mirostat_eta: 'number',
  mirostat_tau: 'number',
  tfs_z: 'number',
  typical_p: 'number',
}

/** Fields that raise what a call may cost beyond what the caller's own request shows; refused as defaults, also inside `extra_body`. */
export const costlyDefaults: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'prompt',
  'input',
  'system',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'response_format',
  'n',
  'best_of',
  'echo',
  'suffix',
  'stream',
  'stream_options',
  'web_search_options',
  'plugins',
  'service_tier',
  'modalities',
  'audio',
  'prediction',
  'max_tokens',
  'max_completion_tokens',
  'num_predict',
])

/** Kept and shown, but nothing acts on them yet. */
const unenforced: Readonly<Record<string, ValueKind>> = {
  rpm: 'number',
  tpm: 'number',
  itpm: 'number',
  otpm: 'number',
  max_parallel_requests: 'number',
  order: 'number',
  max_retries: 'number',
  num_retries: 'number',
  cooldown_time: 'number',
  allowed_fails: 'number',
  tags: 'any',
}

/** Without these, something the administrator relies on would silently be missing. */
const protectiveParams: ReadonlySet<string> = new Set(['guardrails', 'guardrailConfig', 'default_api_key_tpm_limit', 'default_api_key_rpm_limit'])
export const protectiveInfo: ReadonlyMap<string, string> = new Map([
  ['team_id', 'keeps this model for one team'],
  ['team_public_model_name', 'keeps this model for one team'],
  ['supported_environments', 'keeps this model to some environments'],
])
/** What opens more in LiteLLM: without it a key that names a group is only refused. */
export const unenforcedInfo: readonly string[] = ['access_groups']

/** Credentials of a kind no provider here takes; never kept, because entries are stored and shown. */
const secretParams: ReadonlySet<string> = new Set(['azure_password', 'azure_username', 'watsonx_token', 'watsonx_api_key'])

/** Other ways of proving who pays: an entry that counts on them would fail at its first call. */
const unsupportedWays: readonly string[] = ['aws_role_name', 'aws_web_identity_token']

export type ParamRole =
  | { readonly role: 'used' | 'default' | 'unenforced' | 'price'; readonly value: ValueKind }
  | { readonly role: 'credential' | 'further' | 'unsupported' | 'protective' | 'secret' | 'costly' | 'unknown' }

const roles: ReadonlyMap<string, ParamRole> = new Map<string, ParamRole>([
  ...entriesOf(usedKeys, 'used'),
  ...entriesOf(requestDefaults, 'default'),
  ...entriesOf(unenforced, 'unenforced'),
  ...[...protectiveParams].map((key): [string, ParamRole] => [key, { role: 'protective' }]),
  ...furtherSecrets.map((key): [string, ParamRole] => [key, { role: 'further' }]),
  ...[...secretParams].map((key): [string, ParamRole] => [key, { role: 'secret' }]),
  ...unsupportedWays.map((key): [string, ParamRole] => [key, { role: 'unsupported' }]),
  ['api_key', { role: 'credential' }],
])

export function roleOf(key: string): ParamRole {
  const known = roles.get(key)
  if (known !== undefined) return known
  if (key === searchPriceKey) return { role: 'price', value: 'object' }
  if (isPriceKey(key)) return { role: 'price', value: 'number' }
  return costlyDefaults.has(key) ? { role: 'costly' } : { role: 'unknown' }
}

/** A mapping: a price for each size of what is read for a search. */
export const searchPriceKey = 'search_context_cost_per_query'

export const isRequestDefault = (key: string): boolean => roles.get(key)?.role === 'default'

/** `input_cost_per_token`, `cache_read_input_token_cost`, `output_cost_per_token_above_200k_tokens` … */
export const isPriceKey = (key: string): boolean => /(?:^|_)cost(?:_|$)/.test(key)

function entriesOf(table: Readonly<Record<string, ValueKind>>, role: 'used' | 'default' | 'unenforced'): [string, ParamRole][] {
  return Object.entries(table).map(([key, value]) => [key, { role, value }])
}
