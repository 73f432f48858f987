// The stage for journeys with pictures, sound and moderation: a vendor, a gateway with a model for each way of selling, and forms written by hand.
// Promises: bodies go out byte for byte as they are given. Leaves alone: what is expected (the journeys).

import { startHouse, type House } from './house.ts'
import { startMediaVendor, type MediaRequest, type MediaVendor } from './media-vendor.ts'

const config = (origin: string): string => {
  const entry = (name: string, prices: string, more = ''): string => `
  - model_name: ${name}
    litellm_params: { model: openai/${name}-vendor, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY${prices === '' ? '' : `, ${prices}`}${more} }`
  return `model_list:${[
    entry('draw', 'output_cost_per_image: 0.04'),
    entry(
      'draw-tokens',
      'input_cost_per_token: 0.000005, input_cost_per_image_token: 0.00001, output_cost_per_image_token: 0.00004, output_cost_per_token: 0.00001',
    ),
    entry('draw-pixels', 'input_cost_per_pixel: 0.000000019'),
    entry('speak', 'input_cost_per_character: 0.000015'),
    entry('speak-tokens', 'input_cost_per_token: 0.0000006, output_cost_per_audio_token: 0.000012, output_cost_per_token: 0.00001'),
    entry('hear', 'input_cost_per_second: 0.0001'),
    entry('hear-tokens', 'input_cost_per_token: 0.0000025, input_cost_per_audio_token: 0.000006, output_cost_per_token: 0.00001'),
    entry('judge', 'input_cost_per_request: 0.001'),
    entry('omni-moderation-latest', ''),
    `
  - model_name: hear-least
    litellm_params: { model: groq/hear-least-vendor, api_base: "${origin}/v1", api_key: os.environ/VENDOR_KEY, input_cost_per_second: 0.0001 }
  - model_name: claude
    litellm_params: { model: anthropic/claude-x, api_base: "${origin}", api_key: os.environ/VENDOR_KEY }`,
  ].join('')}\nrouter_settings: { num_retries: 1 }\n`
}

const boundary = 'AaB03x--odd'
export type Part = readonly [head: string, value: Buffer | string]
export const form = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(([head, value]) => [Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n')]),
    Buffer.from(`--${boundary}--\r\n`),
  ])
export const field = (name: string, value: string): Part => [`Content-Disposition: form-data; name="${name}"`, value]
export const recording = (bytes: Buffer, name = 'talk.wav'): Part => [
  `content-disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: audio/wav`,
  bytes,
]
export const formType = `multipart/form-data; boundary="${boundary}"`

export interface Sent {
  readonly response: Response
  readonly bytes: Buffer
  /** The last that the vendor got. */
  readonly request: MediaRequest
  readonly id: string
}
export interface MediaScene {
  readonly vendor: MediaVendor
  readonly house: House
  /** With a hard budget that no journey reaches. */
  readonly key: string
  /** Without one. */
  readonly openKey: string
  send(path: string, body: Buffer | Record<string, unknown>, credential?: string): Promise<Sent>
  stop(): Promise<void>
}

export async function startMediaScene(): Promise<MediaScene> {
  const vendor = await startMediaVendor()
  const house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
  const { key } = await house.key({ max_budget: 100 })
  const { key: openKey } = await house.key({})
  return {
    vendor,
    house,
    key,
    openKey,
    async send(path, body, credential = key) {
      const response = await fetch(`${house.baseUrl}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${credential}`, 'content-type': Buffer.isBuffer(body) ? formType : 'application/json' },
        body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
      })
      const bytes = Buffer.from(await response.arrayBuffer())
      return { response, bytes, request: vendor.received.at(-1) as MediaRequest, id: response.headers.get('x-request-id') ?? '' }
    },
    async stop() {
      await house.stop()
      await vendor.close()
    },
  }
}
