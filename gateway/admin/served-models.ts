// GET /v1/models: the public names a caller may use, in a row that OpenAI, Anthropic and Open WebUI clients all accept.
// Promises: answered from memory, unless the configuration wants providers asked (pattern-names.ts); a name the caller may not use is not listed and looks like one that does not exist; a pattern is no model.
// Leaves alone: prices and secrets (model info routes have those).
// Source: OpenAI's model object (platform.openai.com/docs/api-reference/models), Anthropic's list envelope, as known 2026-11-21.

import { z } from 'zod'
import { mayUseModel, type Caller } from '../contract/caller.ts'
import { refuse } from '../contract/errors.ts'
import type { Catalog, ModelGroup } from '../contract/provider.ts'
import type { JsonRoute } from '../contract/route.ts'
import type { AdminDeps } from './deps.ts'
import type { PatternNames } from './pattern-names.ts'

const listQuery = z.looseObject({ return_wildcard_routes: z.string().optional() })
const modelRow = z.looseObject({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() })

/** `expand`: the names behind patterns as well, asked of their providers; null: patterns stay unlisted. */
export function createServedModelRoutes(deps: Pick<AdminDeps, 'catalog' | 'limits'>, expand: PatternNames | null): readonly JsonRoute[] {
  const shared = { method: 'GET', auth: 'key', surface: 'openai', tag: 'inference', limits: { bodyBytesMax: deps.limits.adminBodyBytesMax } } as const
  // Cursor asks below its own base whether it is there at all.
  const bases = ['/v1', '/cursor', '/cursor/v1']
  return bases.flatMap((base): readonly JsonRoute[] => [
    {
      ...shared,
      path: `${base}/models`,
      summary: 'The models this key may use; with return_wildcard_routes=true the patterns among them as well.',
      query: listQuery,
      reply: z.object({
        object: z.literal('list'),
        data: z.array(modelRow),
        has_more: z.literal(false),
        first_id: z.string().nullable(),
        last_id: z.string().nullable(),
      }),
      async handle(call) {
        const catalog = deps.catalog()
        const patterns = listQuery.parse(call.query ?? {}).return_wildcard_routes?.toLowerCase() === 'true' ? catalog.patterns() : []
        const rows = [
          ...[...new Set([...catalog.names(), ...((await expand?.()) ?? [])])].flatMap((name) => rowFor(catalog, call.caller, name) ?? []),
          ...patterns.flatMap((name) => (call.caller === null || mayUseModel(call.caller, name) ? [patternRow(catalog, name)] : [])),
        ]
        return { kind: 'json', value: { object: 'list', data: rows, has_more: false, first_id: rows[0]?.id ?? null, last_id: rows.at(-1)?.id ?? null } }
      },
    },
    {
      ...shared,
      path: `${base}/models/{model*}`,
      summary: 'One model this key may use.',
      reply: modelRow,
      async handle(call) {
        const name = call.params['model'] ?? ''
        const row = rowFor(deps.catalog(), call.caller, name)
        if (row === null) throw refuse('model_not_found', { model: name.slice(0, 200) }, { param: 'model' })
        return { kind: 'json', value: row }
      },
    },
  ])
}

// The list carries a date per model; ours is when the format was fixed, so that answers do not change between calls.
const createdS = 1_735_689_600

/** What a pattern stands for is not known until it is asked for, nor how much it can read. */
const patternRow = (catalog: Catalog, name: string): { id: string } & Record<string, unknown> => ({
  id: name,
  object: 'model',
  created: createdS,
  owned_by: catalog.deployments().find(({ modelName }) => modelName === name)?.provider.id ?? 'unknown',
})

function rowFor(catalog: Catalog, caller: Caller | null, name: string): ({ id: string } & Record<string, unknown>) | null {
  const group = findServed(catalog, caller, name)
  if (group === null) return null
  const facts = smallest(group)
  return {
    id: name,
    object: 'model',
    created: createdS,
    owned_by: group.deployments[0].provider.id,
    type: 'model',
    name,
    display_name: name,
    created_at: new Date(createdS * 1000).toISOString(),
    context_length: facts.context,
    max_model_len: facts.context,
    max_output_tokens: facts.output,
    // Anthropic's names for the same, and what its clients expect to find of a model (their SDK's ModelInfo, 1.12).
    max_input_tokens: facts.context,
    max_tokens: facts.output,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  }
}

/** null: there is no such model for this caller. */
export function findServed(catalog: Catalog, caller: Caller | null, name: string): ModelGroup | null {
  const group = catalog.find(name)
  // As on a call: an alias is open to whoever may use it or the model behind it.
  return group === null || caller === null || !(mayUseModel(caller, name) || mayUseModel(caller, group.name)) ? null : group
}

/** What every deployment of the group can do: a client must not plan for more. */
export function smallest(group: ModelGroup): { context: number | null; output: number } {
  const contexts = group.deployments.map((deployment) => deployment.facts.contextTokensMax).filter((tokens) => tokens !== null)
  return {
    context: contexts.length === 0 ? null : Math.min(...contexts),
    output: Math.min(...group.deployments.map((deployment) => deployment.facts.outputTokensMax)),
  }
}
