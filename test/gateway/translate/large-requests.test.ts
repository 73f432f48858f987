// Requests with as many members as a body of the size that the door lets in can have, from every chat dialect to every vendor's.
// Promises: none is too long for a call's arguments, and none takes time by the square of its length. Each shape has one kind of member, many times.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WireId } from '../../../gateway/contract/request.ts'
import type { WriteTarget } from '../../../gateway/contract/wire.ts'
import { wires } from '../../../gateway/translate/index.ts'

/** More than a call takes as arguments, which is about 120,000. */
const many = 150_000
/** By the square, each takes minutes; in proportion, a second or two on a busy machine. */
const timeout = 30_000
const fill = <Item>(make: (index: number) => Item): Item[] => Array.from({ length: many }, (_, index) => make(index))

const target: WriteTarget = { model: 'vendor', stream: false, outputTokensMax: 100, settings: {}, quirks: {} }

const result = { type: 'tool_result', tool_use_id: 'call', content: 'sunny' }
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }
const chatCall = (index: number): JsonObject => ({ id: `call_${index}`, type: 'function', function: { name: 'look', arguments: '{}' } })

const everyVendor = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate', 'ollama-chat', 'cohere-chat'] as const

interface Shape {
  readonly what: string
  readonly wire: WireId
  /** Those whose writer has something to do with it. */
  readonly vendors: readonly WireId[]
  body(): JsonObject
}
const said = (role: string) => (): JsonObject => ({ role, content: 'a' })
const messages = (...list: readonly JsonObject[]): JsonObject => ({ max_tokens: 9, messages: list })

const shapes: readonly Shape[] = [
  {
    what: 'parts of one message',
    wire: 'openai-chat',
    vendors: everyVendor,
    body: () => messages({ role: 'user', content: fill(() => ({ type: 'text', text: 'a' })) }),
  },
  {
    what: 'calls of one message',
    wire: 'openai-chat',
    vendors: everyVendor,
    body: () => messages({ role: 'assistant', content: null, tool_calls: fill(chatCall) }),
  },
  {
    what: 'calls under one id',
    wire: 'openai-chat',
    vendors: ['anthropic-messages', 'gemini-generate', 'ollama-chat'],
    body: () => messages({ role: 'assistant', content: null, tool_calls: fill(() => chatCall(0)) }),
  },
  { what: 'messages of one role', wire: 'openai-chat', vendors: ['anthropic-messages', 'gemini-generate'], body: () => ({ messages: fill(said('user')) }) },
  {
    what: 'turns with empty ones between them',
    wire: 'openai-chat',
    vendors: ['anthropic-messages', 'gemini-generate'],
    body: () => ({ messages: fill((index) => (index % 2 === 0 ? { role: 'user', content: 'a' } : { role: 'assistant', content: '' })) }),
  },
  {
    what: 'turns',
    wire: 'openai-chat',
    vendors: ['anthropic-messages', 'gemini-generate'],
    body: () => ({ messages: fill((index) => said(index % 2 === 0 ? 'user' : 'assistant')()) }),
  },
  {
    what: 'documents of one name',
    wire: 'openai-chat',
    vendors: ['bedrock-converse'],
    body: () => messages({ role: 'user', content: fill(() => ({ type: 'file', file: { file_data: 'data:application/pdf;base64,BBBB', filename: 'b.pdf' } })) }),
  },
  {
    what: 'system messages',
    wire: 'anthropic-messages',
    vendors: ['openai-chat'],
    body: () => ({ max_tokens: 9, messages: [said('user')(), ...fill(said('system'))] }),
  },
  {
    what: 'blocks of one answer',
    wire: 'anthropic-messages',
    vendors: ['anthropic-messages'],
    body: () => messages({ role: 'assistant', content: fill(() => ({ type: 'text', text: 'a' })) }),
  },
  {
    what: 'results of one turn',
    wire: 'anthropic-messages',
    vendors: ['openai-chat', 'gemini-generate'],
    body: () => messages({ role: 'user', content: fill(() => result) }),
  },
  {
    what: 'pictures of one result',
    wire: 'anthropic-messages',
    vendors: ['openai-chat', 'anthropic-messages', 'gemini-generate'],
    body: () => messages({ role: 'user', content: [{ ...result, content: fill(() => picture) }] }),
  },
  {
    what: 'calls in a row',
    wire: 'openai-responses',
    vendors: ['openai-chat'],
    body: () => ({ input: fill((index) => ({ type: 'function_call', call_id: `c${index}`, name: 'look', arguments: '{}' })) }),
  },
  {
    what: 'calls of one name and their results, backwards',
    wire: 'gemini-generate',
    vendors: ['openai-chat'],
    body: () => ({
      contents: [
        { role: 'model', parts: fill((index) => ({ functionCall: { id: String(index), name: 'look' } })) },
        { role: 'user', parts: fill((index) => ({ functionResponse: { id: String(many - 1 - index), name: 'look', response: {} } })) },
      ],
    }),
  },
  {
    what: 'calls and their results, backwards',
    wire: 'ollama-chat',
    vendors: ['ollama-chat'],
    body: () => ({
      messages: [
        { role: 'assistant', content: '', tool_calls: fill((index) => ({ id: String(index), function: { name: 'look' } })) },
        ...fill((index) => ({ role: 'tool', tool_call_id: String(many - 1 - index), content: '' })),
      ],
    }),
  },
]

describe.each(shapes)('many $what in $wire', ({ wire, vendors, body }) => {
  const given = body()
  it.each(vendors)('reach %s', { timeout }, (vendor) => {
    const read = wires[wire].inbound?.read(given)
    if (read === undefined) throw new Error(`${wire} is no caller's wire`)
    expect(wires[vendor].outbound.write?.(read, target).body).toBeDefined()
  })
})
