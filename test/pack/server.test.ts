// The server package: what is in it, that it runs from an empty folder, and that its unit for systemd is sound and tight.
// Promises: made by the command people use. Leaves alone: the Containerfile, which needs a container engine.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway } from '../kit/gateway-process.ts'
import { parts } from '../kit/parts.ts'
import { readText } from '../house/source-files.ts'
import { differences, noDifferences, serverContents } from './contents.ts'
import { expectServes, packingTimeoutMs, runScript } from './unpacked-gateway.ts'

let folder = ''
let unpacked = ''
let files: readonly string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-server-'))
  const { code, printed } = await runScript('pack-server', ['--out', join(folder, 'made')])
  expect([code, printed]).toEqual([0, expect.stringContaining('Made:')])
  const archive = (await readdir(join(folder, 'made'))).find((name) => name.endsWith('.tar.gz')) ?? ''
  execFileSync('tar', ['-xzf', join(folder, 'made', archive), '-C', folder])
  unpacked = join(folder, archive.replace('.tar.gz', ''))
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true })
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(unpacked.length + 1)
        .replaceAll('\\', '/'),
    )
}, packingTimeoutMs)
afterAll(async () => await rm(folder, { recursive: true, force: true }))

describe('the server package', () => {
  it('holds what is listed and nothing else', () => {
    expect(differences(files, serverContents)).toEqual(noDifferences)
    expect(differences([...files, 'gateway/main.ts'], serverContents).unexpected).toEqual(['gateway/main.ts'])
  })

  it('serves the panel and answers a call from where it was unpacked', async () => {
    await expectServes(unpacked)
  })

  it('takes the admin key from a file', async () => {
    const file = join(folder, 'admin-key')
    await writeFile(file, 'sk-admin-key-out-of-a-file\n')
    const gateway = await startGateway({ from: 'dist', root: unpacked, env: { TOLLGATE_ADMIN_KEY: '', TOLLGATE_ADMIN_KEY_FILE: file } })
    const ask = async (key: string): Promise<number> => (await fetch(`${gateway.origin}/key/list`, { headers: { authorization: `Bearer ${key}` } })).status
    expect([await ask('sk-admin-key-out-of-a-file'), await ask('sk-another')]).toEqual([200, 401])
    await gateway.stop()
    const refused = startGateway({ from: 'dist', root: unpacked, env: { TOLLGATE_ADMIN_KEY: '', TOLLGATE_ADMIN_KEY_FILE: `${file}-gone` } })
    await expect(refused).rejects.toThrow('The file that TOLLGATE_ADMIN_KEY_FILE names cannot be read')
  })

  it('has checksums that agree, and a bill of materials of what runs', async () => {
    const made = join(folder, 'made')
    const sums = (await readFile(join(made, 'SHA256SUMS'), 'utf8')).trim().split('\n')
    expect(sums).toHaveLength(2)
    for (const line of sums) {
      const [digest = '', name = ''] = line.split('  ')
      expect([
        name,
        createHash('sha256')
          .update(await readFile(join(made, name)))
          .digest('hex'),
      ]).toEqual([name, digest])
    }
    const bill = (await readdir(made)).find((name) => name.endsWith('.cdx.json')) ?? ''
    const { components } = JSON.parse(await readFile(join(made, bill), 'utf8')) as { components: { 'bom-ref': string; hashes: unknown[] }[] }
    const names = components.map((component) => component['bom-ref'].replace(/@[^@]+$/, ''))
    expect(names).toEqual(expect.arrayContaining(['better-sqlite3', '@napi-rs/keyring', 'koa', 'undici', 'zod', 'svelte']))
    for (const absent of ['vitest', 'electron', 'eslint', 'typescript']) expect(names).not.toContain(absent)
    expect(components.every((component) => component.hashes.length > 0)).toBe(true)
  })
})

describe.skipIf(!parts.systemd)('its unit for systemd', () => {
  it('is one that systemd understands without a word', async () => {
    const unit = join(folder, 'tollgate.service')
    const here = readText('resources/server/tollgate.service').replace('/usr/bin/node', process.execPath)
    await writeFile(unit, here)
    expect(execFileSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe('')
    await writeFile(unit, here.replace('DynamicUser=yes', 'DynamicUser=perhaps'))
    expect(verifyMessages(unit)).toContain('Failed to parse boolean value: perhaps')
  })

  // 0 is sealed, 10 is open; services without any setting are rated 9.6.
  it('leaves little open, by systemd’s own rating', () => {
    const report = execFileSync(
      'systemd-analyze',
      ['security', '--offline=yes', '--no-pager', join(import.meta.dirname, '../../resources/server/tollgate.service')],
      { encoding: 'utf8' },
    )
    const rating = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(report)?.[1])
    expect(rating).toBeLessThan(1.5)
  })
})

function verifyMessages(unit: string): string {
  return execFileSync('/bin/sh', ['-c', 'systemd-analyze verify --man=no "$0" 2>&1; true', unit], { encoding: 'utf8' })
}
