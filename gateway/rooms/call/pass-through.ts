// One dispatch by a vendor's own path: what came is sent, what comes back is handed on as it comes.
// Promises: the row is durable before the first packet leaves; never sent twice; the vendor's status and the headers of a list, no redirect, no
// credential of ours in an error; the last piece, of an event stream the end alone, waits for the books. One call is what is counted.
// Leaves alone: requests whose wire is known (attempt.ts), what they may cost (admit).

import type { Authorization } from '../../contract/authorize.ts'
import type { EgressReply } from '../../contract/egress.ts'
import { refuse } from '../../contract/errors.ts'
import type { HeldMoney } from '../../contract/hold.ts'
import type { AttemptEnd, AttemptResult } from '../../contract/itinerary.ts'
import type { RawPassing } from '../../contract/request.ts'
import { addressFor } from './address.ts'
import { failureFrom, redact, retryAfterOf, waitFor, type Failure } from './failure.ts'
import { openRow } from './open-row.ts'
import type { AttemptRun, CallTools, Ending, Progress, Run, Tether } from './order.ts'
import { collectStart } from './pieces.ts'
import { createProgress } from './progress.ts'
import { createTether } from './tether.ts'

export async function runPassing(run: AttemptRun, raw: RawPassing, tools: CallTools): Promise<Run> {
  const { deployment } = run.planned
  const startedUs = tools.clock.monotonicUs() - run.arrivedUs
  let access: Authorization
  let money: HeldMoney
  try {
    access = await tools.authorize(deployment, run.reply.gone)
    const opened = openRow(run, startedUs, tools)
    opened.catch(() => undefined)
    money = await run.hold.money
    const refused = await opened
    if (refused !== null) return { kind: 'failed', result: null, failure: once(refused) }
  } catch (error) {
    return { kind: 'failed', result: null, failure: once(failureFrom(error)) }
  }
  const progress = createProgress(run, { startedUs, money }, tools)
  if (run.reply.gone.aborted) return { kind: 'failed', result: counted(progress, ['cut', 'stopped']), failure: once(failureFrom(refuse('request_timeout'))) }
  const tether = createTether(run, progress, tools)
  try {
    return await handOn({ run, access, progress, tether }, await send({ run, raw, access, progress, tether }, tools), tools)
  } catch (error) {
    const { title } = deployment.provider
    const failure = once(failureFrom(tether.cause === 'time' ? refuse('upstream_timeout', { provider: title }, {}, error) : error))
    if (run.reply.gone.aborted) return done({ result: counted(progress, ['cut', 'stopped']), status: 499, head: null, bytes: nothing }, null)
    const result = counted(progress, ['failed', 'broken'], failure.error.storedMessage)
    // Whoever has seen a part is cut off, so that it is not taken for the whole.
    if (run.reply.started) return done({ result, status: progress.status ?? 502, head: null, bytes: nothing, cut: true }, failure)
    return { kind: 'failed', result, failure }
  } finally {
    tether.close()
  }
}

/** What it does at the vendor is not known, so it is never tried again. */
const once = (failure: Failure): Failure => ({ ...failure, remedy: 'never' })
const nothing = new Uint8Array()

interface Sending {
  readonly run: AttemptRun
  readonly raw: RawPassing
  readonly access: Authorization
  readonly progress: Progress
  readonly tether: Tether
}

async function send({ run, raw, access, progress, tether }: Sending, tools: CallTools): Promise<EgressReply> {
  const { deployment } = run.planned
  const { baseUrl, path } = addressFor(deployment, { ...run.request.passing?.asked, path: raw.path })
  const body = run.request.bodyBytes === 0 ? null : run.request.body.open()
  const said = { ...deployment.extraHeaders, ...raw.headers }
  const proof = access.headers({ method: raw.method, url: baseUrl + path, headers: said, body })
  return await tools.egress.send({
    title: deployment.provider.title,
    certificate: deployment.certificate ?? null,
    // What proves who pays stands; the version of a dialect is the caller's to say.
    ...{ baseUrl, path, method: raw.method, headers: { ...said, ...proof, ...versionOf(raw) }, body },
    signal: tether.signal,
    headersTimeoutMs: deployment.timeoutMs ?? tools.limits.upstreamHeadersTimeoutMs,
    idleTimeoutMs: tools.limits.upstreamIdleTimeoutMs,
    bodyBytesMax: tools.limits.streamBytesMax,
    onSent: () => void (progress.sent = true),
  })
}

const versionOf = ({ headers }: RawPassing): Readonly<Record<string, string>> =>
  headers['anthropic-version'] === undefined ? {} : { 'anthropic-version': headers['anthropic-version'] }

/** What callers may see of a vendor's head: what the body is, and how much is left of the vendor's limits. */
const handedOn =
  /^(?:content-type|content-disposition|content-language|content-range|accept-ranges|etag|last-modified|retry-after|openai-[\w-]+|anthropic-[\w-]+|x-ratelimit-[\w-]+)$/

const headersOf = ({ headers }: EgressReply): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => handedOn.test(name)))

async function handOn(receiving: Omit<Sending, 'raw'>, reply: EgressReply, tools: CallTools): Promise<Run> {
  const { run, progress, tether } = receiving
  const { title } = run.planned.deployment.provider
  try {
    progress.status = reply.status
    if (reply.status < 200 || reply.status >= 400 || (reply.status >= 300 && reply.status !== 304)) return await refused(receiving, reply, tools)
    const headers = headersOf(reply)
    const start = (): void => run.reply.start(reply.status, { ...headers, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    // Whoever reads events may have to answer one before the next is sent.
    const streams = isEventStream(reply)
    if (streams) {
      start()
      // Nothing, so that the head leaves.
      await run.reply.write(nothing)
    }
    let last: Uint8Array = nothing
    for await (const piece of reply.body) {
      progress.markFirstByte()
      tether.count(piece.length)
      if (run.reply.gone.aborted) throw refuse('upstream_cut', { provider: title })
      const ready = streams ? piece : last
      last = streams ? nothing : piece
      if (ready.length === 0) continue
      if (!run.reply.started) start()
      await run.reply.write(ready)
    }
    progress.markFirstByte()
    const head = run.reply.started ? null : { status: reply.status, headers }
    return done({ result: counted(progress, ['answered', 'complete']), status: reply.status, head, bytes: last }, null)
  } finally {
    reply.abort()
  }
}

const eventTypes = new Set(['text/event-stream', 'application/x-ndjson', 'application/ndjson', 'application/stream+json', 'application/vnd.amazon.eventstream'])
const isEventStream = ({ headers }: EgressReply): boolean => eventTypes.has((headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '')

/** The vendor's own words, without our credential in them; a credential it does not accept is ours, not the caller's, and a redirect is never told. */
async function refused({ run, access, progress, tether }: Omit<Sending, 'raw'>, reply: EgressReply, tools: CallTools): Promise<Run> {
  const { title } = run.planned.deployment.provider
  const body = await collectStart(reply.body, tools.limits.upstreamErrorBytesMax, tether.signal)
  const stored = `${title} answered with status ${reply.status}.`
  const text = redact(Buffer.from(body).toString('utf8'), access.secrets)
  const denied = reply.status === 401 || reply.status === 403
  if (denied) access.refused?.()
  const retryAfterS = retryAfterOf(reply.headers['retry-after'])
  const told = reply.status < 400 ? {} : { passthrough: toPassthrough(reply, text), headers: besides(reply, access.secrets), ...waitFor(retryAfterS) }
  const error = denied ? refuse('upstream_credential', { provider: title }) : refuse('upstream_rejected', { reason: stored }, { stored, ...told })
  const failure: Failure = { error, remedy: 'never', retryAfterS }
  return { kind: 'failed', result: counted(progress, ['failed', 'refused'], stored), failure }
}

/** What else callers may see of a refusal's head: its body's type and its wait are said by others. */
const besides = (reply: EgressReply, secrets: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headersOf(reply)).flatMap(([name, value]) => (name === 'content-type' || name === 'retry-after' ? [] : [[name, redact(value, secrets)]])),
  )

const toPassthrough = (reply: EgressReply, text: string): { status: number; contentType: string; body: Uint8Array } => ({
  status: reply.status,
  contentType: reply.headers['content-type'] ?? 'application/octet-stream',
  body: Buffer.from(text),
})

/** One call, unless the vendor refused it or never saw it. */
function counted(progress: Progress, [end, ending]: readonly [AttemptEnd, Ending], failure?: string): AttemptResult {
  const result = progress.result(end, ending, failure)
  return { ...result, usage: !progress.sent || ending === 'refused' ? null : { meters: { calls: 1 }, provenance: 'counted' } }
}

interface Handed {
  readonly result: AttemptResult
  readonly status: number
  readonly head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null
  readonly bytes: Uint8Array
  readonly cut?: true
}
const done = ({ result, status, ...lastBytes }: Handed, failure: Failure | null): Run => ({
  kind: 'done',
  result,
  status,
  lastBytes,
  dropped: [],
  failure,
})
