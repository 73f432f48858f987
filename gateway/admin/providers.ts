// GET /providers: everybody who can be called, whether or not anything is configured there.
// Promises: data of the shelf only; says of each whether its requests are held against its documentation. Leaves alone: deployments (models.ts).
// LiteLLM has no such administration route; names of fields are its own where it has them (`litellm_provider`, `api_base`).

import { z } from 'zod'
import type { Provider } from '../contract/provider.ts'
import type { JsonRoute } from '../contract/route.ts'
import { defineRoute, json } from './define-route.ts'
import type { AdminDeps } from './deps.ts'

const providerRow = z.strictObject({
  litellm_provider: z.string(),
  title: z.string(),
  aliases: z.array(z.string()),
  local: z.boolean(),
  api_base: z.string().nullable(),
  api_key_env: z.string().nullable(),
  api_key_required: z.boolean(),
  status: z.enum(['verified', 'listed']),
  documentation: z.strictObject({ url: z.string(), checked: z.string() }),
})

export function createProviderRoutes(deps: Pick<AdminDeps, 'providers' | 'limits'>): readonly JsonRoute[] {
  return [
    defineRoute(deps, {
      method: 'GET',
      path: '/providers',
      auth: 'admin',
      tag: 'models',
      summary: 'Every provider that can be called: address, variable, documentation, verified or listed',
      reply: z.strictObject({ providers: z.array(providerRow), total_count: z.number(), verified_count: z.number() }),
      handle: async () => {
        const providers = deps.providers.map(toRow)
        const verified = providers.filter((row) => row.status === 'verified')
        return json({ providers, total_count: providers.length, verified_count: verified.length })
      },
    }),
  ]
}

function toRow(provider: Provider): z.infer<typeof providerRow> {
  return {
    litellm_provider: provider.id,
    title: provider.title,
    aliases: [...provider.aliases],
    local: provider.local,
    api_base: provider.defaultBaseUrl,
    api_key_env: provider.keyVariable,
    api_key_required: provider.needsKey,
    status: provider.verified === true ? 'verified' : 'listed',
    documentation: provider.documentation,
  }
}
