// Servers with limits: HTTP for this machine, HTTPS for its network.
// Promises: connections, headers and time are bounded alike; by TLS nothing below 1.2, no renegotiation, no cipher without forward secrecy, and so
// many connections of one address; whoever runs out of time loses its place; a certificate is replaced while it serves.
// Leaves alone: requests.

import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions } from 'node:tls'
import type { Limits } from '../contract/config.ts'
import type { TlsIdentity } from '../contract/lan.ts'

export interface SecureServer {
  readonly server: Server
  /** For connections from now on. */
  present(identity: TlsIdentity): void
}

// Imported as modules, these make Node load its own fetch and web sockets as well: 13 MB that this process never uses.
const { createServer, ServerResponse } = process.getBuiltinModule('node:http')

export const createPlainServer = (answer: RequestListener, limits: Limits): Server => withLimits(createServer(toOptions(limits), answer), limits)

export function createSecureServer(answer: RequestListener, limits: Limits, identity: TlsIdentity): SecureServer {
  const https = process.getBuiltinModule('node:https')
  const server = https.createServer(
    { ...toOptions(limits), ...toSecureOptions(identity), requestCert: identity.callers !== undefined, handshakeTimeout: limits.headersTimeoutMs },
    answer,
  )
  boundAddresses(server, limits.lanConnectionsPerAddressMax)
  return {
    server: withLimits(server, limits),
    // It replaces all that was said of TLS before, so all is said again.
    present: (next) => server.setSecureContext(toSecureOptions(next)),
  }
}

const toOptions = (limits: Limits): Pick<Server, 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout'> & Record<string, number> => ({
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  maxHeaderSize: limits.headerBytesMax,
  connectionsCheckingInterval: 2000,
})

// Mozilla's "intermediate" profile without finite-field Diffie-Hellman (https://wiki.mozilla.org/Security/Server_Side_TLS, as known 2026-11-21).
const ciphers = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDSA', 'RSA'].flatMap((kind) => ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((cipher) => `ECDHE-${kind}-${cipher}`)),
].join(':')

function toSecureOptions({ certificate, key, callers }: TlsIdentity): SecureContextOptions {
  const { SSL_OP_NO_RENEGOTIATION } = process.getBuiltinModule('node:crypto').constants
  return {
    cert: certificate,
    key: key.open(),
    minVersion: 'TLSv1.2',
    ciphers,
    secureOptions: SSL_OP_NO_RENEGOTIATION,
    ...(callers === undefined ? {} : { ca: callers }),
  }
}

/** Of one machine, those beyond the bound are closed before a byte of theirs is read. */
function boundAddresses(server: Server, most: number): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: IncomingMessage['socket']) => {
    const address = socket.remoteAddress ?? ''
    const count = (open.get(address) ?? 0) + 1
    if (count > most) return void socket.destroy()
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    })
  })
}

function withLimits(server: Server, limits: Limits): Server {
  server.maxConnections = limits.connectionsMax
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // What failed before HTTP, a handshake for example, would not understand an answer.
    if (!/^(?:HPE|ERR_HTTP)_/.test(error.code ?? '') || !socket.writable || isUnused(socket) || isAnswering(socket)) return void socket.destroy()
    const status = unreadable[error.code ?? ''] ?? '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    // Time to read it: what is destroyed at once may be reset before. A peer that never closes must not keep its place.
    const timer = setTimeout(() => socket.destroy(), lingerMs)
    socket.once('close', () => clearTimeout(timer))
  })
  return server
}

/** Opened ahead of need: a word now would be taken for the answer to a request that is just being sent. */
const isUnused = (socket: Duplex): boolean => 'bytesRead' in socket && socket.bytesRead === 0

/** In the middle of a reply, a status line would be part of its body. Node's own handler looks at the same property. */
const isAnswering = (socket: Duplex): boolean =>
  '_httpMessage' in socket && socket._httpMessage instanceof ServerResponse && socket._httpMessage.headersSent && !socket._httpMessage.writableEnded

const lingerMs = 1000

/** Requests that never became one, by Node's codes (https://nodejs.org/api/http.html#event-clienterror, read 2026-11-21). */
const unreadable: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** @throws NodeJS.ErrnoException EADDRINUSE, EACCES, EADDRNOTAVAIL */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

const drainStepMs = 20
const bookCloseMs = 1000

export async function closeServers(servers: readonly Server[], inFlight: () => number, drainMs: number): Promise<void> {
  // Node calls a connection idle as soon as its reply was handed over, and closing would cut off what is still on its way to a slow reader.
  for (const server of servers) server.closeIdleConnections = () => undefined
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
  await emptied(inFlight, drainMs)
  for (const server of servers) server.closeAllConnections()
  await Promise.all(closed)
  // Whoever was cut off just now still has books to close.
  await emptied(inFlight, bookCloseMs)
}

async function emptied(inFlight: () => number, longestMs: number): Promise<void> {
  const until = Date.now() + longestMs
  while (inFlight() > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, drainStepMs))
}
