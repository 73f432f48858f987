// Azure OpenAI as a provider, both ways it is addressed: the model is in the path of one and in the body of the other; the key has its own header.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: by-deployment
    litellm_params: { model: azure/my gpt/4, api_base: "${origin}", api_version: 2025-01-01-preview, api_key: os.environ/VENDOR_KEY }
    model_info: { base_model: azure/gpt-4o }
  - model_name: newer
    litellm_params: { model: azure/my-gpt, api_base: "${origin}/openai/v1", api_key: os.environ/VENDOR_KEY }
    model_info: { base_model: azure/gpt-4o }
`
let vendor: Vendor
let house: House
let key: string
beforeAll(async () => {
  vendor = await startVendor()
  house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'azure-secret' } })
  ;({ key } = await house.key({ max_budget: 1 }))
})
afterAll(async () => {
  await house.stop()
  await vendor.close()
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
