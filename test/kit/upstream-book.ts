// A recording proxy between the gateway and an upstream: the upstream's own words, kept beside the gateway's ledger.
// Promises: what is kept is what passed, byte for byte, in order; pieces are handed on as they come, and a caller who leaves is passed on.
// Leaves alone: judging (the journeys) and, unless a correction is given, the bytes (rewriters.ts).

import { createServer, request as dial, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StreamEvent } from './event-stream.ts'
import { createEvents, createLines, createUnchanged, type Passed, type Rewriter } from './rewriters.ts'
import { readTokens, type Tokens } from './upstream-usage.ts'

/** One exchange as the gateway saw it. */
export interface Page {
  readonly path: string
  readonly requestText: string
  readonly request: Readonly<Record<string, unknown>>
  status: number
  /** Of a binary stream its events, each as a line of JSON. */
  replyText: string
  /** The upstream closed its reply properly. */
  complete: boolean
}
export interface UpstreamBook {
  readonly origin: string
  readonly pages: readonly Page[]
  /** Tokens of a page by our own reading of its reply. */
  tokensOf(page: Page): Tokens | null
  close(): Promise<void>
}

/** Rewrites one line of a reply (a whole JSON reply is one line) where the upstream strays from the format it imitates. */
export type Correction = (line: string, page: Page) => string

/** The same for the events of one binary stream. */
export type EventCorrection = (page: Page) => (event: StreamEvent) => readonly StreamEvent[]

export interface Corrections {
  readonly correct?: Correction
  readonly correctEvents?: EventCorrection
}

export async function startUpstreamBook(target: string, corrections: Corrections = {}): Promise<UpstreamBook> {
  const pages: Page[] = []
  const server = createServer((message, response) => {
    void forward({ message, response, target, pages, corrections })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages,
    tokensOf: (page) => readTokens(page.replyText),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly target: string
  readonly pages: Page[]
  readonly corrections: Corrections
}

async function forward(exchange: Exchange): Promise<void> {
  const { message, response, target, pages } = exchange
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  const page = createPage(message.url ?? '/', body.toString('utf8'))
  pages.push(page)
  const { host: _host, connection: _connection, ...headers } = message.headers
  const upstream = dial(`${target}${page.path}`, { method: message.method ?? 'POST', headers }, (reply) => void relay(exchange, page, reply))
  upstream.on('error', () => response.destroy())
  response.on('close', () => upstream.destroy())
  upstream.end(body)
}

function createPage(path: string, requestText: string): Page {
  const request = requestText === '' ? {} : (JSON.parse(requestText) as Record<string, unknown>)
  return { path, requestText, request, status: 0, replyText: '', complete: false }
}

async function relay({ response, corrections }: Exchange, page: Page, reply: IncomingMessage): Promise<void> {
  page.status = reply.statusCode ?? 0
  const { connection: _connection, 'transfer-encoding': _encoding, 'content-length': length, ...headers } = reply.headers
  response.writeHead(page.status, corrections.correct === undefined && length !== undefined ? { ...headers, 'content-length': length } : headers)
  const pass = ({ bytes, text }: Passed): void => {
    page.replyText += text
    response.write(bytes)
  }
  const rewriter = createRewriter(corrections, page, reply)
  try {
    for await (const piece of reply) pass(rewriter.push(piece as Buffer))
    pass(rewriter.end())
    page.complete = true
    response.end()
  } catch {
    // The upstream broke off, or the gateway left: either way the other side must see the same.
    response.destroy()
  }
}

function createRewriter({ correct, correctEvents }: Corrections, page: Page, reply: IncomingMessage): Rewriter {
  if (correctEvents !== undefined && reply.headers['content-type'] === 'application/vnd.amazon.eventstream') return createEvents(correctEvents(page))
  return correct === undefined ? createUnchanged() : createLines((line) => correct(line, page))
}
