// Which store the vault uses: the keychain where it answers, else the passphrase vault, or the one that was chosen; and how it is opened at the start.
// Leaves alone: what each store does (keychain.test.ts, passphrase-store.test.ts).

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { secret, type Secret } from '../../../gateway/contract/sealed.ts'
import type { SecretStore } from '../../../gateway/vault/keychain.ts'
import { readPassphraseFile } from '../../../gateway/vault/passphrase-file.ts'
import { openPassphraseStore, type PassphraseStore } from '../../../gateway/vault/passphrase-store.ts'
import { unlockAtStart } from '../../../gateway/vault/unlock-at-start.ts'
import { createVault, type Vault, type VaultOptions } from '../../../gateway/vault/vault.ts'

const passphrase = secret('correct horse battery')
let folder = ''
let path = ''
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-stores-'))
})
beforeEach(() => {
  count += 1
  path = join(folder, `vault-${String(count)}.json`)
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const openFile = async (): Promise<PassphraseStore> => openPassphraseStore({ path, bytesMax: 100_000, n: 16_384 })
function createMemory(): SecretStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>()
  return {
    kept,
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    write: (name, text) => Promise.resolve(void kept.set(name, text)),
    remove: (name) => Promise.resolve(void kept.delete(name)),
  }
}
function vaultOver(keychain: SecretStore | null, more: Partial<VaultOptions>): Vault & { readonly opened: () => number; readonly changes: () => number } {
  let opened = 0
  let changes = 0
  const openStore = (): Promise<SecretStore> => {
    opened += 1
    return keychain === null ? Promise.reject(new Error('no bus')) : Promise.resolve(keychain)
  }
  const onChange = (): void => void (changes += 1)
  const vault = createVault({ readVariable: () => 'sk-env', literals: new Map(), timeoutMs: 50, platform: 'linux', openStore, onChange, ...more })
  return { ...vault, opened: () => opened, changes: () => changes, pendingCalls: 0 }
}
const textOf = (value: Secret | null): string | null => value?.open() ?? null

describe('the store in use', () => {
  it('is the passphrase vault where no keychain answers and there is a passphrase; the keychain is not asked again for each save', async () => {
    const store = await openFile()
    await store.change(null, passphrase)
    const vault = vaultOver(null, { passphrase: store })
    expect(await vault.status()).toMatchObject({ store: 'passphrase', passphrase: 'open', keychainAnswers: false, title: 'passphrase vault', canSave: true })
    const ref = await vault.save('credential/openai', secret('one'))
    expect([ref, textOf(await vault.read(ref))]).toEqual(['passphrase/credential/openai', 'one'])
    await vault.save('credential/openai', secret('two'))
    expect(textOf(await vault.read(ref))).toBe('two')
    await vault.remove(ref)
    expect(await vault.read(ref)).toBeNull()
    expect([vault.opened(), vault.changes()]).toEqual([1, 3])
  })
  it('is the keychain where it answers, and what the passphrase vault holds is read from there all the same', async () => {
    const store = await openFile()
    await store.change(null, passphrase)
    await store.write('old', 'from the file')
    const vault = vaultOver(createMemory(), { passphrase: store })
    expect(await vault.status()).toMatchObject({ store: 'keychain', passphrase: 'open', keychainAnswers: true })
    expect(await vault.save('new', secret('s'))).toBe('keychain/new')
    expect([textOf(await vault.read('passphrase/old')), textOf(await vault.read('keychain/new'))]).toEqual(['from the file', 's'])
  })
  it('says that the passphrase vault is locked, refuses to save into it and to read from it, and still reads the environment', async () => {
    await (await openFile()).change(null, passphrase)
    const store = await openFile()
    const vault = vaultOver(null, { passphrase: store })
    const status = await vault.status()
    expect(status).toMatchObject({ store: 'passphrase', passphrase: 'locked', canSave: false })
    expect(status.sentence).toBe(
      `The passphrase vault ${path} is locked, so the keys in it cannot be used. Unlock it in the panel under Providers, or start with TOLLGATE_PASSPHRASE or --passphrase-file.`,
    )
    await expect(vault.save('a', secret('sk-canary'))).rejects.toThrow(status.sentence)
    await expect(vault.remove('passphrase/a')).rejects.toThrow(status.sentence)
    expect(textOf(await vault.read('os.environ/ANY'))).toBe('sk-env')
    await store.unlock(passphrase)
    expect(await vault.save('a', secret('s'))).toBe('passphrase/a')
  })
  it('names a locked vault with secrets in it beside a keychain that works', async () => {
    const before = await openFile()
    await before.change(null, passphrase)
    expect((await vaultOver(createMemory(), { passphrase: await openFile() }).status()).sentence).not.toContain('locked')
    await before.write('a', 'b')
    expect((await vaultOver(createMemory(), { passphrase: await openFile() }).status()).sentence).toContain('is locked')
  })
  it('is the one that was chosen, and no other is touched', async () => {
    const store = await openFile()
    const forFile = vaultOver(createMemory(), { passphrase: store, choice: 'passphrase' })
    expect(await forFile.status()).toMatchObject({ store: 'passphrase', passphrase: 'absent', keychainAnswers: null, canSave: false })
    await expect(forFile.save('a', secret('s'))).rejects.toThrow('There is no passphrase yet')
    await store.change(null, passphrase)
    expect(await forFile.save('a', secret('s'))).toBe('passphrase/a')
    expect(forFile.opened()).toBe(0)
    const nothing = vaultOver(createMemory(), { passphrase: store, choice: 'environment' })
    expect(await nothing.status()).toMatchObject({ store: 'environment', canSave: false })
    await expect(nothing.save('a', secret('s'))).rejects.toThrow('No key is saved, as --vault environment asks.')
    expect(nothing.opened()).toBe(0)
    const keychain = vaultOver(null, { passphrase: store, choice: 'keychain' })
    expect(await keychain.status()).toMatchObject({ store: 'environment', canSave: false })
    await expect(keychain.save('a', secret('s'))).rejects.toThrow('There is no Secret Service that this process can reach')
  })
})

describe('at the start', () => {
  const start = async (store: PassphraseStore, given: Secret | null, more: Partial<Parameters<typeof unlockAtStart>[0]> = {}): Promise<string[]> => {
    const said: string[] = []
    const vault = vaultOver(null, { passphrase: store })
    await unlockAtStart({ store, status: vault.status, given, ask: null, say: (sentence) => void said.push(sentence), ...more })
    return said
  }
  it('a passphrase makes a vault where there is none, and is held against it from then on', async () => {
    const store = await openFile()
    await start(store, passphrase)
    expect(store.state).toBe('open')
    const again = await openFile()
    await expect(start(again, secret('correct horse mattery'))).rejects.toMatchObject({
      name: 'VaultUnusable',
      message: `This is not the passphrase of the vault ${path}.`,
    })
    await start(again, passphrase)
    expect(again.state).toBe('open')
    const short = await openPassphraseStore({ path: `${path}-other`, bytesMax: 1000 })
    await expect(start(short, secret('short'))).rejects.toMatchObject({ name: 'VaultUnusable', message: 'A passphrase has at least 12 characters.' })
  })
  it('makes no vault beside a keychain that answers', async () => {
    const store = await openFile()
    await start(store, passphrase, { status: vaultOver(createMemory(), { passphrase: store }).status })
    expect(store.state).toBe('absent')
  })
  it('goes on locked where nobody gives a passphrase', async () => {
    await (await openFile()).change(null, passphrase)
    const store = await openFile()
    await start(store, null)
    expect(store.state).toBe('locked')
  })
  it('asks at a terminal three times at most, and takes no answer for an answer', async () => {
    await (await openFile()).change(null, passphrase)
    const answers = ['wrong', 'correct horse battery']
    const ask = (question: string): Promise<Secret | null> => {
      expect(question).toContain(path)
      const next = answers.shift()
      return Promise.resolve(next === undefined ? null : secret(next))
    }
    const store = await openFile()
    expect(await start(store, null, { ask })).toEqual([`This is not the passphrase of the vault ${path}.`])
    expect(store.state).toBe('open')
    answers.push('no', 'not this', 'nor this', 'correct horse battery')
    const other = await openFile()
    expect(await start(other, null, { ask })).toHaveLength(3)
    expect([other.state, answers.length]).toEqual(['locked', 1])
    answers.length = 0
    expect(await start(other, null, { ask })).toEqual([])
  })
})

describe('a passphrase file', () => {
  it('gives its one line', async () => {
    for (const [index, text] of ['a passphrase\n', 'a passphrase\r\n', 'a passphrase'].entries()) {
      const file = `${path}-${String(index)}`
      await writeFile(file, text, { mode: 0o600 })
      expect(textOf(await readPassphraseFile(file))).toBe('a passphrase')
    }
  })
  it.each([
    ['is empty', '\n', 'must hold the passphrase and nothing else'],
    ['has two lines', 'one\ntwo\n', 'must hold the passphrase and nothing else'],
    ['is too large', 'x'.repeat(5000), 'is not an ordinary file of at most 4096 bytes'],
  ])('that %s is refused, without its text', async (_what, text, sentence) => {
    await writeFile(path, text, { mode: 0o600 })
    await expect(readPassphraseFile(path)).rejects.toThrow(`The passphrase file ${path} ${sentence}`)
  })
  it('that is not there, or no file, is refused', async () => {
    await expect(readPassphraseFile(path)).rejects.toThrow('cannot be read')
    await expect(readPassphraseFile(folder)).rejects.toThrow('is not an ordinary file')
  })
  it.skipIf(process.platform === 'win32')('that others can read is refused [needs: POSIX]', async () => {
    await writeFile(path, 'a passphrase', { mode: 0o600 })
    await chmod(path, 0o640)
    await expect(readPassphraseFile(path)).rejects.toThrow('can be read by other users of this computer. Change that with chmod 600 and start again.')
    expect(textOf(await readPassphraseFile(path, 'win32'))).toBe('a passphrase')
  })
})
