// The panel's view of providers: what can be added, what is there, which credentials exist, what a provider offers.
// Promises: a probe calls no model and saves nothing; its failure is an answer in plain words, not an error; a saved credential goes to its own
// provider, at the address it is kept for unless the form names another.
// Leaves alone: saving (credentials.ts, models.ts).

import { z } from 'zod'
import { findByName, whyNotTo } from '../contract/credential-home.ts'
import { GatewayError, refuse } from '../contract/errors.ts'
import { textOf } from '../contract/json.ts'
import type { PanelDeployment, PanelProbe, PanelProviderKind, PanelProviders } from '../contract/panel.ts'
import type { Deployment, Provider } from '../contract/provider.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { secret } from '../contract/sealed.ts'
import { credentialRefsOf, usesCredential, type CredentialEntry } from '../contract/store.ts'
import { createReadAge } from './credential-age.ts'
import { defineRoute, json, type ParsedCall } from './define-route.ts'
import type { AdminDeps, ModelListQuery } from './deps.ts'
import { name } from './fields.ts'
import { costPerMillion } from './model-shape.ts'
import { enginesSchema, probeSchema, providersSchema } from './panel-schemas.ts'

// Loose: a form sends the provider's own settings too, which are checked against its declaration below.
const probeBody = z.looseObject({
  provider: name,
  api_base: z.url({ protocol: /^https?$/ }).nullish(),
  credential_name: name.nullish(),
  litellm_credential_name: name.nullish(),
  api_key: z.string().trim().min(1).max(8192).nullish(),
})
type ProbeBody = z.infer<typeof probeBody>

export function createPanelProviderRoutes(deps: AdminDeps): readonly JsonRoute[] {
  const read = { method: 'GET', auth: 'admin', tag: 'panel' } as const
  return [
    defineRoute(deps, {
      ...read,
      path: '/panel/providers',
      summary: 'Providers, deployments and credentials',
      reply: providersSchema,
      handle: () => overview(deps),
    }),
    defineRoute(deps, {
      ...read,
      path: '/panel/engines',
      summary: 'Local engines found on this computer',
      reply: enginesSchema,
      handle: async (call) => json(await deps.engines(call.gone)),
    }),
    defineRoute(deps, {
      method: 'POST',
      path: '/panel/probe',
      auth: 'admin',
      tag: 'panel',
      summary: 'Ask a provider for its models; free',
      body: probeBody,
      reply: probeSchema,
      handle: (call) => probe(deps, call),
    }),
  ]
}

async function overview(deps: AdminDeps): Promise<RouteAnswer> {
  const credentials = deps.entries.credentials()
  const deployments = deps.catalog().deployments()
  const readAge = createReadAge(deps)
  const find = findByName(deps.providers)
  const value: PanelProviders = {
    catalogue: deps.providers.map((provider) => toKind(provider, deps)),
    deployments: deployments.map((deployment) => toPanelDeployment(deployment, credentials, readAge(deployment))),
    credentials: credentials.map((entry) => ({
      name: entry.name,
      // A credential may have been saved under another of its provider's names.
      providerId: entry.providerId === null ? null : (find(entry.providerId)?.id ?? entry.providerId),
      ref: credentialRefsOf(entry)[0] ?? '',
      createdAtMs: entry.createdAtMs,
      savedAtMs: entry.savedAtMs ?? null,
      usedBy: deployments.filter((deployment) => usesCredential(deployment, entry)).length,
    })),
  }
  return json(value)
}

function toKind(provider: Provider, deps: AdminDeps): PanelProviderKind {
  const { id, title, local, defaultBaseUrl, keyVariable, settings } = provider
  return {
    id,
    title,
    local,
    // Where a token is fetched with a secret, something has to be given as well.
    needsKey: provider.needsKey || provider.authorizer !== undefined,
    defaultBaseUrl,
    keyVariable,
    keyVariableSet: keyVariable !== null && deps.hasVariable(keyVariable),
    settings,
    documentationUrl: provider.documentation.url,
    verified: provider.verified === true,
    common: provider.common === true,
  }
}

function toPanelDeployment(deployment: Deployment, credentials: readonly CredentialEntry[], savedAtMs: number | null): PanelDeployment {
  const { provider, price, facts, credential, secrets } = deployment
  const cost = costPerMillion(price)
  return {
    id: deployment.id,
    modelName: deployment.modelName,
    providerId: provider.id,
    providerTitle: provider.title,
    local: provider.local,
    upstreamModel: deployment.upstreamModel,
    baseUrl: deployment.baseUrl,
    credential: credentials.find((entry) => usesCredential(deployment, entry))?.name ?? credential ?? Object.values(secrets)[0] ?? null,
    credentialSavedAtMs: savedAtMs,
    origin: deployment.origin,
    weight: deployment.weight,
    priced: price !== null,
    priceNote: price?.note ?? null,
    inputUsdPerMillion: cost.input,
    outputUsdPerMillion: cost.output,
    contextTokensMax: facts.contextTokensMax,
    outputTokensMax: facts.outputTokensMax,
  }
}

async function probe(deps: AdminDeps, call: ParsedCall<undefined, ProbeBody>): Promise<RouteAnswer> {
  const { body } = call
  const provider = findByName(deps.providers)(body.provider)
  if (provider === null) throw refuse('invalid_request', { reason: `There is no provider ${body.provider}.` }, { param: 'provider' })
  checkSettings(provider, body)
  const entry = findCredential(deps, body)
  const baseUrl = body.api_base ?? textOf(entry?.values['api_base']) ?? provider.defaultBaseUrl
  if (baseUrl === null) throw refuse('invalid_request', { reason: `${provider.title} needs an address.` }, { param: 'api_base' })
  const foreign = entry === null ? null : whyNotTo({ provider, baseUrl }, entry, findByName(deps.providers))
  if (foreign !== null) throw refuse('invalid_request', { reason: foreign }, { param: 'credential_name' })
  if (provider.modelList === null)
    return answer({ ok: false, models: [], problem: `${provider.title} has no list of models. Type the name of the one you want.` })
  const query: ModelListQuery = { provider, baseUrl: baseUrl.replace(/\/+$/, ''), ...readCredential(body, entry), gone: call.gone }
  try {
    const models = await deps.listModels(query)
    return answer({ ok: true, models: [...new Set(models)].toSorted((left, right) => left.localeCompare(right, 'en')), problem: null })
  } catch (error) {
    // Finding out that something is wrong is what a probe is for; bugs are not.
    if (error instanceof GatewayError && error.code !== 'internal')
      return answer({ ok: false, models: [], problem: error.hints.vendor?.message ?? error.message })
    throw error
  }
}

const answer = (value: PanelProbe): RouteAnswer => json(value)

const ownFields = new Set(Object.keys(probeBody.shape))
function checkSettings(provider: Provider, body: ProbeBody): void {
  const unknown = Object.keys(body).find((field) => !ownFields.has(field) && !provider.settings.some((setting) => setting.name === field))
  if (unknown !== undefined)
    throw refuse('invalid_request', { reason: `${provider.title} has no setting named ${unknown.slice(0, 60)}.` }, { param: unknown.slice(0, 60) })
}

function readCredential(body: ProbeBody, entry: CredentialEntry | null): Pick<ModelListQuery, 'credential' | 'secret'> {
  const typed = body.api_key ?? null
  if (typed !== null) return typed.startsWith('os.environ/') ? { credential: typed, secret: null } : { credential: null, secret: secret(typed) }
  return { credential: entry === null || entry.ref === '' ? null : entry.ref, secret: null }
}

function findCredential(deps: AdminDeps, body: ProbeBody): CredentialEntry | null {
  const asked = body.credential_name ?? body.litellm_credential_name ?? null
  if (asked === null) return null
  const entry = deps.entries.credentials().find((candidate) => candidate.name === asked)
  if (entry === undefined) throw refuse('record_not_found', { reason: `There is no credential named ${asked}.` }, { param: 'credential_name' })
  return entry
}
