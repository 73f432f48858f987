// POST /v1/responses/{id}/cancel, with OpenAI's client: nothing runs in the background here, and the answer says so as OpenAI's does.
// Promises: a key learns nothing of another's responses; what was kept stays. And GET /providers/{provider}/models, asked over HTTP.

import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: chatty
    litellm_params: { model: deepseek/deepseek-chat, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY }
router_settings: { num_retries: 0 }
`

describe('a response', () => {
  let vendor: Vendor
  let house: House
  const clientFor = async (): Promise<OpenAI> => new OpenAI({ apiKey: (await house.key({})).key, baseURL: house.baseUrl, maxRetries: 0 })
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'vendor-key' } })
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })

  it('that is finished cannot be cancelled, and stays', async () => {
    const client = await clientFor()
    const { id } = await client.responses.create({ model: 'chatty', input: 'hi' })
    await expect(client.responses.cancel(id)).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(`Cannot cancel the response ${id}: it is finished.`) as string,
    })
    expect((await client.responses.retrieve(id)).id).toBe(id)
  })

  it('of another key, or of nobody, is not found', async () => {
    const { id } = await (await clientFor()).responses.create({ model: 'chatty', input: 'hi' })
    const other = await clientFor()
    for (const unknown of [id, 'resp_1', 'resp_01ARZ3NDEKTSV4RRFFQ69G5FAV'])
      await expect(other.responses.cancel(unknown), unknown).rejects.toMatchObject({ status: 404, code: 'record_not_found' })
  })

  it('that a vendor keeps was finished before it was answered', async () => {
    const failed = (await clientFor()).responses.cancel('resp_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b')
    await expect(failed).rejects.toMatchObject({ status: 400, message: expect.stringContaining('finished by its provider') as string })
  })

  it('a vendor’s models are listed with the credential that is kept for it', async () => {
    const { status, json } = await house.get('/providers/deepseek/models')
    expect([status, json]).toMatchObject([
      200,
      { litellm_provider: 'deepseek', data: [{ id: 'vendor-model', model: 'deepseek/vendor-model', model_names: [] }] },
    ])
    expect([vendor.received.at(-1)?.path, vendor.received.at(-1)?.headers.authorization]).toEqual(['/v1/models', 'Bearer vendor-key'])
    vendor.behave(() => ({ status: 401 }))
    expect(await house.get('/providers/deepseek/models')).toMatchObject({
      status: 502,
      json: { error: { message: expect.stringContaining('did not accept') as string } },
    })
    vendor.behave(() => ({}))
  })
})
