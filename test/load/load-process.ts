// The load generator: keeps a number of connections busy with one request each, in a closed loop, and times every reply.
// Promises: reads each body to its end; counts what failed instead of leaving it out; times from the request's dispatch.
// Leaves alone: what is on the other side.

import { Client, type Dispatcher } from 'undici'
import type { LoadOrder, LoadResult } from './shapes.ts'

interface Tally {
  readonly totalUs: number[]
  readonly firstByteUs: number[]
  failures: number
  firstFailure: string | null
  counting: boolean
  stopped: boolean
}

process.on('message', (order: LoadOrder) => {
  void measure(order).then((result) => process.send?.(result))
})

async function measure(order: LoadOrder): Promise<LoadResult> {
  const tally: Tally = { totalUs: [], firstByteUs: [], failures: 0, firstFailure: null, counting: false, stopped: false }
  const clients = Array.from(
    { length: order.connections },
    () => new Client(order.origin, { pipelining: 1, keepAliveTimeout: 60_000, bodyTimeout: 30_000, headersTimeout: 30_000 }),
  )
  const loops = clients.map((client) => loop(client, order, tally))
  await pause(order.warmUpMs)
  tally.counting = true
  const startedMs = performance.now()
  await pause(order.durationMs)
  tally.counting = false
  const seconds = (performance.now() - startedMs) / 1000
  tally.stopped = true
  await Promise.all(loops)
  await Promise.all(clients.map((client) => client.close()))
  const totals = tally.totalUs.sort((left, right) => left - right)
  const firsts = tally.firstByteUs.sort((left, right) => left - right)
  return {
    perSecond: totals.length / seconds,
    requests: totals.length,
    failures: tally.failures,
    firstFailure: tally.firstFailure,
    totalP50Us: at(totals, 0.5),
    totalP99Us: at(totals, 0.99),
    firstByteP50Us: at(firsts, 0.5),
  }
}

async function loop(client: Client, order: LoadOrder, tally: Tally): Promise<void> {
  const request: Dispatcher.DispatchOptions = {
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json', ...order.headers },
    body: order.body,
  }
  while (!tally.stopped) await once(client, request, tally)
}

function once(client: Client, request: Dispatcher.DispatchOptions, tally: Tally): Promise<void> {
  return new Promise((done) => {
    const startedMs = performance.now()
    let firstMs = 0
    let status = 0
    let text = ''
    const fail = (message: string): void => {
      tally.failures += 1
      tally.firstFailure ??= message
      // A refused connection would otherwise spin.
      setTimeout(done, 5)
    }
    client.dispatch(request, {
      onRequestStart: () => {},
      onResponseStart: (_controller, statusCode) => {
        status = statusCode
      },
      onResponseData: (_controller, bytes) => {
        if (firstMs === 0) firstMs = performance.now()
        if (status !== 200) text += bytes.toString()
      },
      onResponseEnd: () => {
        if (status !== 200) return fail(`${status} ${text.slice(0, 300)}`)
        if (tally.counting) {
          tally.totalUs.push((performance.now() - startedMs) * 1000)
          tally.firstByteUs.push((firstMs - startedMs) * 1000)
        }
        done()
      },
      onResponseError: (_controller, error) => fail(error.message),
    })
  })
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
