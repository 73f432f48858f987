// Same dialect in and out means the same bytes: requests and replies are compared with a direct call, byte for byte.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: twin
    litellm_params: { model: openai/twin, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
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

  /** The same body sent to the vendor directly and through the gateway: what each side received. */
  async function twice(path: string, body: string): Promise<{ sent: [Buffer, Buffer]; got: [string, string] }> {
    const call = async (base: string, credential: string): Promise<string> => {
      const response = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
        body,
      })
      return await response.text()
    }
    const direct = await call(`${vendor.origin}/v1`, 'sk-vendor')
    const directRequest = vendor.received.at(-1)
    const through = await call(house.baseUrl, key)
    const throughRequest = vendor.received.at(-1)
    expect(throughRequest?.headers.authorization).toBe(directRequest?.headers.authorization)
    return { sent: [directRequest?.raw ?? Buffer.alloc(0), throughRequest?.raw ?? Buffer.alloc(1)], got: [direct, through] }
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
})
