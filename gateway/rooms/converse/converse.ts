// Lets a Responses request go on from a reply that was written here: `previous_response_id` and item references become the items themselves.
// Promises: before anything is held, so that a bound sees what will be sent; only replies of this key; a vendor's own ids pass untouched.
// Leaves alone: other wires; replies that a vendor wrote (it keeps those itself).
// Source: https://platform.openai.com/docs/guides/conversation-state, as known 2026-11-21.

import type { Converse, KeptResponse, KeptResponses } from '../../contract/converse.ts'
import { refuse } from '../../contract/errors.ts'
import type { KeyId } from '../../contract/ids.ts'
import type { LastBytes } from '../../contract/itinerary.ts'
import { isJsonObject, listOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { InferenceRequest } from '../../contract/request.ts'
import { content } from '../../contract/sealed.ts'

export function createConverse(shelf: KeptResponses, limits: { readonly inferenceBodyBytesMax: number }): Converse {
  return {
    resume(caller, request) {
      const json = request.wire === 'openai-responses' ? request.json.open() : {}
      const earlier = readEarlier(json, caller.keyId, shelf)
      const items = toItems(json['input'])
      const input = items.map((item, index) => resolveItem(item, { at: `input[${index}].id`, keyId: caller.keyId, shelf }))
      if (earlier === null && input.every((item, index) => item === items[index])) return request
      return withBody(request, { ...json, previous_response_id: null, input: [...(earlier ?? []), ...input] }, limits.inferenceBodyBytesMax)
    },
    keep({ caller, request, outcome }) {
      // What passes through is the vendor's to keep.
      if (request.passing !== undefined) return
      if (request.wire !== 'openai-responses' || outcome.end !== 'answered' || outcome.lastBytes === null) return
      const json = request.json.open()
      if (json['store'] === false) return
      const id = `resp_${request.id.slice('req_'.length)}`
      const response = readResponse(outcome.lastBytes, id)
      const bytes = request.bodyBytes + outcome.lastBytes.bytes.length
      if (response !== undefined) shelf.keep(caller.keyId, id, { kept: { input: toItems(json['input']), response }, bytes })
    },
  }
}

/** A response's id as we make them; its items carry the same middle. */
const ownResponse = /^resp_[0-9A-HJKMNP-TV-Z]{26}$/
const ownItem = /^(?:msg|rs|fc|ctc)_([0-9A-HJKMNP-TV-Z]{26})_\d+$/

/** null: there is none, or it is the vendor's to know. */
function readEarlier(json: JsonObject, keyId: KeyId, shelf: KeptResponses): readonly Json[] | null {
  const id = textOf(json['previous_response_id'])
  if (id === undefined || !ownResponse.test(id)) return null
  const { input, response } = find(shelf, { keyId, id, param: 'previous_response_id' })
  return [...input, ...outputOf(response)]
}

function resolveItem(item: Json, context: { readonly at: string; readonly keyId: KeyId; readonly shelf: KeptResponses }): Json {
  const { at, keyId, shelf } = context
  const id = isJsonObject(item) && item['type'] === 'item_reference' ? textOf(item['id']) : undefined
  const middle = id === undefined ? undefined : ownItem.exec(id)?.[1]
  if (middle === undefined) return item
  const { response } = find(shelf, { keyId, id: `resp_${middle}`, param: at })
  const found = outputOf(response).find((candidate) => objectOf(candidate)?.['id'] === id)
  if (found === undefined) throw refuse('previous_response_not_found', { id: id ?? '' }, { param: at })
  return found
}

function find(shelf: KeptResponses, { keyId, id, param }: { readonly keyId: KeyId; readonly id: string; readonly param: string }): KeptResponse {
  const kept = shelf.find(keyId, id)
  if (kept === null) throw refuse('previous_response_not_found', { id }, { param })
  return kept.open()
}

const outputOf = (response: JsonObject): readonly Json[] => listOf(response['output']).filter(isJsonObject)

function toItems(input: Json | undefined): readonly Json[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  return listOf(input).map((item) => item as Json)
}

function withBody(request: InferenceRequest, json: JsonObject, bytesMax: number): InferenceRequest {
  const body = Buffer.from(JSON.stringify(json))
  if (body.length > bytesMax) throw refuse('body_too_large', { limit: bytesMax })
  return { ...request, json: content(json), body: content(body), bodyBytes: body.length }
}

/** A whole reply, or the last event of a stream, if it was written here: a vendor's has the vendor's id. */
function readResponse({ head, bytes }: LastBytes, id: string): JsonObject | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (!text.includes(id)) return undefined
  try {
    const [, event = 'null'] = /\ndata: (.*)\n\n$/.exec(text.slice(Math.max(0, text.lastIndexOf('\nevent: ')))) ?? []
    const found: unknown = head?.headers['content-type'] === 'application/json' ? JSON.parse(text) : objectOf(JSON.parse(event))?.['response']
    const response = objectOf(found)
    return response?.['id'] === id ? response : undefined
  } catch {
    // Bytes of a vendor that are not what they should be: nothing of ours.
    return undefined
  }
}
