// Credentials in files: read at each use, bounded, and a word about those that others can read.

import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVault } from '../../../gateway/vault/vault.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-credential-'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const warnings: string[] = []
const vault = createVault({ readVariable: () => undefined, literals: new Map(), timeoutMs: 50, onWarning: (sentence) => warnings.push(sentence) })
const read = async (path: string): Promise<string | undefined> => (await vault.read(`credential-file/${path}`))?.open()

describe('a credential file', () => {
  it('counts as it is at the moment of use', async () => {
    const path = join(folder, 'account.json')
    await writeFile(path, 'one', { mode: 0o600 })
    expect(await read(path)).toBe('one')
    await writeFile(path, 'two')
    expect(await read(path)).toBe('two')
    expect(warnings).toEqual([])
  })
  it.skipIf(process.platform === 'win32')('that others can read is named once, and read all the same [needs: not Windows]', async () => {
    const path = join(folder, 'open.json')
    await writeFile(path, 'three')
    await chmod(path, 0o644)
    expect([await read(path), await read(path)]).toEqual(['three', 'three'])
    expect(warnings).toEqual([`The credential file ${path} can be read by other users of this computer. Change that with: chmod 600.`])
  })
  it('that is not there is no credential', async () => {
    expect(await read(join(folder, 'gone.json'))).toBeUndefined()
    expect(await read(`${join(folder, 'account.json')}/below`)).toBeUndefined()
  })
  it.each(['\\\\machine\\share\\account.json', '//machine/share/account.json', '', 'a\0b'])('is not looked for at %j', async (path) => {
    expect(await read(path)).toBeUndefined()
  })
  it('is an ordinary file of bounded size', async () => {
    await mkdir(join(folder, 'folder.json'))
    await writeFile(join(folder, 'large.json'), 'x'.repeat(70_000))
    await expect(read(join(folder, 'large.json'))).rejects.toThrow('not an ordinary file of at most 65536 bytes')
    await expect(read(join(folder, 'folder.json'))).rejects.toMatchObject({ code: 'vault_unavailable' })
  })
  it.skipIf(process.platform === 'win32')('is not a device that never ends [needs: not Windows]', async () => {
    await symlink('/dev/zero', join(folder, 'endless.json'))
    await expect(read(join(folder, 'endless.json'))).rejects.toThrow('not an ordinary file')
  })
})
