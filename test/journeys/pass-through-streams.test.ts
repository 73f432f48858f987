// A stream by a vendor's own path, whose wire is known: OpenAI's own client at each of its prefixes.
// Promises: events come as the vendor sent them, and are counted and booked as a stream. Leaves alone: everything else by such paths (pass-through.test.ts).

import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const chunk = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini' }
const events = [
  { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi.' }, finish_reason: null }] },
  { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { ...chunk, choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } },
]
const pieces = [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`)

let vendor: Vendor
let house: House
let key: string
beforeAll(async () => {
  vendor = await startVendor()
  vendor.behave(() => ({ pieces }))
  const params = `model: openai/gpt-4o, api_base: "${vendor.origin}/v1", api_key: os.environ/VENDOR_KEY, use_in_pass_through: true`
  house = await startHouse({ config: `model_list:\n  - { model_name: o, litellm_params: { ${params} } }\n`, env: { VENDOR_KEY: 'sk-of-the-vendor' } })
  ;({ key } = await house.key({}))
})
afterAll(async () => {
  await house.stop()
  await vendor.close()
})

it.each(['/openai_passthrough/v1', '/openai_passthrough', '/openai'])('comes event by event at %s, and is counted', async (path) => {
  const client = new OpenAI({ apiKey: key, baseURL: `${house.gateway.origin}${path}`, maxRetries: 0 })
  const { data, response } = await client.chat.completions
    .create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], stream: true, stream_options: { include_usage: true } })
    .withResponse()
  const chunks = []
  for await (const one of data) chunks.push(one)
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hi.')
  expect(chunks.at(-1)?.usage?.total_tokens).toBe(10)
  const row = await house.closedRow(response.headers.get('x-request-id') ?? '')
  expect(row).toMatchObject({ operation: 'pass-through', wire: 'openai-chat', stream: true, promptTokens: 7, completionTokens: 3 })
})
