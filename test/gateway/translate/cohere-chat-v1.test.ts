// Cohere's chat of version 1 as it passes: bounded, capped, and billed units read from its last line.

import { expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { cohereChatV1 } from '../../../gateway/translate/cohere-chat-v1.ts'

const pass = cohereChatV1.pass ?? expect.fail()

it.each<[string, JsonObject, readonly string[]]>([
  ['a plain message', { message: 'hi', max_tokens: 5 }, []],
  ['a search at the vendor', { message: 'hi', connectors: [{ id: 'web-search' }] }, ['connectors']],
  ['a conversation the vendor keeps', { message: 'hi', conversation_id: 'c' }, ['conversation_id']],
  ['switches that are off', { message: 'hi', connectors: [], search_queries_only: false, conversation_id: null }, []],
])('%s is bounded or named', (_name, body, unbounded) => {
  expect(pass.bound?.(body)).toMatchObject({ unbounded, outputTokensMax: body['max_tokens'] })
})

it('a budget’s cap is put in', () => {
  const body = { message: 'hi', model: 'm' }
  const { body: sent } = pass.edit(Buffer.from(JSON.stringify(body)), body, { model: 'm', outputTokensMax: 9, askUsage: true, quirks: {}, defaults: {} })
  expect(JSON.parse(Buffer.from(sent).toString())).toEqual({ ...body, max_tokens: 9 })
})

it('the last line waits with its billed units', () => {
  const tap = pass.createTap({ stripUsage: false, text: createTextTally() })
  const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)
  expect(Buffer.concat([...tap.push(line({ event_type: 'text-generation', text: 'hi' }))]).toString()).toContain('hi')
  const end = line({ event_type: 'stream-end', finish_reason: 'COMPLETE', response: { meta: { billed_units: { input_tokens: 3, output_tokens: 2 } } } })
  expect(tap.push(end)).toEqual([])
  expect(tap.seen).toMatchObject({ finished: true, usage: { meters: { input: 3, output: 2 }, provenance: 'reported' } })
  expect(Buffer.from(tap.end()).equals(end)).toBe(true)
})

it('a stream that ends with an error is one', () => {
  const tap = pass.createTap({ stripUsage: false, text: createTextTally() })
  tap.push(pass.fail({ message: 'gone', type: 'server_error', code: 'upstream_cut' }))
  expect(tap.seen.error?.message).toContain('broke off')
})
