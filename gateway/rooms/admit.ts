// May this caller make this call: model access, rate and parallel limits, then money reserved in every scope or in none.
// Promises: cheapest refusal first; a refused request uses nothing up, not even its place in the minute. The ledger's answer is not waited for
// here: it comes with the first attempt's row, in one message and one commit.
// Leaves alone: how limits are counted (limits/), how money is held (ledger/), where the request goes (route).

import { wordBudget } from '../contract/budget-words.ts'
import { mayUseModel, type Caller } from '../contract/caller.ts'
import type { CallFacts, CallScopes } from '../contract/directory.ts'
import { refuse, type GatewayError } from '../contract/errors.ts'
import type { Hold } from '../contract/hold.ts'
import { isNonEmpty, type NonEmpty } from '../contract/ids.ts'
import type { HoldOrder, LedgerPort } from '../contract/ledger.ts'
import type { Limiter, RateRefusal } from '../contract/limits.ts'
import type { Exposure } from '../contract/price.ts'
import type { Catalog, Deployment, ModelGroup } from '../contract/provider.ts'
import { withTags, type InferenceRequest, type Operation, type Passing } from '../contract/request.ts'
import type { RequestBound, SentBody, Wires } from '../contract/wire.ts'

export type ExposureAnswer =
  | { readonly kind: 'bounded'; readonly exposure: Exposure }
  | { readonly kind: 'unpriced'; readonly model: string }
  | { readonly kind: 'unbounded'; readonly names: readonly string[] }

export interface AdmitTools {
  readonly catalog: () => Catalog
  readonly ledger: Pick<LedgerPort, 'hold'>
  readonly limiter: Limiter
  readonly wires: Wires
  readonly exposureOf: (candidates: NonEmpty<Deployment>, bound: RequestBound, bodyBytes: number) => ExposureAnswer
  /** Every scope this call is counted in. */
  readonly scopesOf: (caller: Caller, facts: CallFacts) => CallScopes
  /** What a call held in blocks holds at first; null: it cannot be held in blocks. */
  readonly blockOf: (candidates: NonEmpty<Deployment>, bound: RequestBound, request: InferenceRequest) => HoldOrder['block']
  readonly outputTokensFloor: number
  /** Where a request by a vendor's own path goes. */
  readonly findPassage?: (passing: Pick<Passing, 'prefix' | 'asked'>, model: string) => Promise<ModelGroup>
}
export type Admit = (caller: Caller, request: InferenceRequest) => Promise<Hold>

/** @throws GatewayError model_not_found, model_not_allowed, model_unpriced, request_unbounded, rate_limit_exceeded, concurrency_limit. Money is refused through the hold. */
export function createAdmit(tools: AdmitTools): Admit {
  return async (caller, request) => {
    const able = request.passing === undefined ? findGroups(caller, request, tools) : await findPassage(caller, { request, passing: request.passing }, tools)
    const early = tools.limiter.check(caller.rates)
    if (early !== null) throw wordRate(early)
    const bound = boundOf(request, able, tools.wires)
    const trace = withTags(request.trace, caller.tags)
    const { scopeIds, budgeted } = tools.scopesOf(caller, { model: able[0].name, endUser: trace.endUser, tags: trace.tags })
    const groups = affordableGroups({ budgeted, request, groups: able, bound }, tools)
    const exposure = exposureFor({ budgeted, request, groups, bound }, tools)
    const charge = tools.limiter.charge(caller.rates)
    if (charge.kind === 'refused') throw wordRate(charge.refusal)
    const capOf = (affordable: number): number | null => capFor(affordable, { budgeted, exposure, bound })
    const money = tools.ledger
      .hold({
        requestId: request.id,
        keyId: caller.keyId,
        teamId: caller.teamId,
        scopes: scopeIds,
        unlimited: caller.kind !== 'key',
        budgeted,
        exposure,
        outputTokensFloor: floorOf(bound, exposure, tools),
        block: budgeted && exposure !== null ? tools.blockOf(candidatesOf(groups), bound, request) : null,
        receivedAtMs: request.receivedAtMs,
        operation: request.operation,
        wire: request.wire,
        stream: request.stream,
        model: request.model,
        trace,
      })
      .then((answer) => {
        if (answer.kind === 'refused') throw refuse('insufficient_quota', { reason: wordBudget(answer.standing, answer.neededNanoUsd) })
        const outputTokensHeld = answer.mode === 'block' ? answer.outputTokensHeld : null
        return { nanoUsd: answer.heldNanoUsd, outputTokensMax: capOf(answer.outputTokensMax), outputTokensHeld }
      })
    // Whoever dispatches waits for it; a visit that ends before that must not leave its rejection unheard.
    money.catch(charge.undo)
    return {
      requestId: request.id,
      money,
      outputTokensExpected: exposure === null ? null : capOf(exposure.outputTokensMax),
      bound,
      groups,
      release: charge.release,
    }
  }
}

function findGroups(caller: Caller, request: InferenceRequest, tools: AdmitTools): NonEmpty<ModelGroup> {
  const catalog = tools.catalog()
  const asked = catalog.find(request.model)
  if (asked === null) throw refuse('model_not_found', { model: request.model }, { param: 'model' })
  if (!mayUseModel(caller, request.model) && !mayUseModel(caller, asked.name)) throw refuse('model_not_allowed', { model: request.model }, { param: 'model' })
  const fallbacks = asked.fallbacks.filter((name) => mayUseModel(caller, name)).map((name) => catalog.find(name))
  const able = [asked, ...fallbacks].map((group) => narrow(group, request, tools.wires)).filter((group) => group !== null)
  if (!isNonEmpty(able))
    throw refuse('invalid_request', { reason: `The model ${request.model} does not serve ${request.operation} requests.` }, { param: 'model' })
  return able
}

/**
 * A key that is kept to some models may pass what names one of them, under the vendor's name or with its prefix, or everything at a vendor whose prefix
 * it is given. By a path that nothing here reads, only the path can name it: a vendor ignores the model of a body that asks for files. What only reads
 * is no exception: an account's files and threads are everybody's who pays with it.
 */
async function findPassage(
  caller: Caller,
  { request, passing }: { readonly request: InferenceRequest; readonly passing: Passing },
  tools: AdmitTools,
): Promise<NonEmpty<ModelGroup>> {
  const { prefix, raw } = passing
  const model = raw === null ? request.model : (raw.named ?? '')
  const names = model === '' ? [prefix] : [model, `${prefix}/${model}`, prefix]
  if (!names.some((name) => mayUseModel(caller, name))) throw refuse('model_not_allowed', { model: model === '' ? prefix : model }, { param: 'model' })
  if (tools.findPassage === undefined) throw refuse('internal')
  const group = await tools.findPassage(passing, request.model)
  const speaks = raw !== null || passing.asked !== undefined || group.deployments.some(({ provider }) => provider.wires[request.wire] !== undefined)
  if (!speaks) throw refuse('invalid_request', { reason: `What answers at /${prefix} does not speak ${request.wire}.` })
  return [group]
}

/** Leaves the deployments that speak the caller's wire or one it can be translated to. */
function narrow(group: ModelGroup | null, request: InferenceRequest, wires: Wires): ModelGroup | null {
  if (group === null) return null
  const able = group.deployments.filter(
    (deployment) => (request.pinned === undefined || deployment.id === request.pinned) && serves(deployment, request.operation, wires),
  )
  return isNonEmpty(able) ? { ...group, deployments: able } : null
}

function serves(deployment: Deployment, operation: Operation, wires: Wires): boolean {
  const spoken = deployment.provider.wires
  return Object.values(wires).some(
    (wire) => spoken[wire.id] !== undefined && (wire.operation === operation || (operation === 'completion' && wire.operation === 'chat')),
  )
}

function boundOf(request: InferenceRequest, groups: NonEmpty<ModelGroup>, wires: Wires): RequestBound {
  const raw = request.passing?.raw ?? null
  if (raw !== null) {
    const nothing = { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1 }
    // Only the vendor knows what it does, unless an administrator says what every call of it costs.
    const isSoldByCall = candidatesOf(groups).every(({ ownPath, price }) => ownPath === true && price !== null)
    return isSoldByCall ? { ...nothing, units: oneCall, unbounded: [] } : { ...nothing, unbounded: [`${raw.method} by the vendor's own path`] }
  }
  const { inbound, pass } = wires[request.wire]
  const sent: SentBody = {
    bytes: request.body.open(),
    ...(request.contentType === undefined ? {} : { contentType: request.contentType }),
    ...(request.dialectHeaders === undefined ? {} : { headers: request.dialectHeaders }),
  }
  const bound = inbound === undefined ? pass?.bound?.(request.json.open(), sent) : inbound.bound(request.json.open(), sent)
  if (bound === undefined) throw refuse('internal')
  return bound
}

const oneCall = { most: { calls: 1 }, about: { calls: 1 }, guessed: [], tokens: {} }

interface Asked {
  /** A scope of the call has a hard limit. */
  readonly budgeted: boolean
  readonly request: InferenceRequest
  readonly groups: NonEmpty<ModelGroup>
  readonly bound: RequestBound
}

/** null only where nobody limits the money: then what cannot be bounded or priced is allowed, and flagged when it settles. */
function exposureFor({ budgeted, request, groups, bound }: Asked, tools: AdmitTools): Exposure | null {
  const answer = tools.exposureOf(candidatesOf(groups), bound, request.bodyBytes)
  if (answer.kind === 'bounded') return answer.exposure
  if (!budgeted) return null
  // By a path whose meaning only the vendor knows, no price would help.
  if (request.passing !== undefined && request.passing.raw !== null) throw refuse('request_unbounded', { names: bound.unbounded.join(', ') })
  throw answer.kind === 'unpriced' ? refuse('model_unpriced', { model: answer.model }) : refuse('request_unbounded', { names: answer.names.join(', ') })
}

/** Of the whole call, like the exposure: each choice must be worth calling for. What no field caps is paid for whole or not at all. */
function floorOf(bound: RequestBound, exposure: Exposure | null, tools: AdmitTools): number {
  return bound.units === undefined ? tools.outputTokensFloor * Math.max(1, bound.choices) : (exposure?.outputTokensMax ?? 0)
}

function candidatesOf([asked, ...fallbacks]: NonEmpty<ModelGroup>): NonEmpty<Deployment> {
  const [first, ...rest] = asked.deployments
  return [first, ...rest, ...fallbacks.flatMap((group) => [...group.deployments])]
}

/** A fallback that a hard budget cannot cover is left out; only the model that was asked for can refuse the request. */
function affordableGroups({ budgeted, request, groups, bound }: Asked, tools: AdmitTools): NonEmpty<ModelGroup> {
  const [asked, ...fallbacks] = groups
  if (!budgeted) return groups
  return [asked, ...fallbacks.filter((group) => tools.exposureOf(group.deployments, bound, request.bodyBytes).kind === 'bounded')]
}

function capFor(affordable: number, call: { budgeted: boolean; exposure: Exposure | null; bound: RequestBound }): number | null {
  // What is free needs no cap.
  if (!call.budgeted || call.exposure === null || call.exposure.outputTokensMax === 0 || call.exposure.outputPico === 0n) return null
  return Math.floor(affordable / Math.max(1, call.bound.choices))
}

function wordRate(refusal: RateRefusal): GatewayError {
  if (refusal.kind === 'parallel') {
    return refuse(
      'concurrency_limit',
      { reason: `The ${refusal.label} already has ${refusal.limit} requests running, which is its limit.` },
      { retryAfterS: 1 },
    )
  }
  const reason = `The ${refusal.label} has reached its limit of ${refusal.limit} requests per minute. Try again in ${refusal.retryAfterS} s.`
  return refuse('rate_limit_exceeded', { reason }, { retryAfterS: refusal.retryAfterS })
}
