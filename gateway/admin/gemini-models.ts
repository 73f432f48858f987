// Google's list of models and its token counter: the public names a caller may use, and about how many tokens a request is.
// Promises: answered from memory, without a call to any vendor; a name the caller may not use looks like one that does not exist.
// Leaves alone: what a vendor would count (this is an estimate, good to a few percent on text).
// Source: https://ai.google.dev/api/models and https://ai.google.dev/api/tokens, as known 2026-11-21.

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import { objectOf, type JsonObject } from '../contract/json.ts'
import type { ModelFacts, ModelGroup } from '../contract/provider.ts'
import type { JsonRoute, RouteCall } from '../contract/route.ts'
import type { AdminDeps } from './deps.ts'
import { findServed, smallest } from './served-models.ts'

const modelRow = z.looseObject({ name: z.string(), displayName: z.string(), supportedGenerationMethods: z.array(z.string()) })

export interface GeminiModelDeps extends Pick<AdminDeps, 'catalog' | 'limits'> {
  readonly countInput: (body: JsonObject, facts: ModelFacts) => number
}

export function createGeminiModelRoutes(deps: GeminiModelDeps): readonly JsonRoute[] {
  const shared = { auth: 'key', surface: 'gemini', tag: 'inference' } as const
  const small = { bodyBytesMax: deps.limits.adminBodyBytesMax }
  return [
    {
      ...shared,
      method: 'POST',
      path: '/v1beta/models/{model*}:countTokens',
      summary: 'About how many tokens a Gemini request is. Nobody is asked.',
      body: z.looseObject({}),
      reply: z.object({ totalTokens: z.number() }),
      limits: { bodyBytesMax: deps.limits.inferenceBodyBytesMax },
      handle: async (call) => ({ kind: 'json', value: { totalTokens: deps.countInput(countedBody(call), servedIn(deps, call).deployments[0].facts) } }),
    },
    {
      ...shared,
      method: 'GET',
      path: '/v1beta/models',
      summary: 'The models this key may use, in Google’s form.',
      reply: z.object({ models: z.array(modelRow) }),
      limits: small,
      async handle(call) {
        const catalog = deps.catalog()
        const models = catalog.names().flatMap((name) => {
          const group = findServed(catalog, call.caller, name)
          return group === null ? [] : [rowFor(group, name)]
        })
        return { kind: 'json', value: { models } }
      },
    },
    {
      ...shared,
      method: 'GET',
      path: '/v1beta/models/{model*}',
      summary: 'One model this key may use, in Google’s form.',
      reply: modelRow,
      limits: small,
      handle: async (call) => ({ kind: 'json', value: rowFor(servedIn(deps, call), nameIn(call)) }),
    },
  ]
}

const nameIn = (call: RouteCall): string => call.params['model'] ?? ''

/** @throws GatewayError model_not_found */
function servedIn(deps: GeminiModelDeps, call: RouteCall): ModelGroup {
  const group = findServed(deps.catalog(), call.caller, nameIn(call))
  if (group === null) throw refuse('model_not_found', { model: nameIn(call).slice(0, 200) }, { param: 'model' })
  return group
}

/** `contents` alone, or a whole request in a member of its own. */
function countedBody(call: RouteCall): JsonObject {
  const body = objectOf(call.body) ?? {}
  return objectOf(body['generateContentRequest']) ?? objectOf(body['generate_content_request']) ?? body
}

function rowFor(group: ModelGroup, name: string): z.infer<typeof modelRow> {
  const { context, output } = smallest(group)
  const embeds = group.deployments[0].modelInfo['mode'] === 'embedding'
  return {
    name: `models/${name}`,
    version: '001',
    displayName: name,
    ...(context === null ? {} : { inputTokenLimit: context }),
    outputTokenLimit: output,
    supportedGenerationMethods: embeds ? ['embedContent', 'batchEmbedContents', 'countTokens'] : ['generateContent', 'streamGenerateContent', 'countTokens'],
  }
}
