// Amazon Bedrock as a provider: signed requests at a door that checks them, Converse for most callers, InvokeModel for Anthropic's own.
// Promises: OpenAI's and Anthropic's real clients read the replies; what the vendor counted is in the row; its refusals are told in the caller's words.

import Anthropic from '@anthropic-ai/sdk'
import { LLMock } from '@copilotkit/aimock'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBedrockDoor, type BedrockDoor, type BedrockVisit } from '../kit/bedrock-door.ts'
import { encodeException } from '../kit/event-stream.ts'
import { startHouse, type House } from '../kit/house.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE0123456789',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLE//token==',
}
const bearer = 'bedrock-api-key-EXAMPLE'
const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.meta.llama4-scout-17b-instruct-v1:0'

const config = (origin: string): string => {
  const keys = 'aws_access_key_id: os.environ/OUR_ID, aws_secret_access_key: os.environ/OUR_SECRET, aws_session_token: os.environ/OUR_TOKEN'
  const at = `aws_bedrock_runtime_endpoint: "${origin}"`
  return `
model_list:
  - { model_name: claude, litellm_params: { model: "bedrock/${claude}", aws_region_name: us-east-1, ${keys}, ${at} } }
  - { model_name: claude-converse, litellm_params: { model: "bedrock/converse/${claude}", aws_region_name: us-east-1, ${keys}, ${at} } }
  - { model_name: claude-invoke, litellm_params: { model: "bedrock/invoke/${claude}", aws_region_name: us-east-1, ${keys}, ${at} } }
  - { model_name: llama, litellm_params: { model: "bedrock/${arn}", ${keys}, ${at} } }
  - { model_name: placed, litellm_params: { model: "bedrock/us-east-1/amazon.nova-pro-v1:0", ${keys}, ${at} } }
  - { model_name: keyed, litellm_params: { model: bedrock/amazon.nova-pro-v1:0, aws_region_name: us-east-1, api_key: os.environ/OUR_KEY, ${at} } }
  - { model_name: wrong, litellm_params: { model: bedrock/amazon.nova-pro-v1:0, aws_region_name: us-east-1, aws_access_key_id: os.environ/OUR_ID, aws_secret_access_key: os.environ/OUR_ID, ${at} } }
  - { model_name: cohere, litellm_params: { model: "bedrock/cohere.embed-english-v3", input_cost_per_token: 0.0000001, aws_region_name: us-east-1, ${keys}, ${at} } }
  - { model_name: embed, litellm_params: { model: "bedrock/amazon.titan-embed-text-v2:0", aws_region_name: us-east-1, ${keys}, ${at} } }
router_settings: { num_retries: 0 }
`
}

let mock: LLMock
let door: BedrockDoor
let house: House
let key: string
beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 6, logLevel: 'silent' })
  const usage = { prompt_tokens: 1013, completion_tokens: 107 }
  mock.on({ userMessage: 'say it' }, { content: 'Bonjour — “déjà vu” in 日本語.', usage })
  mock.on({ userMessage: 'look it up', hasToolResult: true }, { content: 'It is 21 °C.', usage })
  mock.on({ userMessage: 'look it up' }, { toolCalls: [{ id: 'tooluse_1', name: 'weather', arguments: '{"city":"Zürich"}' }], usage })
  await mock.start()
  door = await startBedrockDoor({ credentials, bearer, region: 'us-east-1', mockUrl: mock.url })
  const env = { OUR_ID: credentials.accessKeyId, OUR_SECRET: credentials.secretAccessKey, OUR_TOKEN: credentials.sessionToken, OUR_KEY: bearer }
  house = await startHouse({ config: config(door.origin), env })
  ;({ key } = await house.key({ max_budget: 1000 }))
})
afterAll(async () => {
  await house.stop()
  await door.close()
  await mock.stop()
})

const said = 'Bonjour — “déjà vu” in 日本語.'
const asked = [{ role: 'user' as const, content: 'say it' }]
const openai = (): OpenAI => new OpenAI({ baseURL: house.baseUrl, apiKey: key, maxRetries: 0 })
const anthropic = (): Anthropic => new Anthropic({ baseURL: house.gateway.origin, apiKey: key, maxRetries: 0 })
function lastVisit(): BedrockVisit {
  const visit = door.visits.at(-1)
  if (visit === undefined) throw new Error('nobody came')
  return visit
}
const counted = { end: 'answered', provenance: 'reported', promptTokens: 1013, completionTokens: 107, unpriced: false }

describe('OpenAI callers reach every model by Converse', () => {
  it.each([
    ['claude', `/model/${encodeURIComponent(claude)}/converse`],
    ['llama', `/model/${encodeURIComponent(arn)}/converse`],
    ['placed', '/model/amazon.nova-pro-v1%3A0/converse'],
    ['keyed', '/model/amazon.nova-pro-v1%3A0/converse'],
    ['claude-invoke', `/model/${encodeURIComponent(claude)}/invoke`],
  ])('%s, whole', async (model, path) => {
    const { data, response } = await openai().chat.completions.create({ model, messages: asked, max_completion_tokens: 200 }).withResponse()
    expect(data.choices[0]?.message.content).toBe(said)
    expect(lastVisit().path).toBe(path)
    expect(await house.closedRow(response.headers.get('x-request-id') ?? '')).toMatchObject(counted)
  })

  it.each([
    ['claude', `/model/${encodeURIComponent(claude)}/converse-stream`],
    ['llama', `/model/${encodeURIComponent(arn)}/converse-stream`],
    ['claude-invoke', `/model/${encodeURIComponent(claude)}/invoke-with-response-stream`],
  ])('%s, streamed', async (model, path) => {
    const { data, response } = await openai()
      .chat.completions.create({ model, messages: asked, max_completion_tokens: 200, stream: true, stream_options: { include_usage: true } })
      .withResponse()
    let [text, tokens] = ['', 0]
    for await (const chunk of data) {
      text += chunk.choices[0]?.delta.content ?? ''
      tokens = chunk.usage?.total_tokens ?? tokens
    }
    expect([text, tokens]).toEqual([said, 1120])
    expect(lastVisit().path).toBe(path)
    expect(await house.closedRow(response.headers.get('x-request-id') ?? '')).toMatchObject(counted)
  })

  it('go on after a call of a tool', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }]
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'look it up' }]
    const first = await openai().chat.completions.create({ model: 'claude', messages, tools })
    const call = first.choices[0]?.message
    if (call?.tool_calls?.[0] === undefined) throw new Error('no call')
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    const second = await openai().chat.completions.create({
      model: 'claude',
      messages: [...messages, call, { role: 'tool', tool_call_id: call.tool_calls[0].id, content: '21' }],
      tools,
    })
    expect(second.choices[0]?.message.content).toBe('It is 21 °C.')
  })
})

describe('Anthropic callers reach Claude by InvokeModel', () => {
  it('whole: their own bytes without what stands in the path', async () => {
    const body = '{"model": "claude",  "max_tokens": 99, "messages": [{"role": "user", "content": "say it"}], "stream": false, "top_k": 7}'
    const headers = {
      'x-api-key': key,
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-1m-2025-08-07,claude-code-20250219',
    }
    const answer = await fetch(`${house.gateway.origin}/v1/messages`, { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-tollgate-dropped-params')).toContain('claude-code-20250219')
    expect(await answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: said }], usage: { output_tokens: 107 } })
    const visit = lastVisit()
    expect(visit.path).toBe(`/model/${encodeURIComponent(claude)}/invoke`)
    expect(visit.text).toContain('"max_tokens": 99, "messages": [{"role": "user", "content": "say it"}],')
    expect(visit.json).toEqual({
      max_tokens: 99,
      messages: asked,
      top_k: 7,
      anthropic_version: 'bedrock-2023-05-31',
      anthropic_beta: ['context-1m-2025-08-07'],
    })
    expect([visit.headers['anthropic-version'], visit.headers['anthropic-beta']]).toEqual([undefined, undefined])
  })

  it('streamed: the events of their own vendor', async () => {
    const stream = anthropic().messages.stream({ model: 'claude', max_tokens: 200, messages: asked })
    const message = await stream.finalMessage()
    expect(message.content).toMatchObject([{ type: 'text', text: said }])
    expect(message.usage.output_tokens).toBe(107)
    expect(lastVisit().path).toBe(`/model/${encodeURIComponent(claude)}/invoke-with-response-stream`)
    expect(lastVisit().json['stream']).toBeUndefined()
    expect(await house.closedRow(stream.response?.headers.get('x-request-id') ?? '')).toMatchObject(counted)
  })

  it.each(['claude-converse', 'llama'])('and %s by Converse', async (model) => {
    const message = await anthropic().messages.stream({ model, max_tokens: 200, messages: asked }).finalMessage()
    expect(message.content).toMatchObject([{ type: 'text', text: said }])
    expect(lastVisit().path).toMatch(/\/converse-stream$/)
  })
})

describe('a refusal of Bedrock', () => {
  const refused = { status: 400, body: JSON.stringify({ message: 'Input is too long for requested model.' }) }

  it("is told in the caller's words, whatever he speaks", async () => {
    door.answerNext(refused)
    await expect(openai().chat.completions.create({ model: 'llama', messages: asked })).rejects.toMatchObject({
      status: 400,
      error: { message: 'Input is too long for requested model.' },
    })
    door.answerNext(refused)
    await expect(anthropic().messages.create({ model: 'claude', max_tokens: 9, messages: asked })).rejects.toMatchObject({
      status: 400,
      error: { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: Input is too long for requested model.' } },
    })
  })

  it.each([
    [429, 'Too many requests, please wait before trying again.', 429],
    [503, 'Bedrock is unable to process your request.', 503],
    [404, 'Could not resolve the foundation model from the provided model identifier.', 404],
  ])('with status %i keeps its meaning', async (status, message, told) => {
    door.answerNext({ status, body: JSON.stringify({ message }) })
    await expect(anthropic().messages.create({ model: 'claude', max_tokens: 9, messages: asked })).rejects.toMatchObject({ status: told })
    door.answerNext({ status, body: JSON.stringify({ message }) })
    await expect(openai().chat.completions.create({ model: 'llama', messages: asked })).rejects.toMatchObject({ status: told })
  })

  it('of a signature or an expired token is ours to solve, and shows no key', async () => {
    const answer = await house.chat(key, { model: 'wrong' })
    expect(answer.status).toBe(502)
    expect(answer.text).toContain('did not accept the credential')
    door.answerNext({ status: 403, body: JSON.stringify({ message: `The security token ${credentials.sessionToken} is expired` }) })
    const expired = await house.chat(key, { model: 'claude' })
    expect(expired.status).toBe(502)
    expect(expired.text).not.toContain(credentials.sessionToken)
  })

  it.each(['claude', 'llama'])('that comes as an exception of a stream is an error: %s', async (model) => {
    const body = encodeException('throttlingException', { message: 'Too many tokens.' })
    door.answerNext({ status: 200, type: 'application/vnd.amazon.eventstream', body })
    await expect(anthropic().messages.stream({ model, max_tokens: 9, messages: asked }).finalMessage()).rejects.toThrow('Too many tokens.')
  })

  it.each(['claude', 'llama'])('is not needed where a stream is damaged: %s', async (model) => {
    const body = Buffer.from(encodeException('throttlingException', { message: 'Too many tokens.' }))
    body[20] = (body[20] ?? 0) ^ 1
    door.answerNext({ status: 200, type: 'application/vnd.amazon.eventstream', body })
    await expect(anthropic().messages.stream({ model, max_tokens: 9, messages: asked }).finalMessage()).rejects.toThrow(/damaged/)
  })
})

it('embeds one text with Titan, and says that several do not go', async () => {
  door.answerNext({ status: 200, body: JSON.stringify({ embedding: [0.5, -1], inputTextTokenCount: 7 }) })
  const reply = await openai().embeddings.create({ model: 'embed', input: 'hello', dimensions: 256, encoding_format: 'float' })
  expect([reply.data[0]?.embedding, reply.usage.prompt_tokens]).toEqual([[0.5, -1], 7])
  expect(lastVisit()).toMatchObject({ path: '/model/amazon.titan-embed-text-v2%3A0/invoke', json: { inputText: 'hello', dimensions: 256 } })
  await expect(openai().embeddings.create({ model: 'embed', input: ['a', 'b'] })).rejects.toMatchObject({ status: 400 })
})

it('embeds several texts with Cohere, and counts what Bedrock says beside the body', async () => {
  const body = JSON.stringify({ id: 'e', texts: ['a', 'b'], embeddings: { float: [[0.5], [-1]] }, response_type: 'embeddings_by_type' })
  door.answerNext({ status: 200, body, headers: { 'x-amzn-bedrock-input-token-count': '9' } })
  const { data, response } = await openai()
    .embeddings.create({ model: 'cohere', input: ['a', 'b'], encoding_format: 'float' })
    .withResponse()
  expect(data.data.map(({ embedding }) => embedding)).toEqual([[0.5], [-1]])
  const json = { texts: ['a', 'b'], input_type: 'search_document', embedding_types: ['float'] }
  expect(lastVisit()).toMatchObject({ path: '/model/cohere.embed-english-v3/invoke', json })
  const row = await house.closedRow(response.headers.get('x-request-id') ?? '')
  expect(row).toMatchObject({ provenance: 'reported', promptTokens: 9, unpriced: false })
})
