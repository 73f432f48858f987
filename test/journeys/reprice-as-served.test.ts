// Past calls are priced anew as they were served: by a pattern, by a vendor's own path, by a deployment that is gone.
// Promises: where no price has changed, nothing is booked, though none of these calls was of a deployment's own model.
// Leaves alone: what a changed list means (prices-stay-right).

import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

let vendor: Vendor
let house: House
const row = (name: string, model: string, more = ''): string =>
  `  - { model_name: "${name}", litellm_params: { model: "${model}", api_base: "${vendor.origin}/v1", api_key: os.environ/K${more} } }`
beforeAll(async () => {
  vendor = await startVendor()
  const config = [
    'model_list:',
    row('own/*', 'openai/*', ', input_cost_per_token: 0.000001, output_cost_per_token: 0.000002'),
    row('listed/*', 'openai/*'),
    row('lender', 'openai/gpt-4.1', ', use_in_pass_through: true, input_cost_per_token: 0.5, output_cost_per_token: 0.5'),
  ]
  house = await startHouse({ config: config.join('\n'), env: { K: 'sk-vendor', TOLLGATE_PASSPHRASE: 'four words for a vault' } })
})
afterAll(async () => {
  await house.stop()
  await vendor.close()
})

it('books nothing where no price has changed, however a call was served', async () => {
  const { key } = await house.key({})
  const gone = (await house.post('/model/new', {
    model_name: 'gone',
    litellm_params: { model: 'openai/gpt-4o-mini', api_base: `${vendor.origin}/v1`, api_key: 'sk-vendor' },
  })) as { readonly json: { readonly model_id?: string; readonly model_info?: { readonly id?: string } } }
  const ids: string[] = []
  const call = async (model: string, path = '/v1/chat/completions'): Promise<void> => {
    const reply = await fetch(`${house.gateway.origin}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello there' }], max_tokens: 20 }),
    })
    expect([reply.status, model]).toEqual([200, model])
    await reply.text()
    ids.push(String(reply.headers.get('x-request-id')))
  }
  for (const model of ['own/gpt-4o', 'listed/gpt-4o', 'gone']) await call(model)
  await call('gpt-4o-mini', '/openai_passthrough/v1/chat/completions')
  for (const id of ids) expect(Number((await house.closedRow(id)).costUsd), id).toBeGreaterThan(0)
  const id = gone.json.model_info?.id ?? gone.json.model_id ?? ''
  expect((await house.post('/model/delete', { id })).status).toBe(200)

  const order = { from: String(Date.now() - 3_600_000), preview: true }
  expect((await house.post('/prices/reprice', order)).json).toMatchObject({ attempts: 0, difference_usd: '0.000000000' })
})
