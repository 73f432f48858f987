// A reply of sound or plain text: bytes that nobody here reads, handed on as they come, or when all of them are there.
// Promises: only types the wire lists pass, with the vendor's own word for them; the last byte waits for the books; a reply that breaks off
// breaks off for the caller too. Leaves alone: what it cost (used-units.ts).

import { refuse } from '../../contract/errors.ts'
import { toHeaderText } from '../../contract/header-text.ts'
import type { Exchange } from './exchange.ts'
import { failureFrom, type Failure } from './failure.ts'
import type { CallTools, Ending, Progress, Reading, Run } from './order.ts'
import { collect } from './pieces.ts'
import { counted, done } from './read-whole.ts'
import { streamHeaders } from './reply-head.ts'
import { endingOf } from './used.ts'

/** Whether bytes of this type (in lower case) are what a caller of this wire expects. A vendor who names none is taken to send them. */
export function isMedia({ wire }: Pick<Exchange, 'wire'>, type: string): boolean {
  const bare = type.split(';')[0]?.trim() ?? ''
  return wire.pass?.media !== undefined && (bare === '' || wire.pass.media.types.includes(bare))
}

export async function readMedia(reading: Reading, tools: CallTools): Promise<Run> {
  const { exchange, progress, reply, run } = reading
  const media = exchange.wire.pass?.media
  const sent = reply.headers['content-type'] ?? ''
  const type = toHeaderText(sent === '' ? (media?.types[0] ?? '') : sent)
  if (media?.streams === true) return await readSound(reading, type)
  const bytes = await collect(counted(reading), tools.limits.upstreamBodyBytesMax)
  if (bytes.length === 0) return empty(reading)
  progress.markFirstByte()
  markUsed(reading)
  progress.text.add(Buffer.from(bytes).toString('utf8'))
  return done(reading, { head: { status: run.request.stream ? 200 : reply.status, headers: { 'content-type': type } }, bytes })
}

/** Something was made: what was asked for counts, whatever becomes of it. */
function markUsed({ progress }: Reading): void {
  progress.usage ??= { meters: {}, provenance: 'counted' }
}

const lastByte = 1

async function readSound(reading: Reading, type: string): Promise<Run> {
  const { run, progress, tether } = reading
  let held: Uint8Array = new Uint8Array()
  try {
    for await (const piece of counted(reading)) {
      if (piece.length === 0) continue
      progress.markFirstByte()
      markUsed(reading)
      const bytes = Buffer.concat([held, piece.subarray(0, -lastByte)])
      held = Buffer.from(piece.subarray(-lastByte))
      if (run.reply.gone.aborted || bytes.length === 0) continue
      if (!run.reply.started) run.reply.start(200, streamHeaders(type, reading))
      await run.reply.write(bytes)
    }
  } catch (error) {
    if (run.reply.gone.aborted) throw error
    const title = run.planned.deployment.provider.title
    const failure = tether.cause === 'time' ? failureFrom(refuse('upstream_timeout', { provider: title }, {}, error)) : failureFrom(error)
    const ending = tether.cause === null ? endingOf(failure) : 'stopped'
    return run.reply.started ? broken(reading, failure, ending) : failed(progress, failure, ending)
  }
  if (held.length === 0) return empty(reading)
  return done(reading, { head: run.reply.started ? null : { status: 200, headers: { 'content-type': type } }, bytes: held })
}

function empty({ progress, run }: Reading): Run {
  const failure = failureFrom(refuse('upstream_protocol', { provider: run.planned.deployment.provider.title, reason: 'its reply is empty' }))
  return failed(progress, failure, 'broken')
}

const failed = (progress: Progress, failure: Failure, ending: Ending): Run => ({
  kind: 'failed',
  result: progress.result('failed', ending, failure.error.storedMessage),
  failure,
})

/** Sound has no word for an error: a connection that is cut says that this is not all. */
function broken(reading: Reading, failure: Failure, ending: Ending): Run {
  const whole = done(reading, { head: null, bytes: new Uint8Array(), cut: true })
  return { ...whole, result: reading.progress.result('failed', ending, failure.error.storedMessage), failure }
}
