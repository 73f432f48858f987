// Vertex AI's own paths behind /vertex_ai, with Google's own client: our key in, the vendor's out, and the vendor's own count in the books.
// Promises: only the projects and locations that are lent are called, whatever a path says; Gemini, Claude and embeddings are read, streamed too.
// Leaves alone: tokens of service accounts (vertex-provider), what the dialects mean (test/gateway/translate).

import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type Call, type CountedReply } from '../kit/counting-vendor.ts'
import { claudeEvents, namedEvents, startPassThrough, vendorKey, type PassThroughScene } from '../kit/pass-through-scene.ts'

const sse = (values: readonly unknown[]): string[] => values.map((value) => `data: ${JSON.stringify(value)}\r\n\r\n`)

function answer(call: Call): CountedReply | null {
  const { url, input, output } = call
  const [path = ''] = url.split('?', 1)
  const part = (text: string, end: Record<string, unknown> = {}): unknown => ({ candidates: [{ content: { role: 'model', parts: [{ text }] }, ...end }] })
  const usageMetadata = { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output }
  const last = { ...(part('there.', { finishReason: 'STOP' }) as object), usageMetadata }
  const usage = { input_tokens: input, output_tokens: output }
  if (path.endsWith(':generateContent')) return json(last)
  if (path.endsWith(':streamGenerateContent')) return { type: 'text/event-stream', pieces: sse([part('Hi '), last]) }
  if (path.endsWith(':predict')) return json({ predictions: [{ embeddings: { values: [1, 2], statistics: { token_count: input } } }] })
  if (path.endsWith(':embedContent')) return json({ embedding: { values: [1] }, usageMetadata: { promptTokenCount: input } })
  if (path.endsWith(':rawPredict'))
    return json({ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [{ type: 'text', text: 'Hi.' }], stop_reason: 'end_turn', usage })
  if (path.endsWith(':streamRawPredict')) return namedEvents(claudeEvents(call))
  return path.endsWith(':countTokens') ? json({ totalTokens: 4 }) : path.endsWith('/cachedContents') ? json({ cachedContents: [] }) : null
}

let scene: PassThroughScene
const project = 'our-project-1'
const here = (version: string, location = 'us-central1'): string => `/${version}/projects/${project}/locations/${location}`
beforeAll(async () => {
  const lenders = (origin: string): Record<string, string> => {
    const place = (location: string): string => `vertex_project: ${project}, vertex_location: ${location}, api_base: "${origin}${here('v1', location)}"`
    const lender = (location: string): string => `model: vertex_ai/gemini-2.5-flash, ${place(location)}, api_key: os.environ/OUR_KEY`
    return { 'us-central1': lender('us-central1'), 'europe-west4': lender('europe-west4') }
  }
  scene = await startPassThrough({ answer, lenders })
})
afterAll(async () => await scene.stop())

async function ask(path: string, body: unknown = {}, bearer = scene.key): Promise<Response> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  return await fetch(`${scene.house.gateway.origin}/vertex_ai${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]
/** Google's client in Vertex mode with a project asks Google for a token; an API key is the one credential that it takes as it is, and then it names no project. */
const client = (): GoogleGenAI => new GoogleGenAI({ vertexai: true, apiKey: scene.key, httpOptions: { baseUrl: `${scene.house.gateway.origin}/vertex_ai` } })

describe('Google’s client in Vertex mode', () => {
  const model = 'gemini-2.5-flash'
  it('generates content, in the place that is lent', async () => {
    expect((await client().models.generateContent({ model, contents: 'Hello' })).text).toBe('there.')
    expect(scene.vendor.last().url).toBe(`${here('v1beta1')}/publishers/google/models/${model}:generateContent`)
    expect(scene.vendor.last().headers['x-goog-api-key']).toBe(vendorKey)
    await scene.expectBooked('gemini-generate', model)
  })
  it('streams', async () => {
    let text = ''
    for await (const chunk of await client().models.generateContentStream({ model, contents: 'Hello' })) text += chunk.text ?? ''
    expect(text).toBe('Hi there.')
    expect(scene.vendor.last().url).toBe(`${here('v1beta1')}/publishers/google/models/${model}:streamGenerateContent?alt=sse`)
    await scene.expectBooked('gemini-generate', model)
  })
  it('counts tokens and reads what else there is, unread', async () => {
    expect(await client().models.countTokens({ model, contents: 'Hello' })).toMatchObject({ totalTokens: 4 })
    expect(await scene.house.lastRow()).toMatchObject({ model, status: 200 })
    const reply = await fetch(`${scene.house.gateway.origin}/vertex_ai${here('v1')}/cachedContents?pageSize=3&key=${scene.key}`)
    expect(reply.status).toBe(200)
    expect(scene.vendor.last().url).toBe(`${here('v1')}/cachedContents?pageSize=3`)
  })
})

describe('paths as Google writes them', () => {
  it('a location leads to who lends it', async () => {
    for (const location of ['us-central1', 'europe-west4']) {
      expect((await ask(`${here('v1', location)}/publishers/google/models/gemini-2.5-pro:generateContent`, { contents })).status).toBe(200)
      expect(scene.vendor.last().url).toBe(`${here('v1', location)}/publishers/google/models/gemini-2.5-pro:generateContent`)
      await scene.expectBooked('gemini-generate', 'gemini-2.5-pro')
    }
  })
  it('a stream without alt=sse is one array', async () => {
    const reply = await ask(`${here('v1')}/publishers/google/models/gemini-2.5-flash:streamGenerateContent`, { contents })
    expect(await reply.json()).toHaveLength(2)
    expect(scene.vendor.last().url).toMatch(/alt=sse$/)
  })
  it('Claude is read, whole and streamed', async () => {
    const model = 'claude-sonnet-4-5@20250929'
    const body = { anthropic_version: 'vertex-2023-10-16', max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] }
    const path = `${here('v1')}/publishers/anthropic/models/${model}`
    expect(await (await ask(`${path}:rawPredict`, body)).json()).toMatchObject({ content: [{ text: 'Hi.' }] })
    expect(JSON.parse(scene.vendor.last().body)).toEqual(body)
    await scene.expectBooked('anthropic-messages', model)
    expect(await (await ask(`${path}:streamRawPredict`, { ...body, stream: true })).text()).toContain('message_stop')
    expect(scene.vendor.last().url).toBe(`${path}:streamRawPredict`)
    await scene.expectBooked('anthropic-messages', model)
  })
  it('embeddings are read', async () => {
    await ask(`${here('v1')}/publishers/google/models/text-embedding-005:predict`, { instances: [{ content: 'Hello' }] })
    expect(await scene.house.lastRow()).toMatchObject({ wire: 'vertex-predict', provenance: 'reported', promptTokens: scene.vendor.last().input })
    await ask(`/publishers/google/models/gemini-embedding-2:embedContent`, { content: { parts: [{ text: 'Hello' }] } })
    expect(await scene.house.lastRow()).toMatchObject({ wire: 'vertex-embed', provenance: 'reported', promptTokens: scene.vendor.last().input })
  })
})

describe('nobody chooses a place', () => {
  const method = 'publishers/google/models/gemini-2.5-flash:generateContent'
  it.each([
    ['another project', `/v1/projects/their-project-9/locations/us-central1/${method}`],
    ['another location', `${here('v1', 'asia-east1')}/${method}`],
    ['a host for a location', `${here('v1', 'evil.example%23')}/${method}`],
    ['another project, raw', '/v1/projects/their-project-9/locations/us-central1/cachedContents'],
    ['a project without a location', '/v1/projects/their-project-9/cachedContents'],
    ['a project behind a project', `${here('v1')}/projects/their-project-9/locations/us-central1/cachedContents`],
    ['a version nobody has', `/v7/projects/their-project-9/locations/us-central1/${method}`],
  ])('%s is refused', async (_name, path) => {
    const before = scene.vendor.calls.length
    const reply = await ask(path, { contents })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({
      error: { message: expect.stringMatching(/vertex_project and vertex_location|\/projects\//) as string },
    })
    expect(scene.vendor.calls).toHaveLength(before)
  })
})

describe('keys', () => {
  it('a key that is kept to a model opens that one by any of its paths', async () => {
    const narrow = (await scene.house.key({ models: ['gemini-2.5-flash'] })).key
    expect((await ask('/publishers/google/models/gemini-2.5-flash:generateContent', { contents }, narrow)).status).toBe(200)
    expect((await ask(`${here('v1')}/publishers/google/models/gemini-2.5-pro:generateContent`, { contents }, narrow)).status).toBe(403)
    expect((await ask(`${here('v1')}/publishers/google/models/gemini-2.5-pro:countTokens`, { contents }, narrow)).status).toBe(403)
  })
  it('a hard budget caps what is written, and refuses what it cannot bound', async () => {
    const rich = (await scene.house.key({ max_budget: 0.001 })).key
    expect((await ask('/publishers/google/models/gemini-2.5-flash:generateContent', { contents }, rich)).status).toBe(200)
    const { generationConfig } = JSON.parse(scene.vendor.last().body) as { generationConfig: { maxOutputTokens: number } }
    // A million tokens cost 2.50 USD.
    expect(generationConfig.maxOutputTokens).toBeLessThanOrEqual(400)
    const before = scene.vendor.calls.length
    const refused = await ask(`${here('v1')}/publishers/google/models/imagen-4.0:predict`, { instances: [{ prompt: 'a cat' }] }, rich)
    expect([refused.status, scene.vendor.calls.length]).toEqual([403, before])
  })
})
