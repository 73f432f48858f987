// Deployments through the API: made, deleted, listed. One entry is one model at one provider under a public name.
// Promises: a literal key goes into the vault before anything is written; an answer comes when the next call can use the model.
// Leaves alone: entries of the configuration file, which are shown and never changed.

import { z } from 'zod'
import { mayUseModel } from '../contract/caller.ts'
import { refuse, type GatewayError } from '../contract/errors.ts'
import { deploymentId } from '../contract/ids.ts'
import type { Deployment } from '../contract/provider.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { noBudget, type ScopeName } from '../contract/scope.ts'
import { budgetOf, secretRefsOf, type DeploymentEntry } from '../contract/store.ts'
import { createReadAge } from './credential-age.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { name, unenforcedFields } from './fields.ts'
import { modelRowSchema, toModelRow } from './model-shape.ts'
import { onlyKey } from './own-key.ts'
import { refsInUse } from './refs-in-use.ts'
import { writeBudget } from './scope-budgets.ts'
import type { Turns } from './turns.ts'

// What would restrict a model's use or spend in LiteLLM and is not kept by this version. Everything else is judged where entries are parsed.
const unkeptParams = unenforcedFields([
  'max_parallel_requests',
  'default_api_key_tpm_limit',
  'default_api_key_rpm_limit',
  'tags',
  'tag_regex',
  'guardrails',
  'allowed_fails_policy',
])
const unkeptInfo = unenforcedFields(['access_groups', 'team_id', 'team_public_model_name', 'blocked', 'supported_environments'])

const newModelBody = z.strictObject({
  model_name: name,
  litellm_params: z.looseObject({ model: name, ...unkeptParams }),
  model_info: z.looseObject({ id: name.nullish(), ...unkeptInfo }).nullish(),
})
const newModelReply = z.strictObject({ model_id: z.string(), ...modelRowSchema.shape })
const deleteBody = z.strictObject({ id: name })
const deleteReply = z.strictObject({ message: z.string() })
const infoQuery = z.strictObject({ litellm_model_id: name.optional(), ...unenforcedFields(['include_team_models', 'teamId']) })
const infoReply = z.strictObject({ data: z.array(modelRowSchema) })

export function createModelRoutes(deps: AdminDeps, inTurn: Turns): readonly JsonRoute[] {
  const write = { method: 'POST', auth: 'admin', tag: 'models' } as const
  const read = {
    method: 'GET',
    auth: 'key',
    tag: 'models',
    summary: 'Deployments behind the models the caller may use',
    query: infoQuery,
    reply: infoReply,
  } as const
  const readInfo = (call: ParsedCall<z.infer<typeof infoQuery>, undefined>): Promise<RouteAnswer> => info(deps, call)
  return [
    defineRoute(deps, {
      ...write,
      path: '/model/new',
      summary: 'Add a deployment',
      body: newModelBody,
      reply: newModelReply,
      handle: (call) => inTurn(() => make(deps, call)),
    }),
    defineRoute(deps, {
      ...write,
      path: '/model/delete',
      summary: 'Delete a deployment made through the API',
      body: deleteBody,
      reply: deleteReply,
      handle: (call) => inTurn(() => remove(deps, call)),
    }),
    defineRoute(deps, { ...read, path: '/model/info', handle: readInfo }),
    defineRoute(deps, { ...read, path: '/v1/model/info', handle: readInfo }),
  ]
}

async function make(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof newModelBody>>): Promise<RouteAnswer> {
  const { model_name, litellm_params, model_info } = call.body
  const asked = model_info?.id ?? null
  if (asked !== null && isTaken(deps, asked))
    throw refuse('invalid_request', { reason: `A deployment with the id ${asked} exists already.` }, { param: 'model_info.id' })
  const entry = await deps.parseDeployment({ model_name, litellm_params, model_info: model_info ?? {} })
  const budget = budgetOf(entry)
  // Before the first call can use it.
  if (budget !== null) await writeBudget(deps, scopeOf(entry), budget)
  await deps.entries.putDeployment(entry)
  const deployment = findDeployment(deps, entry.id)
  if (deployment === null) throw await takeBack(deps, entry)
  logChange(deps, call, { action: 'model-new', subject: entry.id })
  return json({ model_id: entry.id, ...toModelRow(deployment, createReadAge(deps)) })
}

async function remove(deps: AdminDeps, call: ParsedCall<undefined, z.infer<typeof deleteBody>>): Promise<RouteAnswer> {
  const id = deploymentId(call.body.id)
  const entry = deps.entries.deployments().find((candidate) => candidate.id === id)
  if (entry === undefined) {
    const fromFile = findDeployment(deps, id)?.origin === 'file'
    if (fromFile) throw refuse('read_only_entry', { reason: `The deployment ${id} comes from the configuration file. Remove it there.` }, { param: 'id' })
    throw refuse('record_not_found', { reason: `There is no deployment ${id}.` }, { param: 'id' })
  }
  await deps.entries.removeDeployment(id)
  await forgetBudget(deps, entry)
  await forgetSecrets(deps, entry)
  logChange(deps, call, { action: 'model-delete', subject: id })
  return json({ message: `Model: ${id} deleted successfully` })
}

async function info(deps: AdminDeps, call: ParsedCall<z.infer<typeof infoQuery>, undefined>): Promise<RouteAnswer> {
  const { caller, query } = call
  const full = onlyKey(caller) === null
  const visible = deps
    .catalog()
    .deployments()
    .filter((deployment) => caller !== null && (full || mayUseModel(caller, deployment.modelName)))
  const asked = query.litellm_model_id
  const found = asked === undefined ? visible : visible.filter((deployment) => deployment.id === asked)
  if (asked !== undefined && found.length === 0)
    throw refuse('record_not_found', { reason: `There is no deployment ${asked} here.` }, { param: 'litellm_model_id' })
  const readAge = full ? createReadAge(deps) : null
  return json({ data: found.map((deployment) => toModelRow(deployment, readAge)) })
}

/** An entry that cannot be served now is in no catalog and still there, with its budget and its secrets. */
const isTaken = (deps: AdminDeps, id: string): boolean => findDeployment(deps, id) !== null || deps.entries.deployments().some((entry) => entry.id === id)

function findDeployment(deps: AdminDeps, id: string): Deployment | null {
  return (
    deps
      .catalog()
      .deployments()
      .find((deployment) => deployment.id === id) ?? null
  )
}

/** Only the catalog can tell whether an entry can be served: one that cannot is taken out again, with the catalog's own reason. */
async function takeBack(deps: AdminDeps, entry: DeploymentEntry): Promise<GatewayError> {
  const problem = deps.problems().find((sentence) => sentence.includes(entry.id))
  // "The deployment … is left out:" is true of the catalog; here nothing is left of it but the reason.
  const reason = problem?.replace(/^.* is left out: /, '')
  await deps.entries.removeDeployment(entry.id)
  await forgetBudget(deps, entry)
  await forgetSecrets(deps, entry)
  return refuse('invalid_request', { reason: reason ?? 'This deployment cannot be served.' }, { param: 'litellm_params' })
}

const scopeOf = ({ id }: DeploymentEntry): ScopeName => ({ kind: 'deployment', ref: id })

async function forgetBudget(deps: AdminDeps, entry: DeploymentEntry): Promise<void> {
  if (deps.directory.findScope(scopeOf(entry)) !== null) await writeBudget(deps, scopeOf(entry), noBudget)
}

/** A secret typed into this one entry goes with it; a named credential, or one another entry still uses, stays. */
async function forgetSecrets(deps: AdminDeps, entry: DeploymentEntry): Promise<void> {
  const used = refsInUse(deps)
  for (const ref of secretRefsOf(entry)) if (!used.has(ref)) await deps.vault.remove(ref)
}
