// Provider credentials by name: the secret goes into the vault or stays in the environment, the ledger keeps a reference.
// Promises: no answer and no row ever holds a secret; what is not a secret of a known kind is refused by name.
// Leaves alone: where the vault keeps it. A key is renewed by PATCH: deployments that use the credential have the new one at once.

import { z } from 'zod'
import { findByName } from '../contract/credential-home.ts'
import { refuse } from '../contract/errors.ts'
import { textOf } from '../contract/json.ts'
import type { Provider } from '../contract/provider.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { credentialRefsOf, usesCredential, type CredentialEntry } from '../contract/store.ts'
import type { CredentialRef } from '../contract/vault.ts'
import { toIsoOrNull } from './credential-age.ts'
import { keepValues } from './credential-values.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { name } from './fields.ts'
import { refsInUse } from './refs-in-use.ts'
import type { Turns } from './turns.ts'

const httpUrl = z.url({ protocol: /^https?$/ })

const saveBody = z.strictObject({
  credential_name: name.max(120),
  credential_values: z.looseObject({ api_key: z.string().trim().min(1).max(8192).nullish(), api_base: httpUrl.nullish() }),
  credential_info: z.strictObject({ custom_llm_provider: name.nullish(), description: z.string().max(1000).nullish() }).nullish(),
})
type SaveBody = z.infer<typeof saveBody>
const renewBody = z.strictObject({ ...saveBody.shape, credential_name: name.nullish() })
type RenewBody = z.infer<typeof renewBody>
const doneReply = z.strictObject({ success: z.literal(true), message: z.string() })
const rowSchema = z.strictObject({
  credential_name: z.string(),
  credential_values: z.looseObject({
    api_key: z
      .string()
      .optional()
      .meta({ description: 'Where the key is, never the key: os.environ/NAME, keychain/<name> or passphrase/<name>. Further secrets likewise.' }),
  }),
  credential_info: z.strictObject({
    custom_llm_provider: z.string().nullable(),
    description: z.string().nullable(),
    created_at: z.string(),
    saved_at: z.string().nullable().meta({ description: 'When a secret of it was last put into the vault; null: it is kept elsewhere.' }),
  }),
})
const listReply = z.strictObject({ success: z.literal(true), credentials: z.array(rowSchema) })

export function createCredentialRoutes(deps: AdminDeps, inTurn: Turns): readonly JsonRoute[] {
  const shared = { auth: 'admin', tag: 'credentials' } as const
  return [
    defineRoute(deps, {
      ...shared,
      method: 'POST',
      path: '/credentials',
      summary: 'Save a provider credential',
      body: saveBody,
      reply: doneReply,
      handle: (call) => inTurn(() => save(deps, call)),
    }),
    defineRoute(deps, { ...shared, method: 'GET', path: '/credentials', summary: 'Credentials, by reference', reply: listReply, handle: () => list(deps) }),
    defineRoute(deps, {
      ...shared,
      method: 'PATCH',
      path: '/credentials/{name*}',
      summary: 'Renew a credential: a new key under its name',
      body: renewBody,
      reply: doneReply,
      handle: (call) => inTurn(() => renew(deps, call)),
    }),
    defineRoute(deps, {
      ...shared,
      method: 'DELETE',
      path: '/credentials/{name*}',
      summary: 'Delete a credential and its secret',
      reply: doneReply,
      handle: (call) => inTurn(() => remove(deps, call)),
    }),
  ]
}

async function save(deps: AdminDeps, call: ParsedCall<undefined, SaveBody>): Promise<RouteAnswer> {
  const { credential_name } = call.body
  if (findCredential(deps, credential_name) !== null) {
    throw refuse(
      'conflict',
      { reason: `A credential named ${credential_name} exists already. Renew it with PATCH /credentials/${credential_name}, or choose another name.` },
      { param: 'credential_name' },
    )
  }
  await put(deps, call.body, null)
  logChange(deps, call, { action: 'credential-save', subject: credential_name })
  return json({ success: true, message: 'Credential created successfully' })
}

async function renew(deps: AdminDeps, call: ParsedCall<undefined, RenewBody>): Promise<RouteAnswer> {
  const before = existing(deps, call.params['name'] ?? '')
  if ((call.body.credential_name ?? before.name) !== before.name)
    throw refuse('invalid_request', { reason: 'A credential keeps its name.' }, { param: 'credential_name' })
  refuseMove(deps, before, call.body.credential_info?.custom_llm_provider ?? null)
  await put(deps, { ...call.body, credential_name: before.name }, before)
  logChange(deps, call, { action: 'credential-renew', subject: before.name })
  return json({ success: true, message: 'Credential updated successfully' })
}

/** Its deployments would be another provider's, and gone from the catalog without a word. */
function refuseMove(deps: AdminDeps, before: CredentialEntry, asked: string | null): void {
  if (asked === null || asked === before.providerId) return
  const { id } = findProvider(deps, asked)
  const served = deps.catalog().deployments()
  const others = served.filter((deployment) => usesCredential(deployment, before) && deployment.provider.id !== id).map(({ modelName }) => modelName)
  if (others.length === 0) return
  const reason = `The credential ${before.name} is used by ${others.slice(0, 5).join(', ')} at another provider. Delete those deployments first, or save another credential.`
  throw refuse('conflict', { reason }, { param: 'credential_info.custom_llm_provider' })
}

/** What is left out of a renewal stays as it was. */
async function put(deps: AdminDeps, body: SaveBody, before: CredentialEntry | null): Promise<void> {
  const { credential_values: given, credential_info: info } = body
  const providerId = info?.custom_llm_provider ?? before?.providerId ?? null
  const provider = providerId === null ? null : findProvider(deps, providerId)
  const asked = { name: body.credential_name, provider, values: given, description: info?.description ?? null }
  const kept = await keepValues(deps, asked, before)
  await deps.entries.putCredential({ name: body.credential_name, providerId, ...kept, createdAtMs: before?.createdAtMs ?? deps.clock.nowMs() })
  // A secret that moved to the environment must not stay behind in the keychain.
  if (before !== null) await forget(deps, before, credentialRefsOf(kept))
}

async function forget(deps: AdminDeps, before: CredentialEntry, kept: readonly CredentialRef[]): Promise<void> {
  const used = refsInUse(deps, { credentialName: before.name })
  for (const ref of credentialRefsOf(before)) if (!kept.includes(ref) && !used.has(ref)) await deps.vault.remove(ref)
}

async function list(deps: AdminDeps): Promise<RouteAnswer> {
  const credentials = deps.entries.credentials().map(({ name: credentialName, providerId, ref, values, createdAtMs, savedAtMs }) => {
    const { description, ...open } = values
    return {
      credential_name: credentialName,
      credential_values: { ...open, ...(ref === '' ? {} : { api_key: ref }) },
      credential_info: {
        custom_llm_provider: providerId,
        description: textOf(description) ?? null,
        created_at: new Date(createdAtMs).toISOString(),
        saved_at: toIsoOrNull(savedAtMs),
      },
    }
  })
  return json({ success: true, credentials })
}

async function remove(deps: AdminDeps, call: ParsedCall<undefined, undefined>): Promise<RouteAnswer> {
  const entry = existing(deps, call.params['name'] ?? '')
  const users = usersOf(deps, entry)
  if (users.length > 0)
    throw refuse('conflict', { reason: `The credential ${entry.name} is used by ${users.slice(0, 5).join(', ')}. Delete those deployments first.` })
  // The secrets first: if the vault does not answer, nothing has changed and the deletion can be tried again.
  await forget(deps, entry, [])
  await deps.entries.removeCredential(entry.name)
  logChange(deps, call, { action: 'credential-delete', subject: entry.name })
  return json({ success: true, message: 'Credential deleted successfully' })
}

const findCredential = (deps: AdminDeps, asked: string): CredentialEntry | null => deps.entries.credentials().find((entry) => entry.name === asked) ?? null

function existing(deps: AdminDeps, asked: string): CredentialEntry {
  const entry = findCredential(deps, asked)
  if (entry === null) throw refuse('record_not_found', { reason: `There is no credential named ${asked.slice(0, 120)}.` })
  return entry
}

/** Public names of the models that would lose it: served ones, and entries that name it but cannot be served just now. */
function usersOf(deps: AdminDeps, entry: CredentialEntry): readonly string[] {
  const served = deps
    .catalog()
    .deployments()
    .filter((deployment) => usesCredential(deployment, entry))
    .map((deployment) => deployment.modelName)
  const named = deps.entries
    .deployments()
    .filter(({ params }) => params['litellm_credential_name'] === entry.name)
    .map(({ modelName }) => modelName)
  return [...new Set([...served, ...named])]
}

function findProvider(deps: AdminDeps, id: string): Provider {
  const found = findByName(deps.providers)(id)
  if (found === null) throw refuse('invalid_request', { reason: `There is no provider ${id}.` }, { param: 'credential_info.custom_llm_provider' })
  return found
}
