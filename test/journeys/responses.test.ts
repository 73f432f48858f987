// OpenAI Responses as a caller's dialect: passed to a model that speaks it, translated for one that does not.
// Promises: the same bytes where both speak it; every call has its row; what cannot be kept, bounded or carried is refused or named.
// Leaves alone: how real SDKs use it (real-clients-chat, real-clients-failures).

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type Answer, type House } from '../kit/house.ts'
import { sendRaw } from '../kit/raw-http.ts'
import { startVendor, vendorInputTokens, type Vendor } from '../kit/vendor.ts'

const priced = 'api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002'
const config = (origin: string): string => `
model_list:
  - model_name: twin
    litellm_params: { model: openai/twin, api_base: ${origin}/v1, ${priced} }
    model_info: { mode: responses }
  - model_name: chatty
    litellm_params: { model: openai/chatty, api_base: ${origin}/v1, ${priced} }
  - model_name: claude
    litellm_params: { model: anthropic/claude-sonnet-4-5, api_base: ${origin}, ${priced} }
router_settings: { num_retries: 0 }
`
const recorded = (name: string): string => readFileSync(path.join(import.meta.dirname, `../fixtures/wire/openai/openai-responses.${name}`), 'utf8')
const eventsOf = (stream: string): readonly Record<string, unknown>[] =>
  stream.split('\n\n').flatMap((event) => {
    const json = /^data: (.*)$/m.exec(event)?.[1]
    return json === undefined ? [] : [JSON.parse(json) as Record<string, unknown>]
  })

describe('a caller who speaks Responses', () => {
  let vendor: Vendor
  let house: House
  let open: string
  let budgeted: string
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    open = (await house.key({})).key
    budgeted = (await house.key({ max_budget: 100 })).key
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })

  async function send(key: string, body: string | Record<string, unknown>, at = '/v1/responses'): Promise<Answer> {
    const response = await fetch(`${house.gateway.origin}${at}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
    return { status: response.status, headers: response.headers, text, json }
  }
  const rowOf = async (answer: Answer): ReturnType<House['closedRow']> => await house.closedRow(answer.headers.get('x-request-id') ?? '')

  describe('at a model that speaks it too', () => {
    const odd =
      '{ "temperature":1.0,\n "unknown_field": {"z":1,"a":[1e400]}, "model" :"twin" ,"input":"h\\u00e9 \\ud83d\\ude00 \\/ é","max_output_tokens":300 }'

    it('sends and gets the same bytes, whole', async () => {
      vendor.behave(() => ({ body: recorded('text.whole.json') }))
      const answer = await send(open, odd)
      expect(vendor.received.at(-1)).toMatchObject({ path: '/v1/responses', raw: Buffer.from(odd) })
      expect(answer.text).toBe(recorded('text.whole.json'))
      expect(await rowOf(answer)).toMatchObject({ end: 'answered', provenance: 'reported', promptTokens: 36, cachedTokens: 4, completionTokens: 87 })
    })

    it.each(['text', 'tools', 'incomplete'])('sends and gets the same bytes of a stream: %s', async (name) => {
      const stream = recorded(`${name}.stream.txt`)
      vendor.behave(() => ({ pieces: stream.match(/[\s\S]{1,100}/g) ?? [] }))
      const body = odd.replace('"input"', '"stream":true,"input"')
      const answer = await send(open, body)
      expect(vendor.received.at(-1)?.raw.toString()).toBe(body)
      expect(answer.text).toBe(stream)
      const { usage } = eventsOf(stream).at(-1)?.['response'] as { usage: { input_tokens: number; output_tokens: number } }
      expect(await rowOf(answer)).toMatchObject({ provenance: 'reported', promptTokens: usage.input_tokens, completionTokens: usage.output_tokens })
    })

    it('has its output capped by what the budget affords', async () => {
      vendor.behave(() => ({ body: recorded('text.whole.json') }))
      const { key } = await house.key({ max_budget: 0.001 })
      const answer = await send(key, { model: 'twin', input: 'hi' })
      expect(answer.status).toBe(200)
      const cap = vendor.received.at(-1)?.json['max_output_tokens']
      expect(cap).toBeGreaterThan(100)
      expect(cap).toBeLessThanOrEqual(500)
    })

    it('is not billed for a stream that fails before it says anything, and gets a status instead', async () => {
      vendor.behave(() => ({ pieces: [recorded('failed.stream.txt')] }))
      const answer = await send(open, { model: 'twin', input: 'hi', stream: true })
      expect(answer.status).toBe(502)
      expect(answer.json['error']).toMatchObject({ message: 'The model failed to generate a response.' })
      expect(await rowOf(answer)).toMatchObject({ end: 'failed', costUsd: '0.000000000' })
    })
  })

  describe('at a model that speaks another dialect', () => {
    beforeAll(() => vendor.behave(() => ({})))

    it.each(['chatty', 'claude'])('is answered by %s, whole and streamed, with the same content and usage', async (model) => {
      const asked = { model, input: 'hi', max_output_tokens: 3, instructions: 'be brief', store: true, metadata: { a: 'b' } }
      const whole = await send(budgeted, asked)
      const streamed = await send(budgeted, { ...asked, stream: true })
      expect(whole.json).toMatchObject({ object: 'response', status: 'completed', model, store: true, metadata: { a: 'b' }, instructions: 'be brief' })
      expect(whole.json['usage']).toMatchObject({ input_tokens: vendorInputTokens, output_tokens: 3, total_tokens: vendorInputTokens + 3 })
      const last = eventsOf(streamed.text).at(-1)
      expect(last?.['type']).toBe('response.completed')
      const texts = [whole.json, last?.['response']].map((response) =>
        (response as { output: [{ content: [{ text: string }] }] }).output[0].content[0].text.trim(),
      )
      expect(texts).toEqual(['word word word', 'word word word'])
      for (const answer of [whole, streamed])
        expect(await rowOf(answer)).toMatchObject({ end: 'answered', provenance: 'reported', promptTokens: vendorInputTokens, completionTokens: 3 })
    })

    it('is served what a coding agent sends, and told what was left out', async () => {
      const answer = await send(open, {
        model: 'claude',
        stream: true,
        store: false,
        include: ['reasoning.encrypted_content'],
        reasoning: { summary: 'auto' },
        prompt_cache_key: 'k',
        client_metadata: { a: 'b' },
        parallel_tool_calls: true,
        tool_choice: 'auto',
        tools: [
          { type: 'function', name: 'shell', description: 'd', parameters: { type: 'object', properties: {} }, strict: false },
          { type: 'web_search', external_web_access: false },
        ],
        input: [
          { type: 'message', id: 'msg_1', role: 'developer', content: [{ type: 'input_text', text: 'rules' }] },
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'list' }] },
          { type: 'reasoning', summary: [], content: null, encrypted_content: 'gAAAA' },
          { type: 'function_call', call_id: 'c1', name: 'shell', arguments: '{"command":["ls"]}' },
          { type: 'function_call_output', call_id: 'c1', output: 'a.txt' },
        ],
      })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('x-tollgate-dropped-params')).toBe('tools[1] (web_search)')
      expect(vendor.received.at(-1)?.json).toMatchObject({
        system: [{ type: 'text', text: 'rules' }],
        tools: [{ name: 'shell' }],
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'list' }] },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'shell', input: { command: ['ls'] } }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1' }] },
        ],
      })
    })

    it.each([
      ['previous_response_id', { previous_response_id: 'resp_1' }],
      ['input[0].id', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
      ['background', { background: true }],
    ])('is refused %s, by name and before the vendor is asked', async (param, more) => {
      const before = vendor.received.length
      const answer = await send(open, { model: 'chatty', input: 'hi', ...more })
      expect(answer.status).toBe(400)
      expect(answer.json['error']).toMatchObject({ type: 'invalid_request_error', param })
      expect(vendor.received).toHaveLength(before)
    })

    it('is told of a stream that breaks off in both of the forms clients read', async () => {
      vendor.behave(() => ({ cutAfterPieces: 3, pieceDelayMs: 30 }))
      const answer = await send(open, { model: 'chatty', input: 'hi', stream: true })
      vendor.behave(() => ({}))
      expect(eventsOf(answer.text).slice(-2)).toMatchObject([
        { type: 'response.failed', response: { status: 'failed', error: { code: 'upstream_cut' } } },
        { type: 'error', code: 'upstream_cut' },
      ])
      expect(await rowOf(answer)).toMatchObject({ end: 'failed' })
    })
  })

  describe('going on from a reply', () => {
    const call = async (key: string, method: string, at: string): Promise<{ status: number; json: Record<string, unknown> }> => {
      const response = await fetch(`${house.gateway.origin}/v1/responses/${at}`, { method, headers: { authorization: `Bearer ${key}` } })
      return { status: response.status, json: (await response.json()) as Record<string, unknown> }
    }

    it.each([false, true])('sends what was said before, whichever way it was said (streamed: %s), under a hard budget too', async (stream) => {
      const first = await send(budgeted, { model: 'claude', input: 'one', instructions: 'not inherited', max_output_tokens: 2, stream })
      const response = stream ? (eventsOf(first.text).at(-1)?.['response'] as Record<string, unknown>) : first.json
      const second = await send(budgeted, { model: 'claude', input: 'two', previous_response_id: response['id'], max_output_tokens: 2 })
      const third = await send(budgeted, { model: 'chatty', input: [{ role: 'user', content: 'three' }], previous_response_id: second.json['id'] })
      expect([first.status, second.status, third.status]).toEqual([200, 200, 200])
      expect(vendor.received.at(-2)?.json['system']).toBeUndefined()
      const messages = vendor.received.at(-1)?.json['messages'] as readonly { role: string; content: string }[]
      expect(messages.map(({ role, content }) => [role, content.trim()])).toEqual([
        ['user', 'one'],
        ['assistant', 'word word'],
        ['user', 'two'],
        ['assistant', 'word word'],
        ['user', 'three'],
      ])
    })

    it('works for the key that asked and for no other, and not when the reply was not to be stored', async () => {
      const kept = await send(open, { model: 'chatty', input: 'hi' })
      const unkept = await send(open, { model: 'chatty', input: 'hi', store: false })
      const before = vendor.received.length
      for (const [key, id] of [
        [budgeted, kept.json['id']],
        [open, unkept.json['id']],
      ] as const) {
        const answer = await send(key, { model: 'chatty', input: 'more', previous_response_id: id })
        expect(answer.status).toBe(400)
        expect(answer.json['error']).toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' })
        expect((await call(key, 'GET', String(id))).status).toBe(404)
      }
      expect(vendor.received).toHaveLength(before)
    })

    it('can be looked at, listed and forgotten by its key', async () => {
      const { json } = await send(open, { model: 'chatty', input: 'hi' })
      const id = String(json['id'])
      expect((await call(open, 'GET', id)).json).toEqual(json)
      expect((await call(open, 'GET', `${id}/input_items`)).json).toMatchObject({ object: 'list', data: [{ role: 'user', content: 'hi' }], has_more: false })
      expect((await call(budgeted, 'DELETE', id)).status).toBe(404)
      expect((await call(open, 'DELETE', id)).json).toEqual({ id, object: 'response', deleted: true })
      expect((await call(open, 'GET', id)).status).toBe(404)
    })

    it('leaves a vendor’s own ids to the vendor', async () => {
      vendor.behave(() => ({ body: recorded('text.whole.json') }))
      const body = '{"model":"twin","input":"hi", "previous_response_id":"resp_67ccd3a9da748190baa7f1570fe91ac604becb25c45c1d41"}'
      const answer = await send(open, body)
      vendor.behave(() => ({}))
      expect(answer.status).toBe(200)
      expect(vendor.received.at(-1)?.raw.toString()).toBe(body)
      expect((await call(open, 'GET', String(answer.json['id']))).status).toBe(404)
    })
  })

  it.each([
    ['tools[0] (web_search)', { tools: [{ type: 'web_search' }] }],
    ['previous_response_id', { previous_response_id: 'resp_1' }],
  ])('is refused %s under a hard budget, because nothing bounds its cost', async (name, more) => {
    const answer = await send(budgeted, { model: 'twin', input: 'hi', ...more })
    expect([answer.status, answer.json]).toMatchObject([400, { error: { code: 'request_unbounded' } }])
    expect(answer.text).toContain(name)
  })

  it('is refused with a status that ends it, where its clients would ask again, and in our words where they have their own', async () => {
    const nowhere = await send(open, { model: 'nowhere', input: 'hi' })
    expect([nowhere.status, nowhere.json]).toMatchObject([400, { error: { code: 'model_not_found' } }])
    const { key } = await house.key({ max_budget: 0.000000001 })
    const spend = async (more: Record<string, string>): Promise<Response> =>
      await fetch(`${house.gateway.origin}/v1/responses`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more },
        body: JSON.stringify({ model: 'chatty', input: 'hi' }),
      })
    const [plain, marked] = [await spend({}), await spend({ originator: 'codex_exec' })]
    expect([plain.status, marked.status]).toEqual([429, 400])
    expect(await marked.json()).toEqual(await plain.json())
  })

  it('may leave out /v1 or say it twice, and is worded in OpenAI’s shape where there is nothing', async () => {
    for (const at of ['/responses', '/v1/v1/responses', '//v1//responses'])
      expect((await send(open, { model: 'chatty', input: 'hi' }, at)).status, at).toBe(200)
    const nothing = await fetch(`${house.gateway.origin}/v1/responses/resp_1`, { headers: { authorization: `Bearer ${open}` } })
    expect(nothing.status).toBe(404)
    expect(await nothing.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'record_not_found', param: 'id' } })
  })

  it('is told to use HTTP when it asks for a WebSocket', async () => {
    const { host } = new URL(house.gateway.origin)
    const head = `GET /v1/responses HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${open}\r\n`
    const socket = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
    const answer = await sendRaw(house.gateway.origin, head + socket)
    expect(answer.status).toBe(426)
    expect(answer.body).toContain('websocket_refused')
    const offer = `POST /v1/responses HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\ncontent-length: 0\r\n\r\n`
    expect((await sendRaw(house.gateway.origin, offer)).status).toBe(401)
  })
})
