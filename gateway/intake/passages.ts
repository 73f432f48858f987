// Where calls by a vendor's own paths go: its address and credential, and what the model they name costs there.
// Promises: the credential of a deployment that says `use_in_pass_through`, else the vendor's conventional one at the vendor's own address; prices and
// limits of the model as everywhere. No part of a request says where it goes but its first segment.
// Leaves alone: which paths there are (door), whether the caller may (admit). Source: LiteLLM's page "Pass-through endpoints", as known 2026-11-21.

import { refuse } from '../contract/errors.ts'
import { deploymentId, type DeploymentId } from '../contract/ids.ts'
import { prefixOf, type OwnPath } from '../contract/own-path.ts'
import type { Catalog, Deployment, ModelGroup, Provider } from '../contract/provider.ts'
import type { PriceCard } from '../contract/price.ts'
import type { ServedCall } from '../contract/prices.ts'
import type { Passing } from '../contract/request.ts'
import type { DeploymentEntry } from '../contract/store.ts'
import { ownPathId, toOwnGroup } from './own-passage.ts'
import { readPriceQuery, toDeployment, type ToDeploymentTools } from './to-deployment.ts'

export interface PassageTools extends Omit<ToDeploymentTools, 'credentials' | 'origin' | 'prices'> {
  readonly prices: ToDeploymentTools['prices'] & { load(vendors: readonly (string | null)[]): Promise<void> }
  readonly providers: readonly Provider[]
  readonly catalog: () => Catalog
  /** The administrator's own paths, as they are now. */
  readonly ownPaths: () => readonly OwnPath[]
}
/** `model` is the vendor's own name; '' where the path names none: then only an engine of one's own has a price, nothing. @throws GatewayError credential_missing */
export type FindPassage = (passing: Pick<Passing, 'prefix' | 'asked'>, model: string) => Promise<ModelGroup>

export function createFindPassage(tools: PassageTools): FindPassage {
  const byPrefix = new Map(tools.providers.flatMap((provider) => (provider.passPrefixes ?? []).map((prefix): [string, Provider] => [prefix, provider])))
  return async ({ prefix, asked }, model) => {
    const custom = tools.ownPaths().find((one) => prefixOf(one) === prefix)
    if (custom !== undefined) return toOwnGroup(custom, { prices: tools.prices, timeoutMs: tools.defaults.timeoutMs })
    const provider = byPrefix.get(prefix)
    if (provider === undefined) throw refuse('not_found', { method: 'ANY', path: `/${prefix}` })
    const known = tools
      .catalog()
      .deployments()
      .filter((deployment) => deployment.provider.id === provider.id)
    const at = findLender(known, { provider, place: asked?.place ?? {} }, tools)
    const name = model === '' ? prefix : model
    const priced = model === '' ? null : await asServed(provider, model, { at, tools })
    const own = known.find((deployment) => deployment.upstreamModel === model)
    const facts = own ?? priced ?? at
    const deployment = {
      ...at,
      provider: { ...(priced ?? at).provider, abortedCalls: at.provider.abortedCalls },
      modelName: name,
      upstreamModel: model,
      settings: {},
      price: model === '' && !provider.local ? null : facts.price,
      facts: facts.facts,
    }
    return { name, deployments: [deployment], fallbacks: [] }
  }
}

/** What a call costs now, served as it was: by the deployment, by a pattern it is one of, by a vendor's own path. null: unpriced. */
export function createCardNow(tools: PassageTools): (call: ServedCall) => Promise<PriceCard | null> {
  return async (call) => {
    const { deploymentId: id, providerId, upstreamModel, model: modelName } = call
    const deployments = tools.catalog().deployments()
    const served = [...deployments, ...expandedFor(call, tools)].find((one) => one.id === id && one.upstreamModel === upstreamModel)
    if (served !== undefined) return served.price
    const own = tools.ownPaths().find((one) => ownPathId(one) === id)
    if (own !== undefined) return toOwnGroup(own, { prices: tools.prices, timeoutMs: null }).deployments[0].price
    const provider = tools.findProvider(providerId)
    if (provider === null || upstreamModel === '') return null
    const known = deployments.filter((deployment) => deployment.provider.id === provider.id)
    const at = known.find((deployment) => deployment.id === id) ?? homeOf(provider, tools)
    if (at === null) return await listedOf(call, provider, tools)
    // By a vendor's own path the model costs what its own deployment says, as it did when it was called.
    const passed = at.passesThrough === true || at.id === pathId(provider)
    const same = passed ? known.find((deployment) => deployment.upstreamModel === upstreamModel) : undefined
    return (same ?? (await asServed(provider, upstreamModel, { at, tools, modelName })))?.price ?? null
  }
}

/** A pattern's deployments have its id, and are made for the name that was asked for; a fallback's is the vendor's own, with its prefix or without. */
function expandedFor({ model, providerId, upstreamModel }: ServedCall, tools: PassageTools): readonly Deployment[] {
  const names = new Set([model, `${providerId}/${upstreamModel}`, upstreamModel])
  return [...names].flatMap((name) => tools.catalog().find(name)?.deployments ?? [])
}

/** Of a deployment that is gone, at a vendor without an address of its own. */
async function listedOf({ upstreamModel: model, model: modelName }: ServedCall, provider: Provider, { prices }: PassageTools): Promise<PriceCard | null> {
  const vendor = provider.priceVendor ?? null
  await prices.load([vendor])
  return prices.cardFor({ provider: provider.id, model, modelName, vendor, local: provider.local, overrides: {} })
}

function homeOf(provider: Provider, tools: PassageTools): Deployment | null {
  try {
    return atHome(provider, tools)
  } catch {
    // It has none.
    return null
  }
}

interface Place {
  readonly provider: Provider
  /** What the path says of it. */
  readonly place: Readonly<Record<string, string>>
}

/** Of several the one whose place the path names. No part of a path makes an address: where nobody lends that place, there is none. @throws GatewayError invalid_request */
function findLender(known: readonly Deployment[], { provider, place }: Place, tools: PassageTools): Deployment {
  const lent = known.filter((deployment) => deployment.passesThrough === true)
  const lenders = lent.length === 0 ? [atHome(provider, tools)] : lent
  const found = lenders.find((deployment) => Object.entries(place).every(([name, value]) => deployment.place[name] === value))
  if (found !== undefined) return found
  const names = Object.keys(place).join(' and ')
  throw refuse('invalid_request', { reason: `The path names another ${names} than those of ${provider.title} that are lent here.` }, { param: names })
}

/** The vendor's own address, with its conventional credential. A model's name may say more of a place, so it has no part in this. */
function atHome(provider: Provider, tools: PassageTools): Deployment {
  try {
    return make(entryFor(provider, provider.id), tools)
  } catch (error) {
    const reason = 'it has no address of its own, and no deployment of it says use_in_pass_through: true'
    throw refuse('credential_missing', { provider: provider.title, reason }, {}, error)
  }
}

/** The model as that deployment's address serves it: its price there, and what is different about it. */
async function asServed(
  provider: Provider,
  model: string,
  { at, tools, modelName = model }: { readonly at: Deployment; readonly tools: PassageTools; readonly modelName?: string },
): Promise<Deployment | null> {
  const entry = { ...entryFor(provider, model), modelName }
  const there = { ...entry, params: { ...entry.params, ...at.place, api_base: at.baseUrl } }
  try {
    await tools.prices.load([readPriceQuery(there, { ...tools, credentials: new Map() }).vendor])
    return make(there, tools)
  } catch {
    // Where nothing can be made of its name it has no price here either.
    return null
  }
}

const pathId = (provider: Provider): DeploymentId => deploymentId(`pass-through_${provider.id}`)

const make = (entry: DeploymentEntry, tools: PassageTools): Deployment => toDeployment(entry, { ...tools, credentials: new Map(), origin: 'file' })

const entryFor = (provider: Provider, model: string): DeploymentEntry => ({
  id: pathId(provider),
  modelName: model,
  params: { model, custom_llm_provider: provider.id },
  modelInfo: {},
  credential: null,
})
