// A picture that a conversation's model makes: one event of some megabytes, which reaches its caller as it was sent, or in the caller's own form.
// Promises: a real gateway, a real SDK. Leaves alone: how each tap reads such events (translate/pictures.test.ts).

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'

const data = 'iVBORw0KGgo'.repeat(300_000)
const usageMetadata = {
  promptTokenCount: 5,
  candidatesTokenCount: 1290,
  totalTokenCount: 1295,
  candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
}
const responses = [
  { candidates: [{ content: { parts: [{ text: 'Here it is.' }], role: 'model' } }], usageMetadata, responseId: 'r1' },
  { candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data } }], role: 'model' } }], usageMetadata, responseId: 'r1' },
  { candidates: [{ content: { parts: [], role: 'model' }, finishReason: 'STOP' }], usageMetadata, responseId: 'r1' },
]
const stream = responses.map((response) => `data: ${JSON.stringify(response)}\r\n\r\n`).join('')
const whole = {
  ...responses[2],
  candidates: [{ content: { parts: [{ text: 'Here it is.' }, { inlineData: { mimeType: 'image/png', data } }] }, finishReason: 'STOP' }],
}
const vendor = createServer((request, response) => {
  const streams = request.url?.includes('stream') === true
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' })
    response.end(streams ? stream : JSON.stringify(whole))
  })
})

let house: House
beforeAll(async () => {
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  const entry = (name: string, model: string): string =>
    `  - { model_name: ${name}, litellm_params: { model: gemini/${model}, api_base: "${base}", api_key: os.environ/VENDOR_KEY } }`
  house = await startHouse({
    config: ['model_list:', entry('painter', 'gemini-2.5-flash-image'), entry('writer', 'gemini-2.5-flash')].join('\n'),
    env: { VENDOR_KEY: 'sk-vendor' },
  })
})
afterAll(async () => {
  await house.stop()
  vendor.closeAllConnections()
  vendor.close()
})

async function ask(model: string, more: object = {}): Promise<string> {
  const { key } = await house.key({})
  const answer = await fetch(`${house.gateway.origin}/v1beta/models/${model}:streamGenerateContent?alt=sse`, {
    method: 'POST',
    headers: { 'x-goog-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'a lighthouse' }] }], ...more }),
  })
  expect(answer.status).toBe(200)
  return await answer.text()
}

it('passes byte for byte from a model that makes pictures unasked, and from one that is asked', async () => {
  expect((await ask('painter')) === stream).toBe(true)
  expect(await house.lastRow()).toMatchObject({ status: 200, promptTokens: 5, completionTokens: 1290, provenance: 'reported' })
  expect((await ask('writer', { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } })) === stream).toBe(true)
})
it('is refused in the caller’s words where nobody can have asked for it', async () => {
  const heard = await ask('writer')
  expect(heard.length).toBeLessThan(5000)
  expect(heard).toContain('longer than 1048576 bytes')
})

it('reaches callers of other dialects too, streamed and whole', async () => {
  const { key } = await house.key({})
  const openai = new OpenAI({ apiKey: key, baseURL: house.baseUrl, maxRetries: 0 })
  const request = { model: 'painter', messages: [{ role: 'user' as const, content: 'a lighthouse' }] }
  const image = { type: 'image_url', index: 0, image_url: { url: `data:image/png;base64,${data}` } }
  const answer = await openai.chat.completions.create(request)
  expect(answer.choices[0]?.message).toMatchObject({ content: 'Here it is.', images: [image] })
  const deltas: unknown[] = []
  for await (const chunk of await openai.chat.completions.create({ ...request, stream: true })) deltas.push(chunk.choices[0]?.delta)
  expect(deltas).toContainEqual({ images: [image] })
  expect(await house.lastRow()).toMatchObject({ status: 200, completionTokens: 1290, provenance: 'reported' })
  const response = await openai.responses.create({ model: 'painter', input: 'a lighthouse' })
  expect(response.output.map(({ type }) => type)).toEqual(['message', 'image_generation_call'])
  expect(response.output[1]).toMatchObject({ status: 'completed', result: data })
})
