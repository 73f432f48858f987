// A real gateway with a real Secret Service: a provider key is saved, read, renewed and deleted through the API; a keyring that is locked, not
// there, or waits for somebody who never comes means a sentence within the time limit, and no gateway that hangs when it stops.
// Leaves alone: the vault in one process (test/gateway/vault), the passphrase vault (passphrase-vault.test.ts).

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../gateway/config.ts'
import { errorOf, startHouse, type Answer, type House } from '../kit/house.ts'
import { parts } from '../kit/parts.ts'
import { startPrivateKeyring, type KeyringState, type PrivateKeyring } from '../kit/private-keyring.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

let vendor: Vendor
let home: string
let dataDir: string
beforeAll(async () => {
  vendor = await startVendor()
  home = await mkdtemp(join(tmpdir(), 'tollgate-keyring-'))
  dataDir = await mkdtemp(join(tmpdir(), 'tollgate-keychain-'))
})
afterAll(async () => {
  await vendor.close()
  await rm(home, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
})

const start = async (env: Readonly<Record<string, string>>, from = dataDir): Promise<House> => startHouse({ dataDir: from, env, startTimeoutMs: 60_000 })
async function within(keyring: KeyringState, visit: (house: House, service: PrivateKeyring) => Promise<void>): Promise<void> {
  const service = await startPrivateKeyring(home, keyring)
  try {
    const house = await start(service.env)
    try {
      await visit(house, service)
    } finally {
      await house.stop()
    }
  } finally {
    await service.stop()
  }
}
const saveKey = async (house: House, name: string, key: string): Promise<Answer> =>
  house.post('/credentials', { credential_name: name, credential_values: { api_key: key, api_base: `${vendor.origin}/v1` } })
async function change(house: House, method: 'PATCH' | 'DELETE', body?: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${house.gateway.adminKey}`, 'content-type': 'application/json' }
  const asked = body === undefined ? {} : { body: JSON.stringify(body) }
  return (await fetch(`${house.gateway.origin}/credentials/openai`, { method, headers, ...asked })).status
}
/** The key the vendor got with one more call. */
async function keySent(house: House): Promise<string | undefined> {
  const { key } = await house.key()
  expect((await house.chat(key, { model: 'kept', max_tokens: 1 })).status).toBe(200)
  return vendor.received.at(-1)?.headers.authorization
}

// What a refusal may take beyond the time limit of the keychain on a machine with better things to do.
const slackMs = 10_000
async function refusedInTime(work: () => Promise<Answer>): Promise<string> {
  const startedMs = performance.now()
  const refused = await work()
  expect(performance.now() - startedMs).toBeLessThan(defaultLimits.vaultTimeoutMs + slackMs)
  expect(refused.status).toBe(503)
  const { message } = errorOf(refused)
  expect(message).toContain('os.environ/NAME')
  expect(refused.text).not.toContain('sk-never')
  return message
}

describe.skipIf(!parts.secretService)('a provider key in a real keyring [needs: secretService]', { timeout: 180_000 }, () => {
  it('is saved, used, renewed without a restart, there after one, and gone when it is deleted', async () => {
    await within('unlocked', async (house) => {
      expect((await house.get('/vault')).json).toMatchObject({ store: 'keychain', title: 'Secret Service', can_save: true })
      expect((await saveKey(house, 'openai', 'sk-first')).status).toBe(200)
      const litellm_params = { model: 'openai/m', litellm_credential_name: 'openai', input_cost_per_token: 0, output_cost_per_token: 0 }
      expect((await house.post('/model/new', { model_name: 'kept', litellm_params })).status).toBe(200)
      expect(await keySent(house)).toBe('Bearer sk-first')
      expect(await change(house, 'PATCH', { credential_values: { api_key: 'sk-second' } })).toBe(200)
      expect(await keySent(house)).toBe('Bearer sk-second')
    })
    await within('unlocked', async (house) => {
      expect(await keySent(house)).toBe('Bearer sk-second')
      const [model] = (await house.get('/model/info')).json['data'] as { model_info: { id: string } }[]
      expect((await house.post('/model/delete', { id: model?.model_info.id })).status).toBe(200)
      expect(await change(house, 'DELETE')).toBe(200)
      // The same name again would find what a deletion had left behind.
      const body = { model_name: 'kept', litellm_params: { model: 'openai/m', api_base: `${vendor.origin}/v1`, api_key: 'keychain/credential/openai' } }
      expect((await house.post('/model/new', body)).status).toBe(200)
      const { key } = await house.key()
      const refused = await house.chat(key, { model: 'kept' })
      expect([refused.status, errorOf(refused).message]).toEqual([502, expect.stringContaining('keychain/credential/openai is not set')])
    })
  })
  it('means a sentence when the keyring is locked and nobody can be asked', async () => {
    await within('locked', async (house) => {
      await refusedInTime(async () => saveKey(house, 'locked', 'sk-never'))
      expect((await house.get('/health/readiness')).status).toBe(200)
    })
  })
  it('means a sentence within the time limit when nobody answers the question, and the gateway stops all the same', async () => {
    const service = await startPrivateKeyring(home, 'locked')
    await service.leavePromptsUnanswered()
    const house = await start(service.env)
    expect(await refusedInTime(async () => saveKey(house, 'asked', 'sk-never'))).toContain('did not answer within 5 s')
    // The first call still hangs: the next one is not sent after it.
    const startedMs = performance.now()
    await refusedInTime(async () => saveKey(house, 'again', 'sk-never'))
    expect(performance.now() - startedMs).toBeLessThan(defaultLimits.vaultTimeoutMs)
    expect((await house.get('/health/readiness')).status).toBe(200)
    const stoppedMs = performance.now()
    await house.stop()
    expect(performance.now() - stoppedMs).toBeLessThan(slackMs)
    await service.stop()
  })
})

describe.skipIf(process.platform !== 'linux')('without a session bus [needs: Linux]', { timeout: 180_000 }, () => {
  it('the gateway starts, says where keys can be kept, and refuses to save one in the same words', async () => {
    const house = await start({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', HOME: home, XDG_RUNTIME_DIR: home }, join(home, 'without'))
    const message = await refusedInTime(async () => saveKey(house, 'absent', 'sk-never'))
    expect(house.gateway.output()).toContain(message)
    expect((await house.get('/vault')).json).toMatchObject({ store: 'environment', passphrase: 'absent', can_save: false, sentence: message })
    expect(await house.stop()).toBe(0)
  })
})
