// Same dialect in and out means the same bytes: requests and replies are compared with a direct call, byte for byte.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Received, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: twin
    litellm_params: { model: openai/twin, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
  - model_name: claude-twin
    litellm_params: { model: anthropic/claude-twin, api_base: ${origin}, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
  - model_name: other-name
    litellm_params: { model: openai/twin, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY }
`

describe('a call in the vendor’s own dialect', () => {
  let vendor: Vendor
  let house: House
  let key: string
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    ;({ key } = await house.key({}))
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })

  interface Exchange {
    readonly sent: [Buffer, Buffer]
    readonly got: [string, string]
    readonly headers: [Received['headers'], Received['headers']]
  }
  /** The same body sent to the vendor directly and through the gateway: what each side received. */
  async function twice(path: string, body: string, dialect: { version: string; more?: Record<string, string> } | null = null): Promise<Exchange> {
    const call = async (base: string, credential: string): Promise<string> => {
      const own =
        dialect === null ? { authorization: `Bearer ${credential}` } : { 'x-api-key': credential, 'anthropic-version': dialect.version, ...dialect.more }
      const response = await fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...own }, body })
      return await response.text()
    }
    const direct = await call(`${vendor.origin}/v1`, 'sk-vendor')
    const directRequest = vendor.received.at(-1)
    const through = await call(house.baseUrl, key)
    const throughRequest = vendor.received.at(-1)
    const headers: Exchange['headers'] = [directRequest?.headers ?? {}, throughRequest?.headers ?? {}]
    for (const name of ['authorization', 'x-api-key', 'anthropic-version', 'anthropic-beta']) expect(headers[1][name], name).toBe(headers[0][name])
    return { sent: [directRequest?.raw ?? Buffer.alloc(0), throughRequest?.raw ?? Buffer.alloc(1)], got: [direct, through], headers }
  }

  // Odd spacing, unknown fields, escapes, big numbers and key order are the caller's own and must survive.
  const odd =
    '{ "temperature":1.0,\n "unknown_field": {"z":1,"a":[1e400, 12345678901234567890]}, "model" :"twin" ,"messages":[{"role":"user","content":"h\\u00e9 \\ud83d\\ude00 \\/ é"}],"max_tokens":3 }'

  it('is the same in both directions', async () => {
    const { sent, got } = await twice('/chat/completions', odd)
    expect(sent[1].equals(sent[0])).toBe(true)
    expect(got[1]).toBe(got[0])
  })
  it('is the same when streamed with usage asked for', async () => {
    const { sent, got } = await twice('/chat/completions', odd.replace('"max_tokens"', '"stream":true,"stream_options":{"include_usage":true},"max_tokens"'))
    expect(sent[1].equals(sent[0])).toBe(true)
    expect(got[1]).toBe(got[0])
  })
  it('differs only by the declared question for usage when streamed without it, and the extra event is taken out again', async () => {
    const body = odd.replace('"max_tokens"', '"stream":true,"max_tokens"')
    const { sent, got } = await twice('/chat/completions', body)
    expect(got[1]).toBe(got[0])
    expect(sent[0].toString()).toBe(body)
    expect(sent[1].toString()).toContain('"include_usage":true')
    expect(sent[1].toString().replace(/"stream_options":\{"include_usage":true\},?/, '')).toBe(body)
  })
  it('differs only by the vendor’s model name when the public one is another', async () => {
    const body = odd.replace('"twin"', '"other-name"')
    const { sent } = await twice('/chat/completions', body)
    expect(sent[1].toString()).toBe(odd)
  })
  it('holds for completions and for embeddings in both encodings', async () => {
    for (const [path, body] of [
      ['/completions', '{"model":"twin","prompt":"say","max_tokens":2}'],
      ['/embeddings', '{"model":"twin","input":["a","b"],"encoding_format":"base64"}'],
      ['/embeddings', '{"model":"twin","input":"a","encoding_format":"float"}'],
    ] as const) {
      const { sent, got } = await twice(path, body)
      expect(sent[1].equals(sent[0]), path).toBe(true)
      expect(got[1], path).toBe(got[0])
    }
  })
  it('hands a vendor’s own refusal on as it was worded', async () => {
    vendor.behave(() => ({
      status: 400,
      body: '{"error": {"message":"max_tokens is too large: 3", "type":"invalid_request_error","param":"max_tokens","code":null} }',
    }))
    const { got } = await twice('/chat/completions', odd)
    expect(got[1]).toBe(got[0])
    vendor.behave(() => ({}))
  })

  describe('in Anthropic’s dialect', () => {
    const oddMessage =
      '{ "temperature":1.0,\n "unknown_field": {"z":1,"a":[1e400, 12345678901234567890]}, "model" :"claude-twin" ,"system":[{"type":"text","text":"x-anthropic-billing-header: v=1"},{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"h\\u00e9 \\ud83d\\ude00 \\/ é"},{"role":"system","content":"now"},{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":""}]}],"max_tokens":3 }'
    const streamed = oddMessage.replace('"max_tokens"', '"stream":true,"max_tokens"')
    const dialect = { version: '2026-10-21', more: { 'anthropic-beta': 'context-management-2025-06-27,effort-2025-11-24' } }

    it.each([
      ['whole', oddMessage],
      ['streamed', streamed],
    ])('is the same in both directions, %s, with the version and the betas the caller asked for', async (_, body) => {
      const { sent, got, headers } = await twice('/messages', body, dialect)
      expect(sent[1].toString()).toBe(body)
      expect(got[1]).toBe(got[0])
      expect(headers[1]).toMatchObject({ 'anthropic-version': '2026-10-21', 'anthropic-beta': dialect.more['anthropic-beta'] })
    })

    it.each([
      ['whole', oddMessage],
      ['streamed', streamed],
    ])('hands a vendor’s own refusal on as it was worded, %s', async (_, body) => {
      vendor.behave(() => ({
        status: 400,
        body: '{"type":"error", "error":{"type":"invalid_request_error","message":"prompt is too long: 200001 tokens > 200000 maximum"},"request_id":"req_vendor" }',
      }))
      const { got } = await twice('/messages', body, dialect)
      expect(got[1]).toBe(got[0])
      vendor.behave(() => ({}))
    })

    it('hands an error in mid-stream on as it was worded', async () => {
      const event = (type: string, fields: string): string => `event: ${type}\ndata: {"type":"${type}",${fields}}\n\n`
      const pieces = [
        event('message_start', '"message":{"id":"msg_1","type":"message","role":"assistant","content":[],"usage":{"input_tokens":5,"output_tokens":1}}'),
        event('content_block_start', '"index":0,"content_block":{"type":"text","text":""}'),
        event('content_block_delta', '"index":0,"delta":{"type":"text_delta","text":"so far"}'),
        event('error', '"error":{"type":"overloaded_error","message":"Overloaded"}'),
      ]
      vendor.behave(() => ({ pieces, pieceDelayMs: 30 }))
      const { got } = await twice('/messages', streamed, dialect)
      expect(got[0]).toBe(pieces.join(''))
      expect(got[1]).toBe(got[0])
      vendor.behave(() => ({}))
    })
  })
})
