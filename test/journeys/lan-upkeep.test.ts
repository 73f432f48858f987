// LAN mode over time: certificates are made anew while it serves, the administrator's own may be replaced, one machine cannot take every
// connection, and the panel comes along only when it was asked for.
// Promises: the other machine is a network namespace with a cable of its own. Leaves alone: what answers there by default (lan.test.ts).

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Limits } from '../../gateway/contract/config.ts'
import { createAuthority, type Issued } from '../kit/certificates.ts'
import { startHouse, type House } from '../kit/house.ts'
import { canHaveNeighbour, createNeighbour, type Neighbour } from '../kit/neighbour.ts'
import type { NeighbourHeard } from '../kit/neighbour-child.ts'

const often: Partial<Limits> = { lanCheckEveryMs: 100 }
const connectionsMax = 3
const plainPair = ({ certificate, key }: Issued): Pick<Issued, 'certificate' | 'key'> => ({ certificate, key })

describe.skipIf(!canHaveNeighbour())('LAN mode', { timeout: 120_000 }, () => {
  let neighbour: Neighbour
  beforeAll(() => {
    neighbour = createNeighbour()
  })
  afterAll(() => neighbour.leave())

  const portOf = (house: House): number => Number(/^\s*network\s+https:\/\/[\d.]+:(\d+)\/v1/m.exec(house.gateway.output())?.[1])
  const start = async (args: readonly string[], limits: Partial<Limits>): Promise<House> =>
    await startHouse({ args: ['--lan', `${neighbour.address}:0`, ...args], limits })
  const certificateOf = async (house: House): Promise<NeighbourHeard | undefined> =>
    (await neighbour.ask([{ kind: 'certificate', host: neighbour.address, port: portOf(house) }]))[0]

  it('shows a new certificate by the same authority before the old one is old, without a restart', async () => {
    const house = await start([], { ...often, lanRenewEveryMs: 300 })
    const first = await certificateOf(house)
    const second = await certificateOf(house)
    expect(second?.text).not.toBe(first?.text)
    const authority = await readFile(join(house.gateway.dataDir, 'lan', 'authority.pem'), 'utf8')
    const [trusting] = await neighbour.ask([{ kind: 'ask', host: neighbour.address, port: portOf(house), path: '/v1/models', trust: authority }])
    expect(trusting?.result).toBe('401')
    // No renewal opens what a handshake had to close.
    expect((await neighbour.ask([{ kind: 'old-tls', host: neighbour.address, port: portOf(house) }]))[0]?.result).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
    await house.stop()
  })

  it('one machine has so many connections and no more', async () => {
    const house = await start([], { lanConnectionsPerAddressMax: connectionsMax })
    const [crowd] = await neighbour.ask([{ kind: 'crowd', count: connectionsMax * 4, host: neighbour.address, port: portOf(house) }])
    expect(crowd?.result).toBe(String(connectionsMax))
    await expect.poll(async () => (await certificateOf(house))?.result, { timeout: 20_000, interval: 500 }).toBe('TLSv1.3')
    await house.stop()
  })

  describe('with a certificate of the administrator', () => {
    let folder: string
    let house: House
    const authority = createAuthority('Authority of the house')
    const issue = (): Issued => authority.issue('gateway.test', { dns: ['gateway.test'], addresses: [neighbour.address.split('.').map(Number)] })
    const files = (): { readonly certificate: string; readonly key: string } => ({ certificate: join(folder, 'own.pem'), key: join(folder, 'own-key.pem') })
    const put = async ({ certificate, key }: Issued): Promise<void> => {
      await writeFile(files().key, key)
      await writeFile(files().certificate, certificate)
    }
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tollgate-own-'))
      await put(issue())
      house = await start(['--lan-certificate', files().certificate, '--lan-key', files().key], often)
    })
    afterAll(async () => {
      await house.stop()
      await rm(folder, { recursive: true, force: true })
    })

    it('is the one it serves with, and there is no authority of ours', async () => {
      const [trusting] = await neighbour.ask([{ kind: 'ask', host: neighbour.address, port: portOf(house), path: '/v1/models', trust: authority.certificate }])
      expect(trusting?.result).toBe('401')
      expect((await house.get('/panel/lan/authority.pem')).status).toBe(404)
    })
    it('is taken anew when its files change, and kept while they are no pair', async () => {
      const first = await certificateOf(house)
      await writeFile(files().certificate, issue().certificate)
      // A day is what a certificate of this authority is good for: the warning of its end is there before, the one of the pair beside it.
      await expect
        .poll(async () => JSON.stringify((await house.get('/panel/home')).json['attention']), { timeout: 20_000 })
        .toMatch(/do not belong together.*The one read before stays in use/)
      expect((await certificateOf(house))?.text).toBe(first?.text)
      await put(issue())
      await expect.poll(async () => (await certificateOf(house))?.text, { timeout: 20_000, interval: 500 }).not.toBe(first?.text)
      await expect
        .poll(async () => JSON.stringify((await house.get('/panel/home')).json['attention']), { timeout: 20_000 })
        .not.toContain('do not belong together')
      expect(JSON.stringify((await house.get('/panel/home')).json['attention'])).toContain('expires in a day or less')
    })
  })

  it('callers must show a certificate where that is asked for, and a key as well, also after a renewal', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-callers-'))
    const authority = createAuthority('Authority of the callers')
    await writeFile(join(folder, 'callers.pem'), authority.certificate)
    const house = await start(['--lan-callers', join(folder, 'callers.pem')], { ...often, lanRenewEveryMs: 300 })
    const trust = await readFile(join(house.gateway.dataDir, 'lan', 'authority.pem'), 'utf8')
    const { key } = await house.key()
    const where = { kind: 'ask', host: neighbour.address, port: portOf(house), trust, path: '/v1/models' } as const
    const headers = { authorization: `Bearer ${key}` }
    const [none, foreign, keyless, known] = await neighbour.ask([
      { ...where, headers },
      { ...where, headers, own: plainPair(createAuthority('Somebody else').issue('caller')) },
      { ...where, own: plainPair(authority.issue('caller')) },
      { ...where, headers, own: plainPair(authority.issue('caller')) },
    ])
    expect([none?.result, foreign?.result]).toEqual([
      expect.stringMatching(/^ERR_SSL_.*ALERT|^ECONNRESET$/),
      expect.stringMatching(/^ERR_SSL_.*ALERT|^ECONNRESET$/),
    ])
    expect([keyless?.result, known?.result]).toEqual(['401', '200'])
    await house.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('the panel comes along with --lan-panel, and its cookie stays on TLS', async () => {
    const house = await start(['--lan-panel'], {})
    const trust = await readFile(join(house.gateway.dataDir, 'lan', 'authority.pem'), 'utf8')
    const where = { kind: 'ask', host: neighbour.address, port: portOf(house), trust } as const
    const body = JSON.stringify({ adminKey: house.gateway.adminKey })
    const [signedIn, stranger] = await neighbour.ask([
      { ...where, path: '/panel/sign-in', method: 'POST', headers: { 'content-type': 'application/json' }, body },
      { ...where, path: '/panel/session' },
    ])
    expect([signedIn?.result, stranger?.result]).toEqual(['200', '401'])
    const [line = ''] = [signedIn?.headers['set-cookie']].flat()
    expect(line).toMatch(/^__Host-tollgate_session=[0-9A-Za-z]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/)
    const [cookie = ''] = line.split(';')
    const [session, plainName, out] = await neighbour.ask([
      { ...where, path: '/panel/session', headers: { cookie } },
      { ...where, path: '/panel/session', headers: { cookie: cookie.replace('__Host-', '') } },
      { ...where, path: '/panel/sign-out', method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: '{}' },
    ])
    expect([session?.result, plainName?.result, out?.result]).toEqual(['200', '401', '200'])
    expect(String(out?.headers['set-cookie'])).toMatch(/^__Host-tollgate_session=; Path=\/; Max-Age=0; HttpOnly; SameSite=Strict; Secure$/)
    await house.stop()
  })
})
