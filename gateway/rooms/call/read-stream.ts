// A streamed reply: handed on piece by piece, its closing bytes kept until the books are closed.
// Promises: the first bytes are held until the vendor has shown something other than an error; a slow caller slows the upstream.
// Leaves alone: the record, and who words an error before the first byte.

import type { ReplyEvent } from '../../contract/chat.ts'
import { refuse, type GatewayError } from '../../contract/errors.ts'
import type { LastBytes } from '../../contract/itinerary.ts'
import { createTapFor } from './exchange.ts'
import { failureFrom, failureOfEvent, redact, scrub, type Failure } from './failure.ts'
import type { AttemptRun, CallTools, Ending, Progress, Reading, Run } from './order.ts'
import { withOwnNames } from './own-names.ts'
import { noteEvents } from './read-whole.ts'
import { streamHeaders, writerOptions } from './reply-head.ts'
import { endingOf } from './used.ts'

export async function readStream(reading: Reading, tools: CallTools): Promise<Run> {
  const hose = reading.exchange.kind === 'pass' ? createPassHose(reading) : createTranslatingHose(reading, tools)
  const { run, progress, tether } = reading
  const beat = setInterval(() => void hose.keepAlive(), tools.limits.keepAliveCommentMs)
  let linger: NodeJS.Timeout | undefined
  try {
    for await (const piece of reading.reply.body) {
      if (!hose.closed) {
        clearTimeout(linger)
        linger = undefined
      }
      progress.markFirstByte()
      tether.count(piece.length)
      for (const part of reading.meter === null ? [piece] : inParts(piece)) {
        const end = await handOn(reading, hose, part)
        if (end !== null) return end
      }
      if (hose.closed || hose.ended) linger ??= setTimeout(() => reading.reply.abort(), hose.closed ? lingerMs : silenceMs)
    }
  } catch (error) {
    // What comes after the closing event, or never comes, changes nothing.
    if (hose.closed || hose.ended) return close(reading, hose)
    // The last event may lack no more than its line end.
    hose.flush()
    // Nobody is there to be told; the attempt knows who let go.
    if (run.reply.gone.aborted) throw error
    const failure = tether.cause === 'time' ? failureFrom(refuse('upstream_timeout', { provider: titleOf(run) }, {}, error)) : failureFrom(error)
    const ending = tether.cause === null ? endingOf(failure) : 'stopped'
    return run.reply.started ? broken(reading, hose, { failure, ending }) : failed(progress, failure, ending)
  } finally {
    clearInterval(beat)
    clearTimeout(linger)
  }
  return close(reading, hose)
}

const titleOf = (run: AttemptRun): string => run.planned.deployment.provider.title

/** Some servers say that they are through and keep the connection open. The usual end of the body comes at once, and then the connection is used again. */
const lingerMs = 500
/** Where no event closes a stream, more may come while something does. */
const silenceMs = 2000

interface Hose {
  readonly contentType: string
  /** What the vendor said when it broke the reply off. */
  readonly error: { readonly message: string; readonly code: string | null } | null
  /** The vendor said that it was through. */
  readonly finished: boolean
  /** The closing event has come. */
  readonly closed: boolean
  /** No event closes streams of this format, and all that was asked for has ended. */
  readonly ended: boolean
  push(piece: Uint8Array): readonly Uint8Array[]
  end(): Uint8Array
  /** Takes note of what has come, when there will be no end. */
  flush(): void
  fail(error: { message: string; type: string; code: string }): Uint8Array
  keepAlive(): void
}

const meteredBytesMax = 1024
/** A burst that is paid for by the block goes on as far as it is paid for, not whole or not at all. */
const inParts = (piece: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(piece.length / meteredBytesMax) }, (_, index) => piece.subarray(index * meteredBytesMax, (index + 1) * meteredBytesMax))

/** null: it goes on. */
async function handOn(reading: Reading, hose: Hose, piece: Uint8Array): Promise<Run | null> {
  const { run, progress, tether, meter } = reading
  const bytes = hose.push(piece)
  if (hose.error !== null && !run.reply.started) return refused(progress, failureOfEvent(hose.error, reading.secrets))
  const unpaid = meter === null ? null : await meter.pay()
  if (unpaid !== null) {
    tether.endSpent()
    return spent(reading, hose, unpaid)
  }
  if (!run.reply.gone.aborted) await send(reading, hose, bytes)
  return null
}

async function send(reading: Reading, hose: Hose, bytes: readonly Uint8Array[]): Promise<void> {
  const { reply } = reading.run
  const [only] = bytes
  // What came together goes together: a write for each event would be most of a stream's cost.
  const all = bytes.length === 1 && only !== undefined ? only : Buffer.concat(bytes)
  if (all.length === 0) return
  if (!reply.started) reply.start(200, streamHeaders(hose.contentType, reading))
  await reply.write(all)
}

function close(reading: Reading, hose: Hose): Run {
  const { run, progress } = reading
  const bytes = hose.end()
  if (hose.error !== null) {
    const failure = failureOfEvent(hose.error, reading.secrets)
    if (!run.reply.started) return refused(progress, failure)
    return { ...finished(reading, hose, bytes), result: progress.result('failed', 'refused', failure.error.storedMessage), failure }
  }
  if (!run.reply.started && progress.text.bytes === 0 && bytes.length === 0) {
    return failed(progress, failureFrom(refuse('upstream_protocol', { provider: titleOf(run), reason: 'its stream is empty' })), 'broken')
  }
  if (hose.finished) return finished(reading, hose, bytes)
  // The connection was closed in good order, but a reply that lacks its end is not whole, and the caller could not tell.
  const failure = failureFrom(refuse('upstream_cut', { provider: titleOf(run) }))
  return run.reply.started ? broken(reading, hose, { failure, ending: 'broken' }) : failed(progress, failure, 'broken')
}

type Finished = Extract<Run, { kind: 'done' }>

function finished(reading: Reading, hose: Hose, bytes: Uint8Array): Finished {
  const head: LastBytes['head'] = reading.run.reply.started ? null : { status: 200, headers: streamHeaders(hose.contentType, reading) }
  return {
    kind: 'done',
    result: reading.progress.result('answered', 'complete'),
    status: 200,
    lastBytes: { head, bytes },
    dropped: reading.exchange.dropped,
    failure: null,
  }
}

function failed(progress: Progress, failure: Failure, ending: Ending): Run {
  return { kind: 'failed', result: progress.result('failed', ending, failure.error.storedMessage), failure }
}
const refused = (progress: Progress, failure: Failure): Run => failed(progress, failure, 'refused')

/** The budget ended while the vendor was still writing. Whoever has seen a part is told that this is all; the others get an error like any other. */
function spent(reading: Reading, hose: Hose, error: GatewayError): Run {
  const { progress, run } = reading
  const failure: Failure = { error, remedy: 'never', retryAfterS: null }
  const result = progress.result('cut', 'broken', error.storedMessage)
  if (!run.reply.started) return { kind: 'failed', result, failure }
  const bytes = hose.fail({
    message: error.message,
    type: error.row.openaiType,
    code: error.code === 'stream_budget_spent' ? 'insufficient_quota' : error.code,
  })
  return { ...finished(reading, hose, bytes), result, failure }
}

/** The vendor or the network gave up after the caller had already seen a part. */
function broken(reading: Reading, hose: Hose, { failure, ending }: { readonly failure: Failure; readonly ending: Ending }): Run {
  const { error } = failure
  const bytes = hose.fail({ message: error.message, type: error.row.openaiType, code: error.code })
  return { ...finished(reading, hose, bytes), result: reading.progress.result('failed', ending, error.storedMessage), failure }
}

function createPassHose(reading: Reading): Hose {
  const { request, hold } = reading.run
  const choices = Math.max(1, hold.bound.choices)
  const tap = createTapFor(reading.exchange, { ...request, choices, text: reading.progress.text })
  // The one change to a vendor's bytes: an error event may repeat the credential it was sent.
  const clean = (bytes: Uint8Array): Uint8Array => {
    const text = Buffer.from(bytes).toString('utf8')
    const redacted = redact(text, reading.secrets)
    // What holds none stays as it is: not every stream is text.
    return redacted === text ? bytes : Buffer.from(redacted)
  }
  const note = (): void => {
    const { seen } = tap
    Object.assign(reading.progress, { usage: seen.usage, upstreamId: seen.upstreamId, textBytesAtUsage: seen.textBytesAtUsage })
  }
  return {
    contentType: tap.contentType ?? reading.exchange.wire.streamType,
    get error() {
      return tap.seen.error
    },
    get finished() {
      return tap.seen.finished
    },
    get closed() {
      return tap.closed
    },
    get ended() {
      return (tap.ended ?? 0) >= choices
    },
    push(piece) {
      const bytes = tap.push(piece)
      note()
      return tap.seen.error === null ? bytes : bytes.map(clean)
    },
    end() {
      const bytes = tap.end()
      note()
      return tap.seen.error === null ? bytes : clean(bytes)
    },
    flush() {
      tap.end()
      note()
    },
    fail: (error) => tap.fail?.(error) ?? reading.exchange.wire.pass?.fail(error) ?? new Uint8Array(),
    // The vendor's bytes are the caller's bytes: nothing is put between them.
    keepAlive: () => undefined,
  }
}

function createTranslatingHose(reading: Reading, tools: CallTools): Hose {
  const { request, reply } = reading.run
  const inbound = tools.wires[request.answeredIn ?? request.wire].inbound
  if (inbound === undefined) throw refuse('internal')
  const reader = reading.exchange.wire.outbound.createReader({ pictures: reading.exchange.pictures })
  const writer = inbound.createWriter(writerOptions(request))
  let error: Hose['error'] = null
  let closed = false
  let lastWriteMs = tools.clock.nowMs()
  const write = (events: readonly ReplyEvent[]): Uint8Array[] => {
    noteEvents(reading.progress, events)
    closed ||= events.some((event) => event.type === 'reply-end')
    const bytes: Uint8Array[] = []
    for (const event of events) {
      if (event.type === 'error') error ??= { message: scrub(event.message, reading.secrets), code: event.code }
      else if (error === null) bytes.push(writer.write(event))
    }
    lastWriteMs = tools.clock.nowMs()
    return bytes
  }
  return {
    contentType: writer.contentType,
    get error() {
      return error
    },
    // Readers make a stream without its ending an error.
    finished: true,
    get closed() {
      return closed
    },
    get ended() {
      return reader.ended ?? false
    },
    push: (piece) => write(withOwnNames(reader.push(piece), reading.exchange.toolNames)),
    end() {
      const rest = write(withOwnNames(reader.end(), reading.exchange.toolNames))
      if (error === null) return Buffer.concat([...rest, writer.end()])
      return Buffer.concat([...rest, writer.fail({ message: error.message, type: 'server_error', code: error.code ?? 'upstream_rejected' })])
    },
    flush: () => void write(reader.end()),
    fail: (failure) => writer.fail(failure),
    keepAlive() {
      if (reply.started && tools.clock.nowMs() - lastWriteMs >= tools.limits.keepAliveCommentMs) void reply.write(writer.write({ type: 'keepalive' }))
    },
  }
}
