// Programs written for Azure OpenAI: their client finds the model in the address, whoever serves it.

import { AzureOpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, vendorInputTokens, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: gpt
    litellm_params: { model: openai/gpt-vendor, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
  - model_name: claude
    litellm_params: { model: anthropic/claude-vendor, api_base: "${origin}", api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`

describe('a client of Azure OpenAI', () => {
  let vendor: Vendor
  let house: House
  let key: string
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    ;({ key } = await house.key({ max_budget: 1 }))
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const client = (deployment: string, apiKey = key): AzureOpenAI =>
    new AzureOpenAI({ endpoint: house.gateway.origin, apiKey, apiVersion: '2024-10-21', deployment, maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'hello' }]

  it.each(['gpt', 'claude'])('reaches %s by its address, streamed and whole, and is booked', async (deployment) => {
    // What the body says of the model is not what the address says, and the address counts.
    const asked = { model: 'ignored', messages, max_tokens: 3 }
    const { data, response } = await client(deployment).chat.completions.create(asked).withResponse()
    expect(data.choices[0]?.message.content).not.toBe('')
    expect(await house.closedRow(response.headers.get('x-request-id') ?? '')).toMatchObject({
      end: 'answered',
      model: deployment,
      promptTokens: vendorInputTokens,
      completionTokens: 3,
    })
    let pieces = 0
    for await (const chunk of await client(deployment).chat.completions.create({ ...asked, stream: true }))
      if ((chunk.choices[0]?.delta.content ?? '') !== '') pieces += 1
    expect(pieces).toBe(3)
    expect(vendor.received.at(-1)?.json['model']).toBe(`${deployment}-vendor`)
  })
  it('is refused in OpenAI’s words, also where nothing is served', async () => {
    await expect(client('nobody').chat.completions.create({ model: '', messages })).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
    await expect(client('gpt', 'sk-nobody').chat.completions.create({ model: '', messages })).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
    await expect(client('gpt').files.list()).rejects.toMatchObject({ status: 404, code: 'not_found' })
  })
  it('may use the newer address, with the model in the body', async () => {
    const response = await fetch(`${house.gateway.origin}/openai/v1/chat/completions?api-version=preview`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'api-key': key },
      body: JSON.stringify({ model: 'gpt', messages, max_tokens: 2 }),
    })
    expect(response.status).toBe(200)
    expect(((await response.json()) as { model: string }).model).toBe('gpt-vendor')
  })
})
