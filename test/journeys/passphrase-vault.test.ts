// A machine without a keychain: provider keys saved into the passphrase vault through the API, over restarts, wrong and missing passphrases,
// and a key that is renewed while requests run. Leaves alone: what the file looks like inside (test/gateway/vault).

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

// No keychain of this machine may be written to by a test.
const noBus = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
const first = 'correct horse battery staple'
const second = 'another long passphrase'
const model = 'from-the-vault'

let vendor: Vendor
let dataDir: string
/** The one key the vendor takes. */
let accepted = ''
const keyOf = (headers: Vendor['received'][number]['headers']): string => (headers.authorization ?? '').replace('Bearer ', '')

beforeAll(async () => {
  vendor = await startVendor()
  vendor.behave(({ headers }) =>
    keyOf(headers) === accepted
      ? { outputTokens: 12, pieceDelayMs: 100 }
      : { status: 401, body: JSON.stringify({ error: { message: `wrong key ${keyOf(headers)}` } }) },
  )
  dataDir = await mkdtemp(join(tmpdir(), 'tollgate-passphrase-'))
})
afterAll(async () => {
  await vendor.close()
  await rm(dataDir, { recursive: true, force: true })
})

const start = async (env: Record<string, string> = {}, args: string[] = []): Promise<House> =>
  startHouse({ dataDir, env: { ...noBus, ...env }, args, startTimeoutMs: 60_000 })
const call = async (house: House, key: string): Promise<Answer> => house.chat(key, { model, max_tokens: 12 })
async function patch(house: House, body: unknown): Promise<Answer> {
  const response = await fetch(`${house.gateway.origin}/credentials/openai`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${house.gateway.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, text: await response.text(), json: {} }
}

describe.skipIf(process.platform !== 'linux')('provider keys without a keychain [needs: Linux]', () => {
  let key = ''

  it('are saved under the passphrase, used at once, renewed under running requests, and used after a restart', async () => {
    const house = await start({ TOLLGATE_PASSPHRASE: first })
    expect(house.gateway.output()).toContain('vault.json, encrypted under your passphrase')
    accepted = 'sk-vendor-old'
    expect(
      (await house.post('/credentials', { credential_name: 'openai', credential_values: { api_key: 'sk-vendor-old', api_base: `${vendor.origin}/v1` } }))
        .status,
    ).toBe(200)
    const made = await house.post('/model/new', {
      model_name: model,
      litellm_params: { model: 'openai/m', litellm_credential_name: 'openai', input_cost_per_token: 0, output_cost_per_token: 0 },
    })
    expect(made.status).toBe(200)
    key = (await house.key()).key
    expect((await call(house, key)).status).toBe(200)

    // A stream that began with the old key; from here on the vendor takes only the new one.
    const running = house.chat(key, { model, max_tokens: 12, stream: true })
    await expect.poll(() => vendor.received.length).toBe(2)
    accepted = 'sk-vendor-new'
    expect((await call(house, key)).status).toBe(502)
    expect((await patch(house, { credential_values: { api_key: 'sk-vendor-new' } })).status).toBe(200)
    expect((await call(house, key)).status).toBe(200)
    const streamed = await running
    expect([streamed.status, streamed.text.includes('[DONE]'), streamed.text.includes('"error"')]).toEqual([200, true, false])
    expect(vendor.received.map(({ headers }) => keyOf(headers))).toEqual(['sk-vendor-old', 'sk-vendor-old', 'sk-vendor-old', 'sk-vendor-new'])

    expect((await house.get('/credentials')).json['credentials']).toMatchObject([{ credential_values: { api_key: 'passphrase/credential/openai' } }])
    expect(await house.stop()).toBe(0)
    expect(await readFile(join(dataDir, 'vault.json'), 'utf8')).not.toContain('sk-vendor')
    const again = await start({ TOLLGATE_PASSPHRASE: first })
    expect((await call(again, key)).status).toBe(200)
    expect(await again.stop()).toBe(0)
  }, 180_000)

  it('stop the start in one sentence when the passphrase is wrong, from either place, and nothing is written', async () => {
    const before = await readFile(join(dataDir, 'vault.json'), 'utf8')
    const sentence = `This is not the passphrase of the vault ${join(dataDir, 'vault.json')}.`
    await expect(start({ TOLLGATE_PASSPHRASE: 'not the passphrase at all' })).rejects.toThrow(sentence)
    const file = join(dataDir, 'passphrase')
    await writeFile(file, 'nor is this one\n', { mode: 0o600 })
    await expect(start({ TOLLGATE_PASSPHRASE: first }, ['--passphrase-file', file])).rejects.toThrow(sentence)
    await writeFile(join(dataDir, 'open'), first, { mode: 0o644 })
    await expect(start({ TOLLGATE_PASSPHRASE_FILE: join(dataDir, 'open') })).rejects.toThrow('can be read by other users of this computer')
    await expect(start({}, ['--vault', 'drawer'])).rejects.toThrow('The vault must be one of keychain, passphrase, environment, not "drawer".')
    expect(await readFile(join(dataDir, 'vault.json'), 'utf8')).toBe(before)
  }, 180_000)

  it('fail with a sentence while the vault is locked; it is unlocked, and gets another passphrase, without a restart', async () => {
    const house = await start()
    expect(house.gateway.output()).toContain('is locked, so the keys in it cannot be used.')
    expect((await house.get('/vault')).json).toMatchObject({ store: 'passphrase', passphrase: 'locked', can_save: false })
    const refused = await call(house, key)
    expect([refused.status, errorOf(refused).message]).toEqual([503, expect.stringContaining('is locked')])
    expect((await patch(house, { credential_values: { api_key: 'sk-later' } })).status).toBe(503)

    const wrong = await house.post('/vault/unlock', { passphrase: 'not the passphrase at all' })
    expect([wrong.status, errorOf(wrong).param]).toEqual([400, 'passphrase'])
    expect((await house.post('/vault/unlock', { passphrase: first })).json).toMatchObject({ passphrase: 'open', can_save: true })
    expect((await call(house, key)).status).toBe(200)
    expect((await house.post('/vault/passphrase', { passphrase: second })).status).toBe(400)
    expect((await house.post('/vault/passphrase', { current: first, passphrase: second })).status).toBe(200)
    expect((await call(house, key)).status).toBe(200)
    const virtual = await fetch(`${house.gateway.origin}/vault/unlock`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ passphrase: second }),
    })
    expect(virtual.status).toBe(403)
    const tries = await Promise.all(Array.from({ length: 10 }, async () => (await house.post('/vault/unlock', { passphrase: 'guess after guess' })).status))
    expect(tries.filter((status) => status === 429).length).toBeGreaterThanOrEqual(3)
    expect(await house.stop()).toBe(0)

    await writeFile(join(dataDir, 'passphrase'), `${second}\n`, { mode: 0o600 })
    const again = await start({}, ['--passphrase-file', join(dataDir, 'passphrase')])
    expect((await call(again, key)).status).toBe(200)
    expect(await again.stop()).toBe(0)
  }, 180_000)
})
