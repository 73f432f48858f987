// Paths of vendors whose bodies are OpenAI's or near to it: Azure's deployments, Mistral, and streams of those that always passed.
// Promises: read and priced, so that a hard budget covers them; a stream is a stream. Leaves alone: threads, files and the like (pass-through).

import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { AzureOpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { json, startCountingVendor, type Call, type CountedReply, type CountingVendor } from '../kit/counting-vendor.ts'

const data = (values: readonly unknown[]): string[] => [...values.map((value) => `data: ${JSON.stringify(value)}\n\n`), 'data: [DONE]\n\n']

function answer({ url, body, input, output }: Call): CountedReply | null {
  const [path = ''] = url.split('?', 1)
  const asked = JSON.parse(body) as { stream?: boolean; stream_options?: { include_usage?: boolean } }
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
  const head = { id: 'chat-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini' }
  if (path.endsWith('/embeddings'))
    return json({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [1] }],
      model: 'm',
      usage: { ...usage, completion_tokens: 0, total_tokens: input },
    })
  if (path.endsWith('/responses'))
    return json({
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      model: 'm',
      output: [],
      usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
    })
  if (path.endsWith('/messages')) {
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage: { input_tokens: input, output_tokens: 1 } }
    const events = [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: output } },
      { type: 'message_stop' },
    ]
    return { type: 'text/event-stream', pieces: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`) }
  }
  if (!path.endsWith('/completions')) return null
  if (asked.stream !== true) return json({ ...head, choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }], usage })
  const chunk = { ...head, object: 'chat.completion.chunk' }
  const said = { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }] }
  // Mistral reports with its last chunk, unasked; OpenAI only when asked.
  const pieces = url.startsWith('/mistral')
    ? [{ ...said, usage }]
    : [said, ...(asked.stream_options?.include_usage === true ? [{ ...chunk, choices: [], usage }] : [])]
  return { type: 'text/event-stream', pieces: data(pieces) }
}

let vendor: CountingVendor
let house: House
let key = ''
beforeAll(async () => {
  vendor = await startCountingVendor(answer)
  const lender = (model: string, path: string): string =>
    `  - { model_name: "${model}", litellm_params: { model: ${model}, api_base: "${vendor.origin}${path}", api_key: os.environ/OUR_KEY, use_in_pass_through: true } }`
  const config = [
    'model_list:',
    lender('azure/gpt-4o-mini', ''),
    lender('mistral/mistral-small-latest', '/mistral/v1'),
    lender('anthropic/claude-haiku-4-5', ''),
  ]
  house = await startHouse({ config: [...config, lender('openai/gpt-4o', '/v1')].join('\n'), env: { OUR_KEY: 'the-key-of-the-vendor' } })
  ;({ key } = await house.key({ max_budget: 10 }))
})
afterAll(async () => {
  await house.stop()
  await vendor.close()
})

const lastRow = async (): ReturnType<House['closedRow']> => await house.closedRow(String((await house.rows('limit=1'))[0]?.requestId))
async function expectBooked(wire: string, model: string): Promise<void> {
  const { input, output } = vendor.last()
  const row = await lastRow()
  expect(row).toMatchObject({ operation: 'pass-through', wire, model, provenance: 'reported', promptTokens: input, completionTokens: output, unpriced: false })
  expect(Number(row.costUsd)).toBeGreaterThan(0)
}
const messages = [{ role: 'user' as const, content: 'Hello' }]
async function readText(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

describe('Azure, by a deployment’s path', () => {
  const client = (): AzureOpenAI =>
    new AzureOpenAI({ apiKey: key, apiVersion: '2025-04-01-preview', baseURL: `${house.gateway.origin}/azure/openai/deployments/gpt-4o-mini`, maxRetries: 0 })
  it('chat is read under a hard budget, whole and streamed', async () => {
    expect((await client().chat.completions.create({ model: 'gpt-4o-mini', messages })).choices[0]?.message.content).toBe('Hi.')
    expect(vendor.last().url).toBe('/openai/deployments/gpt-4o-mini/chat/completions?api-version=2025-04-01-preview')
    expect(vendor.last().headers['api-key']).toBe('the-key-of-the-vendor')
    await expectBooked('openai-chat', 'gpt-4o-mini')
    expect(await readText(await client().chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }))).toBe('Hi.')
    await expectBooked('openai-chat', 'gpt-4o-mini')
  })
  it('embeddings and responses as well; what has no wire stays refused', async () => {
    const base = new OpenAI({ apiKey: key, baseURL: `${house.gateway.origin}/azure/openai/v1`, maxRetries: 0 })
    await base.embeddings.create({ model: 'text-embedding-3-small', input: 'Hello', encoding_format: 'float' })
    expect(vendor.last().url).toBe('/openai/v1/embeddings')
    expect(await lastRow()).toMatchObject({ wire: 'openai-embeddings', provenance: 'reported', promptTokens: vendor.last().input })
    await base.responses.create({ model: 'gpt-4o-mini', input: 'Hello', max_output_tokens: 20 })
    expect(vendor.last().url).toBe('/openai/v1/responses')
    await expectBooked('openai-responses', 'gpt-4o-mini')
    await expect(base.post('/threads', { body: {} })).rejects.toMatchObject({ status: 403 })
  })
})

describe('Mistral', () => {
  it.each(['/mistral/v1', '/mistral'])('chat is read under a hard budget at %s, and never asked for usage', async (path) => {
    const client = new OpenAI({ apiKey: key, baseURL: `${house.gateway.origin}${path}`, maxRetries: 0 })
    const model = 'mistral-small-latest'
    await client.chat.completions.create({ model, messages })
    expect(vendor.last().url).toBe('/mistral/v1/chat/completions')
    await expectBooked('mistral-chat', model)
    expect(await readText(await client.chat.completions.create({ model, messages, stream: true }))).toBe('Hi.')
    expect(JSON.parse(vendor.last().body)).not.toHaveProperty('stream_options')
    await expectBooked('mistral-chat', model)
  })
})

describe('streams behind the older prefixes', () => {
  it('Anthropic’s and OpenAI’s are streams', async () => {
    const client = new Anthropic({ apiKey: key, baseURL: `${house.gateway.origin}/anthropic`, maxRetries: 0 })
    const message = await client.messages.stream({ model: 'claude-haiku-4-5', max_tokens: 20, messages }).finalMessage()
    expect(message.content[0]).toMatchObject({ text: 'Hi.' })
    await expectBooked('anthropic-messages', 'claude-haiku-4-5')
    const openai = new OpenAI({ apiKey: key, baseURL: `${house.gateway.origin}/openai_passthrough/v1`, maxRetries: 0 })
    expect(await readText(await openai.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }))).toBe('Hi.')
    await expectBooked('openai-chat', 'gpt-4o-mini')
  })
})
