// Azure OpenAI as a provider, both ways it is addressed and both ways it is paid: the model is in the path of one and in the body of the other;
// a key has its own header, a token of Entra's is fetched.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'
import { startTokenServer, type TokenServer } from '../kit/token-server.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const entra = ({ origin, application }: TokenServer): string =>
  `tenant_id: ${application.tenant}, client_id: ${application.clientId}, token_url: "${origin}/${application.tenant}/oauth2/v2.0/token"`
const config = (origin: string, tokens: TokenServer): string => `
model_list:
  - model_name: by-deployment
    litellm_params: { model: azure/my gpt/4, api_base: "${origin}", api_version: 2025-01-01-preview, api_key: os.environ/VENDOR_KEY }
    model_info: { base_model: azure/gpt-4o }
  - model_name: newer
    litellm_params: { model: azure/my-gpt, api_base: "${origin}/openai/v1", api_key: os.environ/VENDOR_KEY }
    model_info: { base_model: azure/gpt-4o }
  - model_name: by-deployment-entra
    litellm_params: { model: azure/my gpt/4, api_base: "${origin}", api_version: 2025-01-01-preview, client_secret: os.environ/ENTRA_SECRET, ${entra(tokens)} }
  - model_name: newer-entra
    litellm_params: { model: azure/my-gpt, api_base: "${origin}/openai/v1", client_secret: os.environ/ENTRA_SECRET, ${entra(tokens)} }
  - model_name: given-token
    litellm_params: { model: azure/my-gpt, api_base: "${origin}/openai/v1", azure_ad_token: os.environ/ENTRA_TOKEN }
  - model_name: both
    litellm_params: { model: azure/my-gpt, api_base: "${origin}/openai/v1", api_key: os.environ/VENDOR_KEY, client_secret: os.environ/ENTRA_SECRET, ${entra(tokens)} }
  - model_name: withdrawn
    litellm_params: { model: azure/my-gpt, api_base: "${origin}/openai/v1", client_secret: os.environ/OLD_SECRET, ${entra(tokens)} }
  - model_name: unsigned
    litellm_params: { model: azure/my-gpt, api_base: "${origin}/openai/v1" }
router_settings: { num_retries: 0 }
`
let vendor: Vendor
let tokens: TokenServer
let house: House
let key: string
let openKey: string
beforeAll(async () => {
  vendor = await startVendor()
  tokens = await startTokenServer()
  const env = { VENDOR_KEY: 'azure-secret', ENTRA_SECRET: tokens.application.clientSecret, ENTRA_TOKEN: 'given-by-hand', OLD_SECRET: 'withdrawn~secret' }
  house = await startHouse({ config: config(vendor.origin, tokens), env })
  ;({ key } = await house.key({ max_budget: 1 }))
  ;({ key: openKey } = await house.key({}))
})
afterAll(async () => {
  await house.stop()
  await vendor.close()
  await tokens.close()
})

it.each([
  ['by-deployment', '/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2025-01-01-preview', 'my gpt/4'],
  ['newer', '/openai/v1/chat/completions', 'my-gpt'],
])('%s', async (model, path, upstreamModel) => {
  const answer = await house.chat(key, { model, max_tokens: 4 })
  expect(answer.status).toBe(200)
  const received = vendor.received.at(-1)
  expect(received?.path).toBe(path)
  expect([received?.headers['api-key'], received?.headers.authorization]).toEqual(['azure-secret', undefined])
  expect(received?.json['model']).toBe(upstreamModel)
  const row = await house.closedRow(answer.headers.get('x-request-id') ?? '')
  // Priced as the model behind the deployment, whose own name says nothing.
  expect(row).toMatchObject({ end: 'answered', provenance: 'reported', completionTokens: 4, unpriced: false })
  expect(row.attemptRows[0]?.providerTitle).toBe('Azure OpenAI')
})

const call = async (model: string): Promise<Answer> => await house.chat(openKey, { model, max_tokens: 4 })
const proof = (): readonly (string | string[] | undefined)[] => ['api-key', 'authorization'].map((name) => vendor.received.at(-1)?.headers[name])
const bearer = (): string => String(proof()[1]).replace('Bearer ', '')

it('a token of Entra’s serves both addresses, one token for all calls', async () => {
  const first = await call('by-deployment-entra')
  expect([first.status, proof()[0], tokens.isValid(bearer())]).toEqual([200, undefined, true])
  expect(vendor.received.at(-1)?.path).toBe('/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2025-01-01-preview')
  const token = bearer()
  const answers = await Promise.all(Array.from({ length: 50 }, async () => await call('newer-entra')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect([bearer(), vendor.received.at(-1)?.path, tokens.asked.length]).toEqual([token, '/openai/v1/chat/completions', 1])
})

it('a given token is sent as it is, and a key wins over a token', async () => {
  expect([(await call('given-token')).status, ...proof()]).toEqual([200, undefined, 'Bearer given-by-hand'])
  expect([(await call('both')).status, ...proof()]).toEqual([200, 'azure-secret', undefined])
})

it('a refused token is fetched anew for the next call', async () => {
  vendor.behave(({ headers }) =>
    tokens.isValid(String(headers.authorization).replace('Bearer ', '')) ? {} : { status: 401, body: '{"error":{"code":"401","message":"expired"}}' },
  )
  tokens.revoke()
  expect([(await call('newer-entra')).status, (await call('newer-entra')).status]).toEqual([502, 200])
  vendor.behave(() => ({}))
})

it.each([
  ['withdrawn', 'refused the credential (invalid_grant: Invalid client secret provided.)'],
  ['unsigned', 'give an API key, a token (azure_ad_token), or an application (tenant_id, client_id and client_secret)'],
])('%s: says why, without a call and without the secret', async (model, sentence) => {
  const before = vendor.received.length
  const answer = await call(model)
  expect([answer.status, vendor.received.length]).toEqual([502, before])
  expect(errorOf(answer).message).toContain(sentence)
  expect(answer.text).not.toContain('withdrawn~secret')
})
