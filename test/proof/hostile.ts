// Proof that no reply of a vendor brings the gateway down or loses a hold: thousands of hostile replies, drawn by seed, over every caller's dialect and
// every vendor's, streamed and whole.
// Promises: every caller is answered in time and in its own words; afterwards nothing is open, held or stuck, and the books verify.
// Leaves alone: what each named misbehaviour must come to (journeys/vendor-misbehaves.test.ts), compressed bombs (bombs.ts).

import { Pool } from 'undici'
import type { Form, Misbehaviour, VendorDialect } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { misbehaviours } from '../kit/misbehaving-vendor/misbehaviours.ts'
import { statusMisbehaviours } from '../kit/misbehaving-vendor/status.ts'
import { createMisbehavingVendor, fits, type MisbehavingVendor } from '../kit/misbehaving-vendor/vendor.ts'
import { createChance, createSeeded } from '../kit/random.ts'
import type { ProofLine } from './line.ts'
import { formType } from '../kit/media-scene.ts'
import { laySiege, type Siege } from './siege.ts'
import { packForm } from './speaker-media.ts'
import { speakers, type Speaker } from './speakers.ts'
import { createSurfaceRows, type SurfaceRows } from './surface-rows.ts'
import { faultOf } from './verdict.ts'

export interface HostileOptions {
  readonly log: (line: string) => void
  readonly short?: boolean
  readonly seed?: number | null
  readonly requests?: number | null
  /** Replays this one alone. */
  readonly onlyCase?: number | null
}

const repliesFull = 10_000
const repliesShort = 150
const concurrency = 24
const logEvery = 1000
const rate = { input: 1_000_000n, cached: 500_000n, output: 3_000_000n }
/** The longest time-out below, and as much again for a busy machine. */
const answerWithinMs = 10_000
const limits = {
  upstreamHeadersTimeoutMs: 1000,
  upstreamColdLoadTimeoutMs: 1000,
  upstreamIdleTimeoutMs: 1000,
  upstreamTotalTimeoutMs: 2500,
  drainTimeMs: 2000,
  upstreamBodyBytesMax: 2 * 1024 * 1024,
  streamBytesMax: 2 * 1024 * 1024,
}

export interface HostileCase {
  readonly index: number
  readonly speaker: Speaker
  readonly dialect: VendorDialect
  readonly stream: boolean
  readonly misbehaviour: Misbehaviour
  readonly budgeted: boolean
}

type Several<Item> = readonly [Item, ...Item[]]
/** What has no body cannot say how it is to be answered. */
const asking = speakers.filter(({ method }) => method !== 'GET' && method !== 'DELETE')
const askingByRow = [...Map.groupBy(asking, ({ row }) => row).values()] as unknown as Several<Several<Speaker>>

/** The same for the same seed and number, whichever others run. */
export function planCase(seed: number, index: number): HostileCase {
  const chance = createSeeded(seed * 1_000_003 + index)
  const speaker = chance.pick(chance.pick(askingByRow))
  const dialect = chance.pick(speaker.dialects as Several<VendorDialect>)
  const stream = chance.pick(speaker.forms as Several<boolean>)
  // Speech comes piece by piece, as events or as sound.
  const form: Form = stream || dialect === 'openai-speech' ? 'streamed' : 'whole'
  const fitting = misbehaviours.filter((one) => fits(one, dialect, form)) as [Misbehaviour, ...Misbehaviour[]]
  return { index, speaker, dialect, stream, misbehaviour: chance.pick(fitting), budgeted: !speaker.open && chance.pick([true, false]) }
}

interface Tally {
  readonly statuses: Map<number, number>
  readonly rows: SurfaceRows
  readonly seen: Set<string>
  readonly faults: string[]
  slowestMs: number
}

export async function proveHostile(options: HostileOptions): Promise<readonly ProofLine[]> {
  const { short = false, log, onlyCase = null } = options
  const { seed } = createChance(0, options.seed ?? null)
  const count = options.requests ?? (short ? repliesShort : repliesFull)
  const cases = onlyCase === null ? Array.from({ length: count }, (_, index) => planCase(seed, index)) : [planCase(seed, onlyCase)]
  const vendor = await createMisbehavingVendor({ seed, rates: { '*': rate }, only: [] })
  const siege = await laySiege({ vendor, limits })
  const tally: Tally = { statuses: new Map(), rows: createSurfaceRows(null), seen: new Set(), faults: [], slowestMs: 0 }
  const startedMs = performance.now()
  await askAll(siege, cases, (found, done) => {
    note(tally, found, vendor)
    if (done % logEvery === 0) log(`hostile: ${done} of ${cases.length}, ${(done / ((performance.now() - startedMs) / 1000)).toFixed(0)} a second`)
  })
  const left = await siege.lift()
  const line = { seed: String(seed), detail: [...tally.faults.slice(0, 20), ...left] }
  const statuses = [...tally.statuses].sort(([one], [other]) => one - other).map(([status, times]) => `${times} × ${status}`)
  const answers: ProofLine = {
    ...line,
    name: 'Hostile replies: answers',
    figure: `${tally.faults.length} wrong answers to ${cases.length.toLocaleString('en')} replies in ${tally.seen.size} ways (${statuses.join(', ')}); the slowest took ${(tally.slowestMs / 1000).toFixed(1)} s`,
    target: 'every caller answered in its own words, every 5xx declared',
    ok: tally.faults.length === 0,
  }
  const books: ProofLine = {
    ...line,
    name: 'Hostile replies: afterwards',
    figure: left.length === 0 ? 'up, nothing open, held or stuck, books verified' : `${left.length} things are not as they must be: ${left[0] ?? ''}`,
    target: 'no crash, no hold, no stuck socket, I1 to I8',
    ok: left.length === 0,
  }
  return [answers, books, ...tally.rows.lines('Hostile:', { seed: line.seed, detail: tally.faults.slice(0, 20) })]
}

interface Found extends HostileCase {
  readonly status: number
  readonly text: string
  readonly tookMs: number
  readonly broken: string | null
}

async function askAll(siege: Siege, cases: readonly HostileCase[], onFound: (found: Found, done: number) => void): Promise<void> {
  const pool = new Pool(siege.house.gateway.origin, { connections: concurrency, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 })
  let next = 0
  let done = 0
  const loop = async (): Promise<void> => {
    for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
      const found = await ask(pool, siege.keys[one.budgeted ? 'budgeted' : 'free'], one)
      done += 1
      onFound(found, done)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, loop))
  await pool.destroy()
}

async function ask(pool: Pool, key: string, one: HostileCase): Promise<Found> {
  const { speaker, dialect, stream, index, misbehaviour } = one
  const text = `[[call:h${index}]] [[${misbehaviour.name}]] hello`
  const asking = { model: speaker.model(dialect), text, stream, picture: !one.budgeted, keptId: '' }
  const startedMs = performance.now()
  const tookMs = (): number => performance.now() - startedMs
  let status = 0
  try {
    const reply = await pool.request({
      method: speaker.method,
      path: speaker.path(asking),
      headers: { 'content-type': speaker.encoding === 'form' ? formType : 'application/json', authorization: `Bearer ${key}` },
      body: speaker.encoding === 'form' ? packForm(speaker.body(asking)) : JSON.stringify(speaker.body(asking)),
    })
    status = reply.statusCode
    return { ...one, status, text: await reply.body.text(), tookMs: tookMs(), broken: null }
  } catch (error) {
    return { ...one, status, text: '', tookMs: tookMs(), broken: String(error) }
  }
}

function note(tally: Tally, found: Found, vendor: MisbehavingVendor): void {
  const { status, speaker, dialect, stream, misbehaviour, index, broken, tookMs } = found
  tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1)
  tally.seen.add(misbehaviour.name)
  tally.slowestMs = Math.max(tally.slowestMs, tookMs)
  const at = `case ${index}, ${speaker.route} to ${dialect}, ${stream ? 'streamed' : 'whole'}, ${misbehaviour.name}`
  const late = tookMs > answerWithinMs ? `took ${(tookMs / 1000).toFixed(1)} s` : null
  const worded = isVendorsOwn(found) ? null : faultOf(speaker.surface, found)
  const fault = broken === null || isCutShort(found) ? (late ?? worded) : `the connection broke: ${broken}`
  if (fault !== null) tally.faults.push(`${at}: ${fault}`)
  tally.rows.note(speaker.row, { status, wrong: fault !== null, reached: vendor.heard(`h${index}`) })
}

/** What a vendor refused in the caller's own dialect, or by a path of its own, is handed on as it came, whatever it looks like. */
function isVendorsOwn({ misbehaviour, speaker, dialect }: Found): boolean {
  return dialect === 'any' ? misbehaviour.refuses === true : statusMisbehaviours.includes(misbehaviour) && dialect.startsWith(speaker.surface)
}

/** Sound, and what nobody here knows the meaning of, have no words for an error once they have begun: then only the connection can say that this was not all. */
function isCutShort({ misbehaviour, dialect, stream, status }: Found): boolean {
  const isBytes = dialect === 'any' || (dialect === 'openai-speech' && !stream)
  return isBytes && status === 200 && misbehaviour.answer !== 'usable'
}
