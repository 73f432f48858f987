// Calls whose ids repeat, on the way to vendors that pair by id or by name.
// Promises: each result goes to the call it answers.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatMessage, ChatRequest } from '../../../gateway/contract/chat.ts'
import { listOf, objectOf } from '../../../gateway/contract/json.ts'
import { writeMessages } from '../../../gateway/translate/anthropic-messages/write-request.ts'
import { writeGemini } from '../../../gateway/translate/gemini-generate/write-request.ts'
import { writeOllama } from '../../../gateway/translate/ollama-chat/write-request.ts'
import { uniqueCalls } from '../../../gateway/translate/unique-calls.ts'
import { seed } from '../../conformance/recordings.ts'

const said = (...calls: readonly (readonly [string, string])[]): ChatMessage => ({
  role: 'assistant',
  parts: [],
  thinking: [],
  toolCalls: calls.map(([id, name]) => ({ id, name, argumentsText: '{}' })),
})
const result = (callId: string, text: string): ChatMessage => ({ role: 'tool', callId, parts: [{ type: 'text', text }] })
const user: ChatMessage = { role: 'user', parts: [{ type: 'text', text: 'hi' }] }
const turns = [user, said(['call_0', 'f']), result('call_0', 'of f'), said(['call_0', 'g']), result('call_0', 'of g')]
const request: ChatRequest = { operation: 'chat', dialect: 'openai', messages: turns, tools: [], choices: 1, stop: [], other: {} }
const target = { model: 'm', stream: false, outputTokensMax: 9, settings: {}, quirks: {} }

describe('a server that begins anew with each reply', () => {
  it('has one id for each call at Anthropic', () => {
    expect(listOf(writeMessages(request, target).body['messages']).slice(1)).toMatchObject([
      { content: [{ id: 'call_0' }] },
      { content: [{ tool_use_id: 'call_0' }] },
      { content: [{ id: 'call_0_2' }] },
      { content: [{ tool_use_id: 'call_0_2' }] },
    ])
  })
  it('has each result under its own function’s name at Gemini and Ollama', () => {
    const contents = listOf(writeGemini(request, target).body['contents']).flatMap((content) => listOf(objectOf(content)?.['parts']))
    const responses = contents.flatMap((part) => objectOf(objectOf(part)?.['functionResponse'])?.['name'] ?? [])
    expect(responses).toEqual(['f', 'g'])
    expect(listOf(writeOllama(request, target).body['messages']).flatMap((message) => objectOf(message)?.['tool_name'] ?? [])).toEqual(['f', 'g'])
  })
})

it('two calls at once under one id are answered in their order', () => {
  const written = uniqueCalls([said(['a', 'f'], ['a', 'g'], ['a_2', 'h']), result('a', '1'), result('a_2', '3'), result('a', '2')])
  expect(
    written.map((message) => (message.role === 'tool' ? message.callId : message.role === 'assistant' && message.toolCalls.map((call) => call.id))),
  ).toEqual([['a', 'a_3', 'a_2'], 'a', 'a_2', 'a_3'])
})

it('ids are unique whatever they were, and the very same list where they are', () => {
  const id = fc.constantFrom('a', 'a_2', 'b', 'c_3')
  const message = fc.oneof(
    fc.array(id, { maxLength: 3 }).map((ids) => said(...ids.map((one) => [one, 'f'] as const))),
    id.map((one) => result(one, 'x')),
  )
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      const idsOf = (list: readonly ChatMessage[]): readonly string[] =>
        list.flatMap((one) => (one.role === 'assistant' ? one.toolCalls.map((call) => call.id) : []))
      const written = uniqueCalls(messages)
      const ids = idsOf(written)
      expect(new Set(ids).size).toBe(ids.length)
      if (new Set(idsOf(messages)).size === idsOf(messages).length) expect(written).toBe(messages)
      expect(uniqueCalls(written)).toBe(written)
    }),
    { seed },
  )
})
