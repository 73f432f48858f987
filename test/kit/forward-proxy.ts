// A forward proxy: CONNECT, with or without a credential, noting every request it sees.
// Promises: what it was asked for is kept as it came; it can be told to lead every name to one port. Leaves alone: what passes through.

import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

export interface Asked {
  readonly method: string
  readonly target: string
  readonly authorization: string | null
}
export interface ForwardProxy {
  /** `127.0.0.1:41234` */
  readonly address: string
  readonly asked: readonly Asked[]
  /** Everything that was sent through, as text. */
  passed(): string
  close(): Promise<void>
}
export interface ForwardProxyOptions {
  /** `user:password` that must be given. */
  readonly credential?: string
  /** Where every name leads. */
  readonly port: number
}

export async function startForwardProxy({ credential, port }: ForwardProxyOptions): Promise<ForwardProxy> {
  const asked: Asked[] = []
  const sockets = new Set<Socket>()
  let passed = ''
  const note = ({ method = '', url = '', headers }: IncomingMessage): void =>
    void asked.push({ method, target: url, authorization: headers['proxy-authorization'] ?? null })
  const wanted = credential === undefined ? null : `Basic ${Buffer.from(credential).toString('base64')}`
  const server = createServer((request, response) => {
    note(request)
    response.writeHead(405).end()
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request)
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (wanted !== null && request.headers['proxy-authorization'] !== wanted)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n')
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.on('data', (bytes: Buffer) => (passed += bytes.toString('latin1')))
      socket.pipe(onward)
      onward.pipe(socket)
    })
    sockets.add(onward)
    onward.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    passed: () => passed,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
