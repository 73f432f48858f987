// A picture that a conversation's model makes while it streams: one event of some megabytes, which reaches its caller as it was sent.
// Promises: a real gateway; the caller speaks the vendor's dialect. Leaves alone: how each tap reads such events (translate/pictures.test.ts).

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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
const vendor = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream))
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
