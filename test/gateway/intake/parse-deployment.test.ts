// Entries one by one, as the API gets them: what is kept, what is refused by name, and that no secret stays behind.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import { parseDeployment, type ParsedDeployment, type ParseTools } from '../../../gateway/intake/parse-deployment.ts'

interface Kept {
  readonly kept: string[]
  readonly tools: ParseTools
}
function createKept(more: Partial<ParseTools> = {}): Kept {
  const kept: string[] = []
  const keepSecret: ParseTools['keepSecret'] = async (value, where) => (kept.push(value.open()), Promise.resolve(`keychain/${where.id}`))
  return { kept, tools: { newId: () => deploymentId('dep_1'), nowMs: () => 1_000, keepSecret, ...more } }
}
const parse = async (litellm_params: unknown, more: object = {}): Promise<ParsedDeployment> =>
  parseDeployment({ model_name: 'm', litellm_params, ...more }, createKept().tools)
async function refusalOf(work: Promise<unknown>): Promise<GatewayError> {
  const failure: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (failure instanceof GatewayError) return failure
  throw new Error(`expected a GatewayError, got ${String(failure)}`)
}

describe('a deployment through the API', () => {
  it('goes out with a reference where its literal key was', async () => {
    const { kept, tools } = createKept()
    const { entry, warnings } = await parseDeployment(
      {
        model_name: ' m ',
        litellm_params: { model: 'openai/gpt-4o', api_key: ' sk-literal\n', temperature: 0, stop: ['a'] },
        model_info: { mode: 'chat', db_model: true },
      },
      tools,
    )
    expect(entry).toEqual({
      id: 'dep_1',
      modelName: 'm',
      params: { model: 'openai/gpt-4o', temperature: 0, stop: ['a'] },
      modelInfo: { mode: 'chat', db_model: true },
      credential: 'keychain/dep_1',
      savedAtMs: 1_000,
    })
    expect([kept, warnings]).toEqual([['sk-literal'], []])
    expect(JSON.stringify(entry)).not.toContain('sk-literal')
  })
  it('keeps references as they are and calls for no keychain', async () => {
    const { kept, tools } = createKept()
    for (const api_key of ['os.environ/OPENAI_API_KEY', 'keychain/shared']) {
      expect((await parseDeployment({ model_name: 'm', litellm_params: { model: 'openai/gpt-4o', api_key } }, tools)).entry.credential).toBe(api_key)
    }
    expect(kept).toEqual([])
  })
  it('honours an id, a number included', async () => {
    expect((await parse({ model: 'openai/x' }, { model_info: { id: 'mine-1' } })).entry).toMatchObject({ id: 'mine-1', modelInfo: {} })
    expect((await parse({ model: 'openai/x' }, { model_info: { id: 7 } })).entry.id).toBe('7')
  })
  it('reads other spellings, null as absent, and keeps price fields', async () => {
    const { entry, warnings } = await parse(
      {
        model: 'openai/x',
        base_url: 'http://127.0.0.1:8000/v1/',
        headers: { 'X-A': 'b' },
        api_key: null,
        rpm: null,
        input_cost_per_token: 1e-6,
        cache_read_input_token_cost: 0,
      },
      { model_info: null },
    )
    expect(entry.params).toEqual({
      model: 'openai/x',
      api_base: 'http://127.0.0.1:8000/v1',
      extra_headers: { 'x-a': 'b' },
      input_cost_per_token: 1e-6,
      cache_read_input_token_cost: 0,
    })
    expect([entry.credential, warnings]).toEqual([null, []])
  })
  it('keeps the price of a search, and says when several leave none', async () => {
    const name = 'search_context_cost_per_query'
    const one = { search_context_size_low: 0.014, search_context_size_high: 0.014 }
    expect(await parse({ model: 'openai/x', [name]: one })).toMatchObject({ entry: { params: { [name]: one } }, warnings: [] })
    const { warnings } = await parse({ model: 'openai/x', [name]: { ...one, search_context_size_high: 0.03 } })
    expect(warnings).toEqual([`litellm_params.${name} has several prices and no reply tells which was used, so searches are not billed.`])
    await expect(parse({ model: 'openai/x', [name]: 0.014 })).rejects.toThrow(`litellm_params.${name} must be a mapping`)
  })
  it('lets api_base win over base_url', async () => {
    const both = { base_url: 'http://old.example', api_base: 'http://new.example' }
    expect((await parse({ model: 'openai/x', ...both })).entry.params['api_base']).toBe('http://new.example')
  })
  it('names what has no effect', async () => {
    const { entry, warnings } = await parse({ model: 'openai/x', rpm: 10, mock_response: 'hi', max_retries: 3 })
    expect(entry.params).toEqual({ model: 'openai/x', rpm: 10, max_retries: 3 })
    expect(warnings).toEqual([
      'litellm_params.rpm is kept but not enforced by this version.',
      'litellm_params.mock_response is not known and has no effect.',
      'litellm_params.max_retries is kept but not enforced by this version.',
    ])
  })
  it('keeps no header that is a credential or frames the message, and no default that multiplies the cost', async () => {
    const extra_headers = {
      Authorization: 'Bearer s',
      'x-api-key': 's',
      Cookie: 's',
      Host: 'h',
      'Content-Length': 1,
      'X-Ok': 'yes',
      'X-Line': 'a\r\nb: c',
      'bad name': 'x',
      'X-Env': 'os.environ/SECRET',
    }
    const extra_body = { n: 5, tools: [], messages: [], safety: { level: 1 } }
    const { entry, warnings } = await parse({ model: 'openai/x', extra_headers, extra_body, n: 3, tools: [] })
    expect(entry.params).toEqual({ model: 'openai/x', extra_headers: { 'x-ok': 'yes' }, extra_body: { safety: { level: 1 } } })
    expect(warnings.length).toBe(13)
  })
  it('leaves out headers that look like a credential, because the entry will be stored', async () => {
    const secretive = {
      'Helicone-Auth': 'x',
      'Ocp-Apim-Subscription-Key': 'x',
      'cf-aig-authorization': 'x',
      'X-Access-Key': 'x',
      'X-Session-Cookie': 'x',
      'X-Plain': 'Bearer abc',
      'X-Other': 'sk-abc',
      'X-Jwt': 'eyJhbGciOi',
    }
    const { entry, warnings } = await parse({ model: 'openai/x', extra_headers: { ...secretive, 'X-Author': 'me', 'X-Keyboard': 'qwerty' } })
    expect(entry.params['extra_headers']).toEqual({ 'x-author': 'me', 'x-keyboard': 'qwerty' })
    expect(warnings).toHaveLength(Object.keys(secretive).length)
  })
  it('checks the entry before any secret is kept', async () => {
    const { kept, tools } = createKept({ check: async () => Promise.reject(new Error('cannot be served')) })
    await expect(parseDeployment({ model_name: 'm', litellm_params: { model: 'openai/x', api_key: 'sk-literal' } }, tools)).rejects.toThrow('cannot be served')
    expect(kept).toEqual([])
  })
  it.each([
    ['no mapping', 'text', ' must be a mapping'],
    ['several organizations', { model_name: 'm', litellm_params: { model: 'a/b', organization: ['o'] } }, 'litellm_params.organization must be a text'],
    ['a project that is no text', { model_name: 'm', litellm_params: { model: 'a/b', vertex_project: 1.5 } }, 'litellm_params.vertex_project must be a text'],
    ['no name', { litellm_params: { model: 'openai/x' } }, 'model_name must be a text'],
    ['more wildcards at the vendor than in the name', { model_name: 'openai/*', litellm_params: { model: '*/*' } }, 'litellm_params.model has more *'],
    ['a wildcard at the vendor alone', { model_name: 'm', litellm_params: { model: 'openai/*' } }, 'litellm_params.model has more *'],
    ['no parameters', { model_name: 'm' }, 'litellm_params must be a mapping'],
    ['no model', { model_name: 'm', litellm_params: {} }, 'litellm_params.model is missing'],
    ['a negative weight', { model_name: 'm', litellm_params: { model: 'a/b', weight: -1 } }, 'litellm_params.weight must not be negative'],
    [
      'an organization no header can carry',
      { model_name: 'm', litellm_params: { model: 'a/b', organization: 'org\nx: y' } },
      'litellm_params.organization holds characters no header can carry',
    ],
    ['a time limit of nothing', { model_name: 'm', litellm_params: { model: 'a/b', timeout: 0 } }, 'litellm_params.timeout must be a number of seconds'],
    ['text for a number', { model_name: 'm', litellm_params: { model: 'a/b', temperature: 'warm' } }, 'litellm_params.temperature must be a number'],
    ['a file address', { model_name: 'm', litellm_params: { model: 'a/b', api_base: 'file:///etc/passwd' } }, 'must start with http'],
    [
      'a password in the address',
      { model_name: 'm', litellm_params: { model: 'a/b', api_base: 'https://me:sk-canary@host' } },
      'must not hold a user name or password',
    ],
    ['a query in the address', { model_name: 'm', litellm_params: { model: 'a/b', api_base: 'https://host/?key=sk-canary' } }, 'must not have a query'],
    ['an AWS role', { model_name: 'm', litellm_params: { model: 'bedrock/b', aws_role_name: 'arn:aws:iam::1:role/x' } }, 'roles are not assumed here'],
    ['an OIDC reference', { model_name: 'm', litellm_params: { model: 'a/b', api_key: 'oidc/google/x' } }, 'OIDC'],
    ['a variable without a name', { model_name: 'm', litellm_params: { model: 'a/b', api_key: 'os.environ/' } }, 'must name a variable'],
    [
      'the environment outside api_key',
      { model_name: 'm', litellm_params: { model: 'a/b', api_base: 'os.environ/AWS_SECRET' } },
      'only in a configuration file',
    ],
    ['an odd id', { model_name: 'm', litellm_params: { model: 'a/b' }, model_info: { id: 'two words' } }, 'model_info.id must be a text'],
    ['a blocked model', { model_name: 'm', litellm_params: { model: 'a/b' }, model_info: { blocked: true } }, 'model_info.blocked'],
    ['a budget below zero', { model_name: 'm', litellm_params: { model: 'a/b', max_budget: -5 } }, 'litellm_params.max_budget must be an amount'],
    [
      'a period that is none',
      { model_name: 'm', litellm_params: { model: 'a/b', max_budget: 5, budget_duration: 'daily' } },
      'litellm_params.budget_duration must be a time',
    ],
    ['a rule that is none', { model_name: 'm', litellm_params: { model: 'a/b', aborted_calls: 'half' } }, 'litellm_params.aborted_calls must be one of free,'],
    ['guardrails', { model_name: 'm', litellm_params: { model: 'a/b', guardrails: ['pii'] } }, 'litellm_params.guardrails is not enforced'],
    [
      'a guardrail of Bedrock',
      { model_name: 'm', litellm_params: { model: 'bedrock/b', guardrailConfig: { guardrailIdentifier: 'x' } } },
      'litellm_params.guardrailConfig is not enforced',
    ],
    [
      'a team of its own',
      { model_name: 'm', litellm_params: { model: 'a/b' }, model_info: { team_id: 't' } },
      'model_info.team_id keeps this model for one team',
    ],
  ])('is refused by name: %s', async (_title, input, sentence) => {
    const { kept, tools } = createKept()
    const refusal = await refusalOf(parseDeployment(input, tools))
    expect([refusal.code, refusal.status]).toEqual(['invalid_request', 400])
    expect(refusal.message).toContain(sentence)
    expect(refusal.message).not.toContain('sk-canary')
    expect(kept).toEqual([])
  })
  it('leaves prototypes alone', async () => {
    const input: unknown = JSON.parse(
      '{"model_name":"m","litellm_params":{"model":"openai/x","__proto__":{"polluted":1},"constructor":1},"model_info":{"__proto__":{"polluted":1}}}',
    )
    const { entry } = await parseDeployment(input, createKept().tools)
    expect(entry.params).toEqual({ model: 'openai/x' })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect((entry.modelInfo as Record<string, unknown>)['polluted']).toBeUndefined()
  })
  it('gives an entry without the key, or a refusal, whatever it is sent', async () => {
    const names = [
      'model',
      'api_key',
      'api_base',
      'base_url',
      'headers',
      'extra_headers',
      'extra_body',
      'weight',
      'timeout',
      'temperature',
      'max_budget',
      'aws_secret_access_key',
      'api_version',
      'input_cost_per_token',
    ]
    const params = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), fc.constant('openai/x'), fc.constant('https://h.example'), fc.double()))
    const input = fc.record(
      { model_name: fc.oneof(fc.constant('m'), fc.jsonValue()), litellm_params: params, model_info: fc.jsonValue() },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(input, fc.boolean(), async (body, withModel) => {
        const secretText = 'sk-canary-4242'
        const sent = {
          ...body,
          litellm_params: { ...body.litellm_params, ...(withModel ? { model: 'openai/x' } : {}), api_key: secretText, vertex_credentials: secretText },
        }
        const answer = await parseDeployment(sent, createKept().tools).catch((failure: unknown) => failure)
        if (answer instanceof GatewayError) expect(answer.code).toBe('invalid_request')
        else expect(answer).toMatchObject({ entry: { credential: 'keychain/dep_1' } })
        expect(JSON.stringify(answer)).not.toContain(secretText)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a credential that may be a file', () => {
  const read = async (vertex_credentials: unknown): Promise<{ kept: readonly string[]; ref: unknown }> => {
    const { kept, tools } = createKept()
    const { entry } = await parseDeployment({ model_name: 'm', litellm_params: { model: 'vertex_ai/x', vertex_credentials } }, tools)
    return { kept, ref: entry.params['vertex_credentials'] }
  }
  it.each(['/etc/account.json', './account', '~/account', 'C:\\keys\\account.json', 'account-123.json', 'credential-file//etc/account.json'])(
    'is referred to where it is certainly a path: %s',
    async (text) => {
      expect(await read(text)).toEqual({ kept: [], ref: `credential-file/${text.replace(/^credential-file\//, '')}` })
    },
  )
  it.each(['AIza-a-key-in-the-wrong-place', '{"type":"service_account"}', 'ya29.token'])('is kept like any secret otherwise: %s', async (text) => {
    expect(await read(text)).toEqual({ kept: [text], ref: 'keychain/dep_1' })
  })
  it('may be written as a mapping, as in YAML', async () => {
    expect(await read({ type: 'service_account' })).toEqual({ kept: ['{"type":"service_account"}'], ref: 'keychain/dep_1' })
  })
})
