// Bedrock's own paths behind /bedrock, with AWS's own client: our key in, AWS's signature out, and the vendor's own count in the books.
// Promises: whole and streamed, by Converse and by InvokeModel; what the path names is what is authorised and what is called; hard budgets hold.
// Leaves alone: signatures (bedrock-provider), what Converse means (test/gateway/translate).

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeEvent, encodeException } from '../kit/event-stream.ts'
import { json, type Call, type CountedReply } from '../kit/counting-vendor.ts'
import { claudeEvents, startPassThrough, type PassThroughScene } from '../kit/pass-through-scene.ts'

const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const nova = 'amazon.nova-lite-v1:0'
const arn = 'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0'
const type = 'application/vnd.amazon.eventstream'
const messages = [{ role: 'user' as const, content: [{ text: 'Hello' }] }]

const wrap = (value: unknown): Uint8Array => encodeEvent('chunk', { bytes: Buffer.from(JSON.stringify(value)).toString('base64') })

function converse({ input, output, url, body }: Call): CountedReply {
  const usage = { inputTokens: input, outputTokens: output, totalTokens: input + output }
  if (url.endsWith('/converse')) return json({ output: { message: { role: 'assistant', content: [{ text: 'Hi.' }] } }, stopReason: 'end_turn', usage })
  const said = [encodeEvent('messageStart', { role: 'assistant' }), encodeEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hi.' } })]
  if (body.includes('break it'))
    return { type, slow: true, pieces: [...said, encodeException('modelStreamErrorException', { message: 'the model fell over' })] }
  if (body.includes('cut it')) return { type, slow: true, pieces: said }
  return { type, pieces: [...said, encodeEvent('messageStop', { stopReason: 'end_turn' }), encodeEvent('metadata', { usage })] }
}

function invoke(call: Call): CountedReply {
  const { input, output, url, body } = call
  const streams = url.endsWith('-stream')
  const metrics = { 'amazon-bedrock-invocationMetrics': { inputTokenCount: input, outputTokenCount: output } }
  const headers = { 'x-amzn-bedrock-input-token-count': String(input), 'x-amzn-bedrock-output-token-count': String(output) }
  if (!url.includes('claude')) {
    if (streams) return { type, pieces: [wrap({ generation: 'Hi.' }), wrap({ generation: '', stop_reason: 'stop', ...metrics })] }
    return body.includes('texts') ? { ...json({ embeddings: { float: [[1]] } }), headers } : { ...json({ generation: 'Hi.' }), headers }
  }
  if (streams) return { type, pieces: claudeEvents(call, metrics).map(wrap) }
  const usage = { input_tokens: input, output_tokens: output }
  const content = [{ type: 'text', text: 'Hi.' }]
  return json({ type: 'message', id: 'msg_1', role: 'assistant', model: 'claude', content, stop_reason: 'end_turn', usage })
}

let scene: PassThroughScene
beforeAll(async () => {
  const keys = 'aws_access_key_id: os.environ/OUR_ID, aws_secret_access_key: os.environ/OUR_SECRET'
  scene = await startPassThrough({
    answer: (call) => (call.url.includes('throttled') ? null : call.url.includes('/converse') ? converse(call) : invoke(call)),
    lenders: (origin) => ({ lender: `model: bedrock/${nova}, aws_region_name: us-east-1, api_base: "${origin}", ${keys}` }),
    env: { OUR_ID: 'AKIDEXAMPLE', OUR_SECRET: 'the-secret-of-the-vendor' },
  })
})
afterAll(async () => await scene.stop())

const client = (token = scene.key): BedrockRuntimeClient =>
  new BedrockRuntimeClient({
    ...{ region: 'us-east-1', endpoint: `${scene.house.gateway.origin}/bedrock`, maxAttempts: 1 },
    // Its default is HTTP/2, which is spoken to no gateway on http://.
    requestHandler: new NodeHttpHandler(),
    ...{ token: { token }, authSchemePreference: ['httpBearerAuth'] },
  })

describe('AWS’s client', () => {
  it.each([nova, claude, arn])('talks to %s by Converse', async (modelId) => {
    const reply = await client().send(new ConverseCommand({ modelId, messages }))
    expect(reply.output?.message?.content?.[0]?.text).toBe('Hi.')
    expect(reply.usage).toMatchObject({ inputTokens: scene.vendor.last().input, outputTokens: scene.vendor.last().output })
    expect(scene.vendor.last().url).toBe(`/model/${encodeURIComponent(modelId)}/converse`)
    expect(scene.vendor.last().headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/us-east-1\/bedrock\//)
    await scene.expectBooked('bedrock-converse', modelId)
  })
  it('streams by Converse, and its own bytes come back', async () => {
    const reply = await client().send(new ConverseStreamCommand({ modelId: nova, messages }))
    let [text, tokens] = ['', 0]
    for await (const event of reply.stream ?? []) {
      text += event.contentBlockDelta?.delta?.text ?? ''
      tokens = event.metadata?.usage?.totalTokens ?? tokens
    }
    expect([text, tokens]).toEqual(['Hi.', scene.vendor.last().input + scene.vendor.last().output])
    await scene.expectBooked('bedrock-converse', nova)
  })
  it('is told when a stream breaks off, by the vendor or on the way', async () => {
    for (const [content, message] of [
      ['break it', 'the model fell over'],
      ['cut it', /./],
    ] as const) {
      const reply = await client().send(new ConverseStreamCommand({ modelId: nova, messages: [{ role: 'user', content: [{ text: content }] }] }))
      const read = async (): Promise<void> => {
        for await (const _event of reply.stream ?? []);
      }
      await expect(read()).rejects.toThrow(message)
      expect(await scene.house.lastRow()).toMatchObject({ end: 'failed', provenance: 'counted' })
    }
  })
  it('invokes Claude, whole and streamed', async () => {
    const body = JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] })
    const whole = await client().send(new InvokeModelCommand({ modelId: claude, body, contentType: 'application/json' }))
    expect(JSON.parse(whole.body.transformToString())).toMatchObject({ content: [{ text: 'Hi.' }] })
    expect(scene.vendor.last().body).toBe(body)
    await scene.expectBooked('bedrock-invoke', claude)
    // Without a content type it says application/octet-stream.
    const streamed = await client().send(new InvokeModelWithResponseStreamCommand({ modelId: claude, body }))
    const types: string[] = []
    for await (const event of streamed.body ?? []) types.push((JSON.parse(Buffer.from(event.chunk?.bytes ?? []).toString()) as { type: string }).type)
    expect(types.at(-1)).toBe('message_stop')
    expect(scene.vendor.last().url).toBe(`/model/${encodeURIComponent(claude)}/invoke-with-response-stream`)
    await scene.expectBooked('bedrock-invoke', claude)
  })
  it('invokes models of other families, which Bedrock counts beside their bodies', async () => {
    const modelId = 'meta.llama3-1-8b-instruct-v1:0'
    const body = JSON.stringify({ prompt: 'Hello', max_gen_len: 20 })
    await client().send(new InvokeModelCommand({ modelId, body, contentType: 'application/json' }))
    await scene.expectBooked('bedrock-invoke', modelId)
    const streamed = await client().send(new InvokeModelWithResponseStreamCommand({ modelId, body }))
    for await (const event of streamed.body ?? []) expect(event.chunk?.bytes?.length).toBeGreaterThan(0)
    await scene.expectBooked('bedrock-invoke', modelId)
  })
  it('reads our refusals by AWS’s names', async () => {
    const send = async (token: string, modelId: string): Promise<unknown> =>
      client(token)
        .send(new ConverseCommand({ modelId, messages }))
        .catch((error: unknown) => error)
    expect(await send('sk-nobody', nova)).toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 401 } })
    expect(await send((await scene.house.key({ models: ['gpt-4o'] })).key, nova)).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(nova) as string,
    })
    expect(await send(scene.key, 'throttled')).toMatchObject({ message: expect.stringContaining('nothing here') as string })
  })
})

describe('what the path names', () => {
  it('opens a key that is kept to it, and no other', async () => {
    const narrow = (await scene.house.key({ models: [nova] })).key
    expect((await client(narrow).send(new ConverseCommand({ modelId: nova, messages }))).stopReason).toBe('end_turn')
    const before = scene.vendor.calls.length
    for (const modelId of [claude, arn, `${nova}/converse/${claude}`, `converse/${nova}`])
      await expect(client(narrow).send(new ConverseCommand({ modelId, messages })), modelId).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect(scene.vendor.calls).toHaveLength(before)
  })
  it('never makes a host: a region in a name is part of the name', async () => {
    for (const modelId of [arn, `eu-west-1/${nova}`]) {
      await client().send(new ConverseCommand({ modelId, messages }))
      expect(scene.vendor.last().url).toBe(`/model/${encodeURIComponent(modelId)}/converse`)
      expect(scene.vendor.last().headers.authorization).toContain('/us-east-1/bedrock/')
    }
  })
  it('counts tokens for the model in it', async () => {
    const narrow = (await scene.house.key({ models: [nova] })).key
    const ask = async (modelId: string): Promise<number> =>
      (
        await fetch(`${scene.house.gateway.origin}/bedrock/model/${encodeURIComponent(modelId)}/count-tokens`, {
          method: 'POST',
          headers: { authorization: `Bearer ${narrow}`, 'content-type': 'application/json' },
          body: '{}',
        })
      ).status
    expect(await ask(nova)).toBe(200)
    expect(scene.vendor.last().url).toBe(`/model/${encodeURIComponent(nova)}/count-tokens`)
    expect(await ask(claude)).toBe(403)
  })
})

describe('a hard budget', () => {
  it('covers what it can bound, with the cap in the body, and refuses the rest', async () => {
    const rich = (await scene.house.key({ max_budget: 0.001 })).key
    await client(rich).send(new ConverseCommand({ modelId: nova, messages, inferenceConfig: { temperature: 0.5 } }))
    const { maxTokens, temperature } = (JSON.parse(scene.vendor.last().body) as { inferenceConfig: { maxTokens: number; temperature: number } }).inferenceConfig
    expect(temperature).toBe(0.5)
    expect(maxTokens).toBeGreaterThan(0)
    // Nova Lite's output costs 0.24 USD a million: a tenth of a cent is less than 4,200 tokens.
    expect(maxTokens).toBeLessThan(4200)
    const before = scene.vendor.calls.length
    const body = JSON.stringify({ prompt: 'Hello', max_gen_len: 20 })
    const unknown = client(rich).send(new InvokeModelCommand({ modelId: 'meta.llama3-1-8b-instruct-v1:0', body, contentType: 'application/json' }))
    await expect(unknown).rejects.toThrow('form that is not known')
    const guarded = new ConverseCommand({ modelId: nova, messages, guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' } })
    await expect(client(rich).send(guarded)).rejects.toThrow('guardrailConfig')
    const poor = (await scene.house.key({ max_budget: 0.000_000_01 })).key
    await expect(client(poor).send(new ConverseCommand({ modelId: nova, messages }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 429 } })
    expect(scene.vendor.calls).toHaveLength(before)
  })
})
