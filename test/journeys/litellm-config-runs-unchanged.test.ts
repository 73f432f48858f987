// A LiteLLM config.yaml runs as it is: weighted deployments under one name, a fallback, aliases, keys from the environment, the master
// key; what has no effect is named with its line.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PanelHome } from '../../gateway/contract/panel.ts'
import { errorOf, startHouse, visit, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const masterKey = 'sk-master-key-of-the-configuration-file'
const price = `input_cost_per_token: 0.000001
      output_cost_per_token: 0.000002`
const config = (origin: string): string => `
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o-west
      api_base: os.environ/WEST_BASE
      api_key: os.environ/WEST_KEY
      weight: 3
      ${price}
    model_info:
      id: west
      mode: chat
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o-east
      api_base: ${origin}/v1/
      api_key: "os.environ/EAST_KEY"
      weight: 1
      ${price}
  - model_name: claude
    litellm_params:
      model: anthropic/claude-vendor
      api_base: ${origin}
      api_key: os.environ/ANTHROPIC_KEY
      max_tokens: 64
      ${price}
  - model_name: brittle
    litellm_params: { model: openai/brittle, api_base: "${origin}/v1", api_key: os.environ/WEST_KEY }
  - model_name: orphan
    litellm_params: { model: openai/orphan, api_base: "${origin}/v1", api_key: os.environ/KEY_THAT_IS_NOT_SET }

router_settings:
  routing_strategy: simple-shuffle
  num_retries: 1
  timeout: 1
  model_group_alias:
    gpt-4: gpt-4o
    quiet: { model: claude, hidden: true }
  fallbacks: [{"brittle": ["claude"]}]
  redis_host: localhost

litellm_settings:
  drop_params: true
  set_verbose: False
  success_callback: ["langfuse"]
  default_team_settings:
    - team_id: 4d1b
      langfuse_public_key: os.environ/LANGFUSE_PUBLIC

general_settings:
  master_key: os.environ/PROXY_MASTER_KEY
  database_url: os.environ/DATABASE_URL
  alerting: ["slack"]
`
const env = (origin: string): Record<string, string> => ({
  // None given on purpose: the file's own key must count.
  TOLLGATE_ADMIN_KEY: '',
  WEST_BASE: `${origin}/v1`,
  WEST_KEY: 'sk-west',
  EAST_KEY: 'sk-east',
  ANTHROPIC_KEY: 'sk-ant',
  PROXY_MASTER_KEY: masterKey,
  DATABASE_URL: 'postgresql://user:password@host/db',
})

describe('a LiteLLM configuration file', () => {
  let vendor: Vendor
  let house: House
  let stop: () => Promise<number>
  let key: string
  beforeAll(async () => {
    vendor = await startVendor()
    const started = await startHouse({ config: config(vendor.origin), env: env(vendor.origin) })
    stop = started.stop
    house = visit({ ...started.gateway, adminKey: masterKey })
    ;({ key } = await house.key({ max_budget: 100, models: ['gpt-4o', 'claude'] }))
  })
  beforeEach(() => vendor.behave(() => ({})))
  afterAll(async () => {
    await stop()
    await vendor.close()
  })
  const lineOf = (text: string): number =>
    config(vendor.origin)
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1

  it('splits calls over the deployments of a name by weight, each with its own key from the environment', async () => {
    const from = vendor.received.length
    const calls = 200
    for (let batch = 0; batch < calls / 20; batch += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => house.chat(key, { model: 'gpt-4o', max_tokens: 1 })))
      expect(answers.every((answer) => answer.status === 200)).toBe(true)
    }
    const sent = vendor.received.slice(from)
    const west = sent.filter((request) => request.json['model'] === 'gpt-4o-west')
    const east = sent.filter((request) => request.json['model'] === 'gpt-4o-east')
    expect(west.length + east.length).toBe(calls)
    // 150 expected; the bounds lie almost five standard deviations away.
    expect(west.length).toBeGreaterThan(120)
    expect(west.length).toBeLessThan(180)
    expect(new Set(west.map((request) => request.headers.authorization))).toEqual(new Set(['Bearer sk-west']))
    expect(new Set(east.map((request) => request.headers.authorization))).toEqual(new Set(['Bearer sk-east']))
    expect(new Set(sent.map((request) => request.path))).toEqual(new Set(['/v1/chat/completions']))
  })
  it('names the deployment by the id it was given', async () => {
    const { data } = (await house.get('/model/info?litellm_model_id=west')).json as unknown as { data: readonly { model_info: Record<string, unknown> }[] }
    expect(data[0]?.model_info).toMatchObject({ id: 'west', db_model: false, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 })
  })
  it('retries the other deployment once, and no more', async () => {
    const from = vendor.received.length
    vendor.behave(() => ({ status: 500 }))
    expect((await house.chat(key, { model: 'gpt-4o' })).status).toBe(500)
    expect(
      vendor.received
        .slice(from)
        .map((request) => request.json['model'])
        .sort(),
    ).toEqual(['gpt-4o-east', 'gpt-4o-west'])
  })
  it('gives up after the file’s own time limit and takes the fallback', async () => {
    const { key: free } = await house.key({})
    vendor.behave((request) => (request.json['model'] === 'brittle' ? { hang: true } : {}))
    const startedAt = performance.now()
    const answer = await house.chat(free, { model: 'brittle' })
    expect(answer.status).toBe(200)
    // Two tries of one second, and the pause before the second.
    expect(performance.now() - startedAt).toBeGreaterThan(2000)
    expect(performance.now() - startedAt).toBeLessThan(8000)
    expect(answer.headers.get('x-litellm-model-group')).toBe('claude')
    const row = await house.closedRow(answer.headers.get('x-request-id') ?? '')
    expect(row.attemptRows.map(({ upstreamModel, end }) => [upstreamModel, end])).toEqual([
      ['brittle', 'failed'],
      ['brittle', 'failed'],
      ['claude-vendor', 'answered'],
    ])
  })
  it('serves aliases, lists the open ones and hides the hidden ones', async () => {
    const { key: free } = await house.key({})
    expect((await house.chat(free, { model: 'gpt-4' })).headers.get('x-litellm-model-group')).toBe('gpt-4o')
    expect((await house.chat(free, { model: 'quiet' })).headers.get('x-litellm-model-group')).toBe('claude')
    // A key that may use the model may use it by its alias.
    expect((await house.chat(key, { model: 'gpt-4' })).status).toBe(200)
    expect((await house.chat(key, { model: 'brittle' })).status).toBe(403)
    const { data } = (await house.get('/v1/models')).json as unknown as { data: readonly { id: string }[] }
    expect(data.map(({ id }) => id)).toEqual(['brittle', 'claude', 'gpt-4', 'gpt-4o', 'orphan'])
  })
  it('drops and names what a vendor does not take, and sends the file’s defaults', async () => {
    const { key: free } = await house.key({})
    const answer = await house.chat(free, { model: 'claude', logit_bias: { 5: 1 } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-tollgate-dropped-params')).toBe('logit_bias')
    expect(vendor.received.at(-1)?.json).toMatchObject({ model: 'claude-vendor', max_tokens: 64 })
    expect(vendor.received.at(-1)?.headers['x-api-key']).toBe('sk-ant')
  })
  it('says which variable is missing when a model without its key is called', async () => {
    const { key: free } = await house.key({})
    const answer = await house.chat(free, { model: 'orphan' })
    expect(answer.status).toBe(502)
    expect(errorOf(answer)).toMatchObject({ code: 'credential_missing' })
    expect(errorOf(answer).message).toContain('KEY_THAT_IS_NOT_SET')
    expect(house.gateway.output()).toMatch(
      new RegExp(`line ${lineOf('KEY_THAT_IS_NOT_SET')}: .*KEY_THAT_IS_NOT_SET, which is not set; calls to orphan will fail`),
    )
  })
  it('administers by the master key, and by no other', async () => {
    expect((await house.get('/key/list')).status).toBe(200)
    expect((await visit({ ...house.gateway, adminKey: `${masterKey}x` }).get('/key/list')).status).toBe(401)
    expect((await visit({ ...house.gateway, adminKey: key }).get('/key/list')).status).toBe(403)
  })
  it('shows file entries as read-only and refuses to change them', async () => {
    expect((await house.post('/model/delete', { id: 'west' })).status).toBe(409)
    expect((await house.chat(key, { model: 'gpt-4o' })).status).toBe(200)
  })
  it.each([
    ['redis_host', 'router_settings.redis_host'],
    ['set_verbose', 'litellm_settings.set_verbose'],
    ['success_callback', 'litellm_settings.success_callback'],
    ['langfuse_public_key', 'litellm_settings.default_team_settings[0].langfuse_public_key'],
    ['database_url', 'general_settings.database_url'],
    ['alerting', 'general_settings.alerting'],
  ])('names %s, which has no effect, with its line', async (text, path) => {
    const sentence = `config.yaml line ${lineOf(text)}: ${path} is not supported and has no effect.`
    expect(house.gateway.output()).toContain(sentence)
    const { attention } = (await house.get('/panel/home')).json as unknown as PanelHome
    expect(attention.some(({ kind }) => kind === 'config')).toBe(true)
    // Keys with an effect are not complained about.
    expect(house.gateway.output()).not.toMatch(/(?:num_retries|timeout|model_group_alias|fallbacks|drop_params|master_key|routing_strategy) is not supported/)
  })
})
