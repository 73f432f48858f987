// Provider credentials by name: the secret goes into the vault or stays in the environment, the ledger keeps a reference.
// Promises: no answer and no row ever holds a secret; what is not a secret of a known kind is refused by name.
// Leaves alone: where the vault keeps it. To renew a key, delete the credential and save it again under its name: deployments find it there.

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import { textOf } from '../contract/json.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { secret } from '../contract/sealed.ts'
import type { CredentialEntry } from '../contract/store.ts'
import type { CredentialRef } from '../contract/vault.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { name } from './fields.ts'

const environmentRef = /^os\.environ\/([A-Za-z_][A-Za-z0-9_]{0,200})$/
const httpUrl = z.url({ protocol: /^https?$/ })

const saveBody = z.strictObject({
  credential_name: name.max(120),
  credential_values: z.strictObject({ api_key: z.string().trim().min(1).max(8192), api_base: httpUrl.nullish() }),
  credential_info: z.strictObject({ custom_llm_provider: name.nullish(), description: z.string().max(1000).nullish() }).nullish(),
})
type SaveBody = z.infer<typeof saveBody>
const doneReply = z.strictObject({ success: z.literal(true), message: z.string() })
const rowSchema = z.strictObject({
  credential_name: z.string(),
  credential_values: z.looseObject({ api_key: z.string().meta({ description: 'Where the key is, never the key: os.environ/NAME or keychain/<name>.' }) }),
  credential_info: z.strictObject({ custom_llm_provider: z.string().nullable(), description: z.string().nullable() }),
})
const listReply = z.strictObject({ success: z.literal(true), credentials: z.array(rowSchema) })

export function createCredentialRoutes(deps: AdminDeps): readonly JsonRoute[] {
  const shared = { auth: 'admin', tag: 'credentials' } as const
  return [
    defineRoute(deps, { ...shared, method: 'POST', path: '/credentials', summary: 'Save a provider credential', body: saveBody, reply: doneReply, handle: (call) => save(deps, call) }),
    defineRoute(deps, { ...shared, method: 'GET', path: '/credentials', summary: 'Credentials, by reference', reply: listReply, handle: () => list(deps) }),
    defineRoute(deps, { ...shared, method: 'DELETE', path: '/credentials/{name*}', summary: 'Delete a credential and its secret', reply: doneReply, handle: (call) => remove(deps, call) }),
  ]
}

async function save(deps: AdminDeps, call: ParsedCall<undefined, SaveBody>): Promise<RouteAnswer> {
  const { credential_name, credential_values: values, credential_info: info } = call.body
  if (findCredential(deps, credential_name) !== undefined) {
    throw refuse('conflict', { reason: `A credential named ${credential_name} exists already. To renew it, delete it and save it again: models that use it find it by its name.` }, { param: 'credential_name' })
  }
  const providerId = info?.custom_llm_provider ?? null
  checkProvider(deps, providerId)
  const ref = await keep(deps, credential_name, values.api_key)
  const description = info?.description ?? null
  const entry: CredentialEntry = {
    name: credential_name,
    providerId,
    ref,
    values: { ...(values.api_base == null ? {} : { api_base: values.api_base }), ...(description === null ? {} : { description }) },
    createdAtMs: deps.clock.nowMs(),
  }
  await deps.store.saveCredential(entry)
  await deps.entries.putCredential(entry)
  logChange(deps, call, { action: 'credential-save', subject: credential_name })
  return json({ success: true, message: 'Credential created successfully' })
}

async function list(deps: AdminDeps): Promise<RouteAnswer> {
  const credentials = deps.entries.credentials().map(({ name: credentialName, providerId, ref, values }) => {
    const { description, ...open } = values
    return { credential_name: credentialName, credential_values: { ...open, api_key: ref }, credential_info: { custom_llm_provider: providerId, description: textOf(description) ?? null } }
  })
  return json({ success: true, credentials })
}

async function remove(deps: AdminDeps, call: ParsedCall<undefined, undefined>): Promise<RouteAnswer> {
  const asked = call.params['name'] ?? ''
  const entry = findCredential(deps, asked)
  if (entry === undefined) throw refuse('record_not_found', { reason: `There is no credential named ${asked}.` })
  // The secret first: if the vault does not answer, nothing has changed and the deletion can be tried again.
  await deps.vault.remove(entry.ref)
  await deps.store.deleteCredential(entry.name)
  await deps.entries.removeCredential(entry.name)
  logChange(deps, call, { action: 'credential-delete', subject: entry.name })
  return json({ success: true, message: 'Credential deleted successfully' })
}

const findCredential = (deps: AdminDeps, asked: string): CredentialEntry | undefined => deps.entries.credentials().find((entry) => entry.name === asked)

/** A reference stays a reference, anything else is a secret. @throws GatewayError vault_unavailable */
async function keep(deps: AdminDeps, credentialName: string, value: string): Promise<CredentialRef> {
  if (environmentRef.test(value)) return value
  if (value.startsWith('os.environ/')) throw refuse('invalid_request', { reason: 'api_key must be os.environ/NAME with a variable name, or the key itself.' }, { param: 'credential_values.api_key' })
  return await deps.vault.save(`credential/${credentialName}`, secret(value))
}

function checkProvider(deps: AdminDeps, id: string | null): void {
  if (id === null || deps.providers.some((provider) => provider.id === id || provider.aliases.includes(id))) return
  throw refuse('invalid_request', { reason: `There is no provider ${id}.` }, { param: 'credential_info.custom_llm_provider' })
}
