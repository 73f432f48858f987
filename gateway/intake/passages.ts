// Where calls by a vendor's own paths go: its address and credential, and what the model they name costs there.
// Promises: the credential of a deployment that says `use_in_pass_through`, else the vendor's conventional one at the vendor's own address; prices and
// limits of the model as everywhere. No part of a request says where it goes but its first segment.
// Leaves alone: which paths there are (door), whether the caller may (admit). Source: LiteLLM's page "Pass-through endpoints", as known 2026-11-21.

import { refuse } from '../contract/errors.ts'
import { deploymentId } from '../contract/ids.ts'
import { prefixOf, type OwnPath } from '../contract/own-path.ts'
import type { Catalog, Deployment, ModelGroup, Provider } from '../contract/provider.ts'
import type { DeploymentEntry } from '../contract/store.ts'
import { toOwnGroup } from './own-passage.ts'
import { readPriceQuery, toDeployment, type ToDeploymentTools } from './to-deployment.ts'

export interface PassageTools extends Omit<ToDeploymentTools, 'credentials' | 'origin' | 'prices'> {
  readonly prices: ToDeploymentTools['prices'] & { load(vendors: readonly (string | null)[]): Promise<void> }
  readonly providers: readonly Provider[]
  readonly catalog: () => Catalog
  /** The administrator's own paths, as they are now. */
  readonly ownPaths: () => readonly OwnPath[]
}
/** `model` is the vendor's own name; '' where the path names none: then only an engine of one's own has a price, nothing. @throws GatewayError credential_missing */
export type FindPassage = (prefix: string, model: string) => Promise<ModelGroup>

export function createFindPassage(tools: PassageTools): FindPassage {
  const byPrefix = new Map(tools.providers.flatMap((provider) => (provider.passPrefixes ?? []).map((prefix): [string, Provider] => [prefix, provider])))
  return async (prefix, model) => {
    const custom = tools.ownPaths().find((one) => prefixOf(one) === prefix)
    if (custom !== undefined) return toOwnGroup(custom, { prices: tools.prices, timeoutMs: tools.defaults.timeoutMs })
    const provider = byPrefix.get(prefix)
    if (provider === undefined) throw refuse('not_found', { method: 'ANY', path: `/${prefix}` })
    const known = tools
      .catalog()
      .deployments()
      .filter((deployment) => deployment.provider.id === provider.id)
    const lender = known.find((deployment) => deployment.passesThrough === true)
    const name = model === '' ? prefix : model
    const priced = model === '' ? null : await priceOf(provider, model, tools)
    const own = known.find((deployment) => deployment.upstreamModel === model)
    const at = lender ?? atHome(provider, name, tools)
    const facts = own ?? priced ?? at
    const id = deploymentId(lender?.id ?? `pass-through_${provider.id}`)
    const deployment = {
      ...at,
      id,
      modelName: name,
      upstreamModel: model,
      settings: {},
      price: model === '' && !provider.local ? null : facts.price,
      facts: facts.facts,
    }
    return { name, deployments: [deployment], fallbacks: [] }
  }
}

/** The vendor's own address, with its conventional credential. */
function atHome(provider: Provider, model: string, tools: PassageTools): Deployment {
  try {
    return make(provider, model, tools)
  } catch (error) {
    const reason = 'it has no address of its own, and no deployment of it says use_in_pass_through: true'
    throw refuse('credential_missing', { provider: provider.title, reason }, {}, error)
  }
}

async function priceOf(provider: Provider, model: string, tools: PassageTools): Promise<Deployment | null> {
  try {
    await tools.prices.load([readPriceQuery(entryFor(provider, model), { ...tools, credentials: new Map() }).vendor])
    return make(provider, model, tools)
  } catch {
    // Without an address of its own nothing can be made of it; then the model has no price here either.
    return null
  }
}

const make = (provider: Provider, model: string, tools: PassageTools): Deployment =>
  toDeployment(entryFor(provider, model), { ...tools, credentials: new Map(), origin: 'file' })

const entryFor = (provider: Provider, model: string): DeploymentEntry => ({
  id: deploymentId(`pass-through_${provider.id}`),
  modelName: model,
  params: { model, custom_llm_provider: provider.id },
  modelInfo: {},
  credential: null,
})
