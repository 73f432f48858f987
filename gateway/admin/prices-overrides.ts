// The administrator's own price of a model, from a moment on, and what applies to a model now.
// Promises: no change is lost: each one is kept, and ends where the next begins. In-file prices stay and win, and the answer says so.
// Leaves alone: imported tables (prices-tables.ts), what past requests cost (prices-reprice.ts).

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import type { Prices } from '../contract/prices.ts'
import type { JsonRoute, RouteAnswer, RouteCall } from '../contract/route.ts'
import { isWildcard } from '../contract/wildcard.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { name } from './fields.ts'
import { deploymentPriceRow, isoOf, overrideRow, toDeploymentPriceRow, toHistoryRows } from './prices-shape.ts'
import { changerOf } from './prices-tables.ts'
import { readTime } from './zone-time.ts'

const decimal = z.string().max(60)
const line = z.union([
  decimal,
  z.strictObject({
    usd: decimal,
    tiers: z
      .array(z.strictObject({ aboveInputTokens: z.int().min(1), usd: decimal }))
      .max(20)
      .optional(),
  }),
])
const from = z.string().max(40).meta({ description: 'Since when: a date, an ISO time or epoch milliseconds; now when left out. May lie ahead.' })
const overrideBody = z.strictObject({
  model: name.meta({ description: 'The public name, or the vendor’s own name of the model.' }),
  prices: z.record(z.string(), line).meta({ description: 'By meter, dollars per unit as decimal text: {"input": "0.0000025", "output": "0.00001"}.' }),
  from: from.optional(),
  note: z.string().max(1000).optional(),
})
const removeQuery = z.strictObject({ from: from.optional() })
const modelReply = z.strictObject({
  model: z.string(),
  deployments: z.array(deploymentPriceRow),
  override: overrideRow.nullable(),
  history: z.array(overrideRow),
})
const unpricedReply = z.strictObject({
  deployments: z.array(z.strictObject({ id: z.string(), model_name: z.string(), provider: z.string(), upstream_model: z.string(), reason: z.string() })),
  requests: z.array(z.strictObject({ model: z.string(), requests: z.int(), last_at: z.string(), reason: z.string() })),
})

export function createPriceOverrideRoutes(deps: AdminDeps): readonly JsonRoute[] {
  const shared = { auth: 'admin', tag: 'prices' } as const
  return [
    defineRoute(deps, {
      ...shared,
      method: 'POST',
      path: '/prices/override',
      summary: 'Set your own price of a model, from now or from a date on',
      body: overrideBody,
      reply: modelReply,
      handle: (call) => setOverride(deps, call),
    }),
    defineRoute(deps, {
      ...shared,
      method: 'DELETE',
      path: '/prices/override/{model*}',
      summary: 'End your own price of a model; its history stays',
      query: removeQuery,
      reply: modelReply,
      handle: (call) => endOverride(deps, call),
    }),
    defineRoute(deps, {
      ...shared,
      method: 'GET',
      path: '/prices/unpriced',
      summary: 'Models without a price',
      reply: unpricedReply,
      handle: () => unpriced(deps),
    }),
    defineRoute(deps, {
      ...shared,
      method: 'GET',
      path: '/prices/{model*}',
      summary: 'What applies to a model now, from where, and the history of its overrides',
      reply: modelReply,
      handle: (call) => readModel(deps, call),
    }),
  ]
}

async function setOverride(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof overrideBody>>): Promise<RouteAnswer> {
  const { model, note } = call.body
  return await change(deps, call, { model, prices: deps.prices.parsePrices(toJson(call.body.prices)), from: call.body.from, note: note ?? null })
}

// An absent member is left out, which JSON could not tell from `undefined`.
const toJson = (prices: z.infer<typeof overrideBody>['prices']): Parameters<AdminDeps['prices']['parsePrices']>[0] =>
  Object.fromEntries(
    Object.entries(prices).map(([meter, value]) => [
      meter,
      typeof value === 'string' ? value : { usd: value.usd, tiers: value.tiers?.map((tier) => ({ ...tier })) ?? [] },
    ]),
  )

async function endOverride(deps: AdminDeps, call: ParsedCall<z.infer<typeof removeQuery>, undefined>): Promise<RouteAnswer> {
  const model = call.params['model'] ?? ''
  if (!deps.prices.history(model).some((override) => override.prices !== null))
    throw refuse('record_not_found', { reason: `There is no override for ${model.slice(0, 200)}.` }, { param: 'model' })
  return await change(deps, call, { model, prices: null, from: call.query.from, note: null })
}

interface Change {
  readonly model: string
  readonly prices: Prices | null
  readonly from: string | undefined
  readonly note: string | null
}

async function change(deps: AdminDeps, call: RouteCall, { model, prices, from: since, note }: Change): Promise<RouteAnswer> {
  const fromMs = since === undefined ? Math.trunc(deps.clock.nowMs()) : readTime(since, deps.facts.zone, 'from')
  const saved = await deps.prices.setOverride({ model, prices, fromMs, note, changedBy: changerOf(call) })
  logChange(deps, call, { action: prices === null ? 'price-override-end' : 'price-override', subject: `${model} (override ${saved.id})` })
  return json(describe(deps, model))
}

function readModel(deps: AdminDeps, call: RouteCall): Promise<RouteAnswer> {
  const model = call.params['model'] ?? ''
  const found = describe(deps, model)
  if (found.deployments.length === 0 && found.history.length === 0)
    throw refuse(
      'record_not_found',
      { reason: `There is no model ${model.slice(0, 200)} here: no deployment serves it, and it has no override.` },
      { param: 'model' },
    )
  return Promise.resolve(json(found))
}

function describe(deps: AdminDeps, model: string): z.infer<typeof modelReply> {
  const group = deps.catalog().find(model)
  const rows = deps.prices
    .deployments()
    .filter(({ deployment }) => deployment.modelName === (group?.name ?? model) || deployment.upstreamModel === model)
    .map(toDeploymentPriceRow)
  const names = new Set([model, ...(group === null ? [] : [group.name]), ...rows.map((row) => row.upstream_model)])
  const nowMs = deps.clock.nowMs()
  const histories = [...names].map((known) => toHistoryRows(deps.prices.history(known), nowMs))
  const history = histories.flat()
  const current = history.find((row) => row.state === 'current' && row.prices !== null) ?? null
  return { model, deployments: rows, override: current, history }
}

async function unpriced(deps: AdminDeps): Promise<RouteAnswer> {
  const deployments = deps.prices
    .deployments()
    .flatMap(({ deployment, reason }) =>
      reason === null || isWildcard(deployment.modelName)
        ? []
        : [{ id: deployment.id, model_name: deployment.modelName, provider: deployment.provider.id, upstream_model: deployment.upstreamModel, reason }],
    )
  const reasonOf = (model: string): string => {
    const open = deployments.find((row) => row.model_name === model)
    if (open !== undefined) return open.reason
    return deps.catalog().find(model) === null
      ? 'No deployment serves this model any more; set an override for it and re-price, or leave it.'
      : 'It has a price now; POST /prices/reprice books what these requests cost.'
  }
  const used = await deps.prices.unpricedUse()
  return json({
    deployments,
    requests: used.map(({ model, requests, lastAtMs }) => ({ model, requests, last_at: isoOf(lastAtMs), reason: reasonOf(model) })),
  })
}
