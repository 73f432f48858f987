// GET /providers/{provider}/models: what a provider offers now, asked with a credential that is kept here.
// Promises: the provider's free listing and nothing else; a credential goes to the address it is kept for, never to one that the request names.
// Leaves alone: what is configured (models.ts), keys typed into a form (panel-providers.ts).
// LiteLLM has no such administration route; names of fields are its own where it has them.

import { z } from 'zod'
import { findByName } from '../contract/credential-home.ts'
import { refuse } from '../contract/errors.ts'
import type { Deployment, Provider } from '../contract/provider.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { defineRoute, json, type ParsedCall } from './define-route.ts'
import type { AdminDeps, ModelListQuery } from './deps.ts'
import { name } from './fields.ts'

const query = z.strictObject({ litellm_model_id: name.optional(), litellm_credential_name: name.optional() })
const reply = z.strictObject({
  litellm_provider: z.string(),
  api_base: z.string(),
  asked_with: z.string().nullable().meta({ description: 'The credential’s reference; null = none was needed.' }),
  data: z.array(
    z.strictObject({
      id: z.string().meta({ description: 'As the provider calls it.' }),
      model: z.string().meta({ description: 'As litellm_params.model says it.' }),
      model_names: z.array(z.string()).meta({ description: 'Public names it is served under.' }),
    }),
  ),
})

type Deps = Pick<AdminDeps, 'providers' | 'catalog' | 'entries' | 'hasVariable' | 'listModels' | 'limits'>
type Query = z.infer<typeof query>

export function createProviderModelRoutes(deps: Deps): readonly JsonRoute[] {
  return [
    defineRoute(deps, {
      method: 'GET',
      path: '/providers/{provider}/models',
      auth: 'admin',
      tag: 'models',
      summary: 'The models a provider offers now, by its own free list',
      query,
      reply,
      handle: (call) => list(deps, call),
    }),
  ]
}

async function list(deps: Deps, call: ParsedCall<Query, undefined>): Promise<RouteAnswer> {
  const wanted = call.params['provider'] ?? ''
  const provider = findByName(deps.providers)(wanted)
  if (provider === null) throw refuse('record_not_found', { reason: `There is no provider ${wanted.slice(0, 100)}.` }, { param: 'provider' })
  const account = accountOf(deps, provider, call.query)
  const models = await deps.listModels({ ...account, secret: null, gone: call.gone })
  const served = deps.catalog().deployments()
  return json({
    litellm_provider: provider.id,
    api_base: account.baseUrl,
    asked_with: account.credential,
    data: [...new Set(models)].toSorted().map((id) => ({
      id,
      model: `${provider.id}/${id}`,
      model_names: [...new Set(served.filter((one) => one.provider.id === provider.id && one.upstreamModel === id).map(({ modelName }) => modelName))],
    })),
  })
}

type Account = Pick<ModelListQuery, 'provider' | 'baseUrl' | 'credential'>

/** The deployment or credential that was named, else one that is configured, else the vendor's own address with its conventional variable. */
function accountOf(deps: Deps, provider: Provider, { litellm_model_id: deploymentId, litellm_credential_name: credentialName }: Query): Account {
  if (credentialName !== undefined) return ofCredential(deps, provider, credentialName)
  const own = deps
    .catalog()
    .deployments()
    .filter((deployment) => deployment.provider.id === provider.id)
  if (deploymentId !== undefined) {
    const found = own.find(({ id }) => id === deploymentId)
    if (found === undefined)
      throw refuse('record_not_found', { reason: `There is no deployment ${deploymentId} of ${provider.title}.` }, { param: 'litellm_model_id' })
    return ofDeployment(found)
  }
  const [first] = own
  if (first !== undefined) return ofDeployment(first)
  const variable = provider.keyVariable
  const credential = variable !== null && deps.hasVariable(variable) ? `os.environ/${variable}` : null
  if (provider.needsKey && credential === null)
    throw refuse('credential_missing', {
      provider: provider.title,
      reason: `nothing is configured there${variable === null ? '' : `, and ${variable} is not set`}`,
    })
  return { provider, baseUrl: homeOf(provider), credential }
}

const ofDeployment = ({ provider, baseUrl, credential }: Deployment): Account => ({ provider, baseUrl, credential })

function ofCredential(deps: Deps, provider: Provider, wanted: string): Account {
  const found = deps.entries.credentials().find((entry) => entry.name === wanted)
  if (found === undefined) throw refuse('record_not_found', { reason: `There is no credential ${wanted}.` }, { param: 'litellm_credential_name' })
  if (found.providerId !== null && findByName(deps.providers)(found.providerId)?.id !== provider.id)
    throw refuse('invalid_request', { reason: `The credential ${wanted} belongs to ${found.providerId}.` }, { param: 'litellm_credential_name' })
  const address = found.values['api_base']
  return { provider, baseUrl: typeof address === 'string' ? address.replace(/\/+$/, '') : homeOf(provider), credential: found.ref === '' ? null : found.ref }
}

function homeOf({ title, defaultBaseUrl }: Provider): string {
  if (defaultBaseUrl === null)
    throw refuse('invalid_request', { reason: `${title} has no address of its own; configure a model or a credential with its api_base.` })
  return defaultBaseUrl
}
