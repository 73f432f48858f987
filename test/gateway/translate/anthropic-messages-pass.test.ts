// A Messages body and its reply that otherwise pass: the declared edits, what a tap sees, an error after the headers.
// Promises: the declared members change and no other byte; what is seen is what the vendor said.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits, StreamFacts } from '../../../gateway/contract/wire.ts'
import { createTextTally, type TextTally } from '../../../gateway/kit/text-tally.ts'
import { editMessages } from '../../../gateway/translate/anthropic-messages/edit.ts'
import { failMessages } from '../../../gateway/translate/anthropic-messages/fail.ts'
import { createMessagesTap, readMessagesFacts } from '../../../gateway/translate/anthropic-messages/tap.ts'
import { textOfBytes } from '../../conformance/recordings.ts'

const edits: PassEdits = { model: 'claude-x', askUsage: true, quirks: {}, defaults: {} }
function edit(text: string, change: Partial<PassEdits>): { text: string; stripUsage: boolean; same: boolean } {
  const raw = Buffer.from(text)
  const passed = editMessages(raw, JSON.parse(text) as JsonObject, { ...edits, ...change })
  return { text: Buffer.from(passed.body).toString('utf8'), stripUsage: passed.stripUsage, same: passed.body === raw }
}

describe('editing in place', () => {
  it('gives the very same bytes back when nothing changes, in a stream too', () => {
    expect(edit('{ "model" : "claude-x", "stream":true, "max_tokens":5,"messages":[] }', { outputTokensMax: 9 })).toMatchObject({
      same: true,
      stripUsage: false,
    })
  })

  it.each<[string, string, Partial<PassEdits>, string]>([
    ['the model name', '{"x":1.0, "model" : "alias" }', {}, '{"x":1.0, "model" : "claude-x" }'],
    ['a cap above the budget', '{"model":"claude-x","max_tokens":900}', { outputTokensMax: 50 }, '{"model":"claude-x","max_tokens":50}'],
    ['a cap that was left out', '{"model":"claude-x"}', { outputTokensMax: 50 }, '{"max_tokens":50,"model":"claude-x"}'],
    [
      'defaults this dialect knows, and no others',
      '{"model":"claude-x","max_tokens":1}',
      { defaults: { top_k: 4, reasoning_effort: 'low', num_ctx: 8, model: 'no', max_tokens: 7 } },
      '{"top_k":4,"model":"claude-x","max_tokens":1}',
    ],
    [
      'what a reseller has in its path',
      '{"model":"alias", "stream":true,"max_tokens":1, "messages":[] }',
      { quirks: { anthropicVersion: 'reseller-1', streamInPath: true } },
      '{"anthropic_version":"reseller-1","max_tokens":1, "messages":[] }',
    ],
    [
      'the version alone, where the body says whether it is a stream',
      '{"model":"alias","stream":true,"max_tokens":1}',
      { quirks: { anthropicVersion: 'reseller-2' } },
      '{"anthropic_version":"reseller-2","stream":true,"max_tokens":1}',
    ],
    ['one sampler of two', '{"model":"claude-x"}', { defaults: { temperature: 0.5, top_p: 0.9 } }, '{"temperature":0.5,"model":"claude-x"}'],
    [
      'no sampler beside thinking',
      '{"model":"claude-x","thinking":{"type":"adaptive"}}',
      { defaults: { temperature: 0.5 } },
      '{"model":"claude-x","thinking":{"type":"adaptive"}}',
    ],
    [
      'no sampler for a model that refuses them',
      '{"model":"claude-opus-4-7"}',
      { model: 'claude-opus-4-7', defaults: { temperature: 0.5, thinking: { type: 'adaptive' } } },
      '{"thinking":{"type":"adaptive"},"model":"claude-opus-4-7"}',
    ],
  ])('%s', (_, before, change, after) => {
    expect(edit(before, change).text).toBe(after)
  })
})

describe('a deployment’s thinking', () => {
  const budget = { type: 'enabled', budget_tokens: 2000 }
  const thinkingOf = (body: JsonObject, change: Partial<PassEdits> = {}): unknown => {
    const { text } = edit(JSON.stringify({ model: 'm', max_tokens: 4000, ...body }), { model: 'claude-sonnet-4-5', defaults: { thinking: budget }, ...change })
    return (JSON.parse(text) as JsonObject)['thinking']
  }

  it.each<[string, JsonObject, Partial<PassEdits>, unknown]>([
    ['goes to who says nothing of it', { tool_choice: { type: 'auto' } }, {}, budget],
    ['gives way to the caller’s', { thinking: { type: 'disabled' } }, {}, { type: 'disabled' }],
    ['gives way to the caller’s effort', { output_config: { effort: 'low' } }, {}, undefined],
    ['is left out beside any tool', { tool_choice: { type: 'any' } }, {}, undefined],
    ['is left out beside one tool', { tool_choice: { type: 'tool', name: 'f' } }, {}, undefined],
    ['is left out where it is no less than the cap', { max_tokens: 2000 }, {}, undefined],
    ['is left out where it is no less than the budget’s cap', {}, { outputTokensMax: 1500 }, undefined],
    ['is left out beside a sampler', { temperature: 0.2 }, {}, undefined],
    ['says no thinking beside a forced tool too', { tool_choice: { type: 'any' } }, { defaults: { thinking: { type: 'disabled' } } }, { type: 'disabled' }],
    ['says no thinking to no model that refuses it', {}, { model: 'claude-opus-5-5', defaults: { thinking: { type: 'disabled' } } }, undefined],
  ])('%s', (_, body, change, thinking) => {
    expect(thinkingOf(body, change)).toEqual(thinking)
  })
})

const event = (type: string, fields: object = {}): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const start = event('message_start', {
  message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 20, cache_read_input_tokens: 300, output_tokens: 1 } },
})
const delta = (fields: object): string => event('content_block_delta', { index: 0, delta: fields })
const ending = event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } })
const stop = event('message_stop')

describe('tapping a passing stream', () => {
  const tap = (text: string): { out: string; seen: StreamFacts; tally: TextTally } => {
    const tally = createTextTally()
    const made = createMessagesTap({ text: tally })
    return { out: textOfBytes([...made.push(Buffer.from(text)), made.end()]), seen: made.seen, tally }
  }

  it('holds the last event back and drops what follows it', () => {
    const made = createMessagesTap({ text: createTextTally() })
    expect(textOfBytes(made.push(Buffer.from(start + ending + stop + event('ping'))))).toBe(start + ending)
    expect(made.closed).toBe(true)
    expect(textOfBytes([made.end()])).toBe(stop)
  })

  it('counts text, reasoning, arguments and names of tools, and takes usage from both ends', () => {
    const call = event('content_block_start', { index: 0, content_block: { type: 'tool_use', id: 'a', name: 'fn', input: {} } })
    const text = start + delta({ type: 'text_delta', text: 'a"é' }) + delta({ type: 'thinking_delta', thinking: 'xyz' }) + call
    const { seen, tally, out } = tap(text + delta({ type: 'input_json_delta', partial_json: '{"a":1}' }) + ending + stop)
    expect(out.endsWith(stop)).toBe(true)
    expect(tally.bytes).toBe(4 + 3 + 2 + 7)
    expect(seen).toMatchObject({ finished: true, upstreamId: 'msg_1', model: 'claude-x', error: null, textBytesAtUsage: 16 })
    expect(seen.usage).toEqual({ meters: { input: 20, cacheRead: 300, output: 9 }, provenance: 'reported' })
  })

  it('does not take the placeholder of the start for what was written', () => {
    const { seen } = tap(start + delta({ type: 'text_delta', text: 'x'.repeat(400) }))
    expect(seen).toMatchObject({ finished: false, usage: { meters: { input: 20, cacheRead: 300, output: 100 }, provenance: 'counted' } })
  })

  it('shows a vendor’s error and passes it on, like what it cannot read', () => {
    const broken = `${start}data: no json\n\n: a comment\n\n${event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })}`
    expect(tap(broken)).toMatchObject({ out: broken, seen: { error: { message: 'Overloaded', type: 'overloaded_error' }, finished: false } })
  })
})

describe('facts of a whole reply', () => {
  const reply = { type: 'message', id: 'msg_1', model: 'claude-x', stop_reason: 'tool_use', usage: { input_tokens: 2, output_tokens: 3 } }
  it('are its usage, id and text', () => {
    const tally = createTextTally()
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'text', text: 'abc' },
      { type: 'tool_use', id: 'i', name: 'f', input: { a: 1 } },
    ]
    const facts = readMessagesFacts({ ...reply, content }, tally)
    expect(facts).toMatchObject({ upstreamId: 'msg_1', model: 'claude-x', finished: true, error: null, usage: { meters: { input: 2, output: 3 } } })
    expect(tally.bytes).toBe(2 + 3 + 1 + '{"a":1}'.length)
  })
  it('are an error where there is no reply, with the usage it was billed', () => {
    const refusal = { type: 'error', error: { type: 'api_error', message: 'no' }, usage: { input_tokens: 2, output_tokens: 3 } }
    expect(readMessagesFacts(refusal, createTextTally())).toMatchObject({ error: { message: 'no', type: 'api_error' }, usage: { meters: { input: 2 } } })
    expect(readMessagesFacts('text', createTextTally()).error?.message).toContain('without content')
  })
})

it.each([
  [{ type: 'insufficient_quota', code: 'insufficient_quota' }, 'billing_error'],
  [{ type: 'server_error', code: 'upstream_timeout' }, 'timeout_error'],
  [{ type: 'server_error', code: 'upstream_cut' }, 'api_error'],
  [{ type: 'server_error', code: 'overloaded_error' }, 'overloaded_error'],
  [{ type: 'server_error', code: 'toString' }, 'api_error'],
])('an error after the headers, %j, is an event of type %s', (words, type) => {
  expect(textOfBytes([failMessages({ message: 'm', ...words })])).toBe(event('error', { error: { type, message: 'm' } }))
})
