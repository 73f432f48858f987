// One key, one body, one call: what the second use of an Idempotency-Key gets, and what is kept for it.

import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../../gateway/contract/caller.ts'
import { GatewayError, refuse } from '../../../../gateway/contract/errors.ts'
import { keyId, requestId } from '../../../../gateway/contract/ids.ts'
import type { AttemptResult, Outcome } from '../../../../gateway/contract/itinerary.ts'
import type { RateCharge } from '../../../../gateway/contract/limits.ts'
import { nanoUsd } from '../../../../gateway/contract/money.ts'
import type { Turn } from '../../../../gateway/contract/replay.ts'
import type { Reply } from '../../../../gateway/contract/reply.ts'
import type { InferenceRequest } from '../../../../gateway/contract/request.ts'
import { content } from '../../../../gateway/contract/sealed.ts'
import { createReplay, type ReplayTools } from '../../../../gateway/rooms/replay/replay.ts'

const limits = { idempotencyKeysMax: 10, idempotencyBytesMax: 1000, idempotencyReplyBytesMax: 100, idempotencyKeptMs: 1000, lastByteWaitMs: 250 }
const attempts = [{} as AttemptResult]
const answered: Outcome = { end: 'answered', status: 200, attempts, lastBytes: null, failure: null, dropped: [] }
const bills = [{ costNanoUsd: nanoUsd(700), lines: [], provenance: 'reported', unpriced: false }] as const

interface Asked {
  readonly key?: string
  readonly body?: string
  readonly caller?: number
  readonly id?: string
  readonly wire?: InferenceRequest['wire']
  /** What a dialect may say outside the body. */
  readonly address?: Partial<Pick<InferenceRequest, 'model' | 'stream' | 'framing' | 'passing' | 'dialectHeaders'>>
}

function setUp(change: Partial<ReplayTools> = {}) {
  const slots = { taken: 0, undone: 0 }
  const time = { nowUs: 0 }
  const free = (): void => void (slots.taken -= 1)
  const charge = (): RateCharge => {
    slots.taken += 1
    return { kind: 'charged', release: free, undo: () => (free(), void (slots.undone += 1)) }
  }
  const replay = createReplay({
    limiter: { charge },
    clock: { monotonicUs: () => time.nowUs },
    digest: (bytes) => Buffer.from(bytes).toString('base64'),
    limits,
    ...change,
  })
  const ask = async ({ key = 'k', body = '{}', caller = 1, id = 'req_1', wire = 'openai-chat', address = {} }: Asked = {}): Promise<Turn> =>
    await replay({
      caller: { keyId: keyId(caller), rates: [], scopes: [] as Caller['scopes'] } as unknown as Caller,
      request: { id: requestId(id), wire, model: 'm', stream: true, ...address, body: content(Buffer.from(body)) } as unknown as InferenceRequest,
      idempotencyKey: key,
      reply: quietReply(),
    })
  const first = async (asked?: Asked): Promise<Extract<Turn, { kind: 'first' }>> => expectKind(await ask(asked), 'first')
  const again = async (asked?: Asked): Promise<Extract<Turn, { kind: 'again' }>> => expectKind(await ask(asked), 'again')
  return { ask, first, again, slots, time }
}

function expectKind<Kind extends Turn['kind']>(turn: Turn, kind: Kind): Extract<Turn, { kind: Kind }> {
  expect(turn.kind).toBe(kind)
  return turn as Extract<Turn, { kind: Kind }>
}

function quietReply(): Reply {
  let started = false
  return {
    gone: new AbortController().signal,
    get started() {
      return started
    },
    start: () => void (started = true),
    write: async () => undefined,
    end: () => undefined,
    cut: () => undefined,
  }
}

async function answer(turn: Extract<Turn, { kind: 'first' }>, pieces: readonly string[]): Promise<void> {
  turn.reply.start(200, { 'content-type': 'text/event-stream', 'x-litellm-response-cost': '0.000000700' })
  for (const piece of pieces.slice(0, -1)) await turn.reply.write(Buffer.from(piece))
  turn.close({ outcome: answered, failure: null, bills })
  turn.reply.end(Buffer.from(pieces.at(-1) ?? ''))
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'no error',
    (error: unknown) => (error instanceof GatewayError ? error.code : String(error)),
  )

describe('the second use of a key', () => {
  it('gets the bytes of the first, whatever pieces they came in, under the id of its own request', async () => {
    const { first, again } = setUp()
    await answer(await first({ id: 'req_1' }), ['data: 1\n\n', 'data: 2\n\n', 'data: [DONE]\n\n'])
    const { outcome } = await again({ id: 'req_2' })
    expect(Buffer.from(outcome.lastBytes?.bytes ?? []).toString()).toBe('data: 1\n\ndata: 2\n\ndata: [DONE]\n\n')
    expect(outcome).toMatchObject({ end: 'answered', status: 200, attempts: [], failure: null })
    expect(outcome.lastBytes?.head?.headers).toEqual({
      'content-type': 'text/event-stream',
      'x-litellm-response-cost': '0.000000000',
      'x-tollgate-idempotent-replay': 'req_1',
    })
  })

  it('says what it saved, and keeps a slot while it lasts', async () => {
    const { first, again, slots } = setUp()
    await answer(await first(), ['x'])
    const turn = await again({ id: 'req_2' })
    expect(turn.savedNanoUsd).toBe(bills.reduce((sum, bill) => sum + bill.costNanoUsd, 0n))
    expect(slots.taken).toBe(1)
    turn.release()
    expect(slots).toEqual({ taken: 0, undone: 0 })
  })

  it('is a conflict with another body or on another route, and nobody else sees the key', async () => {
    const { first, ask } = setUp()
    await answer(await first(), ['x'])
    expect(await codeOf(ask({ body: '{"a":1}' }))).toBe('idempotency_conflict')
    expect(await codeOf(ask({ wire: 'openai-embeddings' }))).toBe('idempotency_conflict')
    expect(await codeOf(ask({ address: { model: 'other' } }))).toBe('idempotency_conflict')
    expect(await codeOf(ask({ address: { stream: false } }))).toBe('idempotency_conflict')
    expect(await codeOf(ask({ address: { framing: 'json-array' } }))).toBe('idempotency_conflict')
    expect((await ask({ caller: 2, body: '{"a":1}' })).kind).toBe('first')
  })

  it('is a conflict by another of the vendor’s paths or with other headers of the dialect, in whatever order those stand', async () => {
    const { first, ask } = setUp()
    const asked = { path: '/projects/one/x', place: { project: 'one' } }
    const address = { passing: { prefix: 'vertex_ai', raw: null, asked }, dialectHeaders: { 'anthropic-beta': 'a', 'anthropic-version': '1' } }
    await answer(await first({ address }), ['x'])
    expect((await ask({ address: { ...address, dialectHeaders: { 'anthropic-version': '1', 'anthropic-beta': 'a' } } })).kind).toBe('again')
    for (const other of [
      { passing: { ...address.passing, prefix: 'vertex-ai' } },
      { passing: { ...address.passing, asked: { ...asked, path: '/projects/two/x' } } },
      { passing: { ...address.passing, asked: { ...asked, place: { project: 'two' } } } },
      { dialectHeaders: { 'anthropic-beta': 'b', 'anthropic-version': '1' } },
      { dialectHeaders: { ...address.dialectHeaders, 'x-amzn-bedrock-guardrailidentifier': 'g' } },
      { dialectHeaders: {} },
    ])
      expect(await codeOf(ask({ address: { ...address, ...other } }))).toBe('idempotency_conflict')
  })

  it('has to wait while the first is running, until its last byte', async () => {
    const { first, ask, slots } = setUp()
    const turn = await first()
    const waiting = await ask().catch((error: unknown) => error)
    expect(waiting).toMatchObject({ code: 'idempotency_in_progress', hints: { retryAfterS: 1 } })
    turn.close({ outcome: answered, failure: null, bills })
    expect(await codeOf(ask())).toBe('idempotency_in_progress')
    turn.reply.start(200, {})
    turn.reply.end()
    expect((await ask()).kind).toBe('again')
    expect(slots.taken).toBe(1)
  })

  it('is charged to the rate limits, and refused by them', async () => {
    const refusal = { kind: 'rate', label: 'key ci', limit: 1, retryAfterS: 30 } as const
    const { first, ask } = setUp({ limiter: { charge: () => ({ kind: 'refused', refusal }) } })
    await answer(await first(), ['x'])
    expect(await codeOf(ask())).toBe('rate_limit_exceeded')
  })
})

describe('what is kept', () => {
  const vendorSays = (status: number): GatewayError =>
    refuse('upstream_rejected', { reason: 'no' }, { vendor: { status, message: 'no', type: null, code: null } })
  const failed: Outcome = { ...answered, end: 'failed', status: 400 }

  it.each([400, 404, 413, 422])('a vendor that answers %i is not asked again', async (status) => {
    const { first, ask, slots } = setUp()
    const refusal = vendorSays(status)
    ;(await first()).close({ outcome: failed, failure: refusal, bills })
    const repeated = await ask({ id: 'req_2' }).catch((error: unknown) => error)
    expect(repeated).toMatchObject({ code: 'upstream_rejected', status, hints: { headers: { 'x-tollgate-idempotent-replay': 'req_1' } } })
    expect(slots.taken).toBe(0)
  })

  it.each<[string, Outcome | null, unknown]>([
    ['a vendor that says 429', failed, vendorSays(429)],
    ['a vendor that says 408', failed, vendorSays(408)],
    ['a vendor that says 503', failed, vendorSays(503)],
    ['a vendor that cannot be reached', failed, refuse('upstream_unreachable', { provider: 'v', reason: 'r' })],
    ['a refusal before any dispatch', { ...failed, attempts: [] }, refuse('model_not_found', { model: 'm' })],
    ['one vendor’s no and another that says 503', { ...failed, failures: [vendorSays(400), vendorSays(503)] }, vendorSays(400)],
    ['a budget', null, refuse('insufficient_quota', { reason: 'r' })],
    ['a caller who left', { ...answered, end: 'cut', status: 499 }, null],
    ['a bug', null, new Error('bug')],
  ])('lets the key be used anew after %s', async (_name, outcome, failure) => {
    const { first } = setUp()
    const turn = await first()
    turn.reply.start(200, {})
    await turn.reply.write(Buffer.from('half'))
    turn.close({ outcome, failure, bills })
    turn.reply.end(Buffer.from('rest'))
    await first({ body: '{"another":true}' })
  })

  it('is not a stream that broke off, though the caller has seen its head', async () => {
    const { first } = setUp()
    const turn = await first()
    turn.reply.start(200, {})
    await turn.reply.write(Buffer.from('half'))
    turn.close({ outcome: { ...answered, end: 'failed' }, failure: refuse('upstream_cut', { provider: 'v' }), bills })
    turn.reply.end(Buffer.from('data: {"error":{}}\n\n'))
    await first()
  })

  it('is not an answer beyond the limit: the key then says so instead of calling twice', async () => {
    const { first, ask } = setUp()
    await answer(await first(), ['x'.repeat(limits.idempotencyReplyBytesMax), 'y'])
    const refusal = await ask({ id: 'req_2' }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'idempotency_reply_not_kept', status: 409 })
    expect(String(refusal)).toContain('req_1')
    expect(await codeOf(ask({ body: 'x' }))).toBe('idempotency_conflict')
  })

  it('is forgotten after its time', async () => {
    const { first, again, time } = setUp()
    await answer(await first(), ['x'])
    time.nowUs = limits.idempotencyKeptMs * 1000 - 1
    await again()
    time.nowUs += 1
    await first({ body: '{"another":true}' })
  })
})
