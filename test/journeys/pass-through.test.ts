// A vendor's own paths behind its prefix, with the vendors' own clients: our key in, the vendor's credential out, one row for each call.
// What has a wire is bounded, priced and read like any other call; the rest is handed on as it comes, and a hard budget refuses it.
// Leaves alone: what the rooms do with a known wire (other journeys).

import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { request as httpRequest } from 'node:http'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { createPassingVendor, passedBytes, type Heard } from '../kit/passing-vendor.ts'

const vendor = createPassingVendor()
const { heard } = vendor
let house: House
let key = ''
const last = (): Heard => heard.at(-1) ?? { method: '', url: '', headers: {}, body: Buffer.alloc(0) }
async function ask(path: string, init: RequestInit = {}, bearer = key): Promise<Response> {
  return await fetch(`${house.gateway.origin}${path}`, { ...init, headers: { authorization: `Bearer ${bearer}`, ...init.headers } })
}

/** With a body whatever the method, which `fetch` does not send. @returns the status */
async function send([method, path]: readonly [string, string], body: object, bearer: string): Promise<number> {
  const text = JSON.stringify(body)
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return await new Promise((resolve, reject) => {
    const asked = httpRequest(`${house.gateway.origin}${path}`, { method, headers }, (reply) => {
      reply.resume().once('end', () => resolve(reply.statusCode ?? 0))
    })
    asked.once('error', reject).end(text)
  })
}

beforeAll(async () => {
  const origin = await vendor.listen()
  const lender = (name: string, model: string, path: string): string =>
    `  - { model_name: ${name}, litellm_params: { model: ${model}, api_base: "${origin}${path}", api_key: os.environ/VENDOR_KEY, use_in_pass_through: true } }`
  const config = [
    'model_list:',
    lender('a', 'anthropic/claude-sonnet-4-5', ''),
    lender('g', 'gemini/gemini-2.5-pro', '/v1beta'),
    lender('o', 'openai/gpt-4o', '/v1'),
  ]
  house = await startHouse({ config: config.join('\n'), env: { VENDOR_KEY: 'sk-of-the-vendor' } })
  ;({ key } = await house.key({}))
})
afterAll(async () => {
  await house.stop()
  vendor.close()
})

describe('the vendors’ clients at their own paths', () => {
  it('Anthropic’s sends a message, which is priced by its model', async () => {
    const client = new Anthropic({ apiKey: key, baseURL: `${house.gateway.origin}/anthropic`, maxRetries: 0 })
    const reply = await client.messages.create({ model: 'claude-haiku-4-5', max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] })
    expect(reply.content[0]).toMatchObject({ text: 'Hi.' })
    expect(last()).toMatchObject({ method: 'POST', url: '/v1/messages', headers: { 'x-api-key': 'sk-of-the-vendor' } })
    const row = await house.lastRow()
    expect(row).toMatchObject({ operation: 'pass-through', wire: 'anthropic-messages', model: 'claude-haiku-4-5', promptTokens: 7, completionTokens: 3 })
    expect(Number(row.costUsd)).toBeGreaterThan(0)
  })
  it('Google’s generates content, and counts tokens by a path that is handed on', async () => {
    const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: `${house.gateway.origin}/gemini`, apiVersion: 'v1beta' } })
    expect((await client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Hello' })).text).toBe('Hi.')
    expect(last()).toMatchObject({ url: '/v1beta/models/gemini-2.5-flash:generateContent', headers: { 'x-goog-api-key': 'sk-of-the-vendor' } })
    expect(await house.lastRow()).toMatchObject({ operation: 'pass-through', model: 'gemini-2.5-flash', promptTokens: 7 })
    expect(await client.models.countTokens({ model: 'gemini-2.5-flash', contents: 'Hello' })).toMatchObject({ totalTokens: 4 })
    expect(await house.lastRow()).toMatchObject({ operation: 'pass-through', model: 'gemini-2.5-flash', status: 200 })
  })
  it.each(['/openai_passthrough/v1', '/openai_passthrough', '/openai'])('OpenAI’s makes threads, lists vector stores and uploads files at %s', async (path) => {
    const client = new OpenAI({ apiKey: key, baseURL: `${house.gateway.origin}${path}`, maxRetries: 0 })
    // What `client.beta.threads.create` sends; the method itself is marked as deprecated.
    expect(await client.post('/threads', { body: {}, headers: { 'OpenAI-Beta': 'assistants=v2' } })).toMatchObject({ id: 'thread_1' })
    expect(last()).toMatchObject({ method: 'POST', url: '/v1/threads', headers: { authorization: 'Bearer sk-of-the-vendor', 'openai-beta': 'assistants=v2' } })
    expect((await client.vectorStores.list({ limit: 2 })).data).toHaveLength(1)
    expect(last()).toMatchObject({ method: 'GET', url: '/v1/vector_stores?limit=2' })
    await client.files.create({ purpose: 'assistants', file: await toFile(Buffer.from([0, 255, 7]), 'a.bin') })
    expect(last().headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(last().body.includes(Buffer.from([0, 255, 7]))).toBe(true)
    expect((await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] })).usage?.total_tokens).toBe(10)
    expect(await house.lastRow()).toMatchObject({ operation: 'pass-through', wire: 'openai-chat', promptTokens: 7 })
  })
})

describe('what travels', () => {
  it('bytes come back as they were, with the headers of the list and no other', async () => {
    const reply = await ask('/openai_passthrough/v1/files/file_1/content')
    expect(Buffer.from(await reply.arrayBuffer()).equals(passedBytes)).toBe(true)
    expect(reply.headers.get('content-type')).toBe('audio/mpeg')
    const json = await ask('/openai_passthrough/v1/vector_stores')
    expect(json.headers.get('x-ratelimit-remaining-requests')).toBe('9')
    for (const name of ['set-cookie', 'server', 'access-control-allow-origin', 'strict-transport-security'])
      for (const answer of [reply, json]) expect(answer.headers.get(name), name).toBeNull()
    expect(json.headers.get('content-security-policy')).not.toBe('none')
  })
  it('an event stream has its head and each event as they come, so that a caller can answer one before the next', async () => {
    const reply = await ask('/openai_passthrough/v1/threads/1/runs', { method: 'POST' })
    const reader = reply.body?.getReader()
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      await ask('/openai_passthrough/v1/threads/1/runs/next', { method: 'POST' })
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(event)
    }
    await ask('/openai_passthrough/v1/threads/1/runs/next', { method: 'POST' })
    expect((await reader?.read())?.done).toBe(true)
    expect(await house.closedRow(reply.headers.get('x-request-id') ?? '')).toMatchObject({ end: 'answered', status: 200 })
  })
  it('a vendor’s page runs nothing at our address', async () => {
    const page = await ask('/openai_passthrough/v1/files/file_1/page')
    expect(page.headers.get('content-type')).toBe('text/html')
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox; frame-ancestors 'none'")
  })
  it('a reply that the vendor breaks off is broken off, so that nobody takes the part for the whole', async () => {
    const reply = await ask('/openai_passthrough/v1/files/file_1/broken')
    expect(reply.status).toBe(200)
    await expect(reply.arrayBuffer()).rejects.toThrow('terminated')
    expect(await house.lastRow()).toMatchObject({ operation: 'pass-through', end: 'failed', errorCode: 'upstream_cut' })
  })
  it('no credential of the caller goes up, wherever it stands, nor a word about the caller', async () => {
    const headers = { cookie: 'c=planted', 'x-forwarded-for': 'planted', 'x-api-key': key, te: 'trailers', 'openai-organization': 'planted' }
    await ask(`/openai_passthrough/v1/vector_stores?key=${key}&limit=3`, { headers })
    const sent = JSON.stringify(last().headers) + last().url
    expect(last().url).toBe('/v1/vector_stores?limit=3')
    expect(sent).not.toContain(key)
    expect(sent).not.toContain('planted')
  })
  it('the vendor’s refusals come back without our credential, redirects are not told, and all five verbs pass', async () => {
    const wrong = await ask('/openai_passthrough/v1/wrong')
    expect(wrong.status).toBe(418)
    expect(await wrong.text()).toBe('no Bearer [redacted]')
    const busy = await ask('/openai_passthrough/v1/busy')
    expect([busy.status, await busy.text()]).toEqual([429, '{"error":"busy"}'])
    expect(['retry-after', 'x-ratelimit-remaining-requests', 'set-cookie'].map((name) => busy.headers.get(name))).toEqual(['7', '0', null])
    expect((await ask('/openai_passthrough/v1/closed')).headers.get('retry-after')).toBeNull()
    const moved = await ask('/openai_passthrough/v1/moved')
    expect([moved.status, moved.headers.get('location')]).toEqual([502, null])
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      await ask('/openai_passthrough/v1/vector_stores', { method })
      expect(last().method).toBe(method)
    }
  })
})

describe('a dictionary of headers', () => {
  const sent = ['accept', 'content-type', 'anthropic-version', 'anthropic-beta', 'openai-beta', 'x-goog-api-client', 'range', 'if-none-match']
  const made = ['host', 'connection', 'authorization', 'content-length', 'accept-encoding', 'user-agent', 'transfer-encoding']
  const stems = ['auth', 'token', 'key', 'secret', 'user', 'client-ip', 'forwarded-for', 'forwarded-host', 'original-url', 'session']
  const families = [
    'x',
    'x-amz',
    'x-goog',
    'x-ms',
    'x-litellm',
    'x-tollgate',
    'x-stainless',
    'cf',
    'openai',
    'anthropic',
    'proxy',
    'true',
    'helicone',
    'x-envoy',
    'x-b3',
    'fly',
  ]
  const single = [
    'cookie',
    'cookie2',
    'referer',
    'origin',
    'via',
    'from',
    'dnt',
    'forwarded',
    'priority',
    'pragma',
    'te',
    'x-real-ip',
    'api-key',
    'x-api-key',
    'x-goog-api-key',
  ]
  const more = [
    'accept-language',
    'cache-control',
    'idempotency-key',
    'traceparent',
    'tracestate',
    'baggage',
    'openai-organization',
    'openai-project',
    'user-agent',
    'x-request-id',
  ]
  const others = [...single, ...more, ...sent, 'x-http-method-override', 'if-match', 'x-a', 'x-b', 'x-c']
  const names = [...new Set([...families.flatMap((family) => stems.map((stem) => `${family}-${stem}`)), ...others])]
  const cases = [
    (name: string): string => name,
    (name: string): string => name.toUpperCase(),
    (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
  ]

  it('of some two hundred names in three spellings, only the list arrives, and no key of ours', async () => {
    expect(names.length).toBeGreaterThan(195)
    const { port } = new URL(house.gateway.origin)
    const arrived = new Set<string>()
    for (const [index, name] of names.entries()) {
      // Each spelling for every eighth name, one in turn for the others: a spelling is Node's business before it is ours.
      for (const spell of index % 8 === 0 ? cases : cases.slice(index % 3, (index % 3) + 1)) {
        const value = /^(?:x-|x-goog-)?api-key$/.test(name) ? key : 'planted'
        const before = heard.length
        await new Promise<void>((resolve, reject) => {
          const headers = { authorization: `Bearer ${key}`, [spell(name)]: value }
          const asked = httpRequest({ host: '127.0.0.1', port, path: '/openai_passthrough/v1/vector_stores', headers }, (reply) =>
            reply.resume().once('end', resolve),
          )
          asked.once('error', reject).end()
        })
        if (heard.length === before) continue
        const raw = JSON.stringify(last().headers)
        expect(raw, name).not.toContain(key)
        for (const found of Object.keys(last().headers)) expect([...sent, ...made], `${name} brought ${found}`).toContain(found)
        if (raw.includes('planted')) arrived.add(name)
      }
    }
    expect([...arrived].sort()).toEqual([...sent].sort())
  })
})

describe('who may', () => {
  it.each([
    ...['/openai_passthrough//evil.example/x', '/openai_passthrough/v1/@evil.example', '/openai_passthrough/v1/a%2fb', '/openai_passthrough/v1/%2e%2e/x'],
    ...['/openai_passthrough/v1/../x', '/openai_passthrough/v1/x%40evil.example'],
  ])('nobody chooses a host or a second reading by %s', async (path) => {
    const before = heard.length
    const { port } = new URL(house.gateway.origin)
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${key}` } }, (reply) => resolve(reply.resume().statusCode))
      sent.once('error', reject).end()
    })
    expect(status).toBe(400)
    expect(heard).toHaveLength(before)
  })
  it('a stranger and a WebSocket are refused', async () => {
    expect((await ask('/openai_passthrough/v1/threads', { method: 'POST' }, 'sk-nobody')).status).toBe(401)
    expect((await ask('/anthropic/v1/other', {}, 'sk-nobody')).status).toBe(401)
  })
  it('a key that is kept to a model passes what names it, and reads nothing else of the account', async () => {
    const narrow = (await house.key({ models: ['gpt-4o-mini'] })).key
    const headers = { 'content-type': 'application/json' }
    const post = async (path: string, model?: string): Promise<number> =>
      (await ask(path, { method: 'POST', headers, body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }) }, narrow)).status
    expect(await post('/openai_passthrough/v1/chat/completions', 'gpt-4o-mini')).toBe(200)
    expect(await post('/openai_passthrough/v1/chat/completions', 'gpt-4o')).toBe(403)
    expect(await post('/openai_passthrough/v1/threads')).toBe(403)
    expect((await ask('/openai_passthrough/v1/vector_stores', {}, narrow)).status).toBe(403)
    // A model in a body that the vendor does not read names nothing; nor does one in a query, or anywhere in a path.
    const before = heard.length
    for (const [method, path] of [
      ['GET', 'vector_stores'],
      ['DELETE', 'files/file-1'],
      ['POST', 'threads'],
      ['GET', 'files?x=/models/gpt-4o-mini'],
      ['GET', 'files/models/gpt-4o-mini'],
      ['DELETE', 'models/gpt-4o-mini'],
    ] as const)
      expect(await send([method, `/openai_passthrough/v1/${path}`], { model: 'gpt-4o-mini' }, narrow), `${method} ${path}`).toBe(403)
    expect(heard).toHaveLength(before)
    await ask('/openai_passthrough/v1/models/gpt-4o-mini', {}, narrow)
    expect(heard).toHaveLength(before + 1)
    const whole = (await house.key({ models: ['openai_passthrough'] })).key
    expect((await ask('/openai_passthrough/v1/threads', { method: 'POST' }, whole)).status).toBe(200)
  })
  it('a hard budget covers what has a wire and refuses what has none; a small one refuses both', async () => {
    const rich = (await house.key({ max_budget: 1 })).key
    const body = JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] })
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    expect((await ask('/anthropic/v1/messages', init, rich)).status).toBe(200)
    const before = heard.length
    const refused = await ask('/openai_passthrough/v1/threads', { method: 'POST' }, rich)
    expect(refused.status).toBe(403)
    expect(await refused.text()).toContain('has no upper bound')
    const poor = (await house.key({ max_budget: 0.000_000_1 })).key
    expect((await ask('/anthropic/v1/messages', init, poor)).status).toBe(429)
    expect(heard).toHaveLength(before)
  })
})
