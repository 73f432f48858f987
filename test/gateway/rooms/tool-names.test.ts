// A call's tools at a vendor who takes fewer names than its caller gives.
// Promises: the vendor sees one name it takes, in definition, choice and history; the caller gets its own back, streamed or not.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatRequest, ReplyEvent } from '../../../gateway/contract/chat.ts'
import { isJsonObject, listOf, objectOf, type JsonObject } from '../../../gateway/contract/json.ts'
import type { Provider } from '../../../gateway/contract/provider.ts'
import type { WireId } from '../../../gateway/contract/request.ts'
import { anthropic } from '../../../gateway/providers/anthropic.ts'
import { openai } from '../../../gateway/providers/openai.ts'
import { readWhole, type Exchange } from '../../../gateway/rooms/call/exchange.ts'
import { withOwnNames } from '../../../gateway/rooms/call/own-names.ts'
import { wires } from '../../../gateway/translate/index.ts'
import { seed } from '../../conformance/recordings.ts'
import { deploymentOf, exchangeBetween, requestOf } from '../../kit/translated-call.ts'

const long = 'mcp__plugin_atlassian_atlassian__getJiraIssueRemoteIssueLinksByProject'
const bodies: Readonly<Record<string, JsonObject>> = {
  'anthropic-messages': {
    model: 'm',
    max_tokens: 9,
    tools: [{ name: long, input_schema: { type: 'object' } }],
    tool_choice: { type: 'tool', name: long },
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: long, input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
    ],
  },
  'gemini-generate': {
    contents: [{ parts: [{ text: 'hi' }] }],
    tools: [{ functionDeclarations: [{ name: 'files.read' }, { name: 'files_read' }] }],
  },
}
const exchangeOf = (wire: WireId, provider: Provider): Exchange => exchangeBetween(requestOf(bodies[wire] ?? {}, { wire }), deploymentOf(provider, 'x'))
const bodyOf = (exchange: Exchange): JsonObject => {
  const body: unknown = JSON.parse(Buffer.from(exchange.body).toString('utf8'))
  return isJsonObject(body) ? body : {}
}

describe('a name that is too long for OpenAI', () => {
  const exchange = exchangeOf('anthropic-messages', openai)
  const body = bodyOf(exchange)
  const name = objectOf(objectOf(listOf(body['tools'])[0])?.['function'])?.['name']
  it('is one that fits, wherever it stands', () => {
    expect(name).toMatch(/^mcp__plugin_atlassian_[a-zA-Z0-9_-]{1,43}$/)
    expect(body['tool_choice']).toEqual({ type: 'function', function: { name } })
    expect(listOf(body['messages'])[1]).toMatchObject({ tool_calls: [{ id: 't', function: { name } }] })
    expect(JSON.stringify(body)).not.toContain(long)
  })
  it('comes back as it was, whole and in pieces', () => {
    const call = { id: 'c', type: 'function', function: { name, arguments: '{}' } }
    const reply = { choices: [{ message: { role: 'assistant', content: null, tool_calls: [call] }, finish_reason: 'tool_calls' }] }
    const { events } = readWhole(exchange, Buffer.from(JSON.stringify(reply)), {})
    expect(events).toContainEqual({ type: 'tool-start', index: 0, id: 'c', name: long })
    const chunk = `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [{ index: 0, ...call }] } }] })}\n\n`
    const streamed = withOwnNames(exchange.wire.outbound.createReader().push(Buffer.from(chunk)), exchange.toolNames)
    expect(streamed).toContainEqual({ type: 'tool-start', index: 0, id: 'c', name: long })
  })
})

it('two names that differ in forbidden characters alone stay two', () => {
  const exchange = exchangeOf('gemini-generate', anthropic)
  const names = listOf(bodyOf(exchange)['tools']).map((tool) => objectOf(tool)?.['name'])
  expect(names).toEqual([expect.stringMatching(/^files_read_[a-z0-9]{14}$/), 'files_read'])
  expect(exchange.toolNames).toEqual(new Map([[names[0], 'files.read']]))
})

it('names that fit change nothing, and events are the very same', () => {
  const tools = [{ type: 'function', function: { name: 'plain-name_1' } }]
  const exchange = exchangeBetween(requestOf({ model: 'm', messages: [{ role: 'user', content: 'hi' }], tools }), deploymentOf(anthropic, 'x'))
  const events: readonly ReplyEvent[] = [{ type: 'reply-end' }]
  expect(exchange.toolNames).toBeNull()
  expect(withOwnNames(events, exchange.toolNames)).toBe(events)
})

describe('any name', () => {
  const rules: readonly (readonly [WireId, RegExp])[] = [
    ['openai-chat', /^[a-zA-Z0-9_-]{1,64}$/],
    ['openai-responses', /^[a-zA-Z0-9_-]{1,64}$/],
    ['mistral-chat', /^[a-zA-Z0-9_-]{1,64}$/],
    ['anthropic-messages', /^[a-zA-Z0-9_-]{1,128}$/],
    ['bedrock-converse', /^[a-zA-Z0-9_-]{1,64}$/],
    ['gemini-generate', /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/],
    ['cohere-chat', /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/],
  ]
  const target = { model: 'x', stream: false, outputTokensMax: 9, settings: {}, quirks: {} }
  it.each(rules)('fits %s, and its own is known', (id, rule) => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 140, unit: 'grapheme' }), (name) => {
        const request: ChatRequest = {
          operation: 'chat',
          dialect: 'anthropic',
          messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
          tools: [{ name, parameters: { type: 'object' } }],
          choices: 1,
          stop: [],
          other: {},
        }
        const written = wires[id].outbound.write?.(request, target)
        const [shown] = [...(written?.toolNames ?? new Map([[name, name]])).keys()]
        expect(shown).toMatch(rule)
        expect(JSON.stringify(written?.body)).toContain(`"name":"${shown ?? ''}"`)
        expect(written?.toolNames?.get(shown ?? '') ?? name).toBe(name)
      }),
      { seed },
    )
  })
})
