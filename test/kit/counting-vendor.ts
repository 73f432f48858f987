// A vendor of native APIs for journeys by its own paths: answers by path, and keeps its own book of what each call used.
// Promises: no two calls count alike, so that a row can only match its own; what is asked is kept as it came.
// Leaves alone: what the replies look like (each journey's own).

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** What the vendor wrote into its book for it. */
  readonly input: number
  readonly output: number
}
export interface CountedReply {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly pieces: readonly (string | Uint8Array)[]
  /** Each piece on its own, so that what follows finds the first already handed on. */
  readonly slow?: true
}
export interface CountingVendor {
  readonly origin: string
  readonly calls: readonly Call[]
  last(): Call
  close(): Promise<void>
}

export const json = (value: unknown): CountedReply => ({ pieces: [JSON.stringify(value)] })

/** `answer` gives null where there is nothing. */
export async function startCountingVendor(answer: (call: Call) => CountedReply | null): Promise<CountingVendor> {
  const calls: Call[] = []
  const server = createServer((message, response) => {
    const taken: Buffer[] = []
    message.on('data', (piece: Buffer) => taken.push(piece))
    message.on('end', () => {
      const { method = '', url = '', headers } = message
      const call: Call = { method, url, headers, body: Buffer.concat(taken).toString('utf8'), input: 101 + 10 * calls.length, output: 5 + calls.length }
      calls.push(call)
      const { status = 200, type = 'application/json', headers: own, pieces, slow } = answer(call) ?? { ...json({ message: 'nothing here' }), status: 404 }
      response.writeHead(status, { 'content-type': type, ...own })
      void send(response, pieces, slow === true ? slowMs : 0)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    last() {
      const call = calls.at(-1)
      if (call === undefined) throw new Error('nobody called')
      return call
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const slowMs = 50

async function send(response: ServerResponse, pieces: CountedReply['pieces'], waitMs: number): Promise<void> {
  for (const piece of pieces) {
    response.write(piece)
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
  response.end()
}
