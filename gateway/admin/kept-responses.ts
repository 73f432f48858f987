// Responses that were kept, by their id: read, forgotten, what they answered, and why they cannot be cancelled.
// Promises: a key sees its own; everything else looks like nothing. Leaves alone: keeping (rooms/converse), responses that a vendor keeps.
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
    {
      ...shared,
      method: 'POST',
      path: '/v1/responses/{id}/cancel',
      summary: 'Says why a response cannot be cancelled: none runs in the background here.',
      // None is sent, and what is sent all the same is not read.
      body: 'wire',
      reply: response,
      async handle(call) {
        if (!isVendors(idOf(call))) find(call)
        throw refuse('invalid_request', { reason: whyNotCancelled(idOf(call)) }, { param: 'id' })
      },
    },
  ]
}

/** As OpenAI makes them: `resp_` and hexadecimal digits, which ours (26 of Crockford's letters and digits, in capitals) are not. */
const isVendors = (id: string): boolean => /^resp_[0-9a-f]{30,128}$/.test(id)

/** Only what was started with `background: true` can be cancelled, and that is refused here, so nothing that has an id is still to be stopped. OpenAI answers the same with 400. */
function whyNotCancelled(id: string): string {
  const reason = isVendors(id) ? 'it was finished by its provider before it was answered' : 'it is finished'
  return `Cannot cancel the response ${id.slice(0, 100)}: ${reason}. Only responses that run in the background can be cancelled; one that is still being streamed stops when its connection is closed.`
}

const idOf = (call: RouteCall): string => call.params['id'] ?? ''
const notFound = (call: RouteCall): Error => refuse('record_not_found', { reason: `There is no response ${idOf(call).slice(0, 100)} here.` }, { param: 'id' })

/** Whole: pages are for lists without an end. Items without an id get one, because the list is by ids. */
function listItems(id: string, { input }: KeptResponse): object {
  const data = input.flatMap((item, index) => (isJsonObject(item) ? [{ id: `item_${id.slice('resp_'.length)}_${index}`, ...item }] : [])).reverse()
  return { object: 'list', data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}
