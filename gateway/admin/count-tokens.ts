// POST /v1/messages/count_tokens: about how many tokens a message is, before it is sent.
// Promises: answered here and free of charge: no vendor is asked, nothing is held; for models the key may use and bodies that could be sent.
// Leaves alone: counting (a tool), and whose tokenizer it will be in the end: an estimate, as the vendor calls its own.
// Source: https://platform.claude.com/docs/en/build-with-claude/token-counting, as known 2026-11-21.

import { z } from 'zod'
import { mayUseModel } from '../contract/caller.ts'
import { refuse } from '../contract/errors.ts'
import type { JsonObject } from '../contract/json.ts'
import type { ModelFacts } from '../contract/provider.ts'
import type { JsonRoute, RouteCall } from '../contract/route.ts'
import type { AdminDeps } from './deps.ts'

/** @throws GatewayError invalid_request, for a body that could not be sent either */
export type CountTokens = (body: JsonObject, facts: ModelFacts) => number

export function createCountTokensRoute(deps: Pick<AdminDeps, 'catalog' | 'limits'>, count: CountTokens): JsonRoute {
  return {
    method: 'POST',
    path: '/v1/messages/count_tokens',
    auth: 'key',
    surface: 'anthropic',
    tag: 'inference',
    summary: 'About how many tokens a message is. Free of charge; no provider is asked.',
    limits: { bodyBytesMax: deps.limits.inferenceBodyBytesMax },
    body: z.looseObject({ model: z.string().min(1).max(256) }),
    reply: z.object({ input_tokens: z.number() }),
    async handle(call) {
      const body = call.body as JsonObject & { readonly model: string }
      return { kind: 'json', value: { input_tokens: count(body, factsOf(deps, call, body.model)) } }
    },
  }
}

/** As a call would be admitted: an alias is open to whoever may use it or the model behind it. */
function factsOf(deps: Pick<AdminDeps, 'catalog'>, { caller }: RouteCall, model: string): ModelFacts {
  const group = deps.catalog().find(model)
  if (group === null) throw refuse('model_not_found', { model }, { param: 'model' })
  if (caller === null || !(mayUseModel(caller, model) || mayUseModel(caller, group.name))) throw refuse('model_not_allowed', { model }, { param: 'model' })
  return group.deployments[0].facts
}
