// Proof that no request of a caller brings the gateway down: up to a million fuzzed ones over every declared route, against a real gateway process.
// Method: requests are drawn by seed (fuzz-plan.ts) and sent over kept connections, mangled HTTP over sockets of its own; the vendor answers at once in
// this process and counts. The ledger runs with `--durability normal`: what is proved is not the disk's.
// Promises: every answer is in time, declared and in its caller's words; at least the asked share reached the vendor; afterwards nothing is open, held
// or stuck, and the books verify. Leaves alone: which answer is right (the journeys).

import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { Pool } from 'undici'
import { objectOf } from '../../gateway/contract/json.ts'
import { createChance } from '../kit/random.ts'
import { sendRaw } from '../kit/raw-http.ts'
import { corpus } from './fuzz-corpus.ts'
import { planRequest } from './fuzz-plan.ts'
import type { FuzzedRequest, Ground } from './fuzz-request.ts'
import type { ProofLine } from './line.ts'
import type { House } from '../kit/house.ts'
import { createQuickVendor } from './quick-vendor.ts'
import { laySiege, type Siege } from './siege.ts'
import { houseSpeakers } from './house-speakers.ts'
import { modelFor } from './siege-models.ts'
import { furtherSpeakers, speakers } from './speakers.ts'
import { createSurfaceRows, type SurfaceRows } from './surface-rows.ts'
import { faultOf, faultOfAny } from './verdict.ts'

export interface FuzzOptions {
  readonly log: (line: string) => void
  readonly short?: boolean
  readonly seed?: number | null
  readonly requests?: number | null
  /** Replays this one alone. */
  readonly onlyCase?: number | null
}

const requestsFull = 1_000_000
const requestsShort = 600
const concurrency = 32
const logEvery = 10_000
const answerWithinMs = 30_000
/** Of a mangled request no answer may come at all; its connection is left after this long. */
const silenceMs = 300
/** A stream of events to a reader has no end: its reader leaves after this long. */
const readEventsMs = 200
const reachedShareMin = 0.3
/** A caller that never sends the rest of what it announced is cut soon, so that its socket is over in time. */
const limits = { headersTimeoutMs: 2000, requestTimeoutMs: 15_000 }

export interface FuzzTally {
  readonly statuses: Map<number, number>
  readonly rows: SurfaceRows
  readonly faults: string[]
  faulty: number
  done: number
}

export async function proveFuzz(options: FuzzOptions): Promise<readonly ProofLine[]> {
  const { short = false, log, onlyCase = null } = options
  const { seed } = createChance(0, options.seed ?? null)
  const count = onlyCase === null ? (options.requests ?? (short ? requestsShort : requestsFull)) : 1
  const vendor = await createQuickVendor()
  const siege = await laySiege({ vendor, limits, args: ['--durability', 'normal'] })
  const ground = await survey(siege)
  const tally: FuzzTally = { statuses: new Map(), rows: createSurfaceRows(onlyCase === null ? reachedShareMin : null), faults: [], faulty: 0, done: 0 }
  const known = corpus(ground)
  // One after the other: several of them at once are more than a busy machine reads in time.
  await sendAll(siege, { from: 0, count: known.length, atOnce: 1, plan: (index) => known[index] }, (request, heard) => note(tally, request, heard))
  const before = { done: tally.done, reached: vendor.reached }
  const startedMs = performance.now()
  const perSecond = (): number => (tally.done - before.done) / ((performance.now() - startedMs) / 1000)
  await sendAll(siege, { from: onlyCase ?? 0, count, atOnce: concurrency, plan: (index) => planRequest(seed, index, ground) }, (request, heard) => {
    note(tally, request, heard)
    if (tally.done % logEvery === 0)
      log(`fuzz: ${tally.done} of ${count}, ${perSecond().toFixed(0)} a second, ${vendor.reached} reached the vendor, ${tally.faulty} wrong`)
  })
  const rate = perSecond()
  const reached = (vendor.reached - before.reached) / count
  const left = await siege.lift()
  const statuses = [...tally.statuses].sort(([one], [other]) => one - other).map(([status, times]) => `${times} × ${status}`)
  const line = { seed: String(seed), detail: [...tally.faults, ...left, statuses.join(', ')] }
  return [
    {
      ...line,
      name: 'Fuzzed requests: answers',
      figure: `${tally.faulty} wrong answers to ${count.toLocaleString('en')} requests and ${known.length} of the corpus, ${(reached * 100).toFixed(0)} % of which reached the vendor, ${rate.toFixed(0)} a second`,
      target: `0 undeclared 5xx, 0 without an answer, at least ${reachedShareMin * 100} % upstream`,
      ok: tally.faulty === 0 && (reached >= reachedShareMin || onlyCase !== null),
    },
    {
      ...line,
      name: 'Fuzzed requests: afterwards',
      figure: left.length === 0 ? 'up, nothing open, held or stuck, books verified' : `${left.length} things are not as they must be: ${left[0] ?? ''}`,
      target: 'no crash, no hold, no stuck socket, I1 to I8',
      ok: left.length === 0,
    },
    ...tally.rows.lines('Fuzzed:', { seed: line.seed, detail: tally.faults }),
  ]
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head']

/** Every route that the gateway itself declares, but those that speakers ask. */
export async function survey({ house, keys }: Siege): Promise<Ground> {
  const { json } = await house.get('/openapi.json')
  const asked = new Set([...speakers, ...furtherSpeakers, ...houseSpeakers].map(({ route }) => route.replace('*', '')))
  const routes = Object.entries(objectOf(json['paths']) ?? {}).flatMap(([path, item]) =>
    asked.has(path.replace('*', ''))
      ? []
      : methods.filter((method) => objectOf(item)?.[method] !== undefined).map((method) => [method.toUpperCase(), path] as const),
  )
  if (routes.length === 0) throw new Error('the gateway declares no routes')
  return { keys, adminKey: house.gateway.adminKey, routes, kept: await keepResponses(house, keys.free) }
}

const responsesKept = 100

/** Their ids: to be read, listed, cancelled and forgotten. */
async function keepResponses(house: House, key: string): Promise<readonly string[]> {
  const ids: string[] = []
  for (let count = 0; count < responsesKept; count += 1) {
    const reply = await fetch(`${house.baseUrl}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: modelFor('openai-chat'), input: 'keep this' }),
    })
    const { id } = (await reply.json()) as { readonly id?: unknown }
    if (typeof id !== 'string') throw new Error(`no response was kept: ${reply.status}`)
    ids.push(id)
  }
  return ids
}

export interface Heard {
  readonly status: number
  readonly text: string
  readonly tookMs: number
  /** An answer of before, given again: no vendor was asked. */
  readonly replayed?: true
  readonly broken: string | null
}
export interface Sending {
  readonly from: number
  readonly count: number
  readonly atOnce: number
  readonly plan: (index: number) => FuzzedRequest | undefined
}

export async function sendAll(siege: Siege, { from, count, atOnce, plan }: Sending, onHeard: (request: FuzzedRequest, heard: Heard) => void): Promise<void> {
  const { origin } = siege.house.gateway
  const pool = new Pool(origin, { connections: atOnce, pipelining: 1, headersTimeout: answerWithinMs, bodyTimeout: answerWithinMs })
  let next = from
  const loop = async (): Promise<void> => {
    for (let index = next++; index < from + count; index = next++) {
      const request = plan(index)
      if (request !== undefined) onHeard(request, await send(pool, origin, request))
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, loop))
  await pool.destroy()
}

async function send(pool: Pool, origin: string, { raw, method, path, headers, body }: FuzzedRequest): Promise<Heard> {
  const startedMs = performance.now()
  let status = 0
  try {
    if (raw !== null) {
      const answer = await sendRaw(origin, raw, silenceMs)
      return { status: answer.status, text: answer.body, tookMs: performance.now() - startedMs, broken: null }
    }
    const reply = await pool.request({ method, path, headers, body })
    status = reply.statusCode
    const endless = method === 'GET' && reply.headers['content-type'] === eventStream
    const replayed = reply.headers[replayHeader] === undefined ? {} : { replayed: true as const }
    return { ...replayed, status, text: endless ? await leave(reply.body) : await reply.body.text(), tookMs: performance.now() - startedMs, broken: null }
  } catch (error) {
    // A socket that is closed before its mangled request was written is an answer too.
    return { status, text: '', tookMs: performance.now() - startedMs, broken: raw === null ? String(error) : null }
  }
}

const eventStream = 'text/event-stream'
const replayHeader = 'x-tollgate-idempotent-replay'

/** Nothing is kept of what came. */
async function leave(body: Readable): Promise<string> {
  body.on('error', () => undefined)
  body.resume()
  await setTimeout(readEventsMs)
  body.destroy()
  return ''
}

const faultsKept = 20

function note(tally: FuzzTally, request: FuzzedRequest, heard: Heard): void {
  tally.done += 1
  tally.statuses.set(heard.status, (tally.statuses.get(heard.status) ?? 0) + 1)
  const fault = judge(request, heard)
  tally.rows.note(request.row, { status: heard.status, wrong: fault !== null, reached: request.reaches === true ? isAnswered(heard) : null })
  if (fault === null) return
  tally.faulty += 1
  if (tally.faults.length < faultsKept) tally.faults.push(`case ${request.index}, ${request.method} ${request.path.slice(0, 100)}: ${fault}`)
}

/** The vendor answers whatever reaches it with 200, and the gateway begins no such answer before. */
const isAnswered = ({ status, replayed }: Heard): boolean => status >= 200 && status < 300 && replayed !== true

export function judge(request: FuzzedRequest, heard: Heard): string | null {
  if (heard.broken !== null) return `the connection broke: ${heard.broken}`
  if (heard.tookMs > answerWithinMs) return `took ${(heard.tookMs / 1000).toFixed(1)} s`
  // Node itself answers what is no HTTP, in no dialect.
  if (request.raw !== null) return heard.status >= 500 ? faultOfAny(heard) : null
  if (request.method === 'HEAD') return heard.status >= 500 ? faultOfAny(heard) : null
  return request.surface === null ? faultOfAny(heard) : faultOf(request.surface, heard)
}
