// A reply that is not streamed: collected, understood, and kept whole until the books are closed.
// Promises: the same dialect's bytes are handed on as they came, unless the vendor ignored the form that was asked for. Leaves alone: sending them.

import { refuse } from '../../contract/errors.ts'
import type { ReplyEvent } from '../../contract/chat.ts'
import type { LastBytes } from '../../contract/itinerary.ts'
import { laterUsage } from '../../contract/usage.ts'
import { readWhole } from './exchange.ts'
import { failureFrom, failureOfEvent, type Failure } from './failure.ts'
import { collect } from './pieces.ts'
import type { CallTools, Progress, Reading, Run } from './order.ts'
import { writerOptions } from './reply-head.ts'

export async function readReply(reading: Reading, tools: CallTools): Promise<Run> {
  const { run, exchange, progress } = reading
  const bytes = await collect(counted(reading), tools.limits.upstreamBodyBytesMax)
  progress.markFirstByte()
  let whole: { body: unknown; events: readonly ReplyEvent[] }
  try {
    whole = readWhole(exchange, bytes, reading.reply.headers)
  } catch (error) {
    const failure = failureFrom(
      refuse('upstream_protocol', { provider: run.planned.deployment.provider.title, reason: 'its body is not valid JSON' }, {}, error),
    )
    // Something was written, and billed, that we cannot read.
    progress.text.add(Buffer.from(bytes).toString('utf8', 0, unreadableBytesMax))
    return { kind: 'failed', result: progress.result('failed', 'broken', failure.error.storedMessage), failure }
  }
  if (exchange.kind === 'pass') {
    const facts = exchange.wire.pass?.readFacts(whole.body, progress.text, reading.reply.headers)
    if (facts !== undefined) Object.assign(progress, { usage: facts.usage, upstreamId: facts.upstreamId, textBytesAtUsage: facts.textBytesAtUsage })
    // Some vendors put an error into a reply with status 200; what was not produced is not owed.
    if (facts !== undefined && facts.error !== null && progress.text.bytes === 0) return refused(progress, failureOfEvent(facts.error, reading.secrets))
    if (
      canWrite(reading, tools) &&
      ((run.request.stream && exchange.wire.passesOnly !== true) || exchange.wire.pass?.misfits?.(whole.body, run.request.json.open()) === true)
    ) {
      const events = exchange.wire.outbound.readWhole(whole.body)
      return failedIn(events, reading) ?? done(reading, translated(reading, events, tools))
    }
    return done(reading, { head: { status: reading.reply.status, headers: { 'content-type': 'application/json' } }, bytes })
  }
  noteEvents(progress, whole.events)
  return failedIn(whole.events, reading) ?? done(reading, translated(reading, whole.events, tools))
}

/** What nobody here can write stays as it came. */
const canWrite = ({ run: { request } }: Reading, { wires }: CallTools): boolean => wires[request.answeredIn ?? request.wire].inbound !== undefined

/** null: none of the events is an error. */
function failedIn(events: readonly ReplyEvent[], { progress, secrets }: Reading): Run | null {
  const broken = events.find((event) => event.type === 'error')
  return broken?.type === 'error' ? refused(progress, failureOfEvent(broken, secrets)) : null
}

const unreadableBytesMax = 1024 * 1024

export async function* counted({ reply, tether }: Reading): AsyncGenerator<Uint8Array> {
  for await (const piece of reply.body) {
    tether.count(piece.length)
    yield piece
  }
}

function refused(progress: Progress, failure: Failure): Run {
  return { kind: 'failed', result: progress.result('failed', 'refused', failure.error.storedMessage), failure }
}

export function done(reading: Reading, lastBytes: LastBytes): Extract<Run, { kind: 'done' }> {
  return {
    kind: 'done',
    result: reading.progress.result('answered', 'complete'),
    status: lastBytes.head?.status ?? 200,
    lastBytes,
    dropped: reading.exchange.dropped,
    failure: null,
  }
}

/** A caller who asked for a stream gets one, also from an upstream that answered whole. */
function translated(reading: Reading, events: readonly ReplyEvent[], tools: CallTools): LastBytes {
  const { request } = reading.run
  const inbound = tools.wires[request.answeredIn ?? request.wire].inbound
  if (inbound === undefined) throw refuse('internal')
  const options = writerOptions(request)
  if (!request.stream)
    return { head: { status: 200, headers: { 'content-type': 'application/json' } }, bytes: Buffer.from(JSON.stringify(inbound.writeWhole(events, options))) }
  const writer = inbound.createWriter(options)
  return {
    head: { status: 200, headers: { 'content-type': writer.contentType } },
    bytes: Buffer.concat([...events.map((event) => writer.write(event)), writer.end()]),
  }
}

/** Keeps what a bill and a row need from events that pass. */
export function noteEvents(progress: Progress, events: readonly ReplyEvent[]): void {
  for (const event of events) {
    if (event.type === 'usage') {
      progress.usage = laterUsage(progress.usage, event.usage)
      progress.textBytesAtUsage = progress.text.bytes
    } else if (event.type === 'reply-start') progress.upstreamId = event.upstreamId ?? progress.upstreamId
    else if (event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'refusal-delta') progress.text.add(event.text)
    else if (event.type === 'tool-delta') progress.text.add(event.argumentsText)
    else if (event.type === 'tool-start') progress.text.add(event.name)
  }
}
