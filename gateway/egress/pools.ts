// Connections to the outside: one pool for each origin and client certificate, directly or through the outbound proxy.
// Promises: HTTP/1.1 without pipelining; the address that was checked is the one connected to, the proxy's own where there is one; what a proxy or a
// certificate needs is made only where one is set; of origins the latest used are kept, so many, and none with a call running is closed.
// Leaves alone: what is sent (egress.ts).

import type { SecureContext } from 'node:tls'
import type { buildConnector as BuildConnector, Pool as AnyPool } from 'undici'
import buildConnector from 'undici/lib/core/connect.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { Limits } from '../contract/config.ts'
import { refuse } from '../contract/errors.ts'
import { plainNetwork, type ClientCertificate, type NetworkSettings, type Proxy } from '../contract/network.ts'
import { createCheckedLookup, isForbiddenHost, type Lookup } from './address.ts'
import { createIsDirect } from './direct.ts'
import { createTunnel } from './tunnel.ts'

export interface PoolTools {
  readonly limits: Limits
  /** Nothing in the way unless said. */
  readonly network?: NetworkSettings
  /** How names become addresses; the system's way unless said. */
  readonly lookup?: Lookup
}
export interface Pools {
  /** `certificate`: a name of the settings'. @throws GatewayError egress_refused */
  get(origin: URL, certificate: string | null): AnyPool
  close(): Promise<void>
}

export function createPools({ limits, network = plainNetwork, lookup }: PoolTools): Pools {
  // The longest unused first.
  const pools = new Map<string, AnyPool>()
  const checkedLookup = createCheckedLookup(lookup)
  const isDirect = createIsDirect(network.proxy.direct)
  const contextOf = createContexts(network)
  const connectorFor = (certificate: ClientCertificate | null): BuildConnector.connector =>
    buildConnector({ timeout: limits.upstreamConnectTimeoutMs, lookup: checkedLookup, allowH2: false, ...contextOf(certificate) })
  const through = (proxy: Proxy, certificate: ClientCertificate | null): BuildConnector.connector =>
    createTunnel({
      proxy,
      // A certificate is shown to the server it is for, not to the proxy on the way.
      connect: connectorFor(null),
      secure: connectorFor(certificate),
      timeoutMs: limits.upstreamConnectTimeoutMs,
      headerBytesMax: limits.headerBytesMax,
    })
  return {
    get(origin, name) {
      const key = `${origin.origin} ${name ?? ''}`
      const known = pools.get(key)
      if (known !== undefined) return keep(pools, key, known)
      const certificate = name === null ? network.certificate : network.certificates.get(name)
      if (certificate === undefined) throw refuse('egress_refused', { provider: origin.host, reason: 'its client certificate was not read at start' })
      const proxy = isDirect(origin.hostname, portOf(origin)) ? null : origin.protocol === 'https:' ? network.proxy.https : network.proxy.http
      if (proxy !== null && isForbiddenHost(new URL(proxy.origin).hostname))
        throw refuse('egress_refused', { provider: 'the outbound proxy', reason: 'it is a link-local, multicast or unspecified address' })
      makeRoom(pools, limits.upstreamOriginsMax)
      const pool = new Pool(origin.origin, {
        connections: limits.upstreamConnectionsPerOriginMax,
        pipelining: 1,
        allowH2: false,
        maxHeaderSize: limits.headerBytesMax,
        maxResponseSize: Math.max(limits.upstreamBodyBytesMax, limits.streamBytesMax),
        keepAliveTimeout: limits.keepAliveTimeoutMs,
        // A server may ask for less, not for more.
        keepAliveMaxTimeout: limits.keepAliveTimeoutMs,
        connect: proxy === null ? connectorFor(certificate) : through(proxy, certificate),
      })
      return keep(pools, key, pool)
    },
    async close() {
      await Promise.allSettled([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}

function keep(pools: Map<string, AnyPool>, key: string, pool: AnyPool): AnyPool {
  pools.delete(key)
  pools.set(key, pool)
  return pool
}

/** For one more, as far as some have nothing to do. */
function makeRoom(pools: Map<string, AnyPool>, most: number): void {
  for (const [key, pool] of pools) {
    if (pools.size < most) return
    if (pool.stats.size > 0) continue
    pools.delete(key)
    void pool.close()
  }
}

const portOf = (url: URL): string => (url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80')

/** One for each certificate, made when it is first needed: each holds all authorities, parsed. Nothing where the runtime's own will do. */
function createContexts({ authorities }: NetworkSettings): (certificate: ClientCertificate | null) => { readonly secureContext?: SecureContext } {
  const made = new Map<ClientCertificate | null, SecureContext>()
  return (certificate) => {
    if (authorities.length === 0 && certificate === null) return {}
    const tls = process.getBuiltinModule('node:tls')
    const secureContext =
      made.get(certificate) ??
      tls.createSecureContext({
        ...(authorities.length === 0 ? {} : { ca: [...tls.getCACertificates('default'), ...authorities] }),
        ...(certificate === null ? {} : { cert: certificate.certificate, key: certificate.key.open() }),
        ...(certificate === null || certificate.passphrase === null ? {} : { passphrase: certificate.passphrase.open() }),
      })
    made.set(certificate, secureContext)
    return { secureContext }
  }
}
