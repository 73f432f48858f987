// Paths of the administrator's own through the API, under LiteLLM's names (`/config/pass_through_endpoint`).
// Promises: a change counts from the next request on; no answer holds a secret; the file's entries are shown and stay the file's.
// Leaves alone: what an entry may say (intake/own-paths), who is served at it (door).
// Source: LiteLLM's management API, "pass-through endpoints", as known 2026-11-21.

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import type { OwnPath } from '../contract/own-path.ts'
import { passingMethods } from '../contract/request.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { ownPathRefsOf, refsInUse } from './refs-in-use.ts'
import type { Turns } from './turns.ts'

const fields = {
  target: z.string().nullish(),
  headers: z
    .record(z.string(), z.unknown())
    .nullish()
    .meta({ description: 'A value may end with os.environ/NAME; what looks like a credential goes into the vault.' }),
  default_query_params: z.record(z.string(), z.unknown()).nullish(),
  include_subpath: z.boolean().nullish(),
  cost_per_request: z.number().nullish().meta({ description: 'Dollars. Without it a hard budget refuses the call.' }),
  timeout: z.number().nullish(),
  auth: z.boolean().nullish(),
  methods: z.array(z.string()).nullish(),
}
const entryBody = z.looseObject({ path: z.string().nullish(), ...fields })
type EntryBody = z.infer<typeof entryBody>
const pickQuery = z.object({ endpoint_id: z.string().min(1).max(200).optional() })
const idQuery = z.object({ endpoint_id: z.string().min(1).max(200) })
const rowSchema = z.strictObject({
  id: z.string(),
  path: z.string(),
  target: z.string(),
  headers: z
    .record(z.string(), z.string())
    .meta({ description: 'Where a secret is, never the secret: os.environ/NAME, keychain/<name>, passphrase/<name> or file/<hash>.' }),
  default_query_params: z.record(z.string(), z.string()),
  include_subpath: z.boolean(),
  cost_per_request: z.number().nullable(),
  timeout: z.number().nullable(),
  auth: z.literal(true),
  methods: z.array(z.enum(passingMethods)),
  is_from_config: z.boolean(),
})
const reply = z.strictObject({ endpoints: z.array(rowSchema) })

export function createOwnPathRoutes(deps: AdminDeps, inTurn: Turns): readonly JsonRoute[] {
  const path = '/config/pass_through_endpoint'
  const shared = { auth: 'admin', tag: 'pass-through', reply } as const
  return [
    defineRoute(deps, { ...shared, method: 'GET', path, summary: 'Paths of your own', query: pickQuery, handle: (call) => list(deps, call.query.endpoint_id) }),
    defineRoute(deps, {
      ...shared,
      ...{ method: 'POST', path, summary: 'Make a path of your own that leads to an address of your own', body: entryBody },
      handle: (call) => inTurn(() => create(deps, call)),
    }),
    defineRoute(deps, {
      ...shared,
      ...{ method: 'POST', path: `${path}/{endpoint_id}`, summary: 'Change a path of your own; what is left out stays', body: entryBody },
      handle: (call) => inTurn(() => update(deps, call)),
    }),
    defineRoute(deps, {
      ...shared,
      ...{ method: 'DELETE', path, summary: 'Delete a path of your own and its secrets', query: idQuery },
      handle: (call) => inTurn(() => remove(deps, call)),
    }),
  ]
}

const answer = (deps: AdminDeps, entries: readonly OwnPath[]): RouteAnswer =>
  json({ endpoints: entries.map((own) => toShape(own, deps.ownPaths.isFromFile(own.id))) })

async function list(deps: AdminDeps, id: string | undefined): Promise<RouteAnswer> {
  return answer(deps, id === undefined ? deps.ownPaths.list() : [existing(deps, id)])
}

async function create(deps: AdminDeps, call: ParsedCall<undefined, EntryBody>): Promise<RouteAnswer> {
  refuseTwice(deps, call.body.path, null)
  const own = await deps.ownPaths.parse(call.body, null)
  await deps.ownPaths.put(own)
  logChange(deps, call, { action: 'own-path-create', subject: own.path })
  return answer(deps, [own])
}

async function update(deps: AdminDeps, call: ParsedCall<undefined, EntryBody>): Promise<RouteAnswer> {
  const before = changeable(deps, call.params['endpoint_id'] ?? '')
  refuseTwice(deps, call.body.path, before.id)
  const own = await deps.ownPaths.parse({ ...toShape(before, false), is_from_config: undefined, ...call.body }, before.id)
  await deps.ownPaths.put(own)
  // A secret that nothing names any more must not stay behind.
  await forget(deps, before, ownPathRefsOf(own))
  logChange(deps, call, { action: 'own-path-update', subject: own.path })
  return answer(deps, [own])
}

async function remove(deps: AdminDeps, call: ParsedCall<z.infer<typeof idQuery>, undefined>): Promise<RouteAnswer> {
  const before = changeable(deps, call.query.endpoint_id)
  // The secrets first: if the vault does not answer, nothing has changed and the deletion can be tried again.
  await forget(deps, before, [])
  await deps.ownPaths.remove(before.id)
  logChange(deps, call, { action: 'own-path-delete', subject: before.path })
  return answer(deps, [before])
}

/** What a deployment, a credential or another path still uses stays. */
async function forget(deps: AdminDeps, before: OwnPath, kept: readonly string[]): Promise<void> {
  const used = refsInUse(deps, { ownPathId: before.id })
  for (const ref of ownPathRefsOf(before)) if (!kept.includes(ref) && !used.has(ref)) await deps.vault.remove(ref)
}

function existing(deps: AdminDeps, id: string): OwnPath {
  const found = deps.ownPaths.list().find((own) => own.id === id)
  if (found === undefined) throw refuse('record_not_found', { reason: `There is no pass-through endpoint with the id ${id.slice(0, 120)}.` })
  return found
}

function changeable(deps: AdminDeps, id: string): OwnPath {
  const found = existing(deps, id)
  if (deps.ownPaths.isFromFile(id)) throw refuse('conflict', { reason: `${found.path} stands in the configuration file; change it there.` })
  return found
}

function refuseTwice(deps: AdminDeps, path: string | null | undefined, id: string | null): void {
  const other = deps.ownPaths.list().find((own) => own.path === path && own.id !== id)
  if (other !== undefined) throw refuse('conflict', { reason: `${other.path} has an entry already, ${other.id}.` }, { param: 'path' })
}

/** LiteLLM's shape, secrets as references. */
function toShape(own: OwnPath, isFromFile: boolean): z.infer<typeof rowSchema> {
  return {
    ...{ id: own.id, path: own.path, target: own.target },
    headers: Object.fromEntries(Object.entries(own.headers).map(([name, { text, ref }]) => [name, `${text}${ref ?? ''}`])),
    default_query_params: { ...own.query },
    include_subpath: own.includesBelow,
    cost_per_request: own.costUsd,
    timeout: own.timeoutMs === null ? null : own.timeoutMs / 1000,
    auth: true,
    methods: [...own.methods],
    is_from_config: isFromFile,
  }
}
