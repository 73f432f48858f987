// The corridor: every visit, however it ends, is settled and recorded exactly once, before its last byte.

import { describe, expect, it } from 'vitest'
import type { Caller } from '../../gateway/contract/caller.ts'
import { refuse } from '../../gateway/contract/errors.ts'
import type { Hold } from '../../gateway/contract/hold.ts'
import { keyId, requestId } from '../../gateway/contract/ids.ts'
import type { Itinerary, Outcome } from '../../gateway/contract/itinerary.ts'
import { nanoUsd } from '../../gateway/contract/money.ts'
import type { Reply } from '../../gateway/contract/reply.ts'
import { asGuarded, type InferenceRequest } from '../../gateway/contract/request.ts'
import { content } from '../../gateway/contract/sealed.ts'
import { createFlow, type Rooms } from '../../gateway/flow.ts'
import { plainBound } from '../kit/plain-bound.ts'

const request: InferenceRequest = {
  id: requestId('req_1'),
  surface: 'openai',
  operation: 'chat',
  wire: 'openai-chat',
  model: 'm',
  stream: false,
  body: content(Buffer.from('{}')),
  json: content({}),
  bodyBytes: 2,
  receivedAtMs: 0,
  trace: { traceId: null, sessionId: null, endUser: null, userAgent: null, clientIp: null, tags: [] },
}
const caller: Caller = {
  kind: 'key',
  keyId: keyId(1),
  keyName: 'k',
  teamId: null,
  teamAlias: null,
  scopes: [],
  budgeted: false,
  tags: [],
  rates: [],
  models: [],
  teamModels: [],
  metadata: {},
}
const answered: Outcome = {
  end: 'answered',
  status: 200,
  attempts: [],
  lastBytes: { head: { status: 200, headers: {} }, bytes: Buffer.from('hello') },
  failure: null,
  dropped: [],
}

interface Trail {
  readonly steps: string[]
  readonly visits: Parameters<Rooms['record']>[0][]
}

/** Rooms that note their turn, with one replaced; and a reply that notes what reached the caller. */
function setUp(change: Partial<Rooms> = {}): { trail: Trail; run: (idempotencyKey?: string) => Promise<void>; reply: Reply & { started: boolean } } {
  const trail: Trail = { steps: [], visits: [] }
  const step = <Value>(name: string, value: Value): Value => {
    trail.steps.push(name)
    return value
  }
  const hold: Hold = {
    requestId: request.id,
    money: Promise.resolve({ nanoUsd: nanoUsd(0), outputTokensMax: null, outputTokensHeld: null }),
    outputTokensExpected: null,
    bound: plainBound,
    groups: [{ name: 'm', deployments: [] as never, fallbacks: [] }],
    release: () => step('release', undefined),
  }
  const rooms: Rooms = {
    identify: () => step('identify', caller),
    replay: async (visit) => step('replay', { kind: 'first', reply: visit.reply, close: () => step('close', undefined) }),
    converse: { resume: (_caller, asked) => step('resume', asked), keep: () => step('keep', undefined) },
    admit: async () => step('admit', hold),
    guard: async (guarded) => step('guard', asGuarded(guarded)),
    route: () => step('route', {} as Itinerary),
    call: async () => step('call', answered),
    settle: () => step('settle', []),
    record: async (visit) => {
      trail.visits.push(visit)
      step('record', undefined)
    },
    ...change,
  }
  const reply = {
    gone: new AbortController().signal,
    started: false,
    start(this: { started: boolean }) {
      this.started = true
      step('start', undefined)
    },
    write: async () => undefined,
    end: () => step('end', undefined),
    cut: () => step('cut', undefined),
  }
  const flow = createFlow(rooms, { nowMs: () => 0, monotonicUs: () => 0 })
  return { trail, reply, run: async (key) => flow({ request, credential: null, ...(key === undefined ? {} : { idempotencyKey: key }), arrivedUs: 0 }, reply) }
}

describe('the corridor', () => {
  it('walks the rooms in order and sends the last byte after the record', async () => {
    const { trail, run } = setUp()
    await run()
    expect(trail.steps).toEqual(['identify', 'resume', 'admit', 'guard', 'route', 'call', 'keep', 'settle', 'record', 'release', 'start', 'end'])
    expect(trail.visits[0]?.stages.map((stage) => stage.name)).toEqual(['receive', 'identify', 'admit', 'guard', 'route', 'call', 'settle'])
  })

  it('looks for a kept answer right after identify, and closes the first use of a key before the last byte', async () => {
    const { trail, run } = setUp()
    await run('k')
    const walked = ['identify', 'replay', 'resume', 'admit', 'guard', 'route', 'call', 'keep', 'settle', 'record', 'release', 'close', 'start', 'end']
    expect(trail.steps).toEqual(walked)
  })

  it('sends through the reply of the first use, so that every byte is noted', async () => {
    const noted: string[] = []
    const { run } = setUp({
      replay: async ({ reply }) => ({ kind: 'first', reply: { ...reply, end: () => void noted.push('end') }, close: () => noted.push('close') }),
      call: async ({ reply }) => {
        reply.start(200, {})
        await reply.write(Buffer.from('x'))
        return answered
      },
    })
    await run('k')
    expect(noted).toEqual(['close', 'end'])
  })

  it('sends a kept answer without passing any room that may charge, and records what it saved', async () => {
    const { trail, run } = setUp({
      replay: async () => ({
        kind: 'again',
        outcome: answered,
        savedNanoUsd: nanoUsd(700),
        release: () => void trail.steps.push('turn released'),
      }),
    })
    await run('k')
    expect(trail.steps).toEqual(['identify', 'settle', 'record', 'turn released', 'start', 'end'])
    expect(trail.visits).toMatchObject([
      { hold: null, savedNanoUsd: 700n, stages: [{ name: 'receive' }, { name: 'identify' }, { name: 'replay' }, { name: 'settle' }] },
    ])
  })

  it('records a key that is refused like any refusal', async () => {
    const { trail, run } = setUp({
      replay: async () => {
        throw refuse('idempotency_conflict')
      },
    })
    await expect(run('k')).rejects.toThrow('another request')
    expect(trail.steps).toEqual(['identify', 'settle', 'record'])
    expect(trail.visits[0]).toMatchObject({ hold: null, outcome: null })
  })

  const boom = refuse('internal')
  const fails: readonly (readonly [string, Partial<Rooms>])[] = [
    [
      'identify',
      {
        identify: () => {
          throw refuse('invalid_api_key', { reason: 'x' })
        },
      },
    ],
    [
      'admit',
      {
        admit: async () => {
          throw refuse('model_not_found', { model: 'm' })
        },
      },
    ],
    [
      'guard',
      {
        guard: async () => {
          throw refuse('guardrail_blocked', { guardrail: 'g', reason: 'x' })
        },
      },
    ],
    [
      'route',
      {
        route: () => {
          throw boom
        },
      },
    ],
    [
      'call',
      {
        call: async () => {
          throw boom
        },
      },
    ],
    ['call, as a value', { call: async () => ({ ...answered, end: 'failed' as const, lastBytes: null, failure: boom }) }],
  ]
  it.each(fails)('records exactly once and throws for the door when it ends in %s', async (_name, change) => {
    const { trail, run } = setUp(change)
    await expect(run()).rejects.toThrow()
    expect(trail.visits).toHaveLength(1)
    expect(trail.visits[0]?.failure).not.toBeNull()
    expect(trail.steps).not.toContain('end')
  })

  it('closes the first use of a key on every way out after it', async () => {
    for (const [name, change] of fails.slice(1)) {
      const { trail, run } = setUp(change)
      await run('k').catch(() => undefined)
      expect(
        trail.steps.filter((step) => step === 'close'),
        name,
      ).toHaveLength(1)
    }
  })

  it('gives the parallel slot back on every way out that had one', async () => {
    for (const [name, change] of fails.slice(3)) {
      const { trail, run } = setUp(change)
      await run().catch(() => undefined)
      expect(
        trail.steps.filter((step) => step === 'release'),
        name,
      ).toHaveLength(1)
    }
  })

  it('ends a started reply quietly when the call breaks: the wire has already said it', async () => {
    const { trail, run, reply } = setUp({
      call: async () => {
        reply.started = true
        throw boom
      },
    })
    await run()
    expect(trail.visits).toHaveLength(1)
    expect(trail.steps.at(-1)).toBe('end')
  })
})
