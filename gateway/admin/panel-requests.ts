// The panel's list of requests, one request in full, and the names its filters offer.
// Promises: keyset pages of at most 200 rows; never content of a request. Leaves alone: live updates (panel-events.ts).

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import type { PanelFacets, PanelRequestPage } from '../contract/panel.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { defineRoute, json, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { wholeText } from './fields.ts'
import { titlesOf, toPanelDetail, toPanelRequest } from './panel-json.ts'
import { facetsSchema, requestDetailSchema, requestPageSchema } from './panel-schemas.ts'
import { filterFields, toFilter } from './row-filter.ts'
import { readTime } from './zone-time.ts'

const listQuery = z.strictObject({
  before: wholeText.min(1).optional(),
  limit: wholeText.min(1).max(200).default(50),
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
  outcome: z.enum(['ok', 'error', 'answered', 'refused', 'failed', 'cut', 'open', 'ended']).optional(),
  ...filterFields,
})

export function createPanelRequestRoutes(deps: AdminDeps): readonly JsonRoute[] {
  const read = { method: 'GET', auth: 'admin', tag: 'panel' } as const
  return [
    defineRoute(deps, {
      ...read,
      path: '/panel/requests',
      summary: 'Requests, newest first',
      query: listQuery,
      reply: requestPageSchema,
      handle: (call) => list(deps, call),
    }),
    defineRoute(deps, {
      ...read,
      path: '/panel/requests/{id*}',
      summary: 'One request with its attempts and stages',
      reply: requestDetailSchema,
      handle: (call) => detail(deps, call.params['id'] ?? ''),
    }),
    defineRoute(deps, { ...read, path: '/panel/facets', summary: 'Names to filter by', reply: facetsSchema, handle: () => facets(deps) }),
  ]
}

async function list(deps: AdminDeps, call: ParsedCall<z.infer<typeof listQuery>, undefined>): Promise<RouteAnswer> {
  const { query } = call
  const { zone } = deps.facts
  const filter = {
    ...toFilter(query),
    ...(query.from === undefined ? {} : { fromMs: readTime(query.from, zone, 'from') }),
    ...(query.to === undefined ? {} : { toMs: readTime(query.to, zone, 'to') }),
    ...(query.outcome === undefined ? {} : { outcome: query.outcome }),
  }
  const found = await deps.reports.listRequests(filter, { limit: query.limit, ...(query.before === undefined ? {} : { before: query.before }) })
  const titleOf = titlesOf(deps)
  const page: PanelRequestPage = { rows: found.rows.map((row) => toPanelRequest(row, titleOf)), next: found.next, count: found.count, more: found.more }
  return json(page)
}

async function detail(deps: AdminDeps, id: string): Promise<RouteAnswer> {
  const found = await deps.reports.readRequest(id.slice(0, 200))
  if (found === null) throw refuse('record_not_found', { reason: 'There is no request with this id.' })
  return json(toPanelDetail(found, titlesOf(deps)))
}

async function facets(deps: AdminDeps): Promise<RouteAnswer> {
  const { models, providers, keys, teams } = await deps.reports.facets()
  const titleOf = titlesOf(deps)
  // Calls that were refused before their body was read asked for no model that anybody knows.
  const named = models.filter((name) => name !== '')
  const value: PanelFacets = { models: named, providers: providers.map((id) => ({ id, title: titleOf(id) })), keys, teams }
  return json(value)
}
