// Calls of richer dialects at servers of Chat Completions that take OpenAI's own form and nothing beside it.
// Promises: each row was refused by a real server, or cut short by us.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, listOf, objectOf, type JsonObject } from '../../../gateway/contract/json.ts'
import type { Quirks } from '../../../gateway/contract/provider.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { azure } from '../../../gateway/providers/azure.ts'
import { cloudflare } from '../../../gateway/providers/cloudflare.ts'
import { openai } from '../../../gateway/providers/openai.ts'
import { createRowProvider } from '../../../gateway/providers/row.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { shortenCallId } from '../../../gateway/translate/call-id.ts'
import { readGemini } from '../../../gateway/translate/gemini-generate/read-request.ts'
import { readOllamaChat } from '../../../gateway/translate/ollama-chat/read-request.ts'
import { writeChat } from '../../../gateway/translate/openai-chat/write-request.ts'
import { readResponses } from '../../../gateway/translate/openai-responses/read-request.ts'
import { writeResponses } from '../../../gateway/translate/openai-responses/write-request.ts'
import rows from '../../../resources/providers.json' with { type: 'json' }
import { seed } from '../../conformance/recordings.ts'

const target = (more: Partial<WriteTarget> = {}): WriteTarget => ({ model: 'm', stream: false, outputTokensMax: 4096, settings: {}, quirks: {}, ...more })
function write(body: JsonObject, quirks: Quirks = {}): { body: JsonObject; messages: readonly unknown[]; dropped: readonly string[] } {
  const written = writeChat(readMessagesRequest({ max_tokens: 9, ...body }), target({ quirks }))
  const plain: unknown = JSON.parse(JSON.stringify(written.body))
  return { body: isJsonObject(plain) ? plain : {}, messages: listOf(objectOf(plain)?.['messages']), dropped: written.dropped }
}
const text = (words: string): JsonObject => ({ type: 'text', text: words })
const asked: JsonObject = { role: 'user', content: 'hi' }

describe('text', () => {
  it('in pieces is one string, unless a user says it: Groq takes no other system message', () => {
    const { messages } = write({
      system: [text('a'), text('b')],
      messages: [
        { role: 'user', content: [text('c'), text('d')] },
        { role: 'assistant', content: [text('so '), text('said')] },
      ],
    })
    expect(messages).toEqual([
      { role: 'system', content: 'a\n\nb' },
      { role: 'user', content: [text('c'), text('d')] },
      { role: 'assistant', content: 'so said' },
    ])
  })
  it('beside pictures stays in parts', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } }
    expect(write({ messages: [{ role: 'user', content: [text('c'), image] }] }).messages).toMatchObject([{ content: [text('c'), { type: 'image_url' }] }])
  })
  it('of an assistant that only thought is empty, not null', () => {
    const thought = { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: '' }] }
    expect(write({ messages: [asked, thought, asked] }, { reasoningBack: 'none' }).messages[1]).toEqual({ role: 'assistant', content: '' })
  })
  it('beside a call may be missing', () => {
    const called = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] }
    expect(write({ messages: [asked, called] }).messages[1]).toMatchObject({ content: null })
  })
})

describe('what an earlier turn thought', () => {
  const messages = [asked, { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: '' }, text('yes')] }, asked]
  const said = { role: 'assistant', content: 'yes' }
  const row = (id: string): Quirks => createRowProvider(rows.find((found) => found.id === id)).quirks
  it.each([
    ['a server that says nothing of it', {}, { ...said, reasoning_content: 'hm' }],
    ['Groq', row('groq'), said],
    ['Cerebras', row('cerebras'), { ...said, reasoning: 'hm' }],
    ['OpenAI', openai.quirks, said],
    ['Azure', azure.quirks, said],
  ])('goes back to %s in the field it knows', (_name, quirks, expected) => {
    expect(write({ messages }, quirks).messages[1]).toEqual(expected)
  })
})

describe('parameters', () => {
  it('top_k goes where it is known, and is named elsewhere', () => {
    expect(write({ messages: [asked], top_k: 5 })).toMatchObject({ body: { top_k: 5 }, dropped: [] })
    const strict = write({ messages: [asked], top_k: 5 }, openai.quirks)
    expect(strict.body).not.toHaveProperty('top_k')
    expect(strict.dropped).toEqual(['top_k'])
  })
  it.each([
    ['Ollama’s', readOllamaChat({ messages: [{ role: 'user', content: 'hi' }], think: false })],
    ['Gemini’s', readGemini({ contents: [{ parts: [{ text: 'hi' }] }], generationConfig: { thinkingConfig: { thinkingBudget: 0 } } })],
  ])('%s word for not thinking goes only to a model that is known to think', (_dialect, request) => {
    for (const [write, name] of [
      [writeChat, 'reasoning_effort'],
      [writeResponses, 'reasoning'],
    ] as const) {
      expect(write(request, target()).body[name]).toBeUndefined()
      expect(JSON.stringify(write(request, target({ reasons: true })).body[name])).toContain('none')
    }
    const own = { ...request, dialect: 'openai' } as const
    expect(writeChat(own, target()).body['reasoning_effort']).toBe('none')
  })
  it('a schema does not name its dialect', () => {
    const tools = [{ name: 'f', input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' } }]
    expect(write({ messages: [asked], tools }).body['tools']).toMatchObject([{ function: { parameters: { type: 'object' } } }])
    expect(JSON.stringify(write({ messages: [asked], tools }).body)).not.toContain('$schema')
  })
  it('a choice without tools is left out', () => {
    const config = { functionCallingConfig: { mode: 'AUTO' } }
    const { body } = writeChat(readGemini({ contents: [{ parts: [{ text: 'hi' }] }], toolConfig: config }), target())
    expect(JSON.parse(JSON.stringify(body))).not.toHaveProperty('tool_choice')
  })
  it('a cap that nobody asked for is not invented: a model nothing is known of would stop at 4,096 tokens', () => {
    const request = readGemini({ contents: [{ parts: [{ text: 'hi' }] }] })
    expect(writeChat(request, target({ outputTokensAsked: null })).body['max_tokens']).toBeUndefined()
    expect(writeChat(request, target({ outputTokensAsked: null, settings: { max_tokens: 50 } })).body['max_tokens']).toBe(50)
    expect(writeChat(request, target({ outputTokensAsked: 70, outputTokensMax: 70 })).body['max_tokens']).toBe(70)
    expect(writeChat(request, target({ outputTokensAsked: null, quirks: cloudflare.quirks })).body['max_tokens']).toBe(4096)
  })
})

it('a file without a title has a name: OpenAI refuses data without one', () => {
  const document = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }
  const body = { max_tokens: 9, messages: [{ role: 'user', content: [document] }] }
  expect(write(body).messages).toMatchObject([{ content: [{ file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } }] }])
  const { body: written } = writeResponses(readMessagesRequest(body), target())
  expect(written['input']).toMatchObject([{ content: [{ type: 'input_file', filename: 'document.pdf' }] }])
})

it('results follow their calls at once, whatever stands between them', () => {
  const call = (id: string): JsonObject => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' })
  const result = (id: string): JsonObject => ({ type: 'function_call_output', call_id: id, output: 'ok' })
  const note = { type: 'message', role: 'developer', content: 'Be quick.' }
  const steer = { type: 'message', role: 'user', content: 'and hurry' }
  const request = readResponses({ input: [note, steer, call('a'), call('b'), steer, result('b'), note, result('a'), call('c'), result('c')] })
  const { body } = writeChat(request, target({ quirks: { systemAnywhere: true } }))
  expect(listOf(body['messages']).map((message) => objectOf(message)?.['tool_call_id'] ?? objectOf(message)?.['role'])).toEqual([
    ...['system', 'user', 'assistant', 'b', 'a'],
    ...['user', 'system', 'assistant', 'c'],
  ])
})

describe('an id that is too long', () => {
  const long = `functions_mcp__github__create_pull_request_review_comment_12`
  it('is shortened, the same on both sides of a call', () => {
    const use = { type: 'tool_use', id: long, name: 'f', input: {} }
    const result = { type: 'tool_result', tool_use_id: long, content: 'ok' }
    const { messages } = write({ messages: [asked, { role: 'assistant', content: [use] }, { role: 'user', content: [result] }] })
    const short = shortenCallId(long, 40)
    expect(messages.slice(1)).toMatchObject([{ tool_calls: [{ id: short }] }, { tool_call_id: short }])
  })
  it('keeps to its length and stays unique; a short one stays itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 90 }), fc.string({ maxLength: 90 }), (one, other) => {
        const [first, second] = [shortenCallId(one, 40), shortenCallId(other, 40)]
        expect(first.length).toBeLessThanOrEqual(40)
        if (one.length <= 40) expect(first).toBe(one)
        if (one.length > 40 && other.length > 40) expect(first === second).toBe(one === other)
      }),
      { seed },
    )
  })
})
