// Histories of calls before vendors that are strict about their form.
// Promises: each row was a real vendor's 400.

import { describe, expect, it } from 'vitest'
import { listOf, objectOf, type JsonObject } from '../../../gateway/contract/json.ts'
import type { ChatRequest } from '../../../gateway/contract/chat.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { vertexAi } from '../../../gateway/providers/vertex-ai.ts'
import { writeMessages } from '../../../gateway/translate/anthropic-messages/write-request.ts'
import { writeConverse } from '../../../gateway/translate/bedrock-converse/write-request.ts'
import { writeCohere } from '../../../gateway/translate/cohere-chat/write-request.ts'
import { writeGemini } from '../../../gateway/translate/gemini-generate/write-request.ts'
import { writeOllama } from '../../../gateway/translate/ollama-chat/write-request.ts'
import { createChatReader } from '../../../gateway/translate/openai-chat/read-reply.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'
import { writeResponses } from '../../../gateway/translate/openai-responses/write-request.ts'
import { createOpenaiTap } from '../../../gateway/translate/openai-tap.ts'

const target: WriteTarget = { model: 'm', stream: false, outputTokensMax: 9, settings: {}, quirks: {} }
const hi = { role: 'user', content: 'hi' }
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
const called = (id: string): readonly JsonObject[] => [
  hi,
  { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: id, content: 'ok' },
]
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('tools whose schemas must be kept to', () => {
  const asked = (...strict: readonly boolean[]): ChatRequest =>
    readChat({ messages: [hi], tools: strict.map((kept, index) => ({ type: 'function', function: { name: `f${index}`, strict: kept } })) })
  it.each([
    ['Anthropic', writeMessages],
    ['Bedrock', writeConverse],
    ['Google', writeGemini],
    ['Ollama', writeOllama],
  ])('are named where %s has no word for it', (_vendor, write) => {
    expect(write(asked(true, false), target).dropped).toEqual(['tools.strict'])
    expect(write(asked(false), target).dropped).toEqual([])
  })
  it('have one word for all of them at Cohere', () => {
    const written = [asked(true, true), asked(true, false), asked(false)].map((request) => writeCohere(request, target))
    expect(written.map(({ body, dropped }) => [body['strict_tools'], dropped])).toEqual([
      [true, []],
      [undefined, ['tools.strict']],
      [undefined, []],
    ])
  })
})

describe('a history of calls where no tool is offered', () => {
  const asked = (body: JsonObject): unknown => {
    const { tools: offered, tool_choice } = writeMessages(readChat(body), target).body
    return plain({ tools: offered, tool_choice })
  }
  it('has one at Anthropic that cannot be called', () => {
    expect(asked({ messages: called('a') })).toEqual({
      tools: [{ name: 'unavailable', description: 'No tool can be called now.', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'none' },
    })
  })
  it('has none where there are no calls, and the caller’s own where it offers some', () => {
    expect(asked({ messages: [hi] })).toEqual({})
    expect(asked({ messages: called('a'), tools })).toMatchObject({ tools: [{ name: 'f' }] })
  })
})

describe('calls and results at Google', () => {
  const parts = (quirks: WriteTarget['quirks']): readonly unknown[] =>
    listOf(plain(writeGemini(readChat({ messages: called('call_1'), tools }), { ...target, quirks }).body['contents'])).flatMap((content) =>
      listOf(objectOf(content)?.['parts']),
    )
  it('have their ids at Gemini, and none at Vertex AI, which refuses them', () => {
    expect(parts({}).slice(1)).toMatchObject([{ functionCall: { id: 'call_1' } }, { functionResponse: { id: 'call_1' } }])
    expect(parts(vertexAi.quirks).slice(1)).toEqual([
      { functionCall: { name: 'f', args: {} } },
      { functionResponse: { name: 'f', response: { output: 'ok' } } },
    ])
  })
})

it.each([
  ['Bedrock', (id: string): unknown => writeConverse(readChat({ messages: called(id), tools }), target).body['messages']],
  ['Responses', (id: string): unknown => writeResponses(readChat({ messages: called(id), tools }), target).body['input']],
])('%s gets ids of at most 64 characters, the same on both sides', (_vendor, write) => {
  const idsIn = (id: string): readonly string[] => [...JSON.stringify(write(id)).matchAll(/"(?:toolUseId|call_id)":"([^"]*)"/g)].map(([, found = '']) => found)
  const ids = idsIn('x'.repeat(116))
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).toMatch(/^x{49}_[a-z0-9]{14}$/)
  expect(idsIn('x'.repeat(64))).toEqual(['x'.repeat(64), 'x'.repeat(64)])
})

describe('Azure’s first chunk, which tells of its filters alone', () => {
  const stream = [
    { id: '', model: '', choices: [], prompt_filter_results: [] },
    { id: 'chatcmpl-1', model: 'gpt-x', choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: null }] },
  ]
  const bytes = Buffer.from(stream.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
  it('is not where a reply gets its id from, translated or passed', () => {
    expect(createChatReader().push(bytes)[0]).toEqual({ type: 'reply-start', upstreamId: 'chatcmpl-1', model: 'gpt-x' })
    const tap = createOpenaiTap({ stripUsage: false, text: createTextTally() })
    expect(Buffer.concat([...tap.push(bytes)])).toEqual(bytes)
    expect(tap.seen).toMatchObject({ upstreamId: 'chatcmpl-1', model: 'gpt-x' })
  })
})
