// Through an outbound proxy: what it sees, what it is told, and what never goes through it.

import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import type { Egress } from '../../../gateway/contract/egress.ts'
import { plainNetwork, type NetworkSettings } from '../../../gateway/contract/network.ts'
import { secret } from '../../../gateway/contract/sealed.ts'
import { createEgress } from '../../../gateway/egress/egress.ts'
import { readNetwork } from '../../../gateway/intake/network-settings.ts'
import { createAuthority } from '../../kit/certificates.ts'
import { startForwardProxy, type ForwardProxy } from '../../kit/forward-proxy.ts'
import { order, textOf } from './ask.ts'

const authority = createAuthority('Test authority')
const issued = authority.issue('vendor', { dns: ['vendor.example'] })
const heard: Record<string, unknown>[] = []
const answer: Parameters<typeof createServer>[1] = (request, response) => {
  heard.push({ ...request.headers })
  request.resume().on('end', () => response.end(`seen ${request.headers.host ?? ''}`))
}
const plain = createServer(answer)
const secure = createSecureServer({ cert: issued.certificate, key: issued.key }, answer)
const portOf = (server: Server): number => (server.address() as AddressInfo).port

const open: { close(): Promise<unknown> }[] = []
const kept = <Thing extends { close(): Promise<unknown> }>(thing: Thing): Thing => {
  open.push(thing)
  return thing
}
const egressOf = (network: Partial<NetworkSettings>): Egress => kept(createEgress({ limits: defaultLimits, network: { ...plainNetwork, ...network } }))
const proxyTo = async (server: Server, credential?: string): Promise<ForwardProxy> =>
  kept(await startForwardProxy({ port: portOf(server), ...(credential === undefined ? {} : { credential }) }))
/** As the environment would say it. */
const network = (variables: Readonly<Record<string, string>>): NetworkSettings =>
  readNetwork(null, { readVariable: (name) => variables[name], fileVariables: new Map() })

beforeAll(async () => {
  for (const server of [plain, secure]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
  heard.length = 0
})
afterAll(() => {
  for (const server of [plain, secure]) {
    server.closeAllConnections()
    server.close()
  }
})

describe('an outbound proxy', () => {
  it('is given the name of a TLS server and sees nothing of what is said to it', async () => {
    const proxy = await proxyTo(secure, 'user:p@ss word')
    const egress = egressOf({ ...network({ HTTPS_PROXY: `http://user:p%40ss%20word@${proxy.address}` }), authorities: [authority.certificate] })
    expect(await textOf(egress, order('https://vendor.example/base'))).toBe('seen vendor.example')
    expect(proxy.asked).toEqual([
      { method: 'CONNECT', target: 'vendor.example:443', authorization: `Basic ${Buffer.from('user:p@ss word').toString('base64')}` },
    ])
    expect(proxy.passed()).not.toContain('sk-vendor')
    expect(heard[0]).not.toHaveProperty('proxy-authorization')
  })
  it('opens a tunnel to a server without TLS as well, and the connection is used again', async () => {
    const proxy = await proxyTo(plain)
    const egress = egressOf(network({ HTTP_PROXY: proxy.address }))
    expect(await textOf(egress, order('http://vendor.example:8080'))).toBe('seen vendor.example:8080')
    // The pool hears a moment after the reader that a reply is over.
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await textOf(egress, order('http://vendor.example:8080'))).toBe('seen vendor.example:8080')
    expect(proxy.asked).toEqual([{ method: 'CONNECT', target: 'vendor.example:8080', authorization: null }])
  })
  it('that wants another credential is named, not the vendor', async () => {
    const proxy = await proxyTo(plain, 'user:right')
    const egress = egressOf(network({ HTTP_PROXY: `http://user:wrong@${proxy.address}` }))
    const failure: unknown = await egress.send(order('http://vendor.example')).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'upstream_unreachable', message: expect.stringContaining('outbound proxy did not accept the credential') })
    expect(JSON.stringify(failure) + String(failure)).not.toContain('wrong')
  })
  it('that is not there is named', async () => {
    const proxy = await proxyTo(plain)
    await proxy.close()
    await expect(egressOf(network({ HTTP_PROXY: proxy.address })).send(order('http://vendor.example'))).rejects.toMatchObject({
      code: 'upstream_unreachable',
      message: expect.stringContaining('the outbound proxy could not be reached (ECONNREFUSED)'),
    })
  })
  it('is never asked for loopback, nor for what NO_PROXY names', async () => {
    const proxy = await proxyTo(plain)
    const lookup = (_name: string, _options: unknown, callback: (error: null, found: { address: string; family: number }[]) => void): void =>
      callback(null, [{ address: '127.0.0.1', family: 4 }])
    const settings = network({ HTTP_PROXY: proxy.address, NO_PROXY: 'other.example, .inner.example:80' })
    const egress = kept(createEgress({ limits: defaultLimits, network: settings, lookup }))
    await textOf(egress, order(`http://127.0.0.1:${portOf(plain)}`))
    await textOf(egress, order(`http://localhost:${portOf(plain)}`))
    await textOf(egress, order(`http://deep.other.example:${portOf(plain)}`))
    expect(proxy.asked).toEqual([])
    await textOf(egress, order(`http://host.inner.example:${portOf(plain)}`))
    expect(proxy.asked).toHaveLength(1)
  })
  it.each(['http://169.254.169.254', 'http://2852039166', 'http://[fd00:ec2::254]', 'http://metadata.google.internal', 'http://METADATA.google.internal.'])(
    'is not asked for %s',
    async (baseUrl) => {
      const proxy = await proxyTo(plain)
      await expect(egressOf(network({ HTTP_PROXY: proxy.address })).send(order(baseUrl))).rejects.toMatchObject({ code: 'egress_refused' })
      expect(proxy.asked).toEqual([])
    },
  )
  it('at a link-local address is refused itself', async () => {
    const egress = egressOf({ proxy: { http: { origin: 'http://169.254.1.1:3128', authorization: secret('Basic eA==') }, https: null, direct: [] } })
    await expect(egress.send(order('http://vendor.example'))).rejects.toMatchObject({ code: 'egress_refused' })
  })
  it('that never answers is given up in time', async () => {
    const silent = createServer()
    silent.on('connect', () => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const limits = { ...defaultLimits, upstreamConnectTimeoutMs: 300 }
    const egress = kept(createEgress({ limits, network: network({ HTTP_PROXY: `127.0.0.1:${portOf(silent)}` }) }))
    await expect(egress.send(order('http://vendor.example'))).rejects.toMatchObject({ code: 'upstream_unreachable' })
    silent.closeAllConnections()
    silent.close()
  })
})
