// The call room at its exits: a caller who leaves before the packet, a bug in the middle, deployments that are ruled out.

import { createAuthorize } from '../../../gateway/authorize/index.ts'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import type { Authorize } from '../../../gateway/contract/authorize.ts'
import type { EgressReply } from '../../../gateway/contract/egress.ts'
import { deploymentId, requestId, scopeId } from '../../../gateway/contract/ids.ts'
import type { AttemptAnswer, AttemptOrder } from '../../../gateway/contract/ledger.ts'
import type { Outcome } from '../../../gateway/contract/itinerary.ts'
import { nanoUsd } from '../../../gateway/contract/money.ts'
import type { Deployment } from '../../../gateway/contract/provider.ts'
import { asGuarded, type InferenceRequest, type RawPassing } from '../../../gateway/contract/request.ts'
import { content } from '../../../gateway/contract/sealed.ts'
import { systemClock } from '../../../gateway/kit/clock.ts'
import { openaiCompatible } from '../../../gateway/providers/openai-compatible.ts'
import { createCall } from '../../../gateway/rooms/call/call.ts'
import { createDrains } from '../../../gateway/rooms/call/drains.ts'
import type { RequestBound } from '../../../gateway/contract/wire.ts'
import { wires } from '../../../gateway/translate/index.ts'
import { plainBound } from '../../kit/plain-bound.ts'

const json = { model: 'm', messages: [{ role: 'user', content: 'hello' }] }
const body = Buffer.from(JSON.stringify(json))
const request = asGuarded({
  id: requestId('req_1'),
  surface: 'openai',
  operation: 'chat',
  wire: 'openai-chat',
  model: 'm',
  stream: false,
  body: content(body),
  json: content(json),
  bodyBytes: body.length,
  receivedAtMs: 0,
  trace: { traceId: null, sessionId: null, endUser: null, userAgent: null, clientIp: null, tags: [] },
} satisfies InferenceRequest)

function deployment(id: string, modelName = 'm'): Deployment {
  return {
    id: deploymentId(id),
    modelName,
    provider: openaiCompatible,
    upstreamModel: 'u',
    baseUrl: 'http://vendor.example/v1',
    credential: null,
    secrets: {},
    place: {},
    weight: 1,
    timeoutMs: null,
    streamTimeoutMs: null,
    dropParams: true,
    extraHeaders: {},
    settings: {},
    price: null,
    origin: 'ledger',
    modelInfo: {},
    facts: { contextTokensMax: null, outputTokensMax: 100, imageTokensMax: null, fileTokensMax: null, capabilities: [] },
  }
}
const reply = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): EgressReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: (async function* () {
    yield Buffer.from(text)
  })(),
  abort: () => undefined,
})

interface World {
  readonly sent: string[]
  /** Bytes and tokens that were learned from. */
  readonly learned: [number, number][]
  readonly controller: AbortController
  run(first: Deployment, ...rest: Deployment[]): Promise<Outcome>
}
interface Options {
  readonly send: (count: number) => EgressReply
  readonly onOpen?: (controller: AbortController) => void
  readonly answer?: (order: AttemptOrder) => AttemptAnswer
  readonly bound?: Partial<RequestBound>
  readonly authorize?: Authorize
  /** By a vendor's own path, which nobody here reads. */
  readonly raw?: RawPassing
}
function setUp(options: Options): World {
  const sent: string[] = []
  const learned: [number, number][] = []
  const controller = new AbortController()
  const call = createCall({
    ledger: {
      extend: async () => ({ kind: 'lost' }),
      async openAttempt(order) {
        options.onOpen?.(controller)
        return options.answer?.(order) ?? { kind: 'opened' }
      },
    },
    egress: {
      async send({ onSent }) {
        if (options.bound !== undefined) onSent?.()
        sent.push('sent')
        return options.send(sent.length)
      },
      close: async () => undefined,
    },
    wires,
    scopesOf: () => ({ scopeIds: [] }),
    authorize: options.authorize ?? createAuthorize({ readSecret: async () => null, authorizers: {} }),
    costOf: () => nanoUsd(0),
    inputTokensMost: () => 0,
    drains: createDrains(1),
    onUsage: (_id, bytes, tokens) => void learned.push([bytes, tokens]),
    clock: systemClock,
    random: () => 0,
    limits: defaultLimits,
  })
  return {
    sent,
    learned,
    controller,
    run: async (first, ...rest) =>
      call({
        request: options.raw === undefined ? request : { ...request, passing: { prefix: 'vendor', raw: options.raw } },
        itinerary: { attempts: [{ deployment: first, reason: 'first' }, ...rest.map((one) => ({ deployment: one, reason: 'next' }))] },
        hold: {
          requestId: request.id,
          money: Promise.resolve({ nanoUsd: nanoUsd(0), outputTokensMax: null, outputTokensHeld: null }),
          outputTokensExpected: null,
          bound: { ...plainBound, ...options.bound },
          groups: [{ name: 'm', deployments: [first], fallbacks: [] }],
          release: () => undefined,
        },
        reply: { gone: controller.signal, started: false, start: () => undefined, write: async () => undefined, end: () => undefined, cut: () => undefined },
        arrivedUs: systemClock.monotonicUs(),
      }),
  }
}

describe('the call room', () => {
  afterEach(() => void vi.useRealTimers())
  it('waits before each retry for as long as the latest failure asked', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const busy = ['1', '4'].map((seconds) => reply(429, '{}', { 'retry-after': seconds }))
    const world = setUp({ send: (count) => busy[count - 1] ?? reply(200, '{"choices":[{"message":{"content":"hi"}}]}') })
    const outcome = world.run(deployment('a'), deployment('a'), deployment('a'))
    await vi.advanceTimersByTimeAsync(999)
    expect(world.sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(world.sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(3999)
    expect(world.sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(await outcome).toMatchObject({ end: 'answered', attempts: [{ end: 'failed' }, { end: 'failed' }, { end: 'answered' }] })
  })
  it.each<[string, RawPassing | undefined]>([
    ['a known path', undefined],
    ['a path of the vendor’s own', { method: 'GET', path: '/v1/things', headers: {}, named: null }],
  ])('says that a credential was refused, so that a token is fetched anew: %s', async (_name, raw) => {
    for (const status of [401, 403, 404]) {
      let refusals = 0
      const authorize: Authorize = async () => ({ headers: () => ({}), secrets: [], refused: () => void (refusals += 1) })
      await setUp({ send: () => reply(status, '{}'), authorize, ...(raw === undefined ? {} : { raw }) }).run(deployment('a'))
      expect([status, refusals]).toEqual([status, status === 404 ? 0 : 1])
    }
  })
  it('tells the first failure, and what the others were', async () => {
    const world = setUp({ send: (count) => reply(count === 1 ? 400 : 503, '{"error":{"message":"no"}}') })
    const outcome = await world.run(deployment('a'), deployment('b', 'f'))
    expect([outcome.status, outcome.failure?.status, outcome.failures?.map((failure) => failure.status)]).toEqual([400, 400, [400, 503]])
  })
  it('sends nothing and owes nothing when the caller leaves while the row is opened', async () => {
    const world = setUp({ send: () => reply(200, '{}'), onOpen: (controller) => controller.abort() })
    const outcome = await world.run(deployment('a'))
    expect(world.sent).toEqual([])
    expect(outcome).toMatchObject({ end: 'cut', status: 499, attempts: [{ ordinal: 1, end: 'cut', usage: null }] })
  })
  it('goes on to the next vendor when a provider’s budget is spent, and stops when the caller’s is', async () => {
    const spent = (kind: 'provider' | 'key'): AttemptAnswer => ({
      kind: 'refused',
      standing: {
        scopeId: scopeId(4),
        kind,
        ref: 'openai',
        limitNanoUsd: nanoUsd(1_000_000_000),
        duration: '1d',
        hard: true,
        settledNanoUsd: nanoUsd(900_000_000),
        heldNanoUsd: nanoUsd(50_000_000),
        periodStartMs: 0,
        periodEndMs: 86_400_000,
        increaseNanoUsd: nanoUsd(0),
      },
    })
    const answer = (order: AttemptOrder): AttemptAnswer => (order.deploymentId === 'a' ? spent('provider') : { kind: 'opened' })
    const world = setUp({ send: () => reply(200, '{"choices":[{"message":{"content":"hi"}}]}'), answer })
    expect(await world.run(deployment('a'), deployment('b'))).toMatchObject({ end: 'answered', attempts: [{ ordinal: 1, deployment: { id: 'b' } }] })
    const alone = await setUp({ send: () => reply(200, '{}'), answer }).run(deployment('a'))
    expect(alone).toMatchObject({ end: 'failed', attempts: [], failure: { code: 'insufficient_quota' } })
    expect(alone.failure?.message).toBe(
      'The budget of the provider openai does not cover this request: $0.90 spent and $0.05 reserved of $1.00. It resets at 1970-01-02T00:00:00.000Z.',
    )
    const stopped = setUp({ send: () => reply(200, '{}'), answer: () => spent('key') })
    expect(await stopped.run(deployment('a'), deployment('b'))).toMatchObject({ end: 'failed', attempts: [], failure: { code: 'insufficient_quota' } })
    expect(stopped.sent).toEqual([])
  })
  it('learns how dense a text is from calls with nothing but text', async () => {
    const answered = '{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}'
    const learnedFrom = async (bound: Partial<RequestBound>): Promise<[number, number][]> => {
      const world = setUp({ send: () => reply(200, answered), bound })
      await world.run(deployment('a'))
      return world.learned
    }
    expect(await learnedFrom({})).toEqual([[body.length, 9]])
    for (const media of [{ images: 1 }, { files: 1 }, { mediaBytes: 4 }]) expect(await learnedFrom(media)).toEqual([])
  })
  it('turns a bug into a failed attempt, so that its row can be closed', async () => {
    const broken = {
      ...reply(200, ''),
      body: {
        [Symbol.asyncIterator]: () => {
          throw new TypeError('a bug')
        },
      },
    }
    const world = setUp({ send: () => broken })
    const outcome = await world.run(deployment('a'), deployment('b'))
    expect(world.sent).toHaveLength(1)
    expect(outcome).toMatchObject({ end: 'failed', status: 500, failure: { code: 'internal' }, attempts: [{ ordinal: 1, end: 'failed', usage: null }] })
  })
  it('does not go back to a deployment that has ruled itself out, nor to a model that calls the request wrong', async () => {
    const denied = setUp({ send: (count) => (count === 1 ? reply(401, '{}') : reply(200, '{"choices":[{"message":{"content":"hi"}}]}')) })
    expect(await denied.run(deployment('a'), deployment('a'), deployment('b'))).toMatchObject({
      end: 'answered',
      attempts: [{ end: 'failed' }, { deployment: { id: 'b' } }],
    })
    const broke = setUp({
      send: (count) => (count === 1 ? reply(402, '{"error":{"message":"Insufficient Balance"}}') : reply(200, '{"choices":[{"message":{}}]}')),
    })
    expect(await broke.run(deployment('a'), deployment('a'), deployment('b'))).toMatchObject({
      end: 'answered',
      attempts: [{ upstreamStatus: 402 }, { deployment: { id: 'b' } }],
    })
    const wrong = setUp({ send: (count) => reply([500, 400][count - 1] ?? 200, '{"error":{"message":"no"}}') })
    const outcome = await wrong.run(deployment('a'), deployment('b'), deployment('c'))
    expect(outcome.attempts.map((attempt) => attempt.upstreamStatus)).toEqual([500, 400])
  })
})
