// The floor: a proxy that streams bytes through in both directions and looks at nothing.
// Promises: node:http in front, undici behind, keep-alive on both sides; no parsing, no rewriting, no accounts.
// Leaves alone: everything a gateway is for; it shows what the runtime itself costs.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'

const origin = process.argv[2] ?? ''
const agent = new Agent({ connections: 256, pipelining: 1, keepAliveTimeout: 60_000 })

const server = createServer((request, response) => {
  const options = { origin, path: request.url ?? '/', method: 'POST' as const, headers: { 'content-type': 'application/json' }, body: request }
  agent
    .stream(options, ({ statusCode, headers }) => {
      response.writeHead(statusCode, { 'content-type': String(headers['content-type']) })
      return response
    })
    .catch(() => response.destroy())
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
