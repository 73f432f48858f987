// The ground on which nothing may arrive: every address of both families, answered by this process, and a name server that changes its mind.
// Promises: inside a network namespace whose loopback answers for all addresses, so that a connection anywhere is a connection here; each one is
// counted with the address it was meant for. Only the vendor's own address and port is not counted.
// Leaves alone: who makes the namespace (ssrf.ts).

import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { Resolver, type LookupAddress } from 'node:dns'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcp, type AddressInfo } from 'node:net'
import type { Lookup } from '../../gateway/egress/address.ts'

/** An ordinary address of somebody else's, as far as anybody in the namespace can tell. */
export const vendorAddress = '203.0.113.9'

export interface Sink {
  /** Where connections were meant to go. */
  readonly arrived: readonly string[]
}

export async function openSink(ports: readonly number[]): Promise<Sink> {
  const arrived: string[] = []
  for (const port of ports) {
    const server = createTcp((socket) => {
      arrived.push(`${socket.localAddress}:${port}`)
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    })
    await new Promise<void>((resolve) => server.listen(port, '::', resolve))
  }
  return { arrived }
}

/** Also counts who comes to its port under another address. */
export async function openVendor(answer: RequestListener, sink: string[]): Promise<number> {
  const server = createServer((request, response) => {
    const here = request.socket.localAddress?.replace(/^::ffff:/, '') ?? ''
    if (here !== vendorAddress && here !== '127.0.0.1') sink.push(`${here}, the vendor's port`)
    answer(request, response)
  })
  server.on('connection', (socket) => {
    const here = socket.localAddress?.replace(/^::ffff:/, '') ?? ''
    if (here !== vendorAddress && here !== '127.0.0.1') sink.push(`${here}, the vendor's port`)
  })
  await new Promise<void>((resolve) => server.listen(0, '::', resolve))
  return (server.address() as AddressInfo).port
}

export interface NameServer {
  /** What the name's next questions are answered with, the last one for good. */
  say(name: string, answers: readonly (readonly string[])[]): void
  readonly lookup: Lookup
  readonly asked: number
}

/** Speaks DNS over UDP, as resolvers ask it (RFC 1035, 4.1). */
export async function openNameServer(): Promise<NameServer> {
  const plans = new Map<string, (readonly string[])[]>()
  let asked = 0
  const socket: DatagramSocket = createSocket('udp4')
  socket.on('message', (question, from) => {
    asked += 1
    const { name, end } = readName(question)
    const plan = plans.get(name) ?? []
    const answers = (plan.length > 1 ? plan.shift() : plan[0]) ?? []
    socket.send(reply(question.subarray(0, end + 4), answers), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return {
    say: (name, answers) => void plans.set(name, [...answers]),
    get asked() {
      return asked
    },
    lookup: (hostname, _options, callback) => {
      resolver.resolve4(hostname, (error, found) => {
        if (error !== null && error.code === 'ENODATA')
          return resolver.resolve6(hostname, (none, six) =>
            callback(
              none,
              (six ?? []).map((address): LookupAddress => ({ address, family: 6 })),
            ),
          )
        callback(
          error,
          (found ?? []).map((address): LookupAddress => ({ address, family: 4 })),
        )
      })
    },
  }
}

function readName(question: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  while ((question[at] ?? 0) > 0) {
    const length = question[at] ?? 0
    labels.push(question.toString('ascii', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

/** The addresses of the family that was asked for; a time to live of nothing. */
function reply(question: Buffer, answers: readonly string[]): Buffer {
  const six = question.readUInt16BE(question.length - 4) === 28
  const fitting = answers.filter((address) => address.includes(':') === six)
  const head = Buffer.from(question)
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(fitting.length, 6)
  head.writeUInt16BE(0, 8)
  head.writeUInt16BE(0, 10)
  const records = fitting.map((address) => {
    const bytes = six ? toBytes6(address) : Buffer.from(address.split('.').map(Number))
    return Buffer.concat([Buffer.from([0xc0, 0x0c, 0, six ? 28 : 1, 0, 1, 0, 0, 0, 0, 0, bytes.length]), bytes])
  })
  return Buffer.concat([head, ...records])
}

function toBytes6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::')
  const parts = (text: string): number[] =>
    text
      .split(':')
      .filter((part) => part !== '')
      .map((part) => Number.parseInt(part, 16))
  const middle = Array.from({ length: 8 - parts(head).length - parts(tail).length }, () => 0)
  return Buffer.from([...parts(head), ...middle, ...parts(tail)].flatMap((group) => [group >> 8, group & 0xff]))
}
