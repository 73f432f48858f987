// Virtual keys: made once and shown once, changed, blocked, unblocked, deleted.
// Promises: a write answers after it is durable and the next request meets it; no answer but the first holds a key.
// Leaves alone: reading keys (key-reads.ts), what a key may do on a call (rooms/identify, rooms/admit).

import { z } from 'zod'
import type { DirectoryEntry } from '../contract/directory.ts'
import { refuse, type GatewayError } from '../contract/errors.ts'
import { keyHash } from '../contract/ids.ts'
import type { JsonRoute, RouteAnswer, RouteCall } from '../contract/route.ts'
import type { KeyDraft, KeyPatch, VirtualKey } from '../contract/store.ts'
import { hashKey, keyRandomBytes, makeVirtualKey, showKey } from '../kit/virtual-key.ts'
import { momentOf, toBudgetPatch, toNewBudget } from './budget-patch.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { expiryAt } from './expiry.ts'
import { findKey, findKeyByAlias, findTeam } from './find-record.ts'
import { deleteBody, generateBody, oneKeyBody, updateBody, type GenerateBody, type UpdateBody } from './key-fields.ts'
import { readKeyRows } from './key-reads.ts'
import { generatedSchema, keyRowSchema, toGenerated } from './key-shape.ts'
import { rewordConflict, toLimitPatch, toMetadataPatch, withTags } from './patches.ts'
import { modelScopesOf, welcomeMember, writeModelBudgets, type ModelBudgets } from './scope-budgets.ts'
import { readStandings } from './standings.ts'
import type { Turns } from './turns.ts'

export function createKeyRoutes(deps: AdminDeps, inTurn: Turns): readonly JsonRoute[] {
  const write = { method: 'POST', auth: 'admin', tag: 'keys' } as const
  return [
    defineRoute(deps, {
      ...write,
      path: '/key/generate',
      summary: 'Make a virtual key; the answer shows it once',
      body: generateBody,
      reply: generatedSchema,
      handle: (call) => inTurn(() => generate(deps, call)),
    }),
    defineRoute(deps, {
      ...write,
      path: '/key/update',
      summary: 'Change a key; fields left out stay',
      body: updateBody,
      reply: keyRowSchema.extend({ key: z.string() }),
      handle: (call) => inTurn(() => update(deps, call)),
    }),
    defineRoute(deps, {
      ...write,
      path: '/key/delete',
      summary: 'Delete keys by value, hash or alias',
      body: deleteBody,
      reply: z.strictObject({ deleted_keys: z.array(z.string()) }),
      handle: (call) => remove(deps, call),
    }),
    defineRoute(deps, {
      ...write,
      path: '/key/block',
      summary: 'Block a key',
      body: oneKeyBody,
      reply: keyRowSchema,
      handle: (call) => setBlocked(deps, call, true),
    }),
    defineRoute(deps, {
      ...write,
      path: '/key/unblock',
      summary: 'Unblock a key',
      body: oneKeyBody,
      reply: keyRowSchema,
      handle: (call) => setBlocked(deps, call, false),
    }),
  ]
}

async function generate(deps: AdminDeps, call: ParsedCall<undefined, GenerateBody>): Promise<RouteAnswer> {
  const { body } = call
  const plainKey = body.key ?? makeVirtualKey(deps.randomBytes(keyRandomBytes))
  if (deps.signIn.isAdminKey(plainKey)) throw refuse('invalid_request', { reason: 'This key is the admin key. Choose another.' }, { param: 'key' })
  checkAlias(deps, body.key_alias ?? null, null)
  const draft: KeyDraft = {
    kind: 'key',
    hash: keyHash(hashKey(plainKey)),
    alias: body.key_alias ?? null,
    shown: showKey(plainKey),
    teamId: body.team_id == null ? null : findTeam(deps.directory, body.team_id).id,
    organizationId: body.organization_id ?? null,
    projectId: body.project_id ?? null,
    userId: body.user_id ?? null,
    models: body.models ?? [],
    budget: toNewBudget(body, momentOf(deps)),
    requestsPerMinuteMax: body.rpm_limit ?? null,
    parallelMax: body.max_parallel_requests ?? null,
    expiresAtMs: body.duration == null ? null : expiryAt(body.duration, deps.clock.nowMs()),
    blocked: body.blocked ?? false,
    metadata: withTags(body.metadata ?? {}, body.tags),
  }
  const entry = show(deps, await create(deps, draft, body.model_max_budget ?? {}))
  const { id, hash, scopeId } = entry.key
  logChange(deps, call, { action: 'key-generate', subject: hash })
  const standings = await readStandings(deps.reports, [scopeId])
  const money = { standings: standings.get(scopeId), models: modelScopesOf(deps.directory).get(String(id)), nowMs: deps.clock.nowMs() }
  return json(toGenerated(entry, { plainKey, duration: body.duration ?? null, ...money }))
}

/** What hangs on the key is written before it works, so that a crash in between cannot leave a key without it. */
async function create(deps: AdminDeps, draft: KeyDraft, models: ModelBudgets): Promise<VirtualKey> {
  await welcomeMember(deps, draft)
  if (Object.keys(models).length === 0) return await deps.store.createKey(draft).catch(rewordConflict)
  const key = await deps.store.createKey({ ...draft, blocked: true }).catch(rewordConflict)
  await writeModelBudgets(deps, key, models)
  return draft.blocked ? key : await deps.store.updateKey(key.id, { blocked: false })
}

async function update(deps: AdminDeps, call: ParsedCall<undefined, UpdateBody>): Promise<RouteAnswer> {
  const { key: before } = findKey(deps.directory, call.body.key)
  if (call.body.key_alias !== undefined) checkAlias(deps, call.body.key_alias, before)
  const patch = toPatch(deps, call.body, before)
  await welcomeMember(deps, { ...before, ...patch })
  if (call.body.model_max_budget !== undefined) await writeModelBudgets(deps, before, call.body.model_max_budget ?? {})
  const key = await deps.store.updateKey(before.id, patch).catch(rewordConflict)
  const entry = show(deps, key)
  logChange(deps, call, { action: 'key-update', subject: key.hash })
  const [row] = await readKeyRows(deps, [entry])
  return json({ key: key.hash, ...row })
}

async function setBlocked(deps: AdminDeps, call: ParsedCall<undefined, { key: string }>, blocked: boolean): Promise<RouteAnswer> {
  const { key: before } = findKey(deps.directory, call.body.key)
  const entry = show(deps, await deps.store.updateKey(before.id, { blocked }))
  logChange(deps, call, { action: blocked ? 'key-block' : 'key-unblock', subject: before.hash })
  const [row] = await readKeyRows(deps, [entry])
  return json(row)
}

/** All are found before any is deleted. */
async function remove(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof deleteBody>>): Promise<RouteAnswer> {
  const byKey = (call.body.keys ?? []).map((text) => findKey(deps.directory, text))
  const byAlias = (call.body.key_aliases ?? []).map((alias) => ({ alias, entry: findKeyByAlias(deps.directory, alias) }))
  const keys = new Map([...byKey, ...byAlias.map(({ entry }) => entry)].map(({ key }) => [key.id, key]))
  await Promise.all([...keys.values()].map((key) => removeOne(deps, call, key)))
  return json({ deleted_keys: [...byKey.map(({ key }) => key.hash), ...byAlias.map(({ alias }) => alias)] })
}

async function removeOne(deps: AdminDeps, call: RouteCall, key: VirtualKey): Promise<void> {
  await deps.store.deleteKey(key.id)
  deps.directory.putKey({ ...key, deletedAtMs: deps.clock.nowMs() })
  logChange(deps, call, { action: 'key-delete', subject: key.hash })
}

function toPatch(deps: AdminDeps, body: UpdateBody, before: VirtualKey): KeyPatch {
  return {
    ...(body.key_alias === undefined ? {} : { alias: body.key_alias }),
    ...(body.team_id === undefined ? {} : { teamId: body.team_id === null ? null : findTeam(deps.directory, body.team_id).id }),
    ...(body.duration === undefined ? {} : { expiresAtMs: toExpiry(deps, body.duration) }),
    ...toLimitPatch(body),
    ...(body.organization_id === undefined ? {} : { organizationId: body.organization_id }),
    ...(body.project_id === undefined ? {} : { projectId: body.project_id }),
    ...(body.user_id === undefined ? {} : { userId: body.user_id }),
    ...toBudgetPatch(body, before.budget, momentOf(deps)),
    ...toMetadataPatch(body, before.metadata),
  }
}

/** LiteLLM's "-1" on update means never. */
const toExpiry = (deps: AdminDeps, duration: string | null): number | null =>
  duration === null || duration === '-1' ? null : expiryAt(duration, deps.clock.nowMs())

function checkAlias(deps: AdminDeps, alias: string | null, own: VirtualKey | null): void {
  const holder = alias === null ? null : deps.directory.findByAlias(alias)
  if (holder !== null && holder.key.id !== own?.id) throw aliasTaken(alias ?? '')
}

// LiteLLM answers 400 here, not 409.
const aliasTaken = (alias: string): GatewayError =>
  refuse('invalid_request', { reason: `A key with the alias ${alias} exists already.` }, { param: 'key_alias' })

function show(deps: AdminDeps, key: VirtualKey): DirectoryEntry {
  deps.directory.putKey(key)
  return findKey(deps.directory, key.hash)
}
