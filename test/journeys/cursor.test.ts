// Cursor's address, through a running gateway: each of the bodies it sends there is answered as a chat completion, which OpenAI's client reads.
// Promises: chats pass untouched; the others are translated, booked and limited like any call. Leaves alone: Cursor itself, whose servers call from outside.

import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, vendorInputTokens, type Vendor } from '../kit/vendor.ts'

const prices = 'input_cost_per_token: 0.000001, output_cost_per_token: 0.00001'
const config = (origin: string): string => `
model_list:
  - model_name: gpt-like
    litellm_params: { model: openai/gpt-4o, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, ${prices} }
  - model_name: claude-like
    litellm_params: { model: anthropic/claude-x, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, ${prices} }
  - model_name: speaks-responses
    litellm_params: { model: openai/gpt-5, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, ${prices} }
    model_info: { mode: responses }
router_settings: { num_retries: 0 }
`
const tool = { type: 'function', name: 'read_file', description: 'd', parameters: { type: 'object', properties: { path: { type: 'string' } } }, strict: false }
const responsesBody = {
  input: [
    { role: 'system', content: 'You are a coding agent.' },
    { role: 'user', content: [{ type: 'input_text', text: 'look' }] },
    { type: 'function_call', call_id: 'call_1', name: 'read_file', arguments: '{"path":"a"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'text of a' },
  ],
  tools: [tool],
  ...{ store: false, truncation: 'auto', previous_response_id: null, include: ['reasoning.encrypted_content'], max_output_tokens: 6 },
}

describe('Cursor', () => {
  let vendor: Vendor
  let house: House
  let key: string
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'vendor-key' } })
    ;({ key } = await house.key({}))
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const send = async (body: object, at = '/cursor/v1/chat/completions'): Promise<{ status: number; text: string; headers: Headers }> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await fetch(`${house.gateway.origin}${at}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const jsonOf = ({ text }: { text: string }): unknown => JSON.parse(text)
  const rowOf = async ({ headers }: { headers: Headers }): Promise<Awaited<ReturnType<House['closedRow']>>> =>
    await house.closedRow(headers.get('x-request-id') ?? '')

  it('finds models below its own base', async () => {
    for (const base of ['/cursor', '/cursor/v1']) {
      const response = await fetch(`${house.gateway.origin}${base}/models`, { headers: { authorization: `Bearer ${key}` } })
      expect([response.status, ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)]).toEqual([
        200,
        ['claude-like', 'gpt-like', 'speaks-responses'],
      ])
    }
  })

  it('has its chats passed as they are', async () => {
    const body = { model: 'gpt-like', messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 }
    const got = await send(body)
    expect(vendor.received.at(-1)?.json).toEqual({ ...body, model: 'gpt-4o' })
    expect(await rowOf(got)).toMatchObject({ wire: 'openai-chat', completionTokens: 4 })
  })

  it.each([
    ['gpt-like', '/v1/chat/completions'],
    ['claude-like', '/v1/messages'],
  ])('has its Responses bodies answered as chat completions by %s', async (model, address) => {
    for (const at of ['/cursor/v1/chat/completions', '/cursor/chat/completions']) {
      const got = await send({ model, ...responsesBody }, at)
      expect([got.status, vendor.received.at(-1)?.path]).toEqual([200, address])
      expect(jsonOf(got)).toMatchObject({ object: 'chat.completion', model, choices: [{ message: { role: 'assistant' } }], usage: { completion_tokens: 6 } })
      // 10 × 1,000 + 6 × 10,000 nano-dollars.
      expect(await rowOf(got)).toMatchObject({ wire: 'openai-responses', promptTokens: vendorInputTokens, completionTokens: 6, costUsd: '0.000070000' })
    }
    const told = JSON.stringify(vendor.received.at(-1)?.json)
    for (const word of ['You are a coding agent.', 'look', 'read_file', 'text of a']) expect(told).toContain(word)
  })

  it('has a stream that OpenAI’s client reads, whatever it sent', async () => {
    const client = new OpenAI({ apiKey: key, baseURL: `${house.gateway.origin}/cursor/v1`, maxRetries: 0 })
    for (const model of ['gpt-like', 'claude-like']) {
      const body = { model, ...responsesBody, stream: true } as unknown as OpenAI.Chat.ChatCompletionCreateParamsStreaming
      let said = ''
      let finish: string | null = null
      for await (const chunk of await client.chat.completions.create(body)) {
        expect(chunk.object).toBe('chat.completion.chunk')
        said += chunk.choices[0]?.delta.content ?? ''
        finish = chunk.choices[0]?.finish_reason ?? finish
      }
      expect([said.trim().split(/\s+/).length, finish]).toEqual([6, expect.stringMatching(/stop|length/) as string])
    }
  })

  it('has a body shaped like Messages answered the same way', async () => {
    const messages = [
      { role: 'user', content: 'look' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'a' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'text of a' }] },
    ]
    const tools = [{ name: 'read_file', description: 'd', input_schema: tool.parameters }]
    for (const model of ['claude-like', 'gpt-like']) {
      const got = await send({ model, system: 'be brief', messages, tools, max_tokens: 6 })
      expect(jsonOf(got)).toMatchObject({ object: 'chat.completion', usage: { completion_tokens: 6 } })
      expect(await rowOf(got)).toMatchObject({ wire: 'anthropic-messages', costUsd: '0.000070000' })
    }
  })

  it('is answered as a chat completion by a model that speaks Responses alone', async () => {
    const whole = { id: 'resp_x', object: 'response', status: 'completed', model: 'gpt-5', usage: { input_tokens: 10, output_tokens: 3, total_tokens: 13 } }
    const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'done', annotations: [] }] }]
    vendor.behave(() => ({ body: JSON.stringify({ ...whole, output }) }))
    const got = await send({ model: 'speaks-responses', ...responsesBody })
    vendor.behave(() => ({}))
    expect(vendor.received.at(-1)?.path).toBe('/v1/responses')
    expect(jsonOf(got)).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'done' }, finish_reason: 'stop' }] })
  })

  it('is told what is wrong in OpenAI’s words', async () => {
    const got = await send({ model: 'gpt-like', input: 7 })
    expect([got.status, jsonOf(got)]).toMatchObject([400, { error: { type: 'invalid_request_error', param: 'input' } }])
    expect((await send({ model: 'nothing', input: 'hi' })).status).toBe(404)
  })
})
