// The passphrase vault over real files: what it keeps, what it refuses, and what a reader without the passphrase can see.
// Leaves alone: who asks for the passphrase, the HTTP routes.

import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { secret } from '../../../gateway/contract/sealed.ts'
import { openPassphraseStore, type PassphraseStore } from '../../../gateway/vault/passphrase-store.ts'
import { seal, unseal } from '../../../gateway/vault/sealing.ts'

const bytesMax = 1_000_000
// The least that is taken: an eighth of what a guess usually costs.
const n = 16_384
const passphrase = secret('correct horse battery')
const folders: string[] = []
let path = ''

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-passphrase-'))
  folders.push(folder)
  path = join(folder, 'vault.json')
})
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

const openStore = async (): Promise<PassphraseStore> => openPassphraseStore({ path, bytesMax, n })
async function filled(entries: Readonly<Record<string, string>>): Promise<PassphraseStore> {
  const store = await openStore()
  await store.change(null, passphrase)
  for (const [name, text] of Object.entries(entries)) await store.write(name, text)
  return store
}
interface Shown {
  format: string
  scrypt: Record<string, unknown>
  check: string
  entries: Record<string, string>
}
const shown = async (): Promise<Shown> => JSON.parse(await readFile(path, 'utf8')) as Shown
const sample: Shown = {
  format: 'tollgate-vault/1',
  scrypt: { n: 131_072, r: 8, p: 1, salt: randomBytes(32).toString('base64') },
  check: randomBytes(50).toString('base64'),
  entries: {},
}
const change = async (edit: (file: Shown) => void): Promise<void> => {
  const file = await shown()
  edit(file)
  await writeFile(path, JSON.stringify(file))
}

describe('the passphrase vault', () => {
  it('keeps secrets across openings, for the passphrase alone', async () => {
    expect((await openStore()).state).toBe('absent')
    await filled({ 'credential/openai': 'sk-kept', 'name ü "/': 'second' })
    const again = await openStore()
    expect([again.state, again.count]).toEqual(['locked', 2])
    await expect(again.read('credential/openai')).rejects.toThrow('is locked')
    await expect(again.write('new', 'x')).rejects.toThrow('is locked')
    await expect(again.unlock(secret('correct horse batterY'))).rejects.toThrow(`This is not the passphrase of the vault ${path}.`)
    expect(again.state).toBe('locked')
    await again.unlock(passphrase)
    expect([await again.read('credential/openai'), await again.read('name ü "/'), await again.read('none')]).toEqual(['sk-kept', 'second', null])
    await again.remove('credential/openai')
    const last = await openStore()
    await last.unlock(passphrase)
    expect([await last.read('credential/openai'), last.count]).toEqual([null, 1])
  })
  it('takes the same letters in another Unicode form', async () => {
    const store = await openStore()
    await store.change(null, secret('Schlüssel für morgen'.normalize('NFD')))
    const again = await openStore()
    await again.unlock(secret('Schlüssel für morgen'.normalize('NFC')))
    expect(again.state).toBe('open')
  })
  it('shows a reader of the file names and costs, and nothing that was kept', async () => {
    const store = await openPassphraseStore({ path, bytesMax })
    await store.change(null, passphrase)
    await store.write('openai', 'sk-canary-1234567890')
    const text = await readFile(path, 'utf8')
    expect(text).not.toMatch(/canary|horse/)
    expect(Buffer.from((await shown()).entries['openai'] ?? '', 'base64').toString('latin1')).not.toContain('canary')
    expect((await shown()).scrypt).toMatchObject({ n: 131_072, r: 8, p: 1 })
    expect(Buffer.from(String((await shown()).scrypt['salt']), 'base64').length).toBe(32)
  })
  it.skipIf(process.platform === 'win32')('is readable by its owner alone, also when the file came from elsewhere [needs: POSIX]', async () => {
    await filled({ a: 'b' })
    const mode = async (): Promise<number> => (await stat(path)).mode & 0o777
    expect(await mode()).toBe(0o600)
    const text = await readFile(path)
    await rm(path)
    await writeFile(path, text, { mode: 0o644 })
    await openStore()
    expect(await mode()).toBe(0o600)
  })
  it('leaves one file behind, and the earlier one when it cannot write', async () => {
    const store = await openPassphraseStore({ path, bytesMax: 700, n })
    await store.change(null, passphrase)
    await store.write('small', 'fits')
    const before = await readFile(path, 'utf8')
    await expect(store.write('large', 'x'.repeat(700))).rejects.toThrow('could not be written')
    expect(await readFile(path, 'utf8')).toBe(before)
    expect(await store.read('large')).toBeNull()
    expect(await readdir(join(path, '..'))).toEqual(['vault.json'])
  })
  it('keeps every one of many saves at once', async () => {
    const store = await filled({})
    const names = Array.from({ length: 20 }, (_, index) => `key-${String(index)}`)
    await Promise.all(names.map(async (name) => store.write(name, `secret of ${name}`)))
    const again = await openStore()
    await again.unlock(passphrase)
    for (const name of names) expect(await again.read(name)).toBe(`secret of ${name}`)
  })
  it('changes its passphrase: everything is there under the new one, nothing under the old one', async () => {
    const store = await filled({ a: 'one', b: 'two' })
    const before = await shown()
    const next = secret('another long passphrase')
    await expect(store.change(null, next)).rejects.toThrow('The present passphrase is needed')
    await expect(store.change(secret('not the right one'), next)).rejects.toThrow('This is not the passphrase')
    await expect(store.change(passphrase, secret('short'))).rejects.toThrow('at least 12 characters')
    expect(await shown()).toEqual(before)
    await store.change(passphrase, next)
    expect((await shown()).scrypt['salt']).not.toBe(before.scrypt['salt'])
    const again = await openStore()
    await expect(again.unlock(passphrase)).rejects.toThrow('This is not the passphrase')
    await again.unlock(next)
    expect([await again.read('a'), await again.read('b')]).toEqual(['one', 'two'])
  })
})

describe('a changed vault file', () => {
  it('does not hand out a secret that was put under another name', async () => {
    await filled({ a: 'of a', b: 'of b' })
    await change(({ entries }) => void (entries['a'] = entries['b'] ?? ''))
    const store = await openStore()
    await store.unlock(passphrase)
    await expect(store.read('a')).rejects.toThrow('The entry a of the vault')
    expect(await store.read('b')).toBe('of b')
  })
  it('opens no sealed text with a byte altered, cut off or added, or under another name', () => {
    const key = createSecretKey(randomBytes(32))
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, flip) => {
        const sealed = seal(key, 'name', text)
        expect(unseal(key, 'name', sealed)).toBe(text)
        const altered = Buffer.from(sealed)
        const place = at % sealed.length
        altered[place] = (altered[place] ?? 0) ^ flip
        for (const wrong of [altered, sealed.subarray(0, -1), sealed.subarray(1), Buffer.concat([sealed, Buffer.of(flip)])])
          expect(unseal(key, 'name', wrong)).toBeNull()
        expect(unseal(key, 'nam', sealed)).toBeNull()
        expect(unseal(createSecretKey(randomBytes(32)), 'name', sealed)).toBeNull()
      }),
    )
  })
  it('that cannot be sealed anew keeps its old passphrase', async () => {
    await filled({ a: 'of a', b: 'of b' })
    await change(({ entries }) => void (entries['a'] = entries['b'] ?? ''))
    const before = await readFile(path, 'utf8')
    const store = await openStore()
    await expect(store.change(passphrase, secret('another long passphrase'))).rejects.toThrow('The entry a')
    expect(await readFile(path, 'utf8')).toBe(before)
  })
  it.each([
    ['no JSON', () => 'not json'],
    ['another thing', () => '[]'],
    ['no check value', (file: Shown) => JSON.stringify({ ...file, check: '' })],
    ['entries that are no texts', (file: Shown) => JSON.stringify({ ...file, entries: { a: 7 } })],
    ['a guess that costs nothing', (file: Shown) => JSON.stringify({ ...file, scrypt: { ...file.scrypt, n: 2 } })],
    ['a guess that takes all memory', (file: Shown) => JSON.stringify({ ...file, scrypt: { ...file.scrypt, n: 2 ** 30 } })],
    ['memory by another factor', (file: Shown) => JSON.stringify({ ...file, scrypt: { ...file.scrypt, n: 2 ** 20, r: 16 } })],
    ['a count that is no power of two', (file: Shown) => JSON.stringify({ ...file, scrypt: { ...file.scrypt, n: 131_073 } })],
    ['a short salt', (file: Shown) => JSON.stringify({ ...file, scrypt: { ...file.scrypt, salt: 'AAAA' } })],
  ])('is called damaged and left as it is: %s', async (_what, edit) => {
    const text = edit(sample)
    await writeFile(path, text)
    await expect(openStore()).rejects.toThrow(`The vault ${path} is damaged.`)
    expect(await readFile(path, 'utf8')).toBe(text)
  })
  it('is not called damaged when only its secrets are gone', async () => {
    await writeFile(path, JSON.stringify(sample))
    expect((await openStore()).state).toBe('locked')
  })
  it('of a newer program is refused by its version', async () => {
    await writeFile(path, JSON.stringify({ ...sample, format: 'tollgate-vault/2' }))
    await expect(openStore()).rejects.toThrow('was written by a newer Tollgate (tollgate-vault/2)')
  })
  it('larger than the limit, or no file, is not read', async () => {
    await writeFile(path, ' '.repeat(bytesMax + 1))
    await expect(openStore()).rejects.toThrow('is not an ordinary file of at most 1000000 bytes')
    await expect(openPassphraseStore({ path: join(path, '..'), bytesMax })).rejects.toThrow('is not an ordinary file')
  })
})
