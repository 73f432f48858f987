// One dispatch: open its row, send, read the reply to its end.
// Promises: the row is durable before the first packet leaves; the upstream is closed on every way out; what may be billed is never left out.
// Leaves alone: which attempt comes next.

import type { Authorization } from '../../contract/authorize.ts'
import { GatewayError, refuse } from '../../contract/errors.ts'
import type { HeldMoney } from '../../contract/hold.ts'
import type { AttemptResult } from '../../contract/itinerary.ts'
import type { Deployment } from '../../contract/provider.ts'
import { createExchange, readRefusalUsage, readVendorError, type Exchange, type ExchangeOrder } from './exchange.ts'
import { unwrapped } from './envelope.ts'
import { failureFrom, failureOf, type Failure } from './failure.ts'
import { createMeter } from './meter.ts'
import { openRow } from './open-row.ts'
import { collectStart } from './pieces.ts'
import type { AttemptRun, CallTools, Progress, Reading, Run } from './order.ts'
import { createProgress } from './progress.ts'
import { isMedia, readMedia } from './read-media.ts'
import { readStream } from './read-stream.ts'
import { readReply } from './read-whole.ts'
import { createTether } from './tether.ts'
import { endingOf } from './used.ts'

export async function runAttempt(run: AttemptRun, tools: CallTools): Promise<Run> {
  const { deployment } = run.planned
  const startedUs = offsetUs(run, tools)
  let exchange: Exchange
  let access: Authorization
  let money: HeldMoney
  try {
    exchange = createExchange(exchangeOrder(run, run.hold.outputTokensExpected), tools.wires)
    access = await tools.authorize(deployment, run.reply.gone)
    const opened = openRow(run, startedUs, tools)
    // Without a hold there is no row either, and the hold's reason is the one that counts.
    opened.catch(() => undefined)
    money = await run.hold.money
    const refused = await opened
    if (refused !== null) return { kind: 'failed', result: null, failure: refused }
  } catch (error) {
    return { kind: 'failed', result: null, failure: failureBeforeDispatch(error) }
  }
  const { outputTokensMax } = money
  const progress = createProgress(run, { startedUs, money }, tools)
  if (run.reply.gone.aborted) return leftUnsent(progress)
  const tether = createTether(run, progress, tools)
  try {
    if (outputTokensMax !== run.hold.outputTokensExpected) exchange = createExchange(exchangeOrder(run, outputTokensMax), tools.wires)
    const reply = await tools.egress.send({
      title: deployment.provider.title,
      baseUrl: exchange.baseUrl,
      certificate: deployment.certificate ?? null,
      path: exchange.path,
      method: 'POST',
      headers: signed(exchange, deployment, access),
      body: exchange.body,
      signal: tether.signal,
      headersTimeoutMs: headersTimeoutMs(run, tools),
      idleTimeoutMs: tools.limits.upstreamIdleTimeoutMs,
      bodyBytesMax: run.request.stream ? tools.limits.streamBytesMax : tools.limits.upstreamBodyBytesMax,
      onSent: () => void (progress.sent = true),
    })
    if (reply.status === 401 || reply.status === 403) access.refused?.()
    const read = await readAny(
      { run, exchange, secrets: access.secrets, reply: unwrapped(reply, exchange.wire), progress, tether, meter: createMeter(run, progress, tools) },
      tools,
    )
    return run.reply.gone.aborted && read.result !== null ? left(read.result, exchange) : read
  } catch (error) {
    const timedOut = tether.cause === 'time'
    const failure = failureFrom(timedOut ? refuse('upstream_timeout', { provider: deployment.provider.title }, {}, error) : error)
    const ending = tether.cause === 'stopping' || tether.cause === 'spent' ? 'broken' : tether.cause !== null ? 'stopped' : endingOf(failure)
    if (run.reply.gone.aborted) return left(progress.result('cut', ending), exchange)
    return { kind: 'failed', result: progress.result('failed', ending, failure.error.storedMessage), failure }
  } finally {
    tether.close()
  }
}

const exchangeOrder = ({ request, planned, hold }: AttemptRun, outputTokensMax: number | null): ExchangeOrder => ({
  request,
  deployment: planned.deployment,
  bound: hold.bound,
  outputTokensMax,
})

/** The way out when the caller left. */
function left(result: AttemptResult, exchange: Exchange): Run {
  const lastBytes = { head: null, bytes: new Uint8Array() }
  return {
    kind: 'done',
    result: { ...result, end: 'cut', failure: null },
    status: result.upstreamStatus ?? 0,
    lastBytes,
    dropped: exchange.dropped,
    failure: null,
  }
}

/** The caller left while the row was opened: no packet was sent, so nothing is owed, not even an estimate. */
function leftUnsent(progress: Progress): Run {
  return { kind: 'failed', result: progress.result('cut', 'stopped'), failure: failureFrom(refuse('request_timeout')) }
}

async function readAny(reading: Reading, tools: CallTools): Promise<Run> {
  const { reply, run, exchange, progress } = reading
  try {
    if (reply.status < 200 || reply.status >= 300) return await readFailure(reading, tools)
    const type = (reply.headers['content-type'] ?? '').trim().toLowerCase()
    progress.status = reply.status
    if (run.request.stream && type.startsWith(exchange.wire.streamType)) return await readStream(reading, tools)
    return isMedia(exchange, type) ? await readMedia(reading, tools) : await readReply(reading, tools)
  } finally {
    reply.abort()
  }
}

async function readFailure(reading: Reading, tools: CallTools): Promise<Run> {
  const { reply, run, exchange, secrets, progress } = reading
  const body = await collectStart(reply.body, tools.limits.upstreamErrorBytesMax, reading.tether.signal)
  const failure = failureOf({ status: reply.status, headers: reply.headers, body }, readVendorError(exchange, reply.status, body), {
    exchange,
    deployment: run.planned.deployment,
    secrets,
  })
  progress.status = reply.status
  // Some vendors bill what they refuse, and say so.
  progress.usage = readRefusalUsage(exchange, body)
  return { kind: 'failed', result: progress.result('failed', 'refused', failure.error.storedMessage), failure }
}

/** The proof is made last: a signature is over everything else. */
function signed(exchange: Exchange, deployment: Deployment, access: Authorization): Readonly<Record<string, string>> {
  const { body } = exchange
  const { extraHeaders } = deployment
  const said = { ...exchange.headers, 'content-type': exchange.contentType }
  const proof = access.headers({ method: 'POST', url: exchange.baseUrl + exchange.path, headers: { ...extraHeaders, ...said }, body })
  // What the body's dialect needs to be said stands, also where the vendor has a fixed value for it.
  return { ...extraHeaders, ...proof, ...said }
}

function failureBeforeDispatch(error: unknown): Failure {
  if (error instanceof GatewayError && error.row.blame === 'caller') return { error, remedy: 'fallback', retryAfterS: null }
  return failureFrom(error)
}

function headersTimeoutMs(run: AttemptRun, tools: CallTools): number {
  const { deployment } = run.planned
  const own = run.request.stream ? (deployment.streamTimeoutMs ?? deployment.timeoutMs) : deployment.timeoutMs
  return own ?? (deployment.provider.quirks.coldLoad === true ? tools.limits.upstreamColdLoadTimeoutMs : tools.limits.upstreamHeadersTimeoutMs)
}

function offsetUs(run: AttemptRun, tools: CallTools): number {
  return tools.clock.monotonicUs() - run.arrivedUs
}
