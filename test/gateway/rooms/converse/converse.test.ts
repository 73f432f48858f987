// Going on from an earlier reply.
// Promises: what is sent is the whole conversation; nothing else about a request changes; what is not ours is not touched.

import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../../gateway/contract/caller.ts'
import type { Converse } from '../../../../gateway/contract/converse.ts'
import { keyId, requestId } from '../../../../gateway/contract/ids.ts'
import type { Outcome } from '../../../../gateway/contract/itinerary.ts'
import type { JsonObject } from '../../../../gateway/contract/json.ts'
import type { InferenceRequest, WireId } from '../../../../gateway/contract/request.ts'
import { content } from '../../../../gateway/contract/sealed.ts'
import { createConverse } from '../../../../gateway/rooms/converse/converse.ts'
import { createKeptResponses } from '../../../../gateway/rooms/converse/kept-responses.ts'

const ulid = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const id = `resp_${ulid}`
const limits = { responsesKeptMax: 9, responsesKeptBytesMax: 99_999, responseKeptBytesMax: 9_999, responsesKeptMs: 1000, inferenceBodyBytesMax: 500 }
const callerOf = (key: number): Caller => ({ keyId: keyId(key) }) as Caller
const said = { id: `msg_${ulid}_0`, type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] }
const response: JsonObject = { id, object: 'response', output: [said] }

function requestOf(json: JsonObject, wire: WireId = 'openai-responses'): InferenceRequest {
  const body = Buffer.from(JSON.stringify(json))
  return { id: requestId(`req_${ulid}`), wire, json: content(json), body: content(body), bodyBytes: body.length } as unknown as InferenceRequest
}
const outcomeOf = (text: string, contentType: string | null, end: Outcome['end'] = 'answered'): Outcome => ({
  ...{ end, status: 200, attempts: [], failure: null, dropped: [] },
  lastBytes: { head: contentType === null ? null : { status: 200, headers: { 'content-type': contentType } }, bytes: Buffer.from(text) },
})
const whole = outcomeOf(JSON.stringify(response), 'application/json')
const event = (type: string, fields: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const user = (text: string): JsonObject => ({ type: 'message', role: 'user', content: text })

function setUp(outcome: Outcome = whole, json: JsonObject = { input: 'one' }): Converse {
  const converse = createConverse(createKeptResponses(limits, { monotonicUs: () => 0 }), limits)
  converse.keep({ caller: callerOf(1), request: requestOf(json), outcome })
  return converse
}
const resume = (converse: Converse, json: JsonObject, key = 1): InferenceRequest => converse.resume(callerOf(key), requestOf(json))
const next = { model: 'm', input: 'two', previous_response_id: id }

describe('a request', () => {
  it('that goes on gets the conversation so far in front of it', () => {
    const request = resume(setUp(), next)
    const wanted = { model: 'm', previous_response_id: null, input: [user('one'), said, user('two')] }
    expect(request.json.open()).toEqual(wanted)
    expect(JSON.parse(Buffer.from(request.body.open()).toString())).toEqual(wanted)
    expect(request.bodyBytes).toBe(request.body.open().length)
  })

  it('that refers to an item gets the item', () => {
    const request = resume(setUp(), { input: [{ type: 'item_reference', id: said.id }, user('two')] })
    expect(request.json.open()['input']).toEqual([said, user('two')])
  })

  it.each<[string, InferenceRequest]>([
    ['refers to nothing', requestOf({ input: [user('x')] })],
    ['names a vendor’s response', requestOf({ input: 'x', previous_response_id: 'resp_67ccd3a9da748190baa7f1570fe91ac604becb25c45c1d41' })],
    ['names a vendor’s item', requestOf({ input: [{ type: 'item_reference', id: 'msg_67ccd3' }] })],
    ['speaks another dialect', requestOf(next, 'openai-chat')],
  ])('that %s stays the very same', (_title, request) => {
    expect(setUp().resume(callerOf(1), request)).toBe(request)
  })

  it.each<[string, JsonObject, number, string]>([
    ['a response of another key', next, 2, 'previous_response_id'],
    ['an item of another key', { input: [{ type: 'item_reference', id: said.id }] }, 2, 'input[0].id'],
    ['an item its response does not have', { input: [{ type: 'item_reference', id: `msg_${ulid}_7` }] }, 1, 'input[0].id'],
  ])('that names %s is refused', (_title, json, key, param) => {
    expect(() => resume(setUp(), json, key)).toThrow(expect.objectContaining({ code: 'previous_response_not_found', hints: { param } }))
  })

  it('that would grow beyond what a body may hold is refused', () => {
    expect(() => resume(setUp(whole, { input: 'x'.repeat(500) }), next)).toThrow(expect.objectContaining({ code: 'body_too_large' }))
  })
})

describe('a reply', () => {
  it('is kept from the last event of a stream', () => {
    const stream = event('response.output_item.done', { item: said }) + event('response.completed', { response })
    expect(resume(setUp(outcomeOf(stream, null)), next).json.open()['input']).toEqual([user('one'), said, user('two')])
    expect(resume(setUp(outcomeOf(event('response.completed', { response }), 'text/event-stream')), next).json.open()['input']).toHaveLength(3)
  })

  it.each<[string, Outcome, JsonObject]>([
    ['the caller asked not to', whole, { input: 'one', store: false }],
    ['it failed', outcomeOf(JSON.stringify(response), 'application/json', 'failed'), { input: 'one' }],
    ['a vendor wrote it', outcomeOf(JSON.stringify({ ...response, id: 'resp_67ccd3a9' }), 'application/json'), { input: 'one' }],
    ['it is no JSON', outcomeOf('{', 'application/json'), { input: 'one' }],
    ['its stream ended without it', outcomeOf('data: [DONE]\n\n', null), { input: 'one' }],
  ])('is not kept when %s', (_title, outcome, json) => {
    expect(() => resume(setUp(outcome, json), next)).toThrow(expect.objectContaining({ code: 'previous_response_not_found' }))
  })
})
