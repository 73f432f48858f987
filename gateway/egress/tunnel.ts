// A connection through the outbound proxy: CONNECT to the server's own name and port, whatever is spoken inside.
// Promises: the proxy sees the name and nothing else of a request; its credential goes to it alone; a proxy that refuses is named, not the vendor.
// Leaves alone: which hosts need one (direct.ts), the TLS inside (given as `secure`).
// Source: RFC 9110, 9.3.6 (CONNECT), as known 2026-11-21.

import { isIPv6, Socket } from 'node:net'
import type { buildConnector, Dispatcher } from 'undici'
import Client from 'undici/lib/dispatcher/client.js'
import { GatewayError } from '../contract/errors.ts'
import type { Proxy } from '../contract/network.ts'

export interface TunnelTools {
  readonly proxy: Proxy
  /** How the proxy itself is reached. */
  readonly connect: buildConnector.connector
  /** The TLS inside the tunnel. */
  readonly secure: buildConnector.connector
  readonly timeoutMs: number
  readonly headerBytesMax: number
}

/** What egress words as a fault of the proxy. */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault'
  readonly status: number | null
  constructor(status: number | null, cause?: unknown) {
    super('the outbound proxy gave no connection', { cause })
    this.status = status
  }
}

export function createTunnel(tools: TunnelTools): buildConnector.connector {
  return (options, callback) => {
    const secure = options.protocol === 'https:'
    const port = options.port === '' ? (secure ? '443' : '80') : options.port
    const host = isIPv6(options.hostname) ? `[${options.hostname}]` : options.hostname
    open(`${host}:${port}`, tools).then(
      (socket) => {
        if (secure) tools.secure({ ...options, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: unknown) => callback(error instanceof GatewayError || error instanceof ProxyFault ? error : new ProxyFault(null, error), null),
    )
  }
}

/** One client for one tunnel: what it opened is handed over, and it ends. */
async function open(target: string, { proxy, connect, timeoutMs, headerBytesMax }: TunnelTools): Promise<Socket> {
  const client = new Client(proxy.origin, { connect, headersTimeout: timeoutMs, maxHeaderSize: headerBytesMax, allowH2: false, pipelining: 1 })
  const headers = { host: target, ...(proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization.open() }) }
  const order: Dispatcher.DispatchOptions = { path: target, method: 'CONNECT', headers }
  try {
    return await new Promise<Socket>((resolve, reject) => {
      client.dispatch(order, {
        onRequestStart: () => undefined,
        onRequestUpgrade: (...[, status, , stream]) => {
          // What undici calls a stream here is the connection itself.
          if (status === 200 && stream instanceof Socket) return resolve(stream)
          stream.on('error', () => undefined).destroy()
          reject(new ProxyFault(status))
        },
        onResponseError: (_controller, error) => reject(error),
      })
    })
  } finally {
    client.destroy().catch(() => undefined)
  }
}
