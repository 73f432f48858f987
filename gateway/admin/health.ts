// Health, without ever spending: alive, ready, what recent traffic showed of each deployment; and one explicit paid test.
// Promises: GET /health calls no model. A deployment nobody called lately is listed as healthy with status "unknown", because nothing speaks against it.
// Leaves alone: cooling deployments down (routing).

import { z } from 'zod'
import type { LedgerState } from '../contract/care.ts'
import { refuse } from '../contract/errors.ts'
import { deploymentId } from '../contract/ids.ts'
import type { Deployment } from '../contract/provider.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { defineRoute, json, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { name, unenforcedFields } from './fields.ts'
import { readSightings, type Sighting } from './sightings.ts'

const healthQuery = z.strictObject({ model: name.optional(), model_id: name.optional() })
const endpointSchema = z.strictObject({
  model: z.string(),
  model_id: z.string(),
  custom_llm_provider: z.string(),
  api_base: z.string(),
  status: z.enum(['ok', 'failing', 'unknown']).meta({ description: 'What the newest call in recent traffic showed; unknown when there was none.' }),
  last_seen: z.string().nullable(),
  error: z.string().nullable(),
})
type Endpoint = z.infer<typeof endpointSchema>
const healthReply = z.strictObject({
  healthy_endpoints: z.array(endpointSchema),
  unhealthy_endpoints: z.array(endpointSchema),
  healthy_count: z.int(),
  unhealthy_count: z.int(),
})
const readyReply = z.strictObject({
  status: z.enum(['healthy', 'unhealthy']),
  db: z.enum(['connected', 'disconnected']),
  cache: z.null(),
  success_callbacks: z.array(z.never()),
  ledger: z.strictObject({
    state: z.enum(['ok', 'read-only', 'halted']),
    code: z.enum(['ledger_unavailable']).nullable(),
    reason: z.string().nullable(),
    message: z.string().nullable(),
  }),
})
const testBody = z.strictObject({
  model_info: z.looseObject({ id: name }),
  mode: z.enum(['chat', 'completion', 'embedding', 'rerank', 'image_generation', 'image_edit', 'audio_speech', 'audio_transcription', 'moderation']).nullish(),
  // LiteLLM tries parameters before they are saved; here only what is saved can be called.
  ...unenforcedFields(['litellm_params']),
})
const testReply = z.strictObject({
  status: z.enum(['success', 'error']),
  result: z.strictObject({ status_code: z.int(), request_id: z.string(), message: z.string(), duration_ms: z.number() }),
})

export function createHealthRoutes(deps: AdminDeps): readonly JsonRoute[] {
  const open = { method: 'GET', auth: 'none', tag: 'health' } as const
  const alive = (path: string): JsonRoute =>
    defineRoute(deps, { ...open, path, summary: 'Is the process running?', reply: z.string(), handle: () => Promise.resolve(json("I'm alive!")) })
  return [
    alive('/health/liveliness'),
    alive('/health/liveness'),
    defineRoute(deps, {
      ...open,
      path: '/health/readiness',
      summary: 'Does the ledger answer and take requests?',
      reply: readyReply,
      handle: () => readiness(deps),
    }),
    defineRoute(deps, {
      method: 'GET',
      path: '/health',
      auth: 'admin',
      tag: 'health',
      summary: 'What recent traffic showed of each deployment; calls nothing',
      query: healthQuery,
      reply: healthReply,
      handle: (call) => health(deps, call),
    }),
    defineRoute(deps, {
      method: 'POST',
      path: '/health/test_connection',
      auth: 'admin',
      tag: 'health',
      summary: 'A real call of a few output tokens, at the usual price',
      body: testBody,
      reply: testReply,
      handle: (call) => test(deps, call),
    }),
  ]
}

async function readiness(deps: AdminDeps): Promise<RouteAnswer> {
  // A ledger that does not answer is what this route exists to report, so the failure becomes a value here.
  const reads = await deps.reports.standings(deps.directory.adminCaller.scopes.slice(0, 1)).then(
    () => true,
    () => false,
  )
  const ledger = toLedger(deps.care.state())
  const ready = reads && ledger.state === 'ok'
  const value = { status: ready ? 'healthy' : 'unhealthy', db: reads ? 'connected' : 'disconnected', cache: null, success_callbacks: [], ledger }
  return { kind: 'json', status: ready ? 200 : 503, value }
}

function toLedger(state: LedgerState): z.infer<typeof readyReply>['ledger'] {
  if (state.kind === 'ok') return { state: 'ok', code: null, reason: null, message: null }
  return { state: state.kind, code: 'ledger_unavailable', reason: state.kind === 'halted' ? 'halted' : state.reason, message: state.sentence }
}

async function health(deps: AdminDeps, call: ParsedCall<z.infer<typeof healthQuery>, undefined>): Promise<RouteAnswer> {
  const { model, model_id } = call.query
  const wanted = deps
    .catalog()
    .deployments()
    .filter((deployment) => (model === undefined || deployment.modelName === model) && (model_id === undefined || deployment.id === model_id))
  // Newest first: the first of each deployment counts.
  const seen = Map.groupBy(await readSightings(deps), ({ deploymentId }) => deploymentId)
  const endpoints = wanted.map((deployment) => toEndpoint(deployment, seen.get(deployment.id)?.[0]))
  const healthy = endpoints.filter((endpoint) => endpoint.status !== 'failing')
  const unhealthy = endpoints.filter((endpoint) => endpoint.status === 'failing')
  return json({ healthy_endpoints: healthy, unhealthy_endpoints: unhealthy, healthy_count: healthy.length, unhealthy_count: unhealthy.length })
}

function toEndpoint(deployment: Deployment, sighting: Sighting | undefined): Endpoint {
  return {
    model: deployment.modelName,
    model_id: deployment.id,
    custom_llm_provider: deployment.provider.id,
    api_base: deployment.baseUrl,
    status: sighting === undefined ? 'unknown' : sighting.ok ? 'ok' : 'failing',
    last_seen: sighting === undefined ? null : new Date(sighting.atMs).toISOString(),
    error: sighting?.error ?? null,
  }
}

async function test(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof testBody>>): Promise<RouteAnswer> {
  const id = deploymentId(call.body.model_info.id)
  if (
    !deps
      .catalog()
      .deployments()
      .some((deployment) => deployment.id === id)
  )
    throw refuse('record_not_found', { reason: `There is no deployment ${id}.` }, { param: 'model_info.id' })
  const result = await deps.runTest(id, call.gone)
  return json({
    status: result.ok ? 'success' : 'error',
    result: { status_code: result.status, request_id: result.requestId, message: result.message, duration_ms: result.durationMs },
  })
}
