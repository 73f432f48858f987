// Certificates of LAN mode, with a clock of the test's own: what is made, kept, made anew and refused.
// Promises: what was made is read by Node's own parser, and held against OpenSSL's verification where that program is there. Leaves alone: sockets.

import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LanNames } from '../../../gateway/contract/lan.ts'
import { draftOf } from '../../../gateway/kit/replace-file.ts'
import { createIdentity, type Identity } from '../../../gateway/lan/identity.ts'
import { createAuthority } from '../../kit/certificates.ts'

const dayMs = 86_400_000
const startMs = Date.UTC(2026, 10, 21)
let folder: string
let now: number
let names: LanNames
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-lan-'))
  now = startMs
  names = { dns: ['box', 'gateway.example'], addresses: ['192.168.1.5', 'fd00::5'] }
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})
const open = async (certificate: { certificate: string; key: string } | null = null): Promise<Identity> =>
  await createIdentity({ certificate }, { folder, machine: 'box', names: () => names, nowMs: () => now, leafMs: 90 * dayMs, renewEveryMs: dayMs })
const leafOf = (identity: Identity): X509Certificate => new X509Certificate(identity.current.certificate)

describe('an authority of our own', () => {
  it('signs a certificate for servers of these names, for ninety days', async () => {
    const identity = await open()
    const leaf = leafOf(identity)
    const authority = new X509Certificate(identity.authority ?? '')
    expect(leaf.verify(authority.publicKey)).toBe(true)
    expect(leaf.checkIssued(authority)).toBe(true)
    expect([leaf.ca, authority.ca]).toEqual([false, true])
    expect(leaf.subjectAltName).toBe('DNS:box, DNS:gateway.example, IP Address:192.168.1.5, IP Address:FD00:0:0:0:0:0:0:5')
    expect([leaf.checkHost('gateway.example'), leaf.checkIP('192.168.1.5'), leaf.checkIP('fd00::5')]).toEqual(['gateway.example', '192.168.1.5', 'fd00::5'])
    expect([leaf.checkHost('other.example'), leaf.checkIP('192.168.1.6')]).toEqual([undefined, undefined])
    expect(leaf.validToDate.getTime()).toBe(startMs + 90 * dayMs)
    expect(leaf.validFromDate.getTime()).toBeLessThan(startMs)
    expect(authority.validToDate.getTime()).toBeGreaterThan(startMs + 3650 * dayMs)
    expect(identity.fingerprint).toBe(authority.fingerprint256)
    expect(identity.current.certificate.endsWith(identity.authority ?? 'none')).toBe(true)
  })
  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('satisfies OpenSSL, strictly, for its names and no others', async () => {
    const identity = await open()
    await writeFile(join(folder, 'leaf.pem'), identity.current.certificate)
    const verify = (...more: readonly string[]): string => {
      const words = ['verify', '-x509_strict', '-purpose', 'sslserver', '-attime', String(startMs / 1000), ...more]
      const { stdout, stderr } = spawnSync('openssl', [...words, '-CAfile', join(folder, 'authority.pem'), join(folder, 'leaf.pem')], { encoding: 'utf8' })
      return `${stdout}${stderr}`
    }
    expect(verify()).toMatch(/leaf\.pem: OK/)
    expect(verify('-verify_hostname', 'gateway.example')).toMatch(/OK/)
    expect(verify('-verify_ip', '192.168.1.5')).toMatch(/OK/)
    expect(verify('-verify_hostname', 'other.example')).toMatch(/hostname mismatch/i)
  })
  it('is made once, and both files are their owner’s alone', async () => {
    const first = await open()
    const second = await open()
    expect(second.authority).toBe(first.authority)
    expect(leafOf(second).serialNumber).not.toBe(leafOf(first).serialNumber)
    for (const name of ['authority.pem', 'authority-key.pem']) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, 'authority.pem'), 'utf8')).not.toContain('PRIVATE')
  })
  it('makes no certificate anew within a day, and one by the same authority after it', async () => {
    const identity = await open()
    const first = leafOf(identity)
    now += dayMs - 1
    expect(await identity.refresh()).toBeNull()
    now += 1
    const next = await identity.refresh()
    expect(next).toBe(identity.current)
    expect(leafOf(identity).validToDate.getTime()).toBe(first.validToDate.getTime() + dayMs)
    expect(leafOf(identity).verify(new X509Certificate(identity.authority ?? '').publicKey)).toBe(true)
  })
  it('makes one at once when the machine has other addresses', async () => {
    const identity = await open()
    names = { dns: ['box'], addresses: ['10.1.1.1'] }
    expect(identity.names.addresses).toEqual(['192.168.1.5', 'fd00::5'])
    expect(await identity.refresh()).not.toBeNull()
    expect(leafOf(identity).checkIP('10.1.1.1')).toBe('10.1.1.1')
    expect(identity.names).toEqual(names)
  })
  it('makes one when the clock was set back', async () => {
    const identity = await open()
    now -= 400 * dayMs
    expect(await identity.refresh()).not.toBeNull()
    expect(leafOf(identity).validFromDate.getTime()).toBeLessThan(now)
  })
  it('never signs beyond its own end, and says when that comes near', async () => {
    const identity = await open()
    const end = new X509Certificate(identity.authority ?? '').validToDate.getTime()
    expect(identity.warnings()).toEqual([])
    now = end - 10 * dayMs
    await identity.refresh()
    expect(leafOf(identity).validToDate.getTime()).toBe(end)
    expect(identity.warnings()).toEqual(['The LAN authority expires in 10 days.'])
    now = end
    await expect(open()).rejects.toThrow(/has expired\. Move the folder .* away and start again for a new authority/)
  })
  it('that others could have read, that lost its key or has another one is refused, and nothing is changed', async () => {
    const { authority } = await open()
    const key = join(folder, 'authority-key.pem')
    await chmod(key, 0o640)
    await expect(open()).rejects.toThrow(/can be read by other users of this computer/)
    await writeFile(key, createAuthority('another').key)
    await chmod(key, 0o600)
    await expect(open()).rejects.toThrow(/is damaged, or its key is the key of another one/)
    await rm(key)
    await expect(open()).rejects.toThrow(/authority-key\.pem, is not there/)
    expect(await readFile(join(folder, 'authority.pem'), 'utf8')).toBe(authority)
  })
  it('survives a start that was cut off while it was made', async () => {
    await writeFile(join(folder, 'authority-key.pem'), 'half')
    await writeFile(draftOf(join(folder, 'authority.pem')), 'half')
    const identity = await open()
    expect((await open()).authority).toBe(identity.authority)
  })
})

describe('a certificate of the administrator', () => {
  const other = createAuthority('Authority of the house')
  const issued = other.issue('gateway.example', { dns: ['gateway.example'] })
  const realNow = Date.now()
  const put = async (certificate: string, key: string): Promise<{ certificate: string; key: string }> => {
    const files = { certificate: join(folder, 'own.pem'), key: join(folder, 'own-key.pem') }
    await writeFile(files.certificate, certificate)
    await writeFile(files.key, key)
    return files
  }
  beforeEach(() => {
    now = realNow
  })
  it('is used as it is, and its end is warned of', async () => {
    const identity = await open(await put(issued.certificate, issued.key))
    expect(identity.current.certificate).toBe(issued.certificate)
    expect(identity.authority).toBeNull()
    expect(identity.fingerprint).toBe(new X509Certificate(issued.certificate).fingerprint256)
    expect(identity.warnings()).toEqual([expect.stringMatching(/^The LAN certificate .*own\.pem expires in a day or less\.$/)])
    now += 2 * dayMs
    expect(identity.warnings()).toEqual([expect.stringMatching(/^The LAN certificate .*own\.pem has expired on \d{4}-\d\d-\d\d; callers refuse it\.$/)])
  })
  it.each([
    ['expired', 2 * dayMs, /^The LAN certificate .*own\.pem has expired on \d{4}-\d\d-\d\d\.$/],
    ['not valid yet', -2 * dayMs, /^The LAN certificate .*own\.pem is not valid before \d{4}-\d\d-\d\d\.$/],
  ])('that is %s stops the start', async (_name, shiftMs, says) => {
    now += shiftMs
    await expect(open(await put(issued.certificate, issued.key))).rejects.toThrow(says)
  })
  it('that is not the key’s, no certificate or not there stops the start', async () => {
    await expect(open(await put(issued.certificate, other.key))).rejects.toThrow(/do not belong together/)
    await expect(open(await put(issued.certificate, issued.locked('open sesame')))).rejects.toThrow(/the key is not plain PEM/)
    await expect(open(await put('nothing', issued.key))).rejects.toThrow(/is damaged or not PEM/)
    await expect(open({ certificate: join(folder, 'gone.pem'), key: join(folder, 'gone.pem') })).rejects.toThrow(
      /gone\.pem that --lan-certificate names cannot be read/,
    )
  })
})
