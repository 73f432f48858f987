// Paths of vendors whose bodies are OpenAI's or near to it: Azure's deployments, Mistral, and streams of those that always passed.
// Promises: read and priced, so that a hard budget covers them; a stream is a stream. Leaves alone: threads, files and the like (pass-through).

import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { AzureOpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type Call, type CountedReply } from '../kit/counting-vendor.ts'
import { claudeEvents, namedEvents, startPassThrough, vendorKey, type PassThroughScene } from '../kit/pass-through-scene.ts'

const data = (values: readonly unknown[]): string[] => [...values.map((value) => `data: ${JSON.stringify(value)}\n\n`), 'data: [DONE]\n\n']

function answer(call: Call): CountedReply | null {
  const { url, body, input, output } = call
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
  if (path.endsWith('/messages')) return namedEvents(claudeEvents(call))
  if (!path.endsWith('/completions')) return null
  if (asked.stream !== true) return json({ ...head, choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }], usage })
  const chunk = { ...head, object: 'chat.completion.chunk' }
  const said = { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi.' }, finish_reason: null }] }
  const stop = { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  // Mistral reports with its last chunk, unasked; OpenAI only when asked.
  const pieces = url.startsWith('/mistral')
    ? [said, { ...stop, usage }]
    : [said, stop, ...(asked.stream_options?.include_usage === true ? [{ ...chunk, choices: [], usage }] : [])]
  return { type: 'text/event-stream', pieces: data(pieces) }
}

let scene: PassThroughScene
beforeAll(async () => {
  const lenders = (origin: string): Record<string, string> => {
    const lender = (model: string, path: string): Record<string, string> => ({
      [model]: `model: ${model}, api_base: "${origin}${path}", api_key: os.environ/OUR_KEY`,
    })
    return {
      ...lender('azure/gpt-4o-mini', ''),
      ...lender('mistral/mistral-small-latest', '/mistral/v1'),
      ...lender('anthropic/claude-haiku-4-5', ''),
      ...lender('openai/gpt-4o', '/v1'),
    }
  }
  scene = await startPassThrough({ answer, lenders, limits: { max_budget: 10 } })
})
afterAll(async () => await scene.stop())

const messages = [{ role: 'user' as const, content: 'Hello' }]
async function readText(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

describe('Azure, by a deployment’s path', () => {
  const client = (): AzureOpenAI =>
    new AzureOpenAI({
      apiKey: scene.key,
      apiVersion: '2025-04-01-preview',
      baseURL: `${scene.house.gateway.origin}/azure/openai/deployments/gpt-4o-mini`,
      maxRetries: 0,
    })
  it('chat is read under a hard budget, whole and streamed', async () => {
    expect((await client().chat.completions.create({ model: 'gpt-4o-mini', messages })).choices[0]?.message.content).toBe('Hi.')
    expect(scene.vendor.last().url).toBe('/openai/deployments/gpt-4o-mini/chat/completions?api-version=2025-04-01-preview')
    expect(scene.vendor.last().headers['api-key']).toBe(vendorKey)
    await scene.expectBooked('openai-chat', 'gpt-4o-mini')
    expect(await readText(await client().chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }))).toBe('Hi.')
    await scene.expectBooked('openai-chat', 'gpt-4o-mini')
  })
  it('embeddings and responses as well; what has no wire stays refused', async () => {
    const base = new OpenAI({ apiKey: scene.key, baseURL: `${scene.house.gateway.origin}/azure/openai/v1`, maxRetries: 0 })
    await base.embeddings.create({ model: 'text-embedding-3-small', input: 'Hello', encoding_format: 'float' })
    expect(scene.vendor.last().url).toBe('/openai/v1/embeddings')
    expect(await scene.house.lastRow()).toMatchObject({ wire: 'openai-embeddings', provenance: 'reported', promptTokens: scene.vendor.last().input })
    await base.responses.create({ model: 'gpt-4o-mini', input: 'Hello', max_output_tokens: 20 })
    expect(scene.vendor.last().url).toBe('/openai/v1/responses')
    await scene.expectBooked('openai-responses', 'gpt-4o-mini')
    await expect(base.post('/threads', { body: {} })).rejects.toMatchObject({ status: 403 })
  })
})

describe('Mistral', () => {
  it.each(['/mistral/v1', '/mistral'])('chat is read under a hard budget at %s, and never asked for usage', async (path) => {
    const client = new OpenAI({ apiKey: scene.key, baseURL: `${scene.house.gateway.origin}${path}`, maxRetries: 0 })
    const model = 'mistral-small-latest'
    await client.chat.completions.create({ model, messages })
    expect(scene.vendor.last().url).toBe('/mistral/v1/chat/completions')
    await scene.expectBooked('mistral-chat', model)
    expect(await readText(await client.chat.completions.create({ model, messages, stream: true }))).toBe('Hi.')
    expect(JSON.parse(scene.vendor.last().body)).not.toHaveProperty('stream_options')
    await scene.expectBooked('mistral-chat', model)
  })
})

describe('streams behind the older prefixes', () => {
  it('Anthropic’s and OpenAI’s are streams', async () => {
    const client = new Anthropic({ apiKey: scene.key, baseURL: `${scene.house.gateway.origin}/anthropic`, maxRetries: 0 })
    const message = await client.messages.stream({ model: 'claude-haiku-4-5', max_tokens: 20, messages }).finalMessage()
    expect(message.content[0]).toMatchObject({ text: 'Hi.' })
    await scene.expectBooked('anthropic-messages', 'claude-haiku-4-5')
    const openai = new OpenAI({ apiKey: scene.key, baseURL: `${scene.house.gateway.origin}/openai_passthrough/v1`, maxRetries: 0 })
    expect(await readText(await openai.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }))).toBe('Hi.')
    await scene.expectBooked('openai-chat', 'gpt-4o-mini')
  })
  it.each(['/openai_passthrough/v1', '/openai_passthrough', '/openai'])(
    'OpenAI’s comes event by event at %s, and is counted where nothing is budgeted',
    async (path) => {
      const client = new OpenAI({ apiKey: (await scene.house.key({})).key, baseURL: `${scene.house.gateway.origin}${path}`, maxRetries: 0 })
      const { data: stream, response } = await client.chat.completions
        .create({ model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true } })
        .withResponse()
      const chunks = []
      for await (const one of stream) chunks.push(one)
      const { input, output } = scene.vendor.last()
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hi.')
      expect(chunks.at(-1)?.usage?.total_tokens).toBe(input + output)
      const row = await scene.house.closedRow(response.headers.get('x-request-id') ?? '')
      expect(row).toMatchObject({ operation: 'pass-through', wire: 'openai-chat', stream: true, promptTokens: input, completionTokens: output })
    },
  )
})
