// The vault's routes: what is in use, unlocking, the passphrase, moving secrets between stores; and how old a saved key is said to be.
// Leaves alone: the stores themselves (test/gateway/vault), the routes over HTTP (test/journeys).

import { beforeEach, describe, expect, test } from 'vitest'
import { refuse } from '../../../gateway/contract/errors.ts'
import { isJsonObject } from '../../../gateway/contract/json.ts'
import type { Secret } from '../../../gateway/contract/sealed.ts'
import type { PassphrasePort, VaultPort, VaultStatus } from '../../../gateway/contract/vault.ts'
import { refusal } from './refusal.ts'
import { createWorld, startMs, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})

/** From now on new secrets go into a passphrase vault; what the keychain kept is still read from there. */
function usePassphraseVault(change: Partial<VaultPort> = {}): Map<string, Secret> {
  const kept = world.vaultSecrets
  const status: VaultStatus = { store: 'passphrase', passphrase: 'open', keychainAnswers: true, title: 'passphrase vault', sentence: 'Kept.', canSave: true }
  const vault: VaultPort = {
    status: () => Promise.resolve(status),
    read: (ref) => Promise.resolve(kept.get(ref) ?? null),
    save: (name, value) => (kept.set(`passphrase/${name}`, value), Promise.resolve(`passphrase/${name}`)),
    remove: (ref) => Promise.resolve(void kept.delete(ref)),
    ...change,
  }
  Object.assign(world.deps, { vault })
  return kept
}
const save = (api_key: string, credential_name = 'openai') => ({
  credential_name,
  credential_values: { api_key },
  credential_info: { custom_llm_provider: 'openai' },
})

describe('the vault', () => {
  test('tells what is in use', async () => {
    expect(await world.get('/vault')).toEqual({
      store: 'keychain',
      passphrase: 'absent',
      title: 'A vault of this test',
      sentence: 'Secrets are kept in memory.',
      can_save: true,
    })
  })
  test('is unlocked and gets a passphrase without either standing in an answer or a log line; tries are limited before one is looked at', async () => {
    const heard: (string | null)[] = []
    const port: PassphrasePort = {
      unlock(passphrase) {
        heard.push(passphrase.open())
        return passphrase.open() === 'right one' ? Promise.resolve() : Promise.reject(refuse('invalid_request', { reason: 'Wrong.' }, { param: 'passphrase' }))
      },
      change: (current, next) => (heard.push(current?.open() ?? null, next.open()), Promise.resolve()),
    }
    Object.assign(world.deps, { passphrase: port })
    expect(await world.post('/vault/unlock', { passphrase: 'right one' })).toMatchObject({ store: 'keychain' })
    await world.post('/vault/passphrase', { passphrase: 'first of all' })
    await world.post('/vault/passphrase', { current: 'first of all', passphrase: 'the one after' })
    expect(heard).toEqual(['right one', null, 'first of all', 'first of all', 'the one after'])
    expect(JSON.stringify(world.logged)).not.toMatch(/right one|first of all|the one after/)
    expect(world.logged.map(({ facts }) => facts['action'])).toEqual(['vault-unlock', 'vault-passphrase', 'vault-passphrase'])
    for (let tries = 3; tries < world.deps.limits.passphraseAttemptsPerMinute; tries += 1)
      expect(await refusal(world.post('/vault/unlock', { passphrase: 'guess' }))).toMatchObject({ status: 400, hints: { param: 'passphrase' } })
    const before = heard.length
    expect(await refusal(world.post('/vault/unlock', { passphrase: 'right one' }))).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
    expect(heard.length).toBe(before)
  })
  test('refuses a body that is not its own', async () => {
    for (const body of [{}, { passphrase: '' }, { passphrase: 7 }, { passphrase: 'x', more: true }])
      expect(await refusal(world.post('/vault/unlock', body))).toMatchObject({ status: 400 })
  })
})

describe('secrets move into the store in use', () => {
  test('from credentials, deployments and own paths, their references with them, and no copy stays behind', async () => {
    await world.post('/credentials', save('sk-named'))
    await world.post('/model/new', { model_name: 'own', litellm_params: { model: 'openai/gpt-4o', api_key: 'sk-own' } })
    await world.post('/model/new', { model_name: 'shares', litellm_params: { model: 'openai/gpt-4o', api_key: 'keychain/credential/openai' } })
    await world.post('/model/new', { model_name: 'environment', litellm_params: { model: 'openai/gpt-4o', api_key: 'os.environ/KEY' } })
    await world.post('/config/pass_through_endpoint', { path: '/mine', target: 'https://mine.example', headers: { authorization: 'Bearer sk-header' } })
    expect([...world.vaultSecrets.keys()].every((ref) => ref.startsWith('keychain/'))).toBe(true)
    const kept = usePassphraseVault()
    expect(await world.post('/vault/move', {})).toEqual({ moved: 3, left: [] })
    expect([...kept].map(([ref, value]) => [ref.split('/')[0], value.open()]).toSorted()).toEqual([
      ['passphrase', 'sk-header'],
      ['passphrase', 'sk-named'],
      ['passphrase', 'sk-own'],
    ])
    expect(world.deps.entries.credentials()).toMatchObject([{ ref: 'passphrase/credential/openai', savedAtMs: startMs }])
    const credentials = Object.fromEntries(world.deps.entries.deployments().map(({ modelName, credential }) => [modelName, credential]))
    expect(credentials).toMatchObject({ own: expect.stringMatching(/^passphrase\//), shares: 'passphrase/credential/openai', environment: 'os.environ/KEY' })
    expect(Object.values(world.deps.ownPaths.list()[0]?.headers ?? {})).toMatchObject([{ ref: expect.stringMatching(/^passphrase\//) }])
    expect(await world.post('/vault/move', {})).toEqual({ moved: 0, left: [] })
  })
  test('leaves what cannot be read where it is, and says why', async () => {
    await world.post('/credentials', save('sk-one', 'one'))
    await world.post('/credentials', save('sk-two', 'two'))
    const kept = usePassphraseVault({
      read: (ref) =>
        ref.includes('two') ? Promise.reject(refuse('vault_unavailable', { reason: 'It does not answer.' })) : Promise.resolve(kept.get(ref) ?? null),
    })
    expect(await world.post('/vault/move', {})).toEqual({ moved: 1, left: ['keychain/credential/two: It does not answer.'] })
    expect(world.deps.entries.credentials().map(({ ref }) => ref)).toEqual(['passphrase/credential/one', 'keychain/credential/two'])
    expect([...kept.keys()]).toEqual(['keychain/credential/two', 'passphrase/credential/one'])
  })
  test('is refused where nothing can be saved', async () => {
    world = await createWorld({ canSave: false })
    expect(await refusal(world.post('/vault/move', {}))).toMatchObject({ status: 503 })
  })
})

describe('the age of a key', () => {
  const ages = async (): Promise<unknown[]> => {
    const { data } = await world.get('/model/info')
    return Array.isArray(data)
      ? data.map((row) => (isJsonObject(row) && isJsonObject(row['model_info']) ? row['model_info']['credential_saved_at'] : undefined))
      : []
  }
  test('is since it was saved or renewed, in every read of an administrator', async () => {
    await world.post('/credentials', save('sk-named'))
    await world.post('/model/new', { model_name: 'g', litellm_params: { model: 'openai/gpt-4o', litellm_credential_name: 'openai' } })
    expect(await ages()).toEqual([new Date(startMs).toISOString()])
    world.time.nowMs += 12 * 86_400_000
    await world.ask('PATCH', '/credentials/openai', { body: { credential_values: { api_base: 'https://elsewhere.example/v1' } } })
    expect(await ages()).toEqual([new Date(startMs).toISOString()])
    await world.ask('PATCH', '/credentials/openai', { body: { credential_values: { api_key: 'sk-renewed' } } })
    const renewed = new Date(world.time.nowMs).toISOString()
    expect(await ages()).toEqual([renewed])
    expect(await world.get('/credentials')).toMatchObject({
      credentials: [{ credential_info: { created_at: new Date(startMs).toISOString(), saved_at: renewed } }],
    })
    expect(await world.get('/panel/providers')).toMatchObject({
      deployments: [{ credentialSavedAtMs: world.time.nowMs }],
      credentials: [{ createdAtMs: startMs, savedAtMs: world.time.nowMs }],
    })
  })
  test('is that of a deployment that brought its own key; a variable has none', async () => {
    await world.post('/model/new', { model_name: 'own', litellm_params: { model: 'openai/gpt-4o', api_key: 'sk-own' } })
    await world.post('/model/new', { model_name: 'variable', litellm_params: { model: 'openai/gpt-4o', api_key: 'os.environ/KEY' } })
    expect(await ages()).toEqual([new Date(startMs).toISOString(), null])
    await world.post('/credentials', save('os.environ/KEY'))
    expect(await world.get('/credentials')).toMatchObject({ credentials: [{ credential_info: { saved_at: null } }] })
    await world.ask('PATCH', '/credentials/openai', { body: { credential_values: { api_key: 'sk-now-saved' } } })
    expect(await world.get('/credentials')).toMatchObject({ credentials: [{ credential_info: { saved_at: new Date(startMs).toISOString() } }] })
    await world.ask('PATCH', '/credentials/openai', { body: { credential_values: { api_key: 'os.environ/KEY' } } })
    expect(await world.get('/credentials')).toMatchObject({ credentials: [{ credential_info: { saved_at: null } }] })
  })
})
