// Where a path of the administrator's own leads: a model group of one deployment, made of its entry.
// Promises: priced by what the entry says a call costs, and by nothing else; its headers are opened at each use.
// Leaves alone: how entries are read (own-paths), who may call (admit).

import { deploymentId, type DeploymentId } from '../contract/ids.ts'
import { prefixOf, type OwnPath } from '../contract/own-path.ts'
import type { PriceBook } from '../contract/prices.ts'
import type { ModelGroup, Provider } from '../contract/provider.ts'
import { noProvider } from './no-provider.ts'

export function toOwnGroup(own: OwnPath, { prices, timeoutMs }: { readonly prices: PriceBook; readonly timeoutMs: number | null }): ModelGroup {
  const name = prefixOf(own)
  const headers = Object.entries(own.headers)
  const provider: Provider = { ...nobody, title: `What is behind ${own.path}` }
  const overrides = own.costUsd === null ? null : { input_cost_per_request: own.costUsd }
  const query = { vendor: null, provider: provider.id, model: name, modelName: name, local: false }
  const deployment = {
    id: ownPathId(own),
    modelName: name,
    provider,
    upstreamModel: name,
    baseUrl: own.target,
    credential: null,
    secrets: Object.fromEntries(headers.flatMap(([header, { ref }]) => (ref === null ? [] : [[header, ref]]))),
    place: Object.fromEntries(headers.map(([header, { text }]) => [header, text])),
    weight: 1,
    timeoutMs: own.timeoutMs ?? timeoutMs,
    streamTimeoutMs: null,
    dropParams: false,
    ownPath: true as const,
    extraHeaders: {},
    settings: own.query,
    price: overrides === null ? null : prices.cardFor({ ...query, overrides }),
    facts: prices.factsFor(null, name, {}),
    origin: 'file' as const,
    modelInfo: {},
  }
  return { name, deployments: [deployment], fallbacks: [] }
}

export const ownPathId = ({ id }: OwnPath): DeploymentId => deploymentId(`own-path_${id}`)

/** No vendor that the shelf knows. */
const nobody: Omit<Provider, 'title'> = {
  ...noProvider,
  id: 'pass-through',
  authorizer: 'own-headers',
  abortedCalls: 'whole',
  documentation: { url: 'https://docs.litellm.ai/docs/proxy/pass_through', checked: '2026-11-21' },
}
