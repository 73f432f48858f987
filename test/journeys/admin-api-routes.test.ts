// Every route that answers is in /openapi.json, lets in exactly whom it names, and refuses other methods; nothing else answers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, type Question, type Reply } from '../kit/ask.ts'
import { startHouse, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: from-file
    litellm_params: { model: openai/file, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`
interface Operation {
  readonly method: string
  readonly path: string
  readonly security: readonly Record<string, unknown>[]
  readonly writes: boolean
}

// LiteLLM's management families, our own, and what scanners look for.
const families =
  'key team user organization project customer budget tag model credentials spend global health config cache panel guardrails v1/model admin'.split(' ')
const words =
  ' /new /info /list /update /delete /generate /regenerate /block /unblock /logs /report /keys /requests /spend /home /export.csv /readiness /session /x'.split(
    ' ',
  )
const others =
  '/metrics /docs /redoc /routes /debug /env /test /config/yaml /.env /v1 /v1/responses /v1/files /openapi.yaml /settings /models /chat/completions'.split(' ')

describe('the routes of the gateway', () => {
  let vendor: Vendor
  let house: House
  let key: string
  let token: string
  beforeAll(async () => {
    vendor = await startVendor()
    // No keychain of this machine may be written to by a test.
    house = await startHouse({
      config: config(vendor.origin),
      env: { VENDOR_KEY: 'sk-vendor', OTHER_KEY: 'sk-other', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
    })
    ;({ key, token } = await house.key({ key_alias: 'reader' }))
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
  })
  const send = async (method: string, path: string, more: Pick<Question, 'key' | 'body'> = {}): Promise<Reply> =>
    ask(house.gateway.origin, { method, path, ...more })
  async function readOperations(): Promise<readonly Operation[]> {
    const document = (await house.get('/openapi.json')).json as unknown as {
      openapi: string
      paths: Record<string, Record<string, { security: Record<string, unknown>[]; requestBody?: unknown }>>
    }
    expect(document.openapi).toMatch(/^3\.1/)
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{\w+\}/g, 'x'),
        security: operation.security,
        writes: operation.requestBody !== undefined,
      })),
    )
  }
  it('every documented operation exists and lets in exactly whom it names', async () => {
    const operations = await readOperations()
    expect(operations.length).toBeGreaterThan(40)
    for (const { method, path, security, writes } of operations) {
      const where = `${method} ${path}`
      const body = writes ? { body: {} } : {}
      const stranger = await send(method, path, body)
      const holder = await send(method, path, { ...body, key })
      const admin = await send(method, path, { ...body, key: house.gateway.adminKey })
      const names = security.flatMap((one) => Object.keys(one))
      if (names.length === 0) expect(stranger.status, where).not.toBe(401)
      else expect(stranger.status, where).toBe(401)
      if (names.length > 0) expect(holder.status === 403, where).toBe(!names.includes('key'))
      expect(admin.status, where).toSatisfy((status: number) => (status === 404 ? admin.text.includes('There is no') : ![401, 403, 405, 500].includes(status)))
    }
  })
  it('another method at a documented path is 405 and names the right ones', async () => {
    const operations = await readOperations()
    for (const path of new Set(operations.map((operation) => operation.path))) {
      const allowed = operations.filter((operation) => operation.path === path).map(({ method }) => method)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !allowed.includes(one))) {
        const answer = await send(method, path, { key: house.gateway.adminKey, ...(method === 'GET' ? {} : { body: {} }) })
        expect([answer.status, answer.allow], `${method} ${path}`).toEqual([405, allowed.toSorted()])
      }
    }
  })
  it('nothing answers that is not documented', async () => {
    const documented = new Set((await readOperations()).map(({ method, path }) => `${method} ${path}`))
    const answered: string[] = []
    for (const path of [...families.flatMap((family) => words.map((word) => `/${family}${word}`)), ...others]) {
      const answer = await send('GET', path, { key: house.gateway.adminKey })
      const known = documented.has(`GET ${path}`) || documented.has(`GET ${path.replace(/\/[^/]+$/, '/x')}`)
      if (![404, 405].includes(answer.status) && !known) answered.push(`${path} ${answer.status}`)
    }
    // Another spelling of /v1/models, which OpenAI's clients use with a base URL without /v1.
    expect(answered).toEqual(['/models 200'])
  })
  it('a virtual key reads about itself and nothing else', async () => {
    const { token: otherToken } = await house.key({})
    expect(JSON.parse((await send('GET', '/key/info', { key })).text)).toMatchObject({ key: token, info: { key_alias: 'reader' } })
    expect((await send('GET', `/key/info?key=${otherToken}`, { key })).status).toBe(403)
    const info = await house.get('/model/info')
    expect(info.text).toContain(vendor.origin)
    expect((await send('GET', '/model/info', { key })).text).not.toContain(vendor.origin)
  })
})
