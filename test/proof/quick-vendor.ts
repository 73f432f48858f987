// A vendor that answers every dialect at once and the same each time, and counts what reached it.
// Promises: replies that the wires themselves wrote, made once. Leaves alone: misbehaving, money.

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ReplyEvent } from '../../gateway/contract/chat.ts'
import type { Wire, WriterOptions } from '../../gateway/contract/wire.ts'
import { wires } from '../../gateway/translate/index.ts'
import { dialects, embeddings, type Call, type Dialect, type VendorDialect } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { createDraw } from '../kit/misbehaving-vendor/draw.ts'
import { piecesOf, wholeText } from '../kit/misbehaving-vendor/reply.ts'
import { speechOf } from '../kit/misbehaving-vendor/speech.ts'
import { dialectOf, formOf } from '../kit/misbehaving-vendor/read-call.ts'
import type { SiegeVendor } from './siege.ts'

export interface QuickVendor extends SiegeVendor {
  /** Inference calls so far. */
  readonly reached: number
}

const options: WriterOptions = { id: 'quick', model: 'vendor', createdS: 1_763_683_200, request: { stream_options: { include_usage: true }, requests: [] } }
const usage: ReplyEvent = { type: 'usage', usage: { meters: { input: 30, output: 4 }, provenance: 'reported' } }
const ending: readonly ReplyEvent[] = [usage, { type: 'finish', reason: 'stop' }, { type: 'reply-end' }]
const said: readonly ReplyEvent[] = [
  { type: 'reply-start', upstreamId: 'quick', model: 'vendor' },
  { type: 'text-delta', text: 'Two ' },
  { type: 'text-delta', text: 'words.' },
  ...ending,
]
const measured: readonly ReplyEvent[] = [...[0, 1].map((index): ReplyEvent => ({ type: 'embedding', index, vector: [0.25, -0.5] })), ...ending]

interface Reply {
  readonly type: string
  readonly bytes: Uint8Array
}

function replyOf(wire: Wire, streamed: boolean, events: readonly ReplyEvent[]): Reply {
  if (wire.inbound === undefined) throw new Error(`${wire.id} cannot be written to`)
  if (!streamed) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(wire.inbound.writeWhole(events, options))) }
  const writer = wire.inbound.createWriter(options)
  return { type: wire.streamType, bytes: Buffer.concat([...events.map((event) => writer.write(event)), writer.end()]) }
}

const isText = (dialect: VendorDialect): dialect is Dialect => (dialects as readonly VendorDialect[]).includes(dialect)

/** What no wire of the gateway writes is said as the misbehaving vendor says it when it behaves. */
function saidOf(dialect: VendorDialect, { streamed, wantsSound }: { readonly streamed: boolean; readonly wantsSound: boolean }): Reply {
  const call: Call = {
    ...{ dialect, form: streamed ? 'streamed' : 'whole', model: 'vendor', marker: null, nth: 1, asksUsage: true, credential: null, wantsBase64: false },
    ...{ tokens: { prompt: 30, cached: 0, completion: 2 }, words: ['Two ', 'words.'], inputs: 1, wantsSound, produced: 0, waived: false },
    draw: createDraw(0, dialect),
  }
  if (!streamed) return { type: 'application/json', bytes: Buffer.from(wholeText(call)) }
  const text = piecesOf(call)
    .map((piece) => piece.text)
    .join('')
  return { type: speechOf(call).streamType, bytes: Buffer.from(text) }
}

export async function createQuickVendor(): Promise<QuickVendor> {
  const sockets = new Set<Socket>()
  const made = new Map<string, Reply>()
  const find = (dialect: VendorDialect, form: { readonly streamed: boolean; readonly wantsSound: boolean }): Reply => {
    const name = `${dialect} ${String(form.streamed)} ${String(form.wantsSound)}`
    const reply =
      made.get(name) ?? (isText(dialect) ? replyOf(wires[dialect], form.streamed, embeddings.includes(dialect) ? measured : said) : saidOf(dialect, form))
    made.set(name, reply)
    return reply
  }
  let reached = 0
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const path = request.url ?? ''
      const dialect = dialectOf(path)
      if (dialect === null) return send(response, { type: 'application/json', bytes: Buffer.from('{"data":[],"models":[]}') })
      reached += 1
      const body = Buffer.concat(pieces).toString('latin1')
      send(response, find(dialect, { streamed: formOf({ path, body }, dialect) === 'streamed', wantsSound: !body.includes('"stream_format":"sse"') }))
    })
  })
  // The gateway keeps a connection for as long as this hint says, so that after the last call one that is still there is stuck.
  server.keepAliveTimeout = 3000
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get reached() {
      return reached
    },
    get sockets() {
      return sockets.size
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

const send = (response: ServerResponse, { type, bytes }: Reply): void =>
  void response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
