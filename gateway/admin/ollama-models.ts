// What Ollama's clients ask before they chat: which models there are, what one can do, which version answers.
// Promises: the same names as GET /v1/models, for the same callers; nothing is told of a model that is not known (sizes, digests, families).
// Leaves alone: pulling, making and deleting models, which is an engine's own business.
// Source: https://docs.ollama.com/api/tags, …/api-reference/show-model-details, …/api/ps, …/api/version, as known 2026-11-21.

import { z } from 'zod'
import { mayUseModel, type Caller } from '../contract/caller.ts'
import { refuse } from '../contract/errors.ts'
import type { Catalog, ModelGroup } from '../contract/provider.ts'
import type { JsonRoute } from '../contract/route.ts'
import type { AdminDeps } from './deps.ts'

/** The version of Ollama whose API is spoken here. Editors refuse to talk to anything older than 0.6.4. */
const apiVersion = '0.12.6'
/** When the format was fixed, so that answers do not change between calls. */
const modifiedAt = new Date(1_735_689_600_000).toISOString()

const named = z.looseObject({ name: z.string(), model: z.string(), modified_at: z.string(), size: z.number(), digest: z.string(), details: z.looseObject({}) })
const wanted = z.object({ model: z.string().optional(), name: z.string().optional() })

export function createOllamaModelRoutes(deps: Pick<AdminDeps, 'catalog' | 'limits'>): readonly JsonRoute[] {
  const shared = { auth: 'key', surface: 'ollama', tag: 'inference', limits: { bodyBytesMax: deps.limits.adminBodyBytesMax } } as const
  return [
    {
      ...shared,
      method: 'GET',
      path: '/api/tags',
      summary: 'The models this key may use, as Ollama lists them.',
      reply: z.object({ models: z.array(named) }),
      handle: async ({ caller }) => ({ kind: 'json', value: { models: namesFor(deps.catalog(), caller).map(toTag) } }),
    },
    {
      ...shared,
      method: 'POST',
      path: '/api/show',
      summary: 'What a model can do, as Ollama tells it.',
      body: wanted,
      reply: z.looseObject({ capabilities: z.array(z.string()), model_info: z.looseObject({}) }),
      async handle({ caller, body }) {
        const asked = body as z.infer<typeof wanted>
        const name = asked.model ?? asked.name ?? ''
        const group = findFor(deps.catalog(), caller, name)
        if (group === null) throw refuse('model_not_found', { model: name.slice(0, 200) }, { param: 'model' })
        return { kind: 'json', value: toShown(group) }
      },
    },
    {
      ...shared,
      method: 'GET',
      path: '/api/ps',
      summary: 'The models an engine holds in memory: none here.',
      reply: z.object({ models: z.array(named) }),
      handle: async () => ({ kind: 'json', value: { models: [] } }),
    },
    {
      ...shared,
      method: 'GET',
      path: '/api/version',
      summary: 'The version of Ollama whose API is spoken here.',
      reply: z.object({ version: z.string() }),
      handle: async () => ({ kind: 'json', value: { version: apiVersion } }),
    },
  ]
}

function findFor(catalog: Catalog, caller: Caller | null, name: string): ModelGroup | null {
  // Clients add the tag that Ollama adds to names without one.
  const group = catalog.find(name) ?? catalog.find(name.replace(/:latest$/, ''))
  return group !== null && caller !== null && (mayUseModel(caller, name) || mayUseModel(caller, group.name)) ? group : null
}

const namesFor = (catalog: Catalog, caller: Caller | null): readonly string[] => catalog.names().filter((name) => findFor(catalog, caller, name) !== null)

const details = { parent_model: '', format: '', family: '', families: null, parameter_size: '', quantization_level: '' }

const toTag = (name: string): z.infer<typeof named> => ({ name, model: name, modified_at: modifiedAt, size: 0, digest: '', details })

const words: Readonly<Record<string, string>> = { images: 'vision', tools: 'tools', reasoning: 'thinking' }
/** A client hides what a model is not said to do; where nothing is known the vendor decides. */
const unknownAbilities = ['completion', 'tools']

function toShown(group: ModelGroup): { readonly capabilities: readonly string[]; readonly [name: string]: unknown } {
  const facts = group.deployments.map((deployment) => deployment.facts)
  const shared = (facts[0]?.capabilities ?? []).filter((ability) => facts.every((one) => one.capabilities.includes(ability)))
  const embeds = group.deployments.every((deployment) => deployment.modelInfo['mode'] === 'embedding')
  const contexts = facts.flatMap(({ contextTokensMax }) => (contextTokensMax === null ? [] : [contextTokensMax]))
  return {
    modelfile: '',
    parameters: '',
    template: '',
    details,
    model_info: {
      'general.architecture': 'tollgate',
      'general.basename': group.name,
      ...(contexts.length === 0 ? {} : { 'tollgate.context_length': Math.min(...contexts) }),
    },
    capabilities: embeds ? ['embedding'] : shared.length === 0 ? unknownAbilities : ['completion', ...shared.flatMap((ability) => words[ability] ?? [])],
    modified_at: modifiedAt,
  }
}
