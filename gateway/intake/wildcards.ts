// Deployments whose public name is a pattern: what they are in the catalog, and what becomes of them when a name is asked for.
// Promises: the id stays the pattern's, everything else is the concrete model's (address, price, limits); as many names are kept as have room, and no more.
// Leaves alone: which entries there are (catalog.ts), how patterns match (contract/wildcard.ts).

import { GatewayError, refuse } from '../contract/errors.ts'
import { textOf, type JsonObject } from '../contract/json.ts'
import type { PriceQuery } from '../contract/prices.ts'
import type { Deployment, Provider } from '../contract/provider.ts'
import type { DeploymentEntry } from '../contract/store.ts'
import { fillWildcard, isWildcard } from '../contract/wildcard.ts'
import { noProvider } from './no-provider.ts'
import { readPriceQuery, toDeployment, type ToDeploymentTools } from './to-deployment.ts'

/** The request says which provider it wants: `model: "*"`. */
export const isOpen = (params: JsonObject): boolean =>
  isWildcard((textOf(params['model']) ?? '').split('/')[0] ?? '') && params['custom_llm_provider'] === undefined

/**
 * The deployment that stands for the pattern itself. It serves nothing; it is there to be listed.
 * @throws GatewayError invalid_request
 */
export function toPattern(entry: DeploymentEntry, tools: ToDeploymentTools): Deployment {
  if (!isOpen(entry.params)) {
    const deployment = toDeployment(entry, tools)
    return isWildcard(deployment.upstreamModel) ? { ...deployment, price: null } : deployment
  }
  const { api_base: address, litellm_credential_name: credential } = entry.params
  // A key goes to its own vendor; here the caller would choose who gets it.
  if ((entry.credential !== null || credential !== undefined) && address === undefined) {
    const reason =
      'It has a key, but any provider may be asked for through it. Write model: provider/*, or leave the key out, so that each provider’s own variable is read.'
    throw refuse('invalid_request', { reason }, { param: 'litellm_params.model' })
  }
  const stand = { ...entry, params: { ...entry.params, model: `${standIn}/*`, api_base: address ?? 'http://127.0.0.1' } }
  const deployment = toDeployment(stand, { ...tools, findProvider: (name) => (name === standIn ? anyProvider : tools.findProvider(name)) })
  return { ...deployment, price: null }
}

const standIn = 'any'
const anyProvider: Provider = {
  ...noProvider,
  id: standIn,
  title: 'Any provider',
  documentation: { url: 'https://docs.litellm.ai/docs/wildcard_routing', checked: '2026-11-21' },
}

/** The entry as it is for one name; null: it cannot be served (no such provider, no address). */
export function expand(
  entry: DeploymentEntry,
  wanted: { readonly name: string; readonly captures: readonly string[] },
  tools: ToDeploymentTools,
): { readonly deployment: Deployment; readonly query: PriceQuery } | null {
  const model = fillWildcard(textOf(entry.params['model']) ?? '', wanted.captures)
  if (model === null) return null
  const concrete = { ...entry, modelName: wanted.name, params: { ...entry.params, model } }
  try {
    return { deployment: toDeployment(concrete, tools), query: readPriceQuery(concrete, tools) }
  } catch (failure) {
    if (!(failure instanceof GatewayError)) throw failure
    return null
  }
}

/** The last ones asked for. */
export function createRecent<Value>(most: number): { find(name: string): Value | undefined; keep(name: string, value: Value): void } {
  const kept = new Map<string, Value>()
  return {
    find(name) {
      const value = kept.get(name)
      if (value === undefined) return undefined
      kept.delete(name)
      kept.set(name, value)
      return value
    },
    keep(name, value) {
      kept.set(name, value)
      const [oldest] = kept.keys()
      if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    },
  }
}
