// Connections on which nothing whole arrives in time, or nothing that is HTTP.
// Promises: half a request is told so and loses its place; a reply is never written into; who has asked nothing is told nothing, because it would be taken for the answer to what is just being sent.
// Leaves alone: bounds of size and number (journeys).

import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { secret } from '../../../gateway/contract/sealed.ts'
import { createPlainServer, createSecureServer, listen } from '../../../gateway/door/server.ts'
import { createAuthority } from '../../kit/certificates.ts'

const limits = { ...defaultLimits, headersTimeoutMs: 100, requestTimeoutMs: 100 }
const identity = createAuthority('Authority').issue('server', { dns: ['localhost'] })
const answer: Parameters<typeof createPlainServer>[0] = (request, reply) => {
  if (request.url === '/slow') reply.write('begun')
  else reply.end('answered')
}
const servers = {
  http: createPlainServer(answer, limits),
  https: createSecureServer(answer, limits, { certificate: identity.certificate, key: secret(identity.key) }).server,
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port
const whole = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'
const half = 'GET / HTTP/1.1\r\nhost:'

async function open(kind: keyof typeof servers): Promise<Socket> {
  const port = portOf(servers[kind])
  const to = { port, host: '127.0.0.1', allowHalfOpen: true }
  if (kind === 'http') return connect(to)
  const socket = connectSecurely({ ...to, servername: 'localhost', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}

/** All that comes until the server closes. */
async function hear(socket: Socket): Promise<string> {
  let heard = ''
  for await (const piece of socket) heard += String(piece)
  return heard
}

beforeAll(async () => {
  for (const server of Object.values(servers)) await listen(server, 0, '127.0.0.1')
})
afterAll(() => {
  for (const server of Object.values(servers)) {
    server.closeAllConnections()
    server.close()
  }
})

describe.concurrent.each(['http', 'https'] as const)('over %s', (kind) => {
  it('a connection that nobody has used is closed without a word', async () => {
    expect(await hear(await open(kind))).toBe('')
  })

  it('half a request is told that its time is over', async () => {
    const socket = await open(kind)
    socket.write(half)
    expect(await hear(socket)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
  })

  it('half a request after an answered one likewise', async () => {
    const socket = await open(kind)
    socket.write(whole)
    await once(socket, 'readable')
    socket.write(half)
    expect(await hear(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*answeredHTTP\/1\.1 408 Request Timeout\r\n/)
  })

  it('half a request loses its place, even if its sender never closes', async () => {
    const places = new Set<Socket>()
    const keep = (socket: Socket): void => void places.add(socket)
    servers[kind].on(kind === 'http' ? 'connection' : 'secureConnection', keep)
    const socket = await open(kind)
    socket.write(half)
    await hear(socket)
    expect(socket.writable).toBe(true)
    const [place] = [...places].filter(({ remotePort }) => remotePort === socket.localPort)
    if (place?.destroyed === false) await once(place, 'close')
    servers[kind].off(kind === 'http' ? 'connection' : 'secureConnection', keep)
    expect(place?.destroyed).toBe(true)
    socket.destroy()
  })

  it('what is no request does not get into the reply to the one before', async () => {
    const socket = await open(kind)
    socket.write('GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await once(socket, 'readable')
    socket.write('no request\r\n\r\n')
    const heard = await hear(socket).catch(() => 'reset')
    expect(heard).not.toContain('400')
    socket.destroy()
  })
})
