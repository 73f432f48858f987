// What translation costs, in units of what JSON itself costs: every pair of chat wires, a request of 20 messages and a stream of 500 events.
// Method: a request is bytes to bytes (decode, parse, read, write, print, encode) against decode, parse, print, encode of the same body; a stream is
// pushed event by event through reader and writer against the same four steps for each event's JSON. Both take turns in short batches; the figure is
// the median over batches of processor time, which a busy machine does not stretch.
// Promises: both sides end in bytes of a full translation, checked before it is timed. Leaves alone: the network (passing.ts), whether a miss is a failure.

import type { JsonObject } from '../../gateway/contract/json.ts'
import type { Wire, WriterOptions } from '../../gateway/contract/wire.ts'
import { parseJson } from '../../gateway/translate/json-text.ts'
import { wires } from '../../gateway/translate/index.ts'
import { createLineSplitter } from '../../gateway/translate/ndjson.ts'
import { createSseSplitter } from '../../gateway/translate/sse.ts'
import { replyEvents, turnIn, turnSizes, type TurnSize } from './agent-turn.ts'
import { median } from './shapes.ts'

export interface TranslationCost {
  readonly from: string
  readonly to: string
  readonly requests: Readonly<Record<TurnSize, number>>
  /** Of a stream that the second sends and the first gets. */
  readonly event: number
}

const batches = 9
const batchUs = 20_000
/** Of each side before it counts: until then it is optimised, often more than once. */
const warmUpUs = 300_000

/** Chat wires that a caller can speak and a provider can be asked in. */
const chatWires = Object.values(wires).filter((wire) => wire.operation === 'chat' && wire.inbound !== undefined && wire.outbound.write !== undefined)

export function measureTranslation(log: (line: string) => void): readonly TranslationCost[] {
  return chatWires.flatMap((from) => {
    const costs = chatWires.filter((to) => to !== from).map((to) => measurePair(from, to))
    log(`translation from ${from.id} measured`)
    return costs
  })
}

function measurePair(from: Wire, to: Wire): TranslationCost {
  const cost = (size: TurnSize): number => measureRequest(from, to, turnIn(from, size))
  return { from: from.id, to: to.id, requests: { full: cost('full'), lean: cost('lean') }, event: measureStream(from, to) }
}

function measureRequest(from: Wire, to: Wire, body: JsonObject): number {
  const bytes = Buffer.from(JSON.stringify(body))
  const translate = (): Buffer => {
    const pivot = from.inbound?.read(JSON.parse(bytes.toString('utf8')) as JsonObject)
    if (pivot === undefined) throw new Error(`${from.id} cannot be read`)
    const written = to.outbound.write?.(pivot, { model: 'vendor-model', stream: true, outputTokensMax: 4096, settings: {}, quirks: {} })
    return Buffer.from(JSON.stringify(written?.body))
  }
  // A translation that loses most of what was said would be fast for the wrong reason.
  if (translate().length < bytes.length / 2) throw new Error(`${from.id} to ${to.id}: ${translate().length} bytes are left of ${bytes.length}`)
  return ratioOf(translate, () => Buffer.from(JSON.stringify(JSON.parse(bytes.toString('utf8')))))
}

function measureStream(from: Wire, to: Wire): number {
  const pieces = piecesOf(to)
  const payloads = payloadsOf(to, pieces)
  const translate = (): number => {
    const reader = to.outbound.createReader()
    const writer = from.inbound?.createWriter(writerOptions)
    if (writer === undefined) throw new Error(`${from.id} cannot be written to`)
    let size = 0
    for (const piece of pieces) for (const event of reader.push(piece)) size += writer.write(event).length
    return size + writer.end().length
  }
  const plain = (): number => {
    let size = 0
    for (const payload of payloads) size += Buffer.from(JSON.stringify(parseJson(payload))).length
    return size
  }
  if (translate() < 1000) throw new Error(`${to.id} to ${from.id}: the stream is lost`)
  return ratioOf(translate, plain)
}

const writerOptions: WriterOptions = { id: 'bench', model: 'm', createdS: 1_763_683_200, request: { stream: true, stream_options: { include_usage: true } } }

/** The bench's reply as a vendor of this wire streams it, one event to a piece. */
function piecesOf(wire: Wire): readonly Uint8Array[] {
  const writer = wire.inbound?.createWriter(writerOptions)
  if (writer === undefined) throw new Error(`${wire.id} cannot be written to`)
  const bytes = Buffer.concat([...replyEvents().map((event) => writer.write(event)), writer.end()])
  return wire.streamType === 'text/event-stream'
    ? createSseSplitter()
        .push(bytes)
        .map(({ raw }) => raw)
    : createLineSplitter().push(bytes)
}

function payloadsOf(wire: Wire, pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  if (wire.streamType !== 'text/event-stream') return pieces
  return pieces.flatMap((piece) =>
    createSseSplitter()
      .push(piece)
      .flatMap(({ data }) => (data === null || parseJson(data) === undefined ? [] : [data])),
  )
}

/** Median of processor time of the one over that of the other, in batches that take turns. */
function ratioOf(subject: () => unknown, yardstick: () => unknown): number {
  const subjectRuns = runsPerBatch(subject)
  const yardstickRuns = runsPerBatch(yardstick)
  const ratios = Array.from({ length: batches }, () => timeOf(subject, subjectRuns) / subjectRuns / (timeOf(yardstick, yardstickRuns) / yardstickRuns))
  return median(ratios)
}

function runsPerBatch(work: () => unknown): number {
  // Compiled first: a batch that is still being optimised tells nothing.
  for (let spent = 0; spent < warmUpUs;) spent += timeOf(work, 16)
  for (let runs = 1; ; runs *= 2) if (timeOf(work, runs) >= batchUs) return runs
}

function timeOf(work: () => unknown, runs: number): number {
  const before = process.cpuUsage()
  for (let run = 0; run < runs; run += 1) work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

export const translationLimit = 3

export function translationLines(costs: readonly TranslationCost[]): readonly string[] {
  const figure = (value: number): string => `${value.toFixed(2)}${value <= translationLimit ? ' ' : '!'}`.padStart(10)
  const worst = Math.max(...costs.flatMap((cost) => [cost.event, ...turnSizes.map((size) => cost.requests[size])]))
  return [
    'Translation, as a multiple of parsing and printing the same JSON',
    'caller              vendor               20 messages      (lean)  one event',
    ...costs.map(({ from, to, requests, event }) => `${from.padEnd(20)}${to.padEnd(20)}${figure(requests.full)}  ${figure(requests.lean)} ${figure(event)}`),
    `the dearest of all: ${worst.toFixed(2)} (limit ${translationLimit.toFixed(2)}) ${worst <= translationLimit ? 'kept' : 'MISSED'}`,
  ]
}
