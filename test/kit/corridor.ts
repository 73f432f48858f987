// The real corridor on a ledger in memory: real rooms, wires and books; only the network, the clock of the caller and faults are given.
// Promises: what a visit leaves behind can be read from the books at once. Leaves alone: HTTP, threads, what is asserted.

import { createAuthorize } from '../../gateway/authorize/index.ts'
import { defaultLimits } from '../../gateway/config.ts'
import type { Caller } from '../../gateway/contract/caller.ts'
import type { Limits } from '../../gateway/contract/config.ts'
import type { CallScopes } from '../../gateway/contract/directory.ts'
import type { EgressReply } from '../../gateway/contract/egress.ts'
import { deploymentId, requestId } from '../../gateway/contract/ids.ts'
import type { JsonObject } from '../../gateway/contract/json.ts'
import { nanoUsd } from '../../gateway/contract/money.ts'
import type { PriceCard } from '../../gateway/contract/price.ts'
import type { Catalog, Deployment, Provider } from '../../gateway/contract/provider.ts'
import type { Reply } from '../../gateway/contract/reply.ts'
import type { InferenceRequest } from '../../gateway/contract/request.ts'
import { content, secret } from '../../gateway/contract/sealed.ts'
import { oneWindow, type Budget } from '../../gateway/contract/scope.ts'
import { createFlow } from '../../gateway/flow.ts'
import { systemClock } from '../../gateway/kit/clock.ts'
import { createLimiter } from '../../gateway/limits/limiter.ts'
import { createBlockOf } from '../../gateway/prices/block.ts'
import { createCalibration } from '../../gateway/prices/calibration.ts'
import { exposureOf, inputTokensMost } from '../../gateway/prices/exposure.ts'
import { createAdmit } from '../../gateway/rooms/admit.ts'
import { createCall } from '../../gateway/rooms/call/call.ts'
import { createDrains, type Drains } from '../../gateway/rooms/call/drains.ts'
import { createGuard } from '../../gateway/rooms/guard.ts'
import { createRecord } from '../../gateway/rooms/record.ts'
import { createRoute } from '../../gateway/rooms/route.ts'
import { settle } from '../../gateway/rooms/settle.ts'
import { wires } from '../../gateway/translate/index.ts'
import { portOf, readBooked, sumOf, type BookedVisit } from './memory-books.ts'
import type { CallerLine, Script } from './scripted-vendor.ts'
import { deploymentOf as plainDeployment } from './translated-call.ts'
import { card, createBench, keyDraft, startMs, violations, type Who } from '../gateway/ledger/fixture.ts'

/** Tools that can be made to throw, at their nth use. */
export type Tool = 'hold' | 'extend' | 'open' | 'record' | 'send' | 'piece' | 'write' | 'secret' | 'guard'
export interface Fault {
  readonly tool: Tool
  readonly nth: number
  readonly error: () => Error
}
export interface CorridorOptions {
  readonly provider: Provider
  readonly price?: PriceCard
  readonly capabilities?: readonly string[]
  readonly limits?: Partial<Limits>
  readonly budget?: Budget
  readonly deployments?: number
  /** Retries within the group; none unless said. */
  readonly retries?: number
}
export interface Visited {
  readonly id: string
  readonly heard: string
  readonly threw: unknown
  /** The fault that was given has happened. */
  readonly faulted: boolean
}
export interface Corridor {
  readonly drains: Drains
  /** Resolves when the visit is over, whatever came of it. */
  visit(body: JsonObject, script: Script, fault?: Fault): Promise<Visited>
  booked(id: string): BookedVisit | null
  heldNanoUsd(): bigint
  spentNanoUsd(): bigint
  violations(): readonly unknown[]
  crash(): void
  close(): void
}

const encoded = (body: JsonObject): Buffer => Buffer.from(JSON.stringify(body))

const callerOf = (who: Who): Caller => ({
  kind: 'key',
  keyId: who.keyId,
  keyName: 'leaver',
  teamId: null,
  teamAlias: null,
  scopes: who.scopes,
  budgeted: true,
  rates: [],
  models: [],
  teamModels: [],
  tags: [],
  metadata: {},
})

export function createCorridor(options: CorridorOptions): Corridor {
  const bench = createBench()
  const who = bench.key(keyDraft('leaver', { budget: options.budget ?? oneWindow(nanoUsd(10n ** 15n), null) }))
  const limits = { ...defaultLimits, ...options.limits }
  const drains = createDrains(limits.drainCallsMax)
  const calibration = createCalibration()
  const caller = callerOf(who)
  const catalog = catalogOf(options)
  const scopesOf = (): CallScopes => ({ scopeIds: who.scopes, budgeted: true })
  let count = 0
  return {
    drains,
    async visit(body, script, fault) {
      count += 1
      const { fail, happened } = createFaults(fault)
      const line = createLine(fail)
      const request = requestOf(count, body)
      const ledger = portOf(bench, fail)
      const flow = createFlow(
        {
          identify: () => caller,
          // No visit here names an Idempotency-Key.
          replay: async () => ({ kind: 'first', reply: line.reply, close: () => undefined }),
          converse: { resume: (_caller, asked) => asked, keep: () => undefined },
          admit: createAdmit({
            catalog: () => catalog,
            ledger,
            limiter: createLimiter(systemClock),
            wires,
            exposureOf,
            blockOf: createBlockOf({ calibration, outputBlockTokens: limits.outputBlockTokens }),
            scopesOf,
            outputTokensFloor: 1,
          }),
          guard: createGuard([{ id: 'fault', stage: 'request', inspect: async () => (fail('guard'), { kind: 'pass' }) }]),
          route: createRoute({ random: () => 0.5, retries: () => options.retries ?? 0, attemptsMax: 4 }),
          call: createCall({
            ledger,
            egress: {
              send: async (sent) => (fail('send'), wrap(await script(sent, line.far), fail)),
              close: async () => undefined,
            },
            wires,
            authorize: createAuthorize({ readSecret: async () => (fail('secret'), secret('sk-of-the-vendor')), authorizers: {} }),
            costOf: (usage, price) => settle([{ usage, price }])[0]?.costNanoUsd ?? nanoUsd(0),
            inputTokensMost,
            scopesOf: () => ({ scopeIds: [], budgeted: false }),
            drains,
            onUsage: calibration.learn,
            clock: systemClock,
            random: () => 0,
            limits,
          }),
          settle,
          record: createRecord({ ledger, waitMs: 60_000, onTrouble: () => undefined }),
        },
        systemClock,
      )
      let threw: unknown = null
      await flow({ request, credential: null, arrivedUs: systemClock.monotonicUs() }, line.reply).catch((error: unknown) => (threw = error))
      return { id: request.id, heard: line.far.heard, threw, faulted: happened() }
    },
    booked: (id) => readBooked(bench, id),
    heldNanoUsd: () => sumOf(bench, 'held_nusd'),
    spentNanoUsd: () => sumOf(bench, 'settled_nusd'),
    violations: () => violations(bench),
    crash: () => bench.crash(),
    close: () => bench.close(),
  }
}

type Fail = (tool: Tool) => void
function createFaults(fault: Fault | undefined): { readonly fail: Fail; happened(): boolean } {
  let uses = 0
  return {
    happened: () => fault !== undefined && uses >= fault.nth,
    fail(tool) {
      if (tool !== fault?.tool) return
      uses += 1
      if (uses === fault.nth) throw fault.error()
    },
  }
}

function requestOf(count: number, body: JsonObject): InferenceRequest {
  const bytes = encoded(body)
  return {
    id: requestId(`req_${count}`),
    surface: 'openai',
    operation: 'chat',
    wire: 'openai-chat',
    model: 'm',
    stream: body['stream'] === true,
    body: content<Uint8Array>(bytes),
    json: content(body),
    bodyBytes: bytes.length,
    receivedAtMs: startMs,
    trace: { traceId: null, sessionId: null, endUser: null, userAgent: null, clientIp: null, tags: [] },
  }
}

function createLine(fail: Fail): { readonly reply: Reply; readonly far: CallerLine } {
  const controller = new AbortController()
  let started = false
  let heard = ''
  const take = (bytes: Uint8Array | undefined): void => void (heard += Buffer.from(bytes ?? []).toString('utf8'))
  return {
    reply: {
      gone: controller.signal,
      get started() {
        return started
      },
      start: () => void (started = true),
      async write(bytes) {
        fail('write')
        take(bytes)
      },
      end: take,
      cut: () => undefined,
    },
    far: {
      leave: () => controller.abort(),
      get heard() {
        return heard
      },
    },
  }
}

function wrap(reply: EgressReply, fail: Fail): EgressReply {
  return {
    ...reply,
    body: (async function* () {
      for await (const piece of reply.body) {
        fail('piece')
        yield piece
      }
    })(),
  }
}

function catalogOf({ provider, price, deployments, capabilities }: CorridorOptions): Catalog {
  const made = Array.from({ length: deployments ?? 1 }, (_, index) =>
    deploymentOf(`dep_${index}`, provider, { price: price ?? card, capabilities: capabilities ?? [] }),
  )
  const [first, ...rest] = made
  if (first === undefined) throw new Error('no deployment')
  const group = { name: 'm', deployments: [first, ...rest] as const, fallbacks: [] }
  return { find: () => group, names: () => ['m'], patterns: () => [], deployments: () => made, retries: 1 }
}

function deploymentOf(id: string, provider: Provider, { price, capabilities }: { price: PriceCard; capabilities: readonly string[] }): Deployment {
  const plain = plainDeployment(provider, 'u')
  return {
    ...plain,
    id: deploymentId(id),
    baseUrl: 'http://vendor.example/v1',
    credential: 'os.environ/VENDOR_KEY',
    price,
    facts: { ...plain.facts, contextTokensMax: 1000, capabilities },
  }
}
