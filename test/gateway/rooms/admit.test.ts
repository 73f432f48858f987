// What admit asks the ledger for: every scope of the call, its tags with the key's own first, and whether anything limits it.
// Promises: the real wires and exposure; the ledger is one order. Leaves alone: what the ledger answers (journeys).

import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../gateway/contract/caller.ts'
import type { CallFacts, CallScopes } from '../../../gateway/contract/directory.ts'
import { GatewayError } from '../../../gateway/contract/errors.ts'
import { deploymentId, keyId, requestId, scopeId } from '../../../gateway/contract/ids.ts'
import type { HoldAnswer, HoldOrder } from '../../../gateway/contract/ledger.ts'
import { nanoUsd, picoUsd } from '../../../gateway/contract/money.ts'
import type { Catalog, ModelGroup } from '../../../gateway/contract/provider.ts'
import type { InferenceRequest } from '../../../gateway/contract/request.ts'
import { content } from '../../../gateway/contract/sealed.ts'
import { systemClock } from '../../../gateway/kit/clock.ts'
import { createLimiter } from '../../../gateway/limits/limiter.ts'
import { exposureOf } from '../../../gateway/prices/exposure.ts'
import { openaiCompatible } from '../../../gateway/providers/openai-compatible.ts'
import { createAdmit } from '../../../gateway/rooms/admit.ts'
import { wires } from '../../../gateway/translate/index.ts'

const json = { model: 'm', messages: [{ role: 'user', content: 'hello' }], max_tokens: 50 }
const body = Buffer.from(JSON.stringify(json))
const request: InferenceRequest = {
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
  trace: { traceId: null, sessionId: null, endUser: 'ann', userAgent: null, clientIp: null, tags: ['eu'] },
}
const caller: Caller = {
  kind: 'key',
  keyId: keyId(7),
  keyName: 'k',
  teamId: null,
  teamAlias: null,
  scopes: [scopeId(1), scopeId(2)],
  budgeted: false,
  tags: ['prod'],
  rates: [],
  models: [],
  teamModels: [],
  metadata: {},
}
const group: ModelGroup = {
  name: 'm',
  fallbacks: [],
  deployments: [
    {
      id: deploymentId('d'),
      modelName: 'm',
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
      price: { digest: 'd', source: 'model', note: 'n', prices: { input: { pico: picoUsd(1000), tiers: [] }, output: { pico: picoUsd(2000), tiers: [] } } },
      origin: 'ledger',
      modelInfo: {},
      facts: { contextTokensMax: null, outputTokensMax: 100, imageTokensMax: null, fileTokensMax: null, capabilities: [] },
    },
  ],
}
const held: HoldAnswer = { kind: 'held', heldNanoUsd: nanoUsd(9), outputTokensMax: 30, mode: 'strict', outputTokensHeld: 30 }

function setUp(scopes: CallScopes, answer: HoldAnswer = held) {
  const orders: HoldOrder[] = []
  const asked: CallFacts[] = []
  const catalog = { find: (name: string) => (name === 'm' ? group : null) } as Catalog
  const admit = createAdmit({
    catalog: () => catalog,
    ledger: { hold: async (order) => (orders.push(order), answer) },
    limiter: createLimiter(systemClock),
    wires,
    exposureOf,
    blockOf: () => null,
    scopesOf: (_caller, facts) => (asked.push(facts), scopes),
    outputTokensFloor: 1,
  })
  return { admit, orders, asked }
}

describe('admit', () => {
  it('holds in every scope of the call, and caps its output when one of them limits it', async () => {
    const { admit, orders, asked } = setUp({ scopeIds: [scopeId(1), scopeId(2), scopeId(9)], budgeted: true })
    const hold = await admit(caller, request)
    expect(asked).toEqual([{ model: 'm', endUser: 'ann', tags: ['prod', 'eu'] }])
    expect(orders).toMatchObject([{ scopes: [1, 2, 9], budgeted: true, trace: { endUser: 'ann', tags: ['prod', 'eu'] }, exposure: { outputTokensMax: 50 } }])
    expect(await hold.money).toMatchObject({ outputTokensMax: 30 })
  })

  it('sets no cap where nothing limits the call', async () => {
    const { admit, orders } = setUp({ scopeIds: caller.scopes, budgeted: false })
    expect(await (await admit(caller, request)).money).toMatchObject({ outputTokensMax: null })
    expect(orders).toMatchObject([{ scopes: [1, 2], budgeted: false }])
  })

  it('says whose budget refused', async () => {
    const standing = {
      scopeId: scopeId(9),
      kind: 'customer',
      ref: 'ann',
      limitNanoUsd: nanoUsd(1_000_000_000),
      duration: null,
      hard: true,
      settledNanoUsd: nanoUsd(1_000_000_000),
      heldNanoUsd: nanoUsd(0),
      periodStartMs: 0,
      periodEndMs: null,
      increaseNanoUsd: nanoUsd(500_000_000),
    } as const
    const { admit } = setUp({ scopeIds: caller.scopes, budgeted: true }, { kind: 'refused', standing, neededNanoUsd: nanoUsd(700_000_000) })
    const refused = await (
      await admit(caller, request)
    ).money.then(
      () => null,
      (error: unknown) => (error instanceof GatewayError ? error.message : null),
    )
    expect(refused).toBe('The budget of the customer ann does not cover this request: $1.00 spent and $0.00 reserved of $1.50; up to $0.70 needed.')
  })
})
