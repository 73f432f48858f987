// Vertex AI as a provider: both publishers called by real clients, tokens from a token server that checks them, and what happens when either changes.
// Promises: the vendor refuses every call without a token that server gave; prices are the published ones.
// Leaves alone: what a token server may answer (gateway/authorize).

import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'
import { startTokenServer, type TokenServer } from '../kit/token-server.ts'
import { startVendor, type Behaviour, type Vendor } from '../kit/vendor.ts'

const recorded = (name: string): string => readFileSync(path.join(import.meta.dirname, '../fixtures/wire', name), 'utf8')
const events: Behaviour['headers'] = { 'content-type': 'text/event-stream' }
const denied = JSON.stringify({ error: { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' } })

const deployment = (name: string, model: string, params: string): string => `
  - model_name: ${name}
    litellm_params: { model: vertex_ai/${model}, ${params} }`
function configOf(places: { vendor: string; tokens: string; file: string }): string {
  const at = (location: string): string => `api_base: "${places.vendor}/v1/projects/p/locations/${location}", token_url: "${places.tokens}/token"`
  const file = `vertex_credentials: "${places.file}"`
  return `
model_list:${[
    deployment('gemini-2.5-pro', 'gemini-2.5-pro', `${at('global')}, ${file}`),
    deployment('claude', 'claude-sonnet-4-5@20250929', `${at('global')}, vertex_credentials: os.environ/ACCOUNT_JSON`),
    deployment('claude-in-europe', 'claude-sonnet-4-5@20250929', `${at('europe-west1')}, ${file}`),
    deployment('claude-3', 'claude-3-5-haiku@20241022', `${at('europe-west1')}, ${file}`),
    deployment('embedder', 'text-embedding-005', `${at('us-central1')}, ${file}`),
    deployment('newer-embedder', 'gemini-embedding-2', `${at('global')}, ${file}`),
    deployment('express', 'gemini-2.5-flash', `api_base: "${places.vendor}/v1", api_key: os.environ/EXPRESS_KEY`),
    deployment('gone', 'gemini-2.5-pro', `${at('global')}, vertex_credentials: "${places.file}.gone.json"`),
    deployment('elsewhere', 'gemini-2.5-pro', `api_base: "${places.vendor}/v1/projects/p/locations/global", ${file}`),
  ].join('')}
router_settings: { num_retries: 0 }
`
}

let vendor: Vendor
let tokens: TokenServer
let house: House
let key: string
let folder: string
let file: string
let reply: Behaviour = {}

beforeAll(async () => {
  vendor = await startVendor()
  tokens = await startTokenServer()
  folder = await mkdtemp(path.join(tmpdir(), 'tollgate-vertex-'))
  file = path.join(folder, 'account.json')
  await writeFile(file, JSON.stringify(tokens.serviceAccount()), { mode: 0o600 })
  house = await startHouse({
    config: configOf({ vendor: vendor.origin, tokens: tokens.origin, file }),
    env: { ACCOUNT_JSON: JSON.stringify(tokens.serviceAccount({ client_id: 'another' })), EXPRESS_KEY: 'AIza-express' },
  })
  ;({ key } = await house.key({}))
})
afterAll(async () => {
  await house.stop()
  await vendor.close()
  await tokens.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  tokens.behave(() => ({}))
  reply = { body: recorded('gemini/gemini-generate.text.whole.json') }
  vendor.behave(({ headers }) => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    return (token !== undefined && tokens.isValid(token)) || headers['x-goog-api-key'] === 'AIza-express' ? reply : { status: 401, body: denied }
  })
})

const last = (): Vendor['received'][number] => vendor.received.at(-1) ?? expect.fail('the vendor was not asked')
const rowOf = async (answer: Pick<Answer, 'headers'>): ReturnType<House['closedRow']> => await house.closedRow(answer.headers.get('x-request-id') ?? '')
const genai = (): GoogleGenAI['models'] => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: house.gateway.origin } }).models
const claude = (): Anthropic => new Anthropic({ apiKey: key, baseURL: house.gateway.origin, maxRetries: 0 })
const hello = { model: 'claude', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hey Claude!' }] }

it('Gemini is called by Google’s own client, whole and streamed', async () => {
  const whole = await genai().generateContent({ model: 'gemini-2.5-pro', contents: 'hi' })
  expect(last().path).toBe('/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:generateContent')
  expect(whole.text).toBeTruthy()
  reply = { body: recorded('gemini/gemini-generate.text.stream.txt'), headers: events }
  const pieces: string[] = []
  for await (const piece of await genai().generateContentStream({ model: 'gemini-2.5-pro', contents: 'hi' })) pieces.push(piece.text ?? '')
  expect(last().path).toBe('/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse')
  expect(pieces.join('')).toBeTruthy()
})

it('Claude is called by Anthropic’s own client: only the model leaves the body, and the version comes in', async () => {
  reply = { body: recorded('anthropic/anthropic-messages.text.whole.json') }
  const message = await claude().messages.create(hello)
  expect(message.content).toEqual([{ type: 'text', text: 'Hi! My name is Claude.' }])
  expect(last().path).toBe('/v1/projects/p/locations/global/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict')
  expect(last().raw.toString()).toBe('{"anthropic_version":"vertex-2023-10-16","max_tokens":100,"messages":[{"role":"user","content":"Hey Claude!"}]}')
  reply = { body: recorded('anthropic/anthropic-messages.text.stream.txt'), headers: events }
  const streamed = await claude().messages.stream(hello).finalMessage()
  expect(streamed.content.length).toBeGreaterThan(0)
  expect(last().path).toMatch(/claude-sonnet-4-5@20250929:streamRawPredict$/)
  expect(last().json).toEqual({ stream: true, max_tokens: 100, messages: hello.messages, anthropic_version: 'vertex-2023-10-16' })
})

it('both are called in Chat Completions', async () => {
  const gemini = await house.chat(key, { model: 'gemini-2.5-pro' })
  expect([gemini.status, last().json]).toMatchObject([200, { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }])
  reply = { body: recorded('anthropic/anthropic-messages.text.whole.json') }
  const answer = await house.chat(key, { model: 'claude' })
  expect([answer.status, last().json['anthropic_version'], 'model' in last().json]).toEqual([200, 'vertex-2023-10-16', false])
})

it('Claude costs a tenth more where it is not called at the global endpoint, the older ones do not', async () => {
  reply = { body: recorded('anthropic/anthropic-messages.text.whole.json') }
  const cost = async (model: string): Promise<string | null> => (await rowOf(await house.chat(key, { model }))).costUsd
  // 2,095 × 3,000 + 503 × 15,000 nano-dollars.
  expect(await cost('claude')).toBe('0.013830000')
  expect(await cost('claude-in-europe')).toBe('0.015213000')
  // 2,095 × 800 + 503 × 4,000.
  expect(await cost('claude-3')).toBe('0.003688000')
})

it('embeddings go to the method of their model', async () => {
  reply = { body: recorded('vertex_ai/vertex-predict.two.whole.json') }
  const ask = async (body: Record<string, unknown>): Promise<Response> =>
    await fetch(`${house.gateway.origin}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const two = await ask({ model: 'embedder', input: ['a', 'b'], task_type: 'RETRIEVAL_QUERY' })
  expect(await two.json()).toMatchObject({
    data: [{ embedding: [0.0058, -0.0162, 0.25] }, { embedding: [-0.03125, 0.75, 1e-5] }],
    usage: { prompt_tokens: 11 },
  })
  expect([last().path, last().json]).toEqual([
    '/v1/projects/p/locations/us-central1/publishers/google/models/text-embedding-005:predict',
    { instances: ['a', 'b'].map((content) => ({ content, task_type: 'RETRIEVAL_QUERY' })) },
  ])
  reply = { body: recorded('vertex_ai/vertex-embed.one.whole.json') }
  expect(await (await ask({ model: 'newer-embedder', input: 'a' })).json()).toMatchObject({ data: [{ embedding: [0.0125, -0.5, 0.25] }] })
  expect(last().path).toMatch(/gemini-embedding-2:embedContent$/)
  const several = await ask({ model: 'newer-embedder', input: ['a', 'b'] })
  expect([several.status, JSON.stringify(await several.json())]).toEqual([400, expect.stringContaining('embeds one text per call at this provider')])
})

it('an API key alone is Express mode', async () => {
  expect((await house.chat(key, { model: 'express' })).status).toBe(200)
  expect([last().path, last().headers['x-goog-api-key'], last().headers.authorization]).toEqual([
    '/v1/publishers/google/models/gemini-2.5-flash:generateContent',
    'AIza-express',
    undefined,
  ])
})

it('200 calls at a time need one token', async () => {
  // Another credential, so that nothing is there yet.
  await writeFile(file, JSON.stringify(tokens.serviceAccount({ client_id: 'for-many' })))
  tokens.behave(() => ({ delayMs: 200 }))
  const [asked, called] = [tokens.asked.length, vendor.received.length]
  const answers = await Promise.all(Array.from({ length: 200 }, async () => await house.chat(key, { model: 'gemini-2.5-pro' })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(vendor.received.slice(called).map(({ headers }) => headers.authorization)).size).toBe(1)
  expect(tokens.asked.length - asked).toBe(1)
})

it('a replaced file counts for the next call, a revoked token for the one after it', async () => {
  const call = async (): Promise<number> => (await house.chat(key, { model: 'gemini-2.5-pro' })).status
  expect(await call()).toBe(200)
  const before = last().headers.authorization
  await writeFile(file, JSON.stringify(tokens.serviceAccount({ client_id: 'renewed' })))
  expect(await call()).toBe(200)
  expect(last().headers.authorization).not.toBe(before)
  tokens.revoke()
  const refused = await house.chat(key, { model: 'gemini-2.5-pro' })
  expect([refused.status, errorOf(refused).message]).toEqual([502, expect.stringContaining('did not accept the credential')])
  expect(await call()).toBe(200)
})

it.each<[string, string, () => Promise<void> | void, string]>([
  ['the file is gone', 'gone', () => undefined, 'account.json.gone.json is not set'],
  ['the file names a token server that the configuration does not', 'elsewhere', () => undefined, "is not Google's"],
  [
    'the key was deleted',
    'gemini-2.5-pro',
    async () => await writeFile(file, JSON.stringify(tokens.serviceAccount({ client_email: 'deleted@example.com' }))),
    'refused the credential (invalid_grant: Invalid grant: account not found)',
  ],
])('says in a sentence, without secrets and without a call, that %s', async (_title, model, arrange, sentence) => {
  await arrange()
  const [called, answer] = [vendor.received.length, await house.chat(key, { model })]
  expect([answer.status, vendor.received.length - called]).toEqual([502, 0])
  expect(errorOf(answer).message).toContain('Google Vertex AI')
  expect(errorOf(answer).message).toContain(sentence)
  expect(answer.text).not.toMatch(/PRIVATE KEY|eyJ/)
  await writeFile(file, JSON.stringify(tokens.serviceAccount()))
})
