// Responses that were kept, by their id: read, forgotten, and what they answered.
// Promises: a key sees its own; everything else looks like nothing. Leaves alone: keeping (rooms/converse), responses that a vendor
// keeps, cancelling (nothing runs in the background).
// Source: https://platform.openai.com/docs/api-reference/responses, as known 2026-11-21.

import { z } from 'zod'
import type { KeptResponse, KeptResponses } from '../contract/converse.ts'
import { refuse } from '../contract/errors.ts'
import { isJsonObject } from '../contract/json.ts'
import type { JsonRoute, RouteCall } from '../contract/route.ts'
import type { AdminDeps } from './deps.ts'

const response = z.looseObject({ id: z.string(), object: z.literal('response') })

export function createKeptResponseRoutes(shelf: KeptResponses, deps: Pick<AdminDeps, 'limits'>): readonly JsonRoute[] {
  const shared = { auth: 'key', surface: 'openai', tag: 'inference', limits: { bodyBytesMax: deps.limits.adminBodyBytesMax } } as const
  const find = (call: RouteCall): KeptResponse => {
    const kept = call.caller === null ? null : shelf.find(call.caller.keyId, idOf(call))
    if (kept === null) throw notFound(call)
    return kept.open()
  }
  return [
    {
      ...shared,
      method: 'GET',
      path: '/v1/responses/{id}',
      summary: 'A response that was kept.',
      reply: response,
      handle: async (call) => ({ kind: 'json', value: find(call).response }),
    },
    {
      ...shared,
      method: 'DELETE',
      path: '/v1/responses/{id}',
      summary: 'Forgets a response.',
      reply: z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) }),
      async handle(call) {
        if (call.caller === null || !shelf.forget(call.caller.keyId, idOf(call))) throw notFound(call)
        return { kind: 'json', value: { id: idOf(call), object: 'response', deleted: true } }
      },
    },
    {
      ...shared,
      method: 'GET',
      path: '/v1/responses/{id}/input_items',
      summary: 'What a kept response answered, newest first.',
      reply: z.looseObject({ object: z.literal('list'), data: z.array(z.unknown()) }),
      handle: async (call) => ({ kind: 'json', value: listItems(idOf(call), find(call)) }),
    },
  ]
}

const idOf = (call: RouteCall): string => call.params['id'] ?? ''
const notFound = (call: RouteCall): Error => refuse('record_not_found', { reason: `There is no response ${idOf(call).slice(0, 100)} here.` }, { param: 'id' })

/** Whole: pages are for lists without an end. Items without an id get one, because the list is by ids. */
function listItems(id: string, { input }: KeptResponse): object {
  const data = input.flatMap((item, index) => (isJsonObject(item) ? [{ id: `item_${id.slice('resp_'.length)}_${index}`, ...item }] : [])).reverse()
  return { object: 'list', data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}
