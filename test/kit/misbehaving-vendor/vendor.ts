// A vendor over raw sockets that keeps its own bill and misbehaves in named ways: per call from a seed, or as the request's `[[name]]` asks.
// Promises: a run replays from its seed and its calls' markers; every call it saw is in its books; close() leaves no socket and no timer.
// Leaves alone: judging the gateway (the journeys), callers who leave (they do that themselves).

import { createServer, type AddressInfo, type Socket } from 'node:net'
import { billFor, type BilledCall, type Leavers, type Rates } from './bill.ts'
import { createDraw } from './draw.ts'
import { createLine, type Line } from './line.ts'
import { createHonest, misbehaviours } from './misbehaviours.ts'
import type { Call, Misbehaviour, Thinks, VendorDialect } from './misbehaviour.ts'
import { dialectOf, forcedOf, formOf, markerOf, readCall } from './read-call.ts'
import { createArrivals, type VendorRequest } from './read-request.ts'
import { sendBody } from './reply.ts'

export interface VendorOptions {
  readonly seed: number
  readonly rates: Rates
  /** How often each is drawn; names left out never are. Default: `honest` as often as all others together. */
  readonly weights?: Readonly<Record<string, number>>
  /** Draw among these alone. */
  readonly only?: readonly string[]
  /** An honest stream waits this long before each piece, so that a caller can leave in its middle. */
  readonly paceMs?: number
  /** What a caller who leaves is charged. */
  readonly leaversPay?: Leavers | ((call: Call) => Leavers)
  /** Instead of small talk. */
  readonly thinks?: Thinks
}
export interface MisbehavingVendor {
  /** Add `/v1` for OpenAI's dialect. */
  readonly origin: string
  /** Every inference call, in the order their replies ended. */
  readonly calls: readonly BilledCall[]
  callsOf(marker: string): readonly BilledCall[]
  /** A request with this marker has come, whether it is answered by now or not. */
  heard(marker: string): boolean
  /** Calls that are being answered. */
  readonly running: number
  readonly sockets: number
  close(): Promise<void>
}

const closeWithinMs = 30_000

export async function createMisbehavingVendor(options: VendorOptions): Promise<MisbehavingVendor> {
  const books = createBooks(options)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Broken connections are this vendor's trade.
    socket.on('error', () => undefined)
    socket.setNoDelay(true)
    void serve(socket, books)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the vendor has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    calls: books.calls,
    callsOf: (marker) => books.calls.filter((call) => call.marker === marker),
    heard: books.heard,
    get running() {
      return books.running
    },
    get sockets() {
      return sockets.size
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
      const untilMs = performance.now() + closeWithinMs
      while (books.running > 0 || sockets.size > 0) {
        if (performance.now() > untilMs) throw new Error(`${books.running} replies and ${sockets.size} sockets of the vendor do not end`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

interface Books {
  readonly calls: BilledCall[]
  running: number
  heard(marker: string): boolean
  choose(request: Pick<VendorRequest, 'path' | 'body'>, dialect: VendorDialect): Chosen
  answer(request: VendorRequest, line: Line): Promise<void>
}
interface Chosen {
  readonly misbehaviour: Misbehaviour
  readonly nth: number
}

function createBooks(options: VendorOptions): Books {
  const honest = createHonest(options.paceMs ?? 0)
  const seen = new Map<string, number>()
  const kept = new Map<string, Misbehaviour>()
  const books: Books = {
    calls: [],
    running: 0,
    heard: (marker) => seen.has(marker),
    choose({ path, body }, dialect) {
      const marker = markerOf(body) ?? body
      const nth = (seen.get(marker) ?? 0) + 1
      const misbehaviour =
        kept.get(marker) ?? forced(body, honest) ?? drawn({ name: `${marker} ${nth}`, form: formOf({ path, body }, dialect), dialect, options }) ?? honest
      return { misbehaviour, nth }
    },
    async answer(request, line) {
      const dialect = dialectOf(request.path)
      if (dialect === null) return sendBody(line, modelList)
      const { misbehaviour, nth } = books.choose(request, dialect)
      const marker = markerOf(request.body) ?? request.body
      seen.set(marker, nth)
      if (misbehaviour.sticky === true) kept.set(marker, misbehaviour)
      const call = readCall(request, { seed: options.seed, nth, dialect, thinks: options.thinks })
      books.running += 1
      try {
        await misbehaviour.run(line, call)
      } finally {
        books.running -= 1
        const callerStayed = line.complete || !line.gone
        books.calls.push(billFor({ call, misbehaviour, callerStayed, leaversPay: leaversRule(call, options) }, options.rates))
      }
    },
  }
  return books
}

function leaversRule(call: Call, { leaversPay = 'produced' }: VendorOptions): Leavers {
  return typeof leaversPay === 'string' ? leaversPay : leaversPay(call)
}

const modelList = JSON.stringify({ object: 'list', data: [{ id: 'vendor-model' }], models: [{ model: 'vendor-model', name: 'vendor-model' }] })

/** One connection, request after request, until a misbehaviour or the other side ends it. */
async function serve(socket: Socket, books: Books): Promise<void> {
  const arrivals = createArrivals(socket)
  const hurries = (soFar: VendorRequest): boolean => {
    const dialect = markerOf(soFar.body) === null ? null : dialectOf(soFar.path)
    return dialect !== null && books.choose(soFar, dialect).misbehaviour.early === true
  }
  for (let served = 0; ; served += 1) {
    const request = await arrivals.next(hurries)
    if (request === null) return void socket.end()
    await books.answer(request, createLine(socket, served))
  }
}

function forced(body: string, honest: Misbehaviour): Misbehaviour | null {
  const name = forcedOf(body)
  if (name === null) return null
  const found = name === honest.name ? honest : misbehaviours.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no misbehaviour called ${name}`)
  return found
}

interface Draft {
  readonly name: string
  readonly dialect: VendorDialect
  readonly form: Call['form']
  readonly options: VendorOptions
}

/** null: honest. */
function drawn({ name, dialect, form, options }: Draft): Misbehaviour | null {
  const { weights, only, seed } = options
  const fitting = misbehaviours.filter((one) => fits(one, dialect, form) && (only === undefined || only.includes(one.name)))
  const honest = weights?.['honest'] ?? (weights === undefined && only === undefined ? fitting.length : 0)
  const choices: { value: Misbehaviour | null; weight: number }[] = [
    { value: null, weight: honest },
    ...fitting.map((value) => ({ value, weight: weights === undefined ? 1 : (weights[value.name] ?? 0) })),
  ]
  return createDraw(seed, `choice ${name}`).weighted(choices)
}

export function fits(one: Misbehaviour, dialect: VendorDialect, form: Call['form']): boolean {
  return one.appliesTo.includes(dialect) && (one.form === 'both' || one.form === form)
}
