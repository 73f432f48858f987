// The vault over stand-in stores: references, caching, time limits and what people are told.

import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import { secret, type Secret } from '../../../gateway/contract/sealed.ts'
import type { CredentialRef } from '../../../gateway/contract/vault.ts'
import type { SecretStore } from '../../../gateway/vault/keychain.ts'
import { createVault, type Vault, type VaultOptions } from '../../../gateway/vault/vault.ts'

interface Memory extends SecretStore {
  readonly kept: Map<string, string>
  readonly calls: string[]
}
function createMemory(): Memory {
  const kept = new Map<string, string>()
  const calls: string[] = []
  return {
    kept,
    calls,
    read: async (name) => (calls.push(`read ${name}`), Promise.resolve(kept.get(name) ?? null)),
    write: async (name, text) => (calls.push(`write ${name}`), kept.set(name, text), Promise.resolve()),
    remove: async (name) => (calls.push(`remove ${name}`), kept.delete(name), Promise.resolve()),
  }
}
function vaultOver(store: SecretStore | null, more: Partial<VaultOptions> = {}): Vault {
  return createVault({
    readVariable: (name) => ({ OPENAI_API_KEY: 'sk-env', FROM_FILE_ON_DISK: 'sk-line-end\r\n', EMPTY: '' })[name],
    literals: new Map<CredentialRef, Secret>([
      ['file/0123456789abcdef', secret('sk-literal')],
      ['os.environ/OPENAI_API_KEY', secret('sk-from-yaml')],
      ['os.environ/ONLY_IN_YAML', secret('sk-yaml')],
    ]),
    timeoutMs: 50,
    platform: 'linux',
    openStore: () => (store === null ? Promise.reject(new Error('Platform failure: no bus')) : Promise.resolve(store)),
    ...more,
  })
}
const open = async (vault: Vault, ref: CredentialRef): Promise<string | undefined> => (await vault.read(ref))?.open()
const refusalOf = async (work: Promise<unknown>): Promise<GatewayError> => {
  const failure: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (failure instanceof GatewayError) return failure
  throw new Error(`expected a GatewayError, got ${inspect(failure)}`)
}

describe('vault references', () => {
  it('reads environment variables, literals and keychain entries by their references', async () => {
    const memory = createMemory()
    memory.kept.set('openai', 'sk-kept')
    const vault = vaultOver(memory)
    expect(await open(vault, 'os.environ/OPENAI_API_KEY')).toBe('sk-env')
    expect(await open(vault, 'os.environ/ONLY_IN_YAML')).toBe('sk-yaml')
    expect(await open(vault, 'file/0123456789abcdef')).toBe('sk-literal')
    expect(await open(vault, 'keychain/openai')).toBe('sk-kept')
  })
  it('gives null for a secret that is not there, an empty variable included', async () => {
    const vault = vaultOver(createMemory())
    for (const ref of ['os.environ/UNSET', 'os.environ/EMPTY', 'keychain/none', 'file/ffff', 'nonsense']) expect(await vault.read(ref), ref).toBeNull()
  })
  it('cuts the line end off a variable, which no header could carry', async () => {
    expect(await open(vaultOver(null), 'os.environ/FROM_FILE_ON_DISK')).toBe('sk-line-end')
  })
  it('asks the keychain once per secret and sees its own changes', async () => {
    const memory = createMemory()
    const vault = vaultOver(memory)
    const ref = await vault.save('openai', secret('one'))
    expect(ref).toBe('keychain/openai')
    expect([await open(vault, ref), await open(vault, ref)]).toEqual(['one', 'one'])
    await vault.save('openai', secret('two'))
    expect(await open(vault, ref)).toBe('two')
    expect(memory.calls.filter((call) => call === 'read openai')).toEqual([])
    await vault.remove(ref)
    expect(await vault.read(ref)).toBeNull()
    expect(memory.kept.size).toBe(0)
  })
  it('removes nothing for a variable or a literal', async () => {
    const memory = createMemory()
    const vault = vaultOver(memory)
    await vault.remove('os.environ/OPENAI_API_KEY')
    await vault.remove('file/0123456789abcdef')
    expect(memory.calls).toEqual([])
  })
  it('prints no secret', async () => {
    const vault = vaultOver(createMemory())
    const ref = await vault.save('openai', secret('sk-canary'))
    const value = await vault.read(ref)
    expect(inspect([vault, value, ref], { depth: 9 }) + JSON.stringify([value, ref])).not.toContain('sk-canary')
  })
  it('refuses names that a keychain could not show', async () => {
    const vault = vaultOver(createMemory())
    for (const name of ['', 'a\u0000b', 'line\nend', 'x'.repeat(201)])
      expect((await refusalOf(vault.save(name, secret('s')))).code, JSON.stringify(name)).toBe('invalid_request')
  })
})

describe('vault status', () => {
  it.each([
    ['linux', 'Secret Service'],
    ['darwin', 'macOS Keychain'],
    ['win32', 'Windows Credential Manager'],
  ] as const)('names the keychain in use on %s', async (platform, title) => {
    const status = await vaultOver(createMemory(), { platform }).status()
    expect(status).toMatchObject({ store: 'keychain', title, canSave: true })
    expect(status.sentence).toContain(title)
  })
  it('says what to do where there is no keychain, and refuses to save with the same advice', async () => {
    const vault = vaultOver(null)
    const status = await vault.status()
    expect(status).toMatchObject({ store: 'environment', title: 'environment references only', canSave: false })
    expect(status.sentence).toContain(
      'set the key in an environment variable and refer to it as os.environ/NAME, or start a Secret Service such as gnome-keyring',
    )
    const refusal = await refusalOf(vault.save('openai', secret('sk-canary')))
    expect([refusal.code, refusal.message]).toEqual(['vault_unavailable', status.sentence])
    expect(await open(vault, 'os.environ/OPENAI_API_KEY')).toBe('sk-env')
  })
  it('probes once, and again only when something is to be saved after a failure', async () => {
    const memory = createMemory()
    const opened: number[] = []
    const vault = vaultOver(null, { openStore: () => (opened.push(1), opened.length === 1 ? Promise.reject(new Error('no bus')) : Promise.resolve(memory)) })
    expect((await vault.status()).canSave).toBe(false)
    expect((await vault.status()).canSave).toBe(false)
    expect(opened.length).toBe(1)
    expect(await vault.save('openai', secret('s'))).toBe('keychain/openai')
    expect((await vault.status()).canSave).toBe(true)
    expect(opened.length).toBe(2)
  })
  it('words a write the keychain refuses with its reason and the way around', async () => {
    const memory = createMemory()
    const vault = vaultOver({ ...memory, write: () => Promise.reject(new Error('unlock prompt was dismissed')) })
    const refusal = await refusalOf(vault.save('openai', secret('sk-canary')))
    expect(refusal.code).toBe('vault_unavailable')
    expect(refusal.message).toContain('unlock prompt was dismissed')
    expect(refusal.message).toContain('os.environ/NAME')
    expect(refusal.message).not.toContain('sk-canary')
  })
})

describe('vault time limits', () => {
  const never = async <Value>(): Promise<Value> => new Promise<Value>(() => undefined)

  it('gives up a call that does not answer, and counts it as pending', async () => {
    const memory = createMemory()
    const vault = vaultOver({ ...memory, read: (name) => (name === 'probe' ? Promise.resolve(null) : never()) })
    const refusal = await refusalOf(vault.read('keychain/openai'))
    expect(refusal.code).toBe('vault_unavailable')
    expect(refusal.message).toContain('did not answer within 0.05 s')
    expect(vault.pendingCalls).toBe(1)
  })
  it('sends no second call into a keychain that hangs, so that one thread at most is lost', async () => {
    const calls: string[] = []
    const vault = vaultOver({ ...createMemory(), read: (name) => (calls.push(name), name === 'probe' ? Promise.resolve(null) : never()) })
    await Promise.all(['a', 'b', 'c'].map(async (name) => refusalOf(vault.read(`keychain/${name}`))))
    const atOnce = refusalOf(vault.read('keychain/d')).then(() => 'refused at once')
    expect(await Promise.race([atOnce, new Promise((resolve) => setImmediate(resolve, 'waited'))])).toBe('refused at once')
    expect(calls).toEqual(['probe', 'a'])
    expect(vault.pendingCalls).toBe(1)
  })
  it('does not write afterwards what it has reported as failed, and works again once the keychain answers', async () => {
    const memory = createMemory()
    const answers: ((value: null) => void)[] = []
    const slow = async (): Promise<null> => new Promise((resolve) => answers.push(resolve))
    const vault = vaultOver({ ...memory, read: (name) => (name === 'slow' ? slow() : memory.read(name)) })
    await vault.status()
    const read = refusalOf(vault.read('keychain/slow'))
    const write = refusalOf(vault.save('late', secret('s')))
    expect([(await read).code, (await write).code]).toEqual(['vault_unavailable', 'vault_unavailable'])
    for (const answer of answers) answer(null)
    await vi.waitUntil(() => vault.pendingCalls === 0)
    expect(await vault.save('after', secret('s'))).toBe('keychain/after')
    expect([...memory.kept.keys()]).toEqual(['after'])
  })
  it('starts with environment references when the keychain hangs at the probe', async () => {
    const vault = vaultOver({ ...createMemory(), read: never })
    expect(await vault.status()).toMatchObject({ store: 'environment', canSave: false })
    expect(await open(vault, 'os.environ/OPENAI_API_KEY')).toBe('sk-env')
  })
})
