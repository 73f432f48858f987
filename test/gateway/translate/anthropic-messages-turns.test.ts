// Chat messages to Anthropic turns.
// Promises: each rule of the mapping is a case.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { writeMessages } from '../../../gateway/translate/anthropic-messages/write-request.ts'
import { cleanCallId } from '../../../gateway/translate/call-id.ts'
import { readChat } from '../../../gateway/translate/openai-chat/read-request.ts'

const hi = { role: 'user', content: 'hi' }
interface Target {
  readonly model?: string
  readonly cap?: number
  readonly settings?: JsonObject
}
function write(body: JsonObject, target: Target = {}): { body: JsonObject; dropped: readonly string[] } {
  const written = writeMessages(readChat(body), {
    model: target.model ?? 'claude-opus-4-6',
    stream: false,
    outputTokensMax: target.cap ?? 4096,
    settings: target.settings ?? {},
    quirks: {},
  })
  return { body: JSON.parse(JSON.stringify(written.body)) as JsonObject, dropped: written.dropped }
}
const turns = (...messages: readonly JsonObject[]): unknown => write({ messages }).body['messages']
const text = (value: string): object => ({ type: 'text', text: value })

describe('turns', () => {
  it('hoist leading system messages with their cache hints and wrap later ones where they were said', () => {
    const { body } = write({
      messages: [
        { role: 'system', content: 'one' },
        { role: 'developer', content: [{ type: 'text', text: 'two', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
        hi,
        { role: 'assistant', content: 'a' },
        { role: 'system', content: 'later' },
        { role: 'user', content: 'b' },
      ],
    })
    expect(body['system']).toEqual([text('one'), { ...text('two'), cache_control: { type: 'ephemeral', ttl: '1h' } }])
    expect(body['messages']).toEqual([
      { role: 'user', content: [text('hi')] },
      { role: 'assistant', content: [text('a')] },
      { role: 'user', content: [text('<system>\nlater\n</system>'), text('b')] },
    ])
  })

  it('merge neighbours of one role and leave blank text out', () => {
    expect(
      turns(
        hi,
        {
          role: 'user',
          content: [
            { type: 'text', text: ' \n' },
            { type: 'text', text: 'b' },
          ],
        },
        { role: 'assistant', content: '' },
        { role: 'user', content: 'c' },
      ),
    ).toEqual([{ role: 'user', content: [text('hi'), text('b'), text('c')] }])
  })

  it('begin with the user, also when the caller’s did not', () => {
    const opening = { role: 'user', content: [text('(start of conversation)')] }
    expect(turns({ role: 'assistant', content: 'hello' }, hi)).toEqual([
      opening,
      { role: 'assistant', content: [text('hello')] },
      { role: 'user', content: [text('hi')] },
    ])
    expect(write({ messages: [{ role: 'system', content: 'only' }] }).body).toMatchObject({ system: [text('only')], messages: [opening] })
  })

  it('do not end in white space when the assistant is to continue', () => {
    expect(turns(hi, { role: 'assistant', content: 'Once upon a \n' })).toEqual([
      { role: 'user', content: [text('hi')] },
      { role: 'assistant', content: [text('Once upon a')] },
    ])
  })

  it('put all results into one user turn, before any text, in whatever order they come', () => {
    const call = (id: string, args: string): JsonObject => ({ id, type: 'function', function: { name: 'f', arguments: args } })
    expect(
      turns(
        hi,
        { role: 'assistant', content: 'ok', tool_calls: [call('a', '{"x":1}'), call('b', '')] },
        { role: 'system', content: 'note' },
        { role: 'tool', tool_call_id: 'b', content: 'B' },
        { role: 'tool', tool_call_id: 'a', content: '' },
        { role: 'user', content: 'go on' },
      ),
    ).toEqual([
      { role: 'user', content: [text('hi')] },
      {
        role: 'assistant',
        content: [text('ok'), { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } }, { type: 'tool_use', id: 'b', name: 'f', input: {} }],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'b', content: [text('B')] },
          { type: 'tool_result', tool_use_id: 'a' },
          text('<system>\nnote\n</system>'),
          text('go on'),
        ],
      },
    ])
  })

  it('keep arguments that are no JSON object, and clean ids alike on call and result', () => {
    const id = 'call:1/ü'
    const written = JSON.stringify(
      turns(
        hi,
        { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{"x":' } }] },
        { role: 'tool', tool_call_id: id, content: 'r' },
      ),
    )
    expect(written).toContain('"input":{"_raw":"{\\"x\\":"}')
    expect(cleanCallId(id)).toMatch(/^[a-zA-Z0-9_-]+$/)
    expect(written.split(cleanCallId(id))).toHaveLength(3)
    expect(cleanCallId('call:1')).not.toBe(cleanCallId('call/1'))
  })

  it('bring signed reasoning back first and leave unsigned reasoning out', () => {
    const blocks = [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'thinking', thinking: 'unsigned' },
    ]
    expect(turns(hi, { role: 'assistant', content: 'a', thinking_blocks: blocks }, hi)).toMatchObject([{}, { content: [blocks[0], blocks[1], text('a')] }, {}])
  })

  it.each<[JsonObject, object]>([
    [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
    ],
    [
      { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
    ],
    [
      { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' }, title: 'a.pdf' },
    ],
    [
      { type: 'file', file: { file_data: 'data:text/plain;base64,aGFsbG8=' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hallo' } },
    ],
  ])('carry %j', (part, block) => {
    expect(turns({ role: 'user', content: [part] })).toEqual([{ role: 'user', content: [block] }])
  })

  it.each<[JsonObject, string]>([
    [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }, 'messages[1].content[0] is audio'],
    [{ type: 'file', file: { file_data: 'data:application/zip;base64,AAAA' } }, 'messages[1].content[0] is a application/zip file'],
  ])('refuse %j by its place', (part, sentence) => {
    expect(() => turns(hi, { role: 'user', content: [part] })).toThrow(sentence)
  })
})
