// LiteLLM's settings that this version does not have: which of them protect something, and which would be read as already true.
// Promises: every key of a section that nothing reads gets a note; a protection that is switched off gets none.
// Leaves alone: keys that are supported (read-settings), keys of single deployments (deployment-keys).
// Source: LiteLLM's pages "Config settings" and "All settings" (as known 2026-11-21).

import { isJsonObject, listOf, objectOf, type Json, type JsonObject } from '../contract/json.ts'
import { note, type Note, type Path } from './notes.ts'
import { isOff } from './values.ts'

export type Section = '' | 'router_settings' | 'litellm_settings' | 'general_settings'

const readKeys: Readonly<Record<Section, readonly string[]>> = {
  '': ['model_list', 'router_settings', 'litellm_settings', 'general_settings', 'environment_variables'],
  router_settings: [
    'routing_strategy',
    'fallbacks',
    'default_fallbacks',
    'num_retries',
    'timeout',
    'stream_timeout',
    'model_group_alias',
    'provider_budget_config',
  ],
  litellm_settings: [
    'drop_params',
    'check_provider_endpoint',
    'num_retries',
    'request_timeout',
    'fallbacks',
    'default_fallbacks',
    'max_budget',
    'budget_duration',
    'tag_budget_config',
    'default_team_settings',
    'ssl_verify',
    'ssl_certificate',
    'ssl_key',
    'ssl_key_passphrase',
  ],
  general_settings: ['master_key', 'default_team_settings', 'https_proxy', 'http_proxy', 'no_proxy', 'pass_through_endpoints'],
}

/** Protections, each with what would be missing. */
const protective: Readonly<Record<Section, Readonly<Record<string, string>>>> = {
  '': {
    guardrails: 'sets guardrails',
    policies: 'sets guardrails by policy',
    policy_attachments: 'sets guardrails by policy',
    include: 'brings in files that are not read, with whatever limits they set',
  },
  router_settings: {
    default_max_parallel_requests: 'limits parallel calls',
    guardrail_list: 'sets guardrails',
    enable_tag_filtering: 'keeps requests to the deployments their tags allow',
  },
  litellm_settings: {
    guardrails: 'sets guardrails',
    max_internal_user_budget: 'sets a budget for every user',
    max_end_user_budget: 'sets a budget for every customer',
    max_end_user_budget_id: 'sets a budget for every customer',
    upperbound_key_generate_params: 'limits what new keys may be given',
    default_key_generate_params: 'gives new keys their limits',
    default_team_params: 'gives new teams their limits',
    blocked_user_list: 'blocks customers',
    banned_keywords_list: 'blocks requests by their words',
  },
  general_settings: {
    allowed_ips: 'limits who may connect',
    custom_auth: 'checks callers by your own code',
    allowed_routes: 'limits the routes callers may use',
    admin_only_routes: 'keeps routes for administrators',
    max_parallel_requests: 'limits parallel calls',
    global_max_parallel_requests: 'limits parallel calls',
    service_account_settings: 'enforces parameters of service accounts',
  },
}

/** Contain "budget" and limit no caller's spending. */
const notBudgets = new Set(['max_ui_session_budget', 'disable_reset_budget', 'prometheus_initialize_budget_metrics'])

/** LiteLLM's own hooks among `callbacks` that refuse or rewrite requests. */
const protectiveCallbacks = new Set([
  'aporia_prompt_injection',
  'azure_content_safety',
  'banned_keywords',
  'blocked_user_check',
  'detect_prompt_injection',
  'dynamic_rate_limiter',
  'dynamic_rate_limiter_v3',
  'google_text_moderation',
  'hide_secrets',
  'lakera_prompt_injection',
  'llamaguard_moderations',
  'llmguard_moderations',
  'max_budget_limiter',
  'openai_moderations',
  'presidio',
])

/** Of `default_internal_user_params`; the rest of it (a role, teams) keeps nobody from anything. */
const userLimits = ['max_budget', 'budget_duration', 'tpm_limit', 'rpm_limit', 'max_parallel_requests', 'models']

/** What these ask for is so without them. */
const alreadyTrue = new Set(['litellm_settings.turn_off_message_logging', 'general_settings.store_model_in_db'])

/** Notes on every key of a section that nothing reads. */
export function noteUnsupported(section: Section, values: JsonObject): Note[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (readKeys[section].includes(key)) return []
    return noteOn(section, section === '' ? [key] : [section, key], value ?? null)
  })
}

/** A note on the last key of the path, judged as one of the section. */
export function noteOn(section: Section, path: Path, value: Json): Note[] {
  const key = String(path.at(-1))
  const missing = protectionOf(section, key, value)
  if (missing !== null) return isOff(value) ? [] : [note('protective', path, `${missing}, which this version does not do`)]
  if (alreadyTrue.has(path.join('.')) && value === true) return []
  // LiteLLM's switch for budgets of providers, which hold here without it.
  if (key === 'optional_pre_call_checks' && textsOf(value).every((check) => check === 'router_budget_limiting')) return []
  return [note('warning', path, 'is not supported and has no effect')]
}

function protectionOf(section: Section, key: string, value: Json): string | null {
  const table = protective[section]
  if (Object.hasOwn(table, key)) return table[key] ?? null
  if (key.startsWith('enforce')) return 'enforces a rule'
  if (/(?:^|_)max_\w*budget|budget_(?:config|limit)/.test(key) && !notBudgets.has(key)) return 'sets a budget'
  if (key === 'default_internal_user_params' && userLimits.some((limit) => !isOff(objectOf(value)?.[limit]))) return 'gives new users their limits'
  if (key === 'callbacks' && textsOf(value).some((name) => protectiveCallbacks.has(name)))
    return `checks requests by ${textsOf(value)
      .filter((name) => protectiveCallbacks.has(name))
      .join(', ')}`
  return null
}

const textsOf = (value: Json): readonly string[] => (typeof value === 'string' ? [value] : listOf(value).filter((item) => typeof item === 'string'))

/** A section of the file, or an empty one with a note when it is not a mapping. */
export function sectionOf(root: JsonObject, section: Exclude<Section, ''> | 'environment_variables', notes: Note[]): JsonObject {
  const value = root[section]
  if (value === undefined || value === null) return {}
  if (isJsonObject(value)) return value
  notes.push(note('mistake', [section], 'must be a mapping'))
  return {}
}
