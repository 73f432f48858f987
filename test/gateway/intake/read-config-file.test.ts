// config.yaml as LiteLLM users have it: exact results for a realistic file, every refusal and warning by name and line, hostile YAML.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { FileConfig } from '../../../gateway/contract/config.ts'
import { parseUsd } from '../../../gateway/contract/money.ts'
import { oneWindow } from '../../../gateway/contract/scope.ts'
import { ConfigRefusal, readConfigFile } from '../../../gateway/intake/read-config-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const environment: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: 'sk-env-openai',
  PROXY_BASE: 'https://proxy.example/v1/',
  LITELLM_MASTER_KEY: 'sk-master-1234',
}
const readVariable = (name: string): string | undefined => (Object.hasOwn(environment, name) ? environment[name] : undefined)

function read(text: string, acceptUnsupported = false): FileConfig {
  const path = join(folder, 'config.yaml')
  writeFileSync(path, text)
  return readConfigFile(path, { readVariable, acceptUnsupported })
}
function refusalOf(work: () => unknown): ConfigRefusal {
  try {
    work()
  } catch (failure) {
    if (failure instanceof ConfigRefusal) return failure
    throw failure
  }
  throw new Error('expected a ConfigRefusal')
}
const withKey = (params: string): string =>
  `model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/gpt-4o\n      api_key: os.environ/OPENAI_API_KEY\n${params}`

describe('a realistic LiteLLM file', () => {
  const file = readConfigFile(join(import.meta.dirname, '../../fixtures/config/litellm.yaml'), { readVariable })

  it('gives every deployment without its secret', () => {
    const [first, second, claude, llama, long] = file.deployments
    expect(file.deployments.length).toBe(5)
    expect(first).toEqual({
      id: expect.stringMatching(/^file_[0-9a-f]{16}$/) as string,
      modelName: 'gpt-4o',
      params: { model: 'openai/gpt-4o-2024-08-06', organization: 'org-example', weight: 2, rpm: 600, timeout: 30, stream_timeout: 5 },
      modelInfo: {},
      credential: 'os.environ/OPENAI_API_KEY',
    })
    expect(second).toEqual({
      id: 'gpt-4o-proxy',
      modelName: 'gpt-4o',
      params: {
        model: 'openai/gpt-4o',
        api_base: 'https://proxy.example/v1',
        weight: 1,
        input_cost_per_token: 0.0000025,
        output_cost_per_token: 0.00001,
        extra_headers: { 'x-team': 'web' },
      },
      modelInfo: { mode: 'chat', max_output_tokens: 16384 },
      credential: 'os.environ/PROXY_KEY',
    })
    expect(claude).toMatchObject({ modelName: 'claude', params: { model: 'anthropic/claude-sonnet-4-5', drop_params: true } })
    expect(claude?.credential).toMatch(/^file\/[0-9a-f]{16}$/)
    expect(llama?.params).toEqual({ model: 'ollama_chat/llama3.1', api_base: 'http://127.0.0.1:11434', num_ctx: 8192, keep_alive: '10m', temperature: 0.2 })
    expect(long?.params).toEqual({ model: 'ollama_chat/llama3.1', api_base: 'http://127.0.0.1:11434', num_ctx: 65536, keep_alive: '10m', temperature: 0.2 })
  })
  it('gives the settings in our words and says which of them it fixes', () => {
    expect(file).toMatchObject({
      aliases: { 'gpt-4': 'gpt-4o', 'secret-model': 'claude' },
      hiddenAliases: ['secret-model'],
      fallbacks: { 'gpt-4o': ['claude', 'llama'], '*': ['llama'] },
      retries: 2,
      timeoutMs: 120_000,
      streamTimeoutMs: null,
      dropParams: true,
      defaultTeamSettings: [{ team_id: 'web', success_callback: ['langfuse'] }],
      budgets: [{ name: { kind: 'global', ref: '' }, budget: oneWindow(parseUsd('100.5'), '30d') }],
    })
    expect(file.locked).toEqual(['adminKey', 'aliases', 'fallbacks', 'retries', 'timeoutMs', 'dropParams', 'defaultTeamSettings', 'globalBudget'])
    expect(file.adminKey?.open()).toBe('sk-master-1234')
  })
  it('holds literal keys by reference only', () => {
    const literal = file.deployments.find((entry) => entry.modelName === 'claude')?.credential ?? ''
    expect(file.literalSecrets.get(literal)?.open()).toBe('sk-ant-literal-000000000000')
    expect(file.literalSecrets.get('os.environ/PROXY_KEY')?.open()).toBe('sk-proxy-from-file')
    const printed = inspect(file, { depth: 12 }) + JSON.stringify({ ...file, budgets: null })
    for (const value of ['sk-ant-literal', 'sk-proxy-from-file', 'sk-master-1234', 'sk-env-openai']) expect(printed).not.toContain(value)
  })
  it('warns of exactly what has no effect, each by its line', () => {
    expect(file.warnings.map((text) => text.replace(/; it works.*/, '; …'))).toEqual([
      'litellm.yaml line 9: model_list[0].litellm_params.rpm is kept but not enforced by this version.',
      'litellm.yaml line 28: model_list[2].litellm_params.api_key holds the key itself; …',
      'litellm.yaml line 41: model_list[4].litellm_params.mock_response is not known and has no effect.',
      'litellm.yaml line 59: litellm_settings.set_verbose is not supported and has no effect.',
      'litellm.yaml line 63: general_settings.database_url is not supported and has no effect.',
      'litellm.yaml line 66: general_settings.default_team_settings[0].success_callback is not supported and has no effect.',
      'litellm.yaml line 69: environment_variables.PROXY_KEY holds the key itself; …',
    ])
  })
  it('gives the same ids again, and other ids to other entries', () => {
    const again = readConfigFile(join(import.meta.dirname, '../../fixtures/config/litellm.yaml'), { readVariable })
    expect(again.deployments.map((entry) => entry.id)).toEqual(file.deployments.map((entry) => entry.id))
    expect(new Set(again.deployments.map((entry) => entry.id)).size).toBe(5)
  })
})

describe('deployment ids of a file', () => {
  const two = (first: string, second: string): readonly string[] =>
    read(
      `model_list:\n${[first, second].map((key) => `  - {model_name: m, litellm_params: {model: openai/gpt-4o, api_key: ${key}}}\n`).join('')}`,
    ).deployments.map((entry) => entry.id)

  it('do not depend on a literal key, and still tell two entries apart', () => {
    const ids = two('sk-one', 'sk-two')
    expect(two('sk-three', 'sk-four')).toEqual(ids)
    expect(ids[1]).toBe(`${ids[0] ?? ''}_2`)
  })
  it('depend on the reference', () => {
    expect(two('os.environ/OPENAI_API_KEY', 'os.environ/LITELLM_MASTER_KEY')[1]).not.toMatch(/_2$/)
  })
})

describe('keys', () => {
  it('warns of a literal key by its line', () => {
    const { warnings } = read('model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/gpt-4o\n      api_key: sk-canary\n')
    expect(warnings).toEqual([
      expect.stringMatching(
        /^config\.yaml line 5: model_list\[0\]\.litellm_params\.api_key holds the key itself; it works, but .* os\.environ\/NAME/,
      ) as string,
    ])
    expect(warnings.join()).not.toContain('sk-canary')
  })
  it('keeps a deployment whose variable is not set, and says so', () => {
    const file = read('model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/gpt-4o\n      api_key: os.environ/NOT_SET\n')
    expect(file.deployments[0]?.credential).toBe('os.environ/NOT_SET')
    expect(file.warnings).toEqual([
      'config.yaml line 5: model_list[0].litellm_params.api_key refers to the environment variable NOT_SET, which is not set; calls to m will fail until it is.',
    ])
  })
  it('leaves a model out, by name and line, when its address depends on a variable that is not set', () => {
    const file = read(withKey('      api_base: os.environ/NOT_SET\n'))
    expect(file.deployments).toEqual([])
    expect(file.warnings).toEqual([
      'config.yaml line 6: model_list[0].litellm_params.api_base refers to the environment variable NOT_SET, which is not set; this model is left out.',
    ])
  })
  it('prefers the real environment to variables the file sets', () => {
    const file = read(`${withKey('      api_base: os.environ/PROXY_BASE\n')}environment_variables:\n  PROXY_BASE: https://other.example\n`)
    expect(file.deployments[0]?.params['api_base']).toBe('https://proxy.example/v1')
  })
  it('takes a literal admin key with a warning, and none from a variable that is not set', () => {
    const literal = read('general_settings:\n  master_key: sk-1234\n')
    expect([literal.adminKey?.open(), literal.warnings[0]]).toEqual([
      'sk-1234',
      expect.stringContaining('config.yaml line 2: general_settings.master_key holds the key itself') as string,
    ])
    const missing = read('general_settings:\n  master_key: os.environ/NOT_SET\n')
    expect([missing.adminKey, missing.warnings[0]]).toEqual([null, expect.stringContaining('NOT_SET, which is not set; the file gives no admin key') as string])
  })
})

const protectiveFiles: readonly (readonly [string, string, number])[] = [
  ['guardrails', 'guardrails:\n  - guardrail_name: pii\n', 1],
  ['policies', 'policies: {a: {guardrails: [b]}}\n', 1],
  ['include', 'include: [other.yaml]\n', 1],
  ['router_settings.provider_budget_config.openai.rpm_limit', 'router_settings:\n  provider_budget_config: {openai: {budget_limit: 1, rpm_limit: 5}}\n', 2],
  ['router_settings.default_max_parallel_requests', 'router_settings:\n  default_max_parallel_requests: 3\n', 2],
  ['router_settings.enable_tag_filtering', 'router_settings:\n  enable_tag_filtering: true\n', 2],
  ['litellm_settings.guardrails', 'litellm_settings:\n  guardrails: [{prompt_injection: {callbacks: [lakera_prompt_injection]}}]\n', 2],
  ['litellm_settings.callbacks', 'litellm_settings:\n  callbacks: [prometheus, presidio]\n', 2],
  ['litellm_settings.max_internal_user_budget', 'litellm_settings:\n  max_internal_user_budget: 5\n', 2],
  ['litellm_settings.max_end_user_budget', 'litellm_settings:\n  max_end_user_budget: 5\n', 2],
  ['litellm_settings.max_end_user_budget_id', 'litellm_settings:\n  max_end_user_budget_id: free\n', 2],
  ['litellm_settings.upperbound_key_generate_params', 'litellm_settings:\n  upperbound_key_generate_params: {max_budget: 5}\n', 2],
  ['litellm_settings.default_key_generate_params', 'litellm_settings:\n  default_key_generate_params: {max_budget: 5}\n', 2],
  ['litellm_settings.default_internal_user_params', 'litellm_settings:\n  default_internal_user_params: {user_role: internal_user, max_budget: 10}\n', 2],
  ['litellm_settings.default_internal_user_params', 'litellm_settings:\n  default_internal_user_params: {models: [gpt-4o]}\n', 2],
  ['litellm_settings.enforced_params', 'litellm_settings:\n  enforced_params: [user]\n', 2],
  ['general_settings.allowed_ips', 'general_settings:\n  allowed_ips: [127.0.0.1]\n', 2],
  ['general_settings.custom_auth', 'general_settings:\n  custom_auth: auth.check\n', 2],
  ['general_settings.enforce_user_param', 'general_settings:\n  enforce_user_param: true\n', 2],
  ['general_settings.enforce_rbac', 'general_settings:\n  enforce_rbac: true\n', 2],
  ['general_settings.allowed_routes', 'general_settings:\n  allowed_routes: [openai_routes]\n', 2],
  ['general_settings.admin_only_routes', 'general_settings:\n  admin_only_routes: [/key/generate]\n', 2],
  ['general_settings.max_parallel_requests', 'general_settings:\n  max_parallel_requests: 9\n', 2],
  ['general_settings.global_max_parallel_requests', 'general_settings:\n  global_max_parallel_requests: 9\n', 2],
  ['model_list[0].litellm_params.guardrails', withKey('      guardrails: [pii]\n'), 6],
  ['model_list[0].litellm_params.default_api_key_rpm_limit', withKey('      default_api_key_rpm_limit: 5\n'), 6],
  ['model_list[0].model_info.team_id', withKey('    model_info: {team_id: web}\n'), 6],
  ['model_list[0].model_info.supported_environments', withKey('    model_info: {supported_environments: [production]}\n'), 6],
]

describe('protections this version does not have', () => {
  it.each(protectiveFiles)('stop the start: %s', (key, text, line) => {
    const refusal = refusalOf(() => read(text))
    expect(refusal.reasons).toEqual([{ line, text: expect.stringContaining(`${key} `) as string }])
    expect(refusal.message).toContain(`line ${String(line)}: ${key} `)
    expect(refusal.message).toContain('--accept-unsupported')
    expect(refusal.message).toContain('the gateway does not start')
  })
  it.each(protectiveFiles)('are still named when accepted: %s', (key, text, line) => {
    const { warnings } = read(text, true)
    expect(
      warnings.some((warning) => warning.startsWith(`config.yaml line ${String(line)}: ${key} `) && warning.endsWith('; accepted by --accept-unsupported.')),
    ).toBe(true)
  })
  it('are all named at once', () => {
    const { reasons } = refusalOf(() => read('guardrails: [{guardrail_name: a}]\ngeneral_settings:\n  allowed_ips: [127.0.0.1]\n  enforce_user_param: true\n'))
    expect(reasons.map(({ line }) => line)).toEqual([1, 3, 4])
  })
  it('do not stop the start when the file switches them off', () => {
    expect(read('guardrails: []\ngeneral_settings:\n  enforce_user_param: false\n  allowed_ips: null\n').warnings).toEqual([])
  })
})

describe('other unsupported keys', () => {
  it.each([
    ['model_lst', 'model_lst: []\n', 1],
    ['mcp_servers', 'mcp_servers: {a: {url: "http://x"}}\n', 1],
    ['router_settings.cooldown_time', 'router_settings:\n  cooldown_time: 30\n', 2],
    ['router_settings.redis_host', 'router_settings:\n  num_retries: 1\n  redis_host: localhost\n', 3],
    ['litellm_settings.success_callback', 'litellm_settings:\n  success_callback: [langfuse]\n', 2],
    ['litellm_settings.callbacks', 'litellm_settings:\n  callbacks: [prometheus]\n', 2],
    ['litellm_settings.max_ui_session_budget', 'litellm_settings:\n  max_ui_session_budget: 10\n', 2],
    ['litellm_settings.default_internal_user_params', 'litellm_settings:\n  default_internal_user_params: {user_role: proxy_admin, max_budget: null}\n', 2],
    ['general_settings.constructor', 'general_settings:\n  constructor: 1\n', 2],
    ['model_list[0].litellm_params.tpm', withKey('      tpm: 1000\n'), 6],
    ['model_list[0].litellm_params.azure_ad_token', withKey('      azure_ad_token: secret-canary\n'), 6],
    ['model_list[0].litellm_params.service_tier', withKey('      service_tier: priority\n'), 6],
    ['model_list[0].litellm_params.extra_body.web_search_options', withKey('      extra_body:\n        web_search_options: {}\n'), 7],
    ['model_list[0].litellm_params.extra_headers.Authorization', withKey('      extra_headers:\n        Authorization: Bearer secret-canary\n'), 7],
    ['model_list[0].model_info.access_groups', withKey('    model_info: {access_groups: [beta], supported_environments: []}\n'), 6],
    ['model_list[0].created_by', withKey('    created_by: me\n'), 6],
  ])('are named by line and do not stop the start: %s', (key, text, line) => {
    const file = read(text)
    expect(file.warnings.map((warning) => warning.split(' ').slice(0, 4).join(' '))).toEqual([`config.yaml line ${String(line)}: ${key}`])
    expect(inspect(file, { depth: 12 })).not.toContain('secret-canary')
  })
  it('names the routing strategy in use instead of the one asked for', () => {
    expect(read('router_settings:\n  routing_strategy: latency-based-routing\n').warnings).toEqual([
      'config.yaml line 2: router_settings.routing_strategy asks for latency-based-routing, which is not supported; deployments are drawn by weight (simple-shuffle).',
    ])
  })
  it('leaves out what cannot be a model and keeps the rest', () => {
    const file = read(`${withKey('')}  - model_name: "x*y"\n    litellm_params: {model: "openai/*-*"}\n  - just text\n  - model_name: n\n`)
    expect(file.deployments.map((entry) => entry.modelName)).toEqual(['m'])
    expect(file.warnings.map((warning) => warning.replace(/ (?:is|must|cannot|has) .*/, ''))).toEqual([
      'config.yaml line 7: model_list[1].litellm_params.model',
      'config.yaml line 8: model_list[2]',
      'config.yaml line 9: model_list[3].litellm_params',
      'config.yaml line 9: model_list[3].litellm_params.model',
    ])
    for (const warning of file.warnings) expect(warning).toContain('this model is left out')
  })
  it('reads a global budget of 0 as no limit, like LiteLLM, and says so', () => {
    const file = read('litellm_settings:\n  max_budget: 0\n')
    expect([file.budgets, file.warnings]).toEqual([[], ['config.yaml line 2: litellm_settings.max_budget is 0, which means no limit, as it does in LiteLLM.']])
  })
})

describe('values that mean nothing', () => {
  it.each([
    ['model_list', 'model_list: {a: 1}\n', 1],
    ['router_settings', 'router_settings: [1]\n', 1],
    ['router_settings.num_retries', 'router_settings:\n  num_retries: many\n', 2],
    ['router_settings.num_retries', 'router_settings:\n  num_retries: -1\n', 2],
    ['router_settings.timeout', 'router_settings:\n  timeout: 0\n', 2],
    ['router_settings.timeout', 'router_settings:\n  timeout: os.environ/NOT_SET\n', 2],
    ['router_settings.fallbacks', 'router_settings:\n  fallbacks: claude\n', 2],
    ['router_settings.fallbacks[0].gpt-4o', 'router_settings:\n  fallbacks:\n    - gpt-4o: claude\n', 3],
    ['router_settings.model_group_alias.a', 'router_settings:\n  model_group_alias:\n    a: {hidden: true}\n', 3],
    ['litellm_settings.drop_params', 'litellm_settings:\n  drop_params: maybe\n', 2],
    ['litellm_settings.max_budget', 'litellm_settings:\n  max_budget: -1\n', 2],
    ['litellm_settings.budget_duration', 'litellm_settings:\n  max_budget: 1\n  budget_duration: fortnight\n', 3],
    ['general_settings.master_key', 'general_settings:\n  master_key: 1234\n', 2],
    ['router_settings.provider_budget_config', 'router_settings:\n  provider_budget_config: [openai]\n', 2],
    ['router_settings.provider_budget_config.openai', 'router_settings:\n  provider_budget_config: {openai: 5}\n', 2],
    ['router_settings.provider_budget_config.openai.max_budget', 'router_settings:\n  provider_budget_config: {openai: {time_period: 1d}}\n', 2],
    [
      'router_settings.provider_budget_config.openai.time_period',
      'router_settings:\n  provider_budget_config: {openai: {budget_limit: 1, time_period: daily}}\n',
      2,
    ],
    ['litellm_settings.tag_budget_config.a.max_budget', 'litellm_settings:\n  tag_budget_config: {a: {max_budget: -1}}\n', 2],
  ])('stop the start by name and line: %s', (key, text, line) => {
    const refusal = refusalOf(() => read(text, true))
    expect(refusal.reasons).toEqual([{ line, text: expect.stringMatching(`^${key.replace(/[[\].]/g, '\\$&')} (?:must|refers)`) as string }])
  })
  it('reads numbers and booleans written as text, as LiteLLM does', () => {
    expect(read('router_settings: {num_retries: "3", timeout: "2.5"}\nlitellm_settings: {drop_params: yes}\n')).toMatchObject({
      retries: 3,
      timeoutMs: 2500,
      dropParams: true,
    })
  })
})
