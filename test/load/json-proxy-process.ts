// The yardstick: a proxy that parses and rewrites JSON both ways, as any gateway must that maps model names, and does nothing else.
// Promises: the request's and the reply's `model` are rewritten, in streams in every event; no keys, no budgets, no ledger.
// Leaves alone: errors beyond closing the connection; it is a measure, not a product.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'

const origin = process.argv[2] ?? ''
const agent = new Agent({ connections: 256, pipelining: 1, keepAliveTimeout: 60_000 })

const server = createServer((request, response) => {
  void forward(request, response).catch(() => response.destroy())
})

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const bytes of request) pieces.push(bytes as Buffer)
  const asked = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>
  const body = JSON.stringify({ ...asked, model: 'bench-upstream' })
  const reply = await agent.request({ origin, path: '/v1/chat/completions', method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (asked['stream'] !== true) {
    const answer = Buffer.from(rename(await reply.body.text(), asked['model']))
    response.writeHead(reply.statusCode, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer)
    return
  }
  response.writeHead(reply.statusCode, { 'content-type': 'text/event-stream' })
  let rest = ''
  for await (const bytes of reply.body) {
    const lines = (rest + (bytes as Buffer).toString()).split('\n')
    rest = lines.pop() ?? ''
    response.write(lines.map((line) => `${line.startsWith('data: {') ? `data: ${rename(line.slice(6), asked['model'])}` : line}\n`).join(''))
  }
  response.end(rest)
}

function rename(text: string, model: unknown): string {
  return JSON.stringify({ ...(JSON.parse(text) as Record<string, unknown>), model })
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
