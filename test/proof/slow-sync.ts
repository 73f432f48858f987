// Proof that streams do not feel the disk: while every sync of the ledger's writer takes 50 ms longer, events between the first and the last
// of a stream arrive as soon as before.
// Promises: a real gateway over real HTTP; the delay is the kernel's (strace, on the writer's thread alone); rounds with and without it take
// turns, so that a busy machine weighs on both. Leaves alone: the first event, which waits for its row, and the last, which waits for the record.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHouse, type House } from '../kit/house.ts'
import type { ProofLine } from './line.ts'

export interface SlowSyncOptions {
  readonly log: (line: string) => void
  readonly short?: boolean
}

const delayMs = 50
const addedMsMax = 2
const streams = 8
const eventsPerStream = 60
const eventGapMs = 8
const syncs = 'fsync,fdatasync'

export async function proveSlowSync(options: SlowSyncOptions): Promise<ProofLine> {
  const rounds = options.short === true ? 3 : 15
  const vendor = await startTicker()
  const house = await startHouse({ config: configFor(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
  try {
    const { key } = await house.key({ max_budget: 1000 })
    const thread = await findWriter(house, key)
    await round(house, key)
    const calm: number[] = []
    const slow: number[] = []
    let events = 0
    const marks: string[] = []
    let delayed = 0
    for (let turn = 0; turn < rounds; turn += 1) {
      const quiet = await traced(thread, 0, () => round(house, key))
      const held = await traced(thread, delayMs, () => round(house, key))
      calm.push(p99(quiet.value))
      slow.push(p99(held.value))
      events += held.value.length
      delayed += held.syncs
      marks.push(`round ${turn + 1}: p99 ${p99(quiet.value).toFixed(2)} ms without, ${p99(held.value).toFixed(2)} ms with ${held.syncs} slow syncs`)
      options.log(marks.at(-1) ?? '')
    }
    // Medians of the rounds: one round in which the machine did something else does not decide.
    const added = median(slow) - median(calm)
    return {
      name: 'a slow disk is not felt by streams',
      figure: `p99 ${median(slow).toFixed(2)} ms with ${delayMs} ms per sync, ${median(calm).toFixed(2)} ms without: ${added.toFixed(2)} ms added (medians of ${rounds} rounds, ${events} events)`,
      target: `at most ${addedMsMax} ms added`,
      ok: added <= addedMsMax && delayed >= rounds * 2 && events === rounds * streams * (eventsPerStream - 2),
      seed: null,
      detail: marks,
    }
  } finally {
    await house.stop()
    await vendor.close()
  }
}

const configFor = (origin: string): string => `
model_list:
  - model_name: ticker
    litellm_params: { model: openai/ticker, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** @returns how long each event but the first and the last was on its way, in milliseconds */
async function round(house: House, key: string): Promise<number[]> {
  const found = await Promise.all(
    Array.from({ length: streams }, async (_, index) => {
      // Not all at once: somebody's row or record is always being synced while others stream.
      await new Promise((resolve) => setTimeout(resolve, (index * eventsPerStream * eventGapMs) / streams))
      return await oneStream(house, key)
    }),
  )
  return found.flat()
}

async function oneStream(house: House, key: string): Promise<number[]> {
  const response = await fetch(`${house.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'ticker', stream: true, max_tokens: eventsPerStream, messages: [{ role: 'user', content: 'tick' }] }),
  })
  if (response.status !== 200 || response.body === null) throw new Error(`a stream was refused with ${response.status}: ${await response.text()}`)
  const delays: number[] = []
  let rest = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const atMs = performance.now()
    const events = `${rest}${text}`.split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const sentMs = /"content":"([\d.]+)"/.exec(event)?.[1]
      if (sentMs !== undefined) delays.push(atMs - Number(sentMs))
    }
  }
  if (delays.length !== eventsPerStream) throw new Error(`a stream of ${eventsPerStream} events arrived as ${delays.length}`)
  return delays.slice(1, -1)
}

interface Ticker {
  readonly origin: string
  close(): Promise<void>
}

/** A vendor whose events carry the moment they were written. It runs in this process, so both ends read one clock. */
async function startTicker(): Promise<Ticker> {
  const server: Server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const chunk = (delta: unknown, more: Record<string, unknown> = {}): string =>
      `data: ${JSON.stringify({ id: 'chatcmpl-ticker', object: 'chat.completion.chunk', created: 1, model: 'ticker', choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`
    let sent = 0
    const timer = setInterval(() => {
      if (sent < eventsPerStream) {
        sent += 1
        return void response.write(chunk({ content: String(performance.now()) }))
      }
      clearInterval(timer)
      const usage = { prompt_tokens: 5, completion_tokens: eventsPerStream, total_tokens: eventsPerStream + 5 }
      response.end(`${chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}${chunk({}, { choices: [], usage })}data: [DONE]\n\n`)
    }, eventGapMs)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The thread that syncs. */
async function findWriter(house: House, key: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-threads-'))
  const output = join(folder, 'trace')
  try {
    const tracer = spawn('strace', ['-f', '-p', String(house.gateway.pid), '-o', output, '-e', `trace=${syncs}`], { stdio: ['ignore', 'ignore', 'pipe'] })
    await attached(tracer)
    await oneStream(house, key)
    await detach(tracer)
    const thread = /^(\d+) +(?:fsync|fdatasync)\(/m.exec(readFileSync(output, 'utf8'))?.[1]
    if (thread === undefined) throw new Error('no thread of the gateway synced during a call')
    return Number(thread)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Does something while the thread's syncs take so much longer. */
async function traced<Value>(thread: number, ms: number, work: () => Promise<Value>): Promise<{ readonly value: Value; readonly syncs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-slow-'))
  const output = join(folder, 'trace')
  const inject = ms === 0 ? [] : ['-e', `inject=${syncs}:delay_enter=${ms * 1000}`]
  const tracer = spawn('strace', ['-p', String(thread), '-o', output, '-e', `trace=${syncs}`, ...inject], { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    await attached(tracer)
    const value = await work()
    await detach(tracer)
    return { value, syncs: readFileSync(output, 'utf8').match(/(?:fsync|fdatasync)\(/g)?.length ?? 0 }
  } finally {
    tracer.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function attached(tracer: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    tracer.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (said.includes('attached')) resolve()
    })
    tracer.once('close', () => reject(new Error(`strace could not attach: ${said}`)))
  })
}

async function detach(tracer: ChildProcess): Promise<void> {
  const closed = once(tracer, 'close')
  tracer.kill('SIGINT')
  await closed
}
