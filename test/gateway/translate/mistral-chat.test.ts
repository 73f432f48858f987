// Mistral's chat: OpenAI's form with the differences that Mistral would answer with 422.
// Promises: nothing is sent that it does not know; ids of calls fit on both sides.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { Wire, WriteTarget } from '../../../gateway/contract/wire.ts'
import { anthropicMessages } from '../../../gateway/translate/anthropic-messages/anthropic-messages.ts'
import { shortCallId } from '../../../gateway/translate/call-id.ts'
import { geminiGenerate } from '../../../gateway/translate/gemini-generate/gemini-generate.ts'
import { mistralChat } from '../../../gateway/translate/mistral-chat.ts'
import { openaiChat } from '../../../gateway/translate/openai-chat/openai-chat.ts'
import { openaiResponses } from '../../../gateway/translate/openai-responses/openai-responses.ts'
import { seed } from '../../conformance/recordings.ts'
import { withoutSilentTurns, withSilentTurns } from './silent-turns.ts'

const target: WriteTarget = { model: 'up', stream: false, outputTokensMax: 4096, outputTokensAsked: null, settings: {}, quirks: {} }
function written(body: object, change: Partial<WriteTarget> = {}): { body: Record<string, unknown>; dropped: readonly string[] } {
  const read = openaiChat.inbound?.read({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body })
  const done = read === undefined ? undefined : mistralChat.outbound.write?.(read, { ...target, ...change })
  if (done === undefined) throw new Error('it is written')
  return { body: JSON.parse(JSON.stringify(done.body)) as Record<string, unknown>, dropped: done.dropped }
}
const plain = { model: 'up', messages: [{ role: 'user', content: 'hi' }] }

describe('a request', () => {
  it('says random_seed, caps by max_tokens, and does not ask for what a stream used', () => {
    expect(written({ seed: 7 }).body).toEqual({ ...plain, random_seed: 7 })
    expect(written({ max_completion_tokens: 9 }, { outputTokensAsked: 9, outputTokensMax: 9 }).body).toEqual({ ...plain, max_tokens: 9 })
    expect(written({ stream_options: { include_usage: true } }, { stream: true })).toEqual({ body: { ...plain, stream: true }, dropped: [] })
  })

  it('carries Mistral’s own words, and names what it would refuse', () => {
    const { body, dropped } = written({ safe_prompt: true, prompt_mode: 'reasoning', logit_bias: { 1: 2 }, verbosity: 'low', user: 'u', store: true })
    expect(body).toEqual({ ...plain, safe_prompt: true, prompt_mode: 'reasoning' })
    expect(dropped).toEqual(['logit_bias', 'verbosity'])
  })

  const pdf = 'data:application/pdf;base64,BBBB'
  const named = { type: 'document_url', document_url: pdf, document_name: 'b.pdf' }
  it.each<[string, Wire, JsonObject, JsonObject]>([
    ['Chat', openaiChat, { messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: pdf, filename: 'b.pdf' } }] }] }, named],
    ['Responses', openaiResponses, { input: [{ role: 'user', content: [{ type: 'input_file', file_data: pdf, filename: 'b.pdf' }] }] }, named],
    [
      'Messages',
      anthropicMessages,
      {
        max_tokens: 9,
        messages: [{ role: 'user', content: [{ type: 'document', title: 'b.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' } }] }],
      },
      named,
    ],
    [
      'Google',
      geminiGenerate,
      { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'application/pdf', data: 'BBBB' } }] }] },
      { ...named, document_name: 'document.pdf' },
    ],
    [
      'Google, by its address',
      geminiGenerate,
      { contents: [{ role: 'user', parts: [{ fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } }] }] },
      { type: 'document_url', document_url: 'https://example.com/a.pdf', document_name: 'document.pdf' },
    ],
  ])('shows a PDF as a document to callers of %s', (_dialect, wire, body, document) => {
    const read = wire.inbound?.read({ model: 'm', ...body })
    const done = read === undefined ? undefined : mistralChat.outbound.write?.(read, target)
    expect(JSON.parse(JSON.stringify(done?.body))).toMatchObject({ messages: [{ role: 'user', content: [document] }] })
    expect(done?.dropped).toEqual([])
  })

  it('gives calls and their results ids of nine letters and digits, the same ones', () => {
    const call = { id: 'call_abc-123', type: 'function', function: { name: 'f', arguments: '{}' } }
    const messages = [
      { role: 'user', content: 'hi', name: 'Ann' },
      { role: 'assistant', content: null, tool_calls: [call], reasoning_content: 'hm' },
      { role: 'tool', tool_call_id: 'call_abc-123', content: 'x' },
    ]
    const [user, said, result] = written({ messages }).body['messages'] as Record<string, unknown>[]
    expect(user).toEqual({ role: 'user', content: 'hi' })
    const id = shortCallId('call_abc-123')
    expect(said).toEqual({ role: 'assistant', content: null, tool_calls: [{ ...call, id }] })
    expect(result).toEqual({ role: 'tool', tool_call_id: id, content: 'x' })
  })

  it('leaves out what an assistant did not say, which Mistral refuses', () => {
    expect(written({ messages: withSilentTurns }).body['messages']).toEqual(withoutSilentTurns)
  })

  it('lets nobody but the assistant speak after results', () => {
    const call = (id: string): object => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
    const result = (id: string): object => ({ role: 'tool', tool_call_id: id, content: 'x' })
    const rolesOf = (messages: readonly object[]): readonly unknown[] =>
      (written({ messages }).body['messages'] as Record<string, unknown>[]).map(({ role }) => role)
    const called = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: null, tool_calls: [call('aaaaaaaaa'), call('bbbbbbbbb')] },
      result('aaaaaaaaa'),
      result('bbbbbbbbb'),
    ]
    expect(rolesOf([...called, { role: 'user', content: 'stop, another thing' }])).toEqual(['user', 'assistant', 'tool', 'tool', 'assistant', 'user'])
    expect(rolesOf([...called, { role: 'assistant', content: 'so' }, { role: 'user', content: 'go on' }])).toEqual([
      ...['user', 'assistant', 'tool', 'tool'],
      ...['assistant', 'user'],
    ])
    expect(rolesOf(called)).toEqual(['user', 'assistant', 'tool', 'tool'])
  })

  it('has fitting ids for any, and leaves fitting ones', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(shortCallId(id)).toMatch(/^[a-zA-Z0-9]{9}$/)
        expect(shortCallId(shortCallId(id))).toBe(shortCallId(id))
      }),
      { seed, numRuns: 300 },
    )
    expect(shortCallId('D681PevKs')).toBe('D681PevKs')
    const many = Array.from({ length: 20_000 }, (_, index) => shortCallId(`call_${String(index)}`))
    expect(new Set(many).size).toBe(many.length)
  })
})

it('thoughts inside the content are thoughts, text is text', () => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
    { type: 'text', text: 'Three.' },
    { type: 'reference', reference_ids: [1] },
  ]
  const events = mistralChat.outbound.readWhole({ id: 'x', choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }] })
  expect(events.slice(1, 3)).toEqual([
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'text-delta', text: 'Three.' },
  ])
})
