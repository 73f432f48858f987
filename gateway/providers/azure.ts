// Azure OpenAI, at the address of one's own resource: by deployments with an `api-version`, or by the newer `/openai/v1` without one.
// Promises: description only; a base URL that ends in /openai/v1 means the newer API. Leaves alone: dialling (rooms/call), Entra tokens (gateway/authorize).

import type { ForModel, Passage, Provider } from '../contract/provider.ts'
import { wireIds } from '../contract/request.ts'
import { mediaPaths, openaiPaths, placeOfResponses, responsesPath } from '../translate/openai-surface.ts'

const byDeployment = (path: string): string => `/openai/deployments/{model}${path}?api-version={api_version}`

const pathsByDeployment: Provider['wires'] = {
  'openai-chat': byDeployment('/chat/completions'),
  'openai-completions': byDeployment('/completions'),
  'openai-embeddings': byDeployment('/embeddings'),
  ...Object.fromEntries(Object.entries(mediaPaths).map(([id, path]) => [id, byDeployment(path)])),
}
const newerPaths = { ...openaiPaths, ...mediaPaths }
const newerEnd = '/openai/v1'

/** Beside deployments and their `api-version`s too, this is at the newer address alone (https://learn.microsoft.com/azure/ai-services/openai/how-to/responses, as known 2026-11-22). */
const responsesAlone: Required<Pick<Provider, 'wires' | 'newer'>> = {
  wires: { 'openai-responses': newerEnd + responsesPath['openai-responses'] },
  newer: { baseUrlEnd: newerEnd, wires: responsesPath },
}

/** Deployments are mostly called like their model; one that is not says `mode: responses`. Not every region has Responses, so others stay where they are. */
function forModel(model: string): ForModel {
  const place = placeOfResponses(model)
  if (place === 'last') return {}
  if (place === 'alone') return responsesAlone
  return {
    wires: { ...responsesAlone.wires, ...pathsByDeployment },
    newer: { baseUrlEnd: newerEnd, wires: { ...responsesPath, ...newerPaths } },
  }
}

export const azure: Provider = {
  id: 'azure',
  title: 'Azure OpenAI',
  aliases: [],
  local: false,
  wires: pathsByDeployment,
  forModel,
  responsesMode: responsesAlone,
  // The latest that is generally available (https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle, as known 2026-11-21).
  ownParams: {
    api_version: { fallback: '2024-10-21' },
    azure_ad_token: { secret: true },
    client_secret: { secret: true },
    tenant_id: {},
    client_id: {},
    azure_scope: {},
    token_url: {},
  },
  newer: { baseUrlEnd: newerEnd, wires: newerPaths },
  defaultBaseUrl: null,
  keyVariable: 'AZURE_API_KEY',
  needsKey: false,
  passPrefixes: ['azure'],
  passages: {
    surface: 'openai',
    paths: [
      ...Object.entries(openaiPaths).flatMap(([id, path]): readonly Passage[] => {
        const wire = wireIds.find((known) => known === id) ?? null
        return ['/openai/deployments/{model}', '/openai/v1'].map((base) => ({ path: base + path, wire }))
      }),
      ...['/openai/responses', '/openai/v1/responses'].map((path): Passage => ({ path, wire: 'openai-responses' })),
    ],
  },
  headers: (secret) => (secret === null ? {} : { 'api-key': secret }),
  authorizer: 'entra',
  // Lists base models, not the deployments that can be called.
  modelList: null,
  settings: [
    {
      name: 'api_base',
      label: 'Endpoint',
      kind: 'url',
      required: true,
      placeholder: 'https://my-resource.openai.azure.com',
      help: 'With /openai/v1 at its end, the newer API is used.',
    },
    { name: 'api_key', label: 'API key', kind: 'secret', required: false },
    {
      name: 'tenant_id',
      label: 'Tenant',
      kind: 'text',
      required: false,
      help: 'Instead of an API key: an application of Microsoft Entra, by its tenant, client and secret.',
    },
    { name: 'client_id', label: 'Client', kind: 'text', required: false },
    { name: 'client_secret', label: 'Client secret', kind: 'secret', required: false },
    { name: 'api_version', label: 'API version', kind: 'text', required: false, placeholder: '2024-10-21' },
  ],
  quirks: { outputCapField: 'max_completion_tokens', noTopK: true, reasoningBack: 'none' },
  // The same engines as OpenAI's own service (providers/openai.ts says what is known of them).
  abortedCalls: 'produced',
  // Its global deployments cost what OpenAI asks for the same models, whose limits are known by that name (https://azure.microsoft.com/pricing/details/azure-openai,
  // as known 2026-11-21); who pays more for a region or a data zone sets that price on the model.
  priceVendor: 'openai',
  documentation: { url: 'https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle', checked: '2026-11-21' },
}
