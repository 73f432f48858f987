// The window's private scheme for a browser that knows no private schemes: each HTTP request is handed to the scheme's own code, each answer back.
// Promises: nothing is added to an answer, streams stay streams, and leaving ends them. Only the name of the origin differs.
// Leaves alone: what the scheme answers.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { panelOrigin } from '../../main/window/address.ts'
import type { PanelScheme } from '../../main/window/scheme.ts'

export interface SchemeServer {
  /** `http://panel.localhost:41234`: a browser finds such names on its own machine. */
  readonly origin: string
  close(): Promise<void>
}

export async function startSchemeServer(scheme: PanelScheme): Promise<SchemeServer> {
  let origin = ''
  const server = createServer((message, response) => {
    void answer(scheme, { message, response, origin }).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://panel.localhost:${(server.address() as AddressInfo).port}`
  return {
    origin,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly origin: string
}

async function answer(scheme: PanelScheme, { message, response, origin }: Exchange): Promise<void> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) if (typeof value === 'string') headers.set(name, value === origin ? panelOrigin : value)
  const leaving = new AbortController()
  response.once('close', () => leaving.abort())
  const body = message.method === 'GET' || message.method === 'HEAD' ? {} : { body: await buffer(message) }
  const found = await scheme(new Request(`${panelOrigin}${message.url ?? '/'}`, { method: message.method ?? 'GET', headers, signal: leaving.signal, ...body }))
  response.writeHead(found.status, Object.fromEntries([...found.headers].map(([name, value]) => [name, value.replace(panelOrigin, origin)])))
  if (found.body === null) response.end()
  else await pipeline(piecesOf(found.body), response)
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Whoever left will not read the rest; a stream that broke cannot be cancelled any more.
    await reader.cancel().catch(() => undefined)
  }
}
