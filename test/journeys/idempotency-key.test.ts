// A call sent again under its Idempotency-Key is made once: the caller gets the same answer, the vendor one call, the books one cost.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../gateway/config.ts'
import type { Violation } from '../../gateway/contract/reports.ts'
import { createLedger } from '../../gateway/ledger/ledger.ts'
import { startHouse, type House } from '../kit/house.ts'
import { createChance } from '../kit/random.ts'
import { startVendor, type Vendor } from '../kit/vendor.ts'

// Ten cents per output token and nothing per input token: a call of ten tokens is one dollar.
const config = (origin: string): string => `
model_list:
  - model_name: exact
    litellm_params: { model: openai/exact, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0.1 }
  - model_name: embed
    litellm_params: { model: openai/embed, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0 }
  - model_name: second
    litellm_params: { model: openai/second, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0 }
  - model_name: first
    litellm_params: { model: openai/first, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0, output_cost_per_token: 0 }
router_settings: { num_retries: 0, fallbacks: [{ first: [second] }] }
`
const callUsd = 1
const replayHeader = 'x-tollgate-idempotent-replay'
const mib = 1024 * 1024
const retryMs = 25

interface Sent {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
}
interface Call {
  readonly key: string
  readonly under: string
  readonly body?: Record<string, unknown>
  readonly path?: string
  readonly signal?: AbortSignal
}

describe('a call under an Idempotency-Key', () => {
  let vendor: Vendor
  let house: House
  let dataDir: string
  const start = async (): Promise<House> => await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' }, dataDir })
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tollgate-idempotency-'))
    vendor = await startVendor()
    house = await start()
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function send({ key, under, body = {}, path = '/v1/chat/completions', signal }: Call): Promise<Sent> {
    const response = await fetch(`${house.gateway.origin}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': under },
      body: JSON.stringify({ model: 'exact', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], ...body }),
      ...(signal === undefined ? {} : { signal }),
    })
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
  }
  const codeOf = (sent: Sent): string => (JSON.parse(sent.bytes.toString()) as { error: { code: string } }).error.code
  const spendOf = async (key: string): Promise<number> => ((await house.get(`/key/info?key=${key}`)).json['info'] as { spend: number }).spend
  const idOf = (sent: Sent): string => sent.headers.get('x-request-id') ?? ''
  /** As clients do it: a call that is still running is asked for again. */
  let early = 0
  async function insist(call: Call): Promise<Sent> {
    for (let waitMs = retryMs; ; waitMs *= 2) {
      const sent = await send(call)
      if (sent.status !== 409 || codeOf(sent) !== 'idempotency_in_progress') return sent
      early += 1
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }

  const chance = createChance()
  it(`is made once in each of 1,000 storms of retries (TEST_SEED=${chance.seed})`, { timeout: 240_000 }, async () => {
    const { key } = await house.key()
    const storms = 1000
    const plans = Array.from({ length: storms }, () => ({ delayMs: chance.between(0, 10), together: chance.between(2, 3), later: chance.between(1, 2) }))
    const before = vendor.received.length
    vendor.behave((_request, count) => ({ headDelayMs: plans[count % storms]?.delayMs ?? 0 }))
    let tries = 0
    const runStorm = async (number: number): Promise<void> => {
      const { together, later } = plans[number] ?? { together: 0, later: 0 }
      const call = { key, under: `storm-${number}`, body: { stream: number % 3 === 0, messages: [{ role: 'user', content: `storm ${number}` }] } }
      const sent = await Promise.all(Array.from({ length: together }, () => insist(call)))
      for (let turn = 0; turn < later; turn += 1) sent.push(await insist(call))
      tries += sent.length
      const [first] = sent.filter((one) => one.headers.get(replayHeader) === null)
      const repeated = sent.filter((one) => one !== first)
      for (const one of repeated) {
        expect([one.status, one.headers.get(replayHeader)]).toEqual([200, first === undefined ? '' : idOf(first)])
        expect(one.bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true)
      }
      expect(new Set(sent.map(idOf)).size).toBe(sent.length)
    }
    const queue = Array.from({ length: storms }, (_, number) => number)
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await runStorm(next)
    }
    await Promise.all(Array.from({ length: 8 }, lane))
    vendor.behave(() => ({}))
    console.log(`idempotency: ${storms} keys, ${tries} answers after ${early} that came too early, ${vendor.received.length - before} upstream calls`)
    expect(vendor.received.length - before).toBe(storms)
    expect(await spendOf(key)).toBe(storms * callUsd)
  })

  it('is replayed as the same stream, byte for byte', async () => {
    const { key } = await house.key()
    const call = { key, under: 'stream', body: { stream: true } }
    const first = await send(call)
    const second = await send(call)
    expect(first.bytes.toString()).toMatch(/^data: .*data: \[DONE\]\n\n$/s)
    expect(second.bytes.equals(first.bytes)).toBe(true)
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(second.headers.get(replayHeader)).toBe(idOf(first))
  })

  it('has a row of its own for each replay: answered, without attempt or cost', async () => {
    const { key } = await house.key()
    const call = { key, under: 'rows' }
    const first = await send(call)
    const second = await send(call)
    expect(second.headers.get('x-litellm-response-cost')).toBe('0.000000000')
    const rows = [await house.closedRow(idOf(first)), await house.closedRow(idOf(second))]
    expect(rows.map((row) => [row.end, row.status, row.attempts, row.costUsd])).toEqual([
      ['answered', 200, 1, '1.000000000'],
      ['answered', 200, 0, '0.000000000'],
    ])
    expect(await spendOf(key)).toBe(callUsd)
  })

  it('is refused under the key of another body, and clients are told not to try again', async () => {
    const { key } = await house.key()
    await send({ key, under: 'body' })
    const before = vendor.received.length
    const other = await send({ key, under: 'body', body: { max_tokens: 9 } })
    expect([other.status, codeOf(other), other.headers.get('x-should-retry')]).toEqual([409, 'idempotency_conflict', 'false'])
    expect(vendor.received.length).toBe(before)
    const { key: another } = await house.key()
    expect((await send({ key: another, under: 'body', body: { max_tokens: 9 } })).headers.get(replayHeader)).toBeNull()
  })

  it('is refused while the first is running, and clients are told when to try again', async () => {
    const { key } = await house.key()
    vendor.behave(() => ({ headDelayMs: 300 }))
    const running = send({ key, under: 'running' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const early = await send({ key, under: 'running' })
    expect([early.status, codeOf(early), early.headers.get('retry-after')]).toEqual([409, 'idempotency_in_progress', '1'])
    expect(early.headers.get('x-should-retry')).toBeNull()
    const first = await running
    vendor.behave(() => ({}))
    expect((await send({ key, under: 'running' })).headers.get(replayHeader)).toBe(idOf(first))
  })

  it('is made anew after a vendor that failed or was busy, and not after one that said no', async () => {
    const { key } = await house.key()
    for (const [status, calls] of [
      [500, 2],
      [503, 2],
      [429, 2],
      [400, 1],
      [422, 1],
    ] as const) {
      vendor.behave(() => ({ status }))
      const before = vendor.received.length
      const sent = [await send({ key, under: `status-${status}` }), await send({ key, under: `status-${status}` })]
      expect(sent[1]?.bytes.equals(sent[0]?.bytes ?? Buffer.alloc(0))).toBe(true)
      expect([status, vendor.received.length - before]).toEqual([status, calls])
      expect(sent.map((one) => one.headers.get(replayHeader) !== null)).toEqual([false, calls === 1])
    }
    vendor.behave(() => ({}))
    expect((await send({ key, under: 'status-500' })).status).toBe(200)
    expect(await spendOf(key)).toBe(callUsd)
  })

  it('is made anew where one vendor said no and the fallback was down', async () => {
    const { key } = await house.key()
    const call = { key, under: 'fallback', body: { model: 'first' } }
    vendor.behave((request) => ({ status: request.json['model'] === 'first' ? 400 : 503 }))
    expect((await send(call)).status).toBe(400)
    vendor.behave((request) => (request.json['model'] === 'first' ? { status: 400 } : {}))
    const again = await send(call)
    vendor.behave(() => ({}))
    expect([again.status, again.headers.get(replayHeader), again.headers.get('x-litellm-model-group')]).toEqual([200, null, 'second'])
  })

  it('is made anew after a caller who left in mid-stream', async () => {
    const { key } = await house.key()
    vendor.behave(() => ({ pieceDelayMs: 40 }))
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 150)
    await expect(send({ key, under: 'left', body: { stream: true }, signal: controller.signal })).rejects.toThrow()
    vendor.behave(() => ({}))
    const second = await insist({ key, under: 'left', body: { stream: true } })
    expect([second.status, second.headers.get(replayHeader)]).toEqual([200, null])
  })

  it('is replayed on a budget that is used up, within the rate limits, and to nobody whose key is blocked', async () => {
    const { key } = await house.key({ max_budget: callUsd, rpm_limit: 3 })
    expect((await send({ key, under: 'paid' })).status).toBe(200)
    const fresh = await send({ key, under: 'unpaid' })
    expect([fresh.status, codeOf(fresh)]).toEqual([429, 'insufficient_quota'])
    expect((await send({ key, under: 'paid' })).headers.get(replayHeader)).not.toBeNull()
    expect((await send({ key, under: 'paid' })).status).toBe(200)
    const often = await send({ key, under: 'paid' })
    expect([often.status, codeOf(often)]).toEqual([429, 'rate_limit_exceeded'])
    await house.post('/key/block', { key })
    expect((await send({ key, under: 'paid' })).status).toBe(401)
  })

  it('may be an embedding or a text completion', async () => {
    const { key } = await house.key()
    const before = vendor.received.length
    for (const call of [
      { path: '/v1/embeddings', body: { model: 'embed', input: 'hi', max_tokens: undefined, messages: undefined } },
      { path: '/v1/completions', body: { prompt: 'hi', messages: undefined } },
    ]) {
      const sent = [await send({ key, under: call.path, ...call }), await send({ key, under: call.path, ...call })]
      expect(sent.map((one) => one.status)).toEqual([200, 200])
      expect(sent[1]?.bytes.equals(sent[0]?.bytes ?? Buffer.alloc(0))).toBe(true)
    }
    expect(vendor.received.length - before).toBe(2)
  })

  it('is refused with a key that is none', async () => {
    const { key } = await house.key()
    for (const under of ['', 'two words', 'x'.repeat(256)]) {
      const sent = await send({ key, under })
      expect([sent.status, codeOf(sent)]).toEqual([400, 'invalid_request'])
    }
  })

  it('is not made twice when its answer could not be kept: too large, or pushed out by newer ones', { timeout: 60_000 }, async () => {
    const { key } = await house.key()
    const answerOf = (bytes: number): string => JSON.stringify({ id: 'x', object: 'chat.completion', choices: [], pad: 'x'.repeat(bytes) })
    vendor.behave(() => ({ body: answerOf(defaultLimits.idempotencyReplyBytesMax) }))
    const before = vendor.received.length
    expect((await send({ key, under: 'large' })).status).toBe(200)
    const again = await send({ key, under: 'large' })
    expect([again.status, codeOf(again)]).toEqual([409, 'idempotency_reply_not_kept'])
    vendor.behave(() => ({ body: answerOf(defaultLimits.idempotencyReplyBytesMax - mib) }))
    const count = Math.ceil(defaultLimits.idempotencyBytesMax / (defaultLimits.idempotencyReplyBytesMax - mib)) + 1
    for (let number = 0; number < count; number += 1) await send({ key, under: `full-${number}` })
    expect(codeOf(await send({ key, under: 'full-0' }))).toBe('idempotency_reply_not_kept')
    expect((await send({ key, under: `full-${count - 1}` })).headers.get(replayHeader)).not.toBeNull()
    expect(vendor.received.length - before).toBe(count + 1)
    vendor.behave(() => ({}))
  })

  it('is unknown after a restart, and the books balance', async () => {
    const { key } = await house.key()
    await send({ key, under: 'restart' })
    await house.stop()
    expect(await verify(dataDir)).toEqual([])
    house = await start()
    const second = await send({ key, under: 'restart' })
    expect([second.status, second.headers.get(replayHeader)]).toEqual([200, null])
    expect(await spendOf(key)).toBe(2 * callUsd)
  })
})

/** Opens the stopped folder as the next start would, and recomputes everything. */
async function verify(dataDir: string): Promise<readonly Violation[]> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const ledger = await createLedger({ dataDir, durability: 'full', limits: defaultLimits, zone, log: () => undefined })
  const found = await ledger.reports.verify()
  await ledger.close()
  return found
}
